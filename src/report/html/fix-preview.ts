import type { Failure } from '../../model/finding.ts';
import { unifiedDiff } from '../unified-diff.ts';

/** What mending a failure would change in its file. */
export interface FixPreview {
  readonly kind: 'safe' | 'unsafe';
  /** What may break, for an unsafe one. */
  readonly note: string;
  /** In the form of `diff -u`. */
  readonly diff: string;
}

/** Works out the fix of a failure; a text says why there is none. */
export type FixPreviewer = (failure: Failure) => FixPreview | string;

/** Larger texts are not compared: a page has many diffs. */
const mostCharacters = 1_000_000;

/**
 * The difference between two texts of a file, with its line numbers, as `diff -u` has it. Only the document from `start` to
 * `end` of the first one is compared where nothing else differs. Undefined where that is too much for a page of many diffs.
 */
export function partialDiff(before: string, after: string, start: number, end: number): string | undefined {
  const isElsewhere = !after.startsWith(before.slice(0, start)) || !after.endsWith(before.slice(end));
  if (isElsewhere) return partialDiff(before, after, 0, before.length);
  if (end - start > mostCharacters) return undefined;
  const grown = after.length - before.length;
  const diff = unifiedDiff(before.slice(start, end), after.slice(start, end + grown), ['a', 'b']);
  let lines = 0;
  for (let at = before.indexOf('\n'); at >= 0 && at < start; at = before.indexOf('\n', at + 1)) lines++;
  const shifted = (number: string): string => String(Number(number) + lines);
  return diff.replace(
    /^@@ -(\d+)((?:,\d+)?) \+(\d+)((?:,\d+)?) @@$/gm,
    (_, from: string, fromCount: string, to: string, toCount: string) =>
      `@@ -${shifted(from)}${fromCount} +${shifted(to)}${toCount} @@`,
  );
}
