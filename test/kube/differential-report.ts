import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { scale, seed } from './sample-size.ts';

/** What a comparison of our answers with those of the real programs found. */
export interface Comparison {
  /** How many cases were compared. */
  readonly cases: number;
  /** More numbers for the report line, such as `12 refused`. */
  readonly numbers?: readonly string[];
  /** One text for each disagreement: the case and both answers. */
  readonly disagreements: readonly string[];
  /** False where the cases are written down, so that no seed is needed to see them again. */
  readonly generated?: boolean;
}

/** Disagreements beyond these are only counted. */
const shown = 30;

/** Ends a comparison: one line with its numbers in the report; throws when there are disagreements, with the first of them. */
export function report(context: TestContext, comparison: Comparison): void {
  const { cases, numbers = [], disagreements, generated = true } = comparison;
  const repeat = `SCANTLING_SEED=${seed} SCANTLING_SCALE=${scale}`;
  const count = `${disagreements.length} disagreements`;
  const what = generated ? [repeat, `${cases} cases`] : [`${cases} written cases`];
  context.diagnostic([...what, ...numbers, count].join(', '));
  if (disagreements.length === 0) return;
  assert.fail(
    [
      `${count} in ${cases} cases${generated ? `; ${repeat} makes the same cases` : ''}`,
      ...disagreements.slice(0, shown),
      ...(disagreements.length > shown ? [`and ${disagreements.length - shown} more`] : []),
    ].join('\n\n'),
  );
}
