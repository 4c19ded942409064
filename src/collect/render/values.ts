import type { Location } from '../../model/finding.ts';
import { locate, position } from '../../yaml/index.ts';
import type { SourceFiles } from './source-files.ts';

/** A file of values, and below which of its keys the values of a chart stand there. */
export interface ValuesFile {
  /** Absolute. */
  readonly file: string;
  readonly below: readonly string[];
}

/**
 * Where a value of a chart is set: in the first of the files that has it. `.Values.global` belongs to all charts
 * together. Undefined where no file sets it, as where a template has a default of its own.
 */
export function valuePlace(
  at: readonly (string | number)[],
  valuesFiles: readonly ValuesFile[],
  files: SourceFiles,
): Location | undefined {
  for (const { file, below } of valuesFiles) {
    const [document] = files.documents(file);
    if (document === undefined) continue;
    const whole = at[0] === 'global' ? at : [...below, ...at];
    const [found] = locate(document, [whole]);
    if (found?.found !== true) continue;
    const start = position(document, found.span.start);
    const end = position(document, found.span.end);
    return {
      file: files.shown(file),
      line: start.line,
      column: start.column,
      endLine: end.line,
      endColumn: end.column,
    };
  }
  return undefined;
}
