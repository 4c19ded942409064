import { type Document, locate, position, scalarAt } from '../yaml/index.ts';
import type { Locate } from './problem.ts';

/**
 * Locates fields of a policy in the YAML document it was read from, down to the character of an expression.
 *
 * Locating reads the document once more, so this is for the few policies that have problems.
 */
export function documentLocator(document: Document, file: string): Locate {
  return (path, offset) => {
    const written = offset === undefined ? undefined : scalarAt(document, path);
    const start =
      written === undefined ? locate(document, [path])[0]!.span.start : written.offsetOf(offset ?? 0);
    return { file, ...position(document, start) };
  };
}
