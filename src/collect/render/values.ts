import type { Location } from '../../model/finding.ts';
import type { Path } from '../../model/object.ts';
import { valueAt } from '../../model/path.ts';
import { type Document, readDocuments } from '../../yaml/index.ts';
import type { SourceFiles } from './source-files.ts';
import { locationIn, locationInScalar } from './written-location.ts';

/** A place where values of a chart stand: a file, or a part of an object that has the chart rendered. */
export interface ValuesSource {
  /** Absolute. */
  readonly file: string;
  /** The part of another document, as a mapping or as a text of YAML; absent for a file of values. */
  readonly part?: { readonly document: Document; readonly at: Path } | undefined;
  /** Below which keys the values of the chart in question stand. */
  readonly below: readonly string[];
}

/**
 * Where a value of a chart is set: in the first of the sources that has it. `.Values.global` belongs to all charts
 * together. Undefined where none sets it, as where a template has a default of its own.
 */
export function valuePlace(
  at: readonly (string | number)[],
  sources: readonly ValuesSource[],
  files: SourceFiles,
): Location | undefined {
  for (const source of sources) {
    const path = at[0] === 'global' ? at : [...source.below, ...at];
    const place = placeIn(source, path, files);
    if (place !== undefined) return place;
  }
  return undefined;
}

function placeIn({ file, part }: ValuesSource, path: Path, files: SourceFiles): Location | undefined {
  const shown = files.shown(file);
  const document = part?.document ?? files.documents(file)[0];
  if (document === undefined) return undefined;
  const start = part?.at ?? [];
  const own = valueAt(document.value as never, start);
  if (typeof own === 'string') {
    const [inner] = readDocuments(own);
    if (inner === undefined || valueAt(inner.value as never, path) === undefined) return undefined;
    return locationInScalar(document, start, inner, path, shown);
  }
  const whole = [...start, ...path];
  return valueAt(document.value as never, whole) === undefined
    ? undefined
    : locationIn(document, whole, shown);
}
