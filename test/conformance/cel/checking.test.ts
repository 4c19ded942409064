import assert from 'node:assert/strict';
import { test } from 'node:test';

import { getCheckingSuite, type IncrementalTest } from '@bufbuild/cel-spec/testdata/tests.js';

import { check } from '../../../src/cel/check/check.ts';
import { issueText } from '../../../src/cel/syntax/issue-text.ts';
import type { Macro } from '../../../src/cel/syntax/ast.ts';
import type { ExpandedExpr } from '../../../src/cel/syntax/expansion.ts';
import { parse } from '../../../src/cel/syntax/parse.ts';
import { formatType } from '../../../src/cel/type.ts';
import { debugString, typeAdorner } from './debug-string.ts';
import { firstPlace, place, readSkips } from './expectation.ts';
import { suiteEnvironment } from './proto-environment.ts';

const skips = readSkips('checking.skips.json');
let passed = 0;
let skipped = 0;

for (const [index, spec] of getCheckingSuite().tests.entries()) {
  const { expr } = spec.original;
  const reason = skips.take(`${index} ${expr.trim()}`);
  if (reason !== undefined) {
    skipped++;
    continue;
  }
  test(`checks ${index} ${JSON.stringify(expr.slice(0, 200))} as cel-go`, () => {
    run(spec);
    passed++;
  });
}

function run({ original, checkedAst, type, error }: IncrementalTest): void {
  const environment = suiteEnvironment(original);
  const parsed = parse(original.expr, environment.parseOptions);
  if ('issues' in parsed) {
    assert.ok(error !== undefined, parsed.issues[0]!.message);
    assert.deepEqual(place(parsed.issues[0]!.offset, original.expr), firstPlace(error));
    return;
  }
  const expansions = new Map<Macro, ExpandedExpr>();
  const checked = check(parsed.expr, environment, {
    onExpansion: (macro, expansion) => expansions.set(macro, expansion),
  });
  assert.equal(checked.issues.length === 0 ? undefined : issueText(checked.issues, original.expr), error);
  if (error !== undefined) return;
  assert.equal(formatType(checked.type), type);
  if (checkedAst !== undefined) assert.equal(debugString(parsed.expr, typeAdorner, expansions), checkedAst);
}

test('every skip is used', () => {
  assert.deepEqual(skips.unused(), []);
});

test('the numbers are as recorded', (t) => {
  t.diagnostic(`cel-go checker suite: ${passed} passed, ${skipped} skipped with reasons`);
  assert.equal(passed, skips.passing);
});
