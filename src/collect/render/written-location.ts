import type { Location } from '../../model/finding.ts';
import type { Path } from '../../model/object.ts';
import { type Document, locate, position, scalarAt } from '../../yaml/index.ts';

/** Where a path of a document is written, or its nearest ancestor; `shown` is the document's file. */
export function locationIn(document: Document, at: Path, shown: string): Location {
  const { start, end } = spanOf(document, at);
  return between(document, start, end, shown);
}

/** The same for a document that is the text of a scalar of another, such as a patch inside of a kustomization. */
export function locationInScalar(
  outer: Document,
  scalar: Path,
  inner: Document,
  at: Path,
  shown: string,
): Location {
  const written = scalarAt(outer, scalar);
  if (written === undefined) return locationIn(outer, scalar, shown);
  const { start, end } = spanOf(inner, at);
  return between(outer, written.offsetOf(start), written.offsetOf(Math.max(start, end - 1)) + 1, shown);
}

function spanOf(document: Document, at: Path): { readonly start: number; readonly end: number } {
  const [place] = locate(document, [at]);
  return place!.found ? place!.span : (place!.key ?? place!.span);
}

function between(document: Document, from: number, to: number, file: string): Location {
  const start = position(document, from);
  const end = position(document, to);
  return { file, line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
}
