import assert from 'node:assert/strict';
import { test } from 'node:test';

import { getParsingSuite, type IncrementalTestSuite } from '@bufbuild/cel-spec/testdata/tests.js';

import {
  existsOneMacro,
  mergeMacros,
  optionalMacros,
  standardMacros,
} from '../../../src/cel/syntax/macro.ts';
import { parse } from '../../../src/cel/syntax/parse.ts';
import { debugString, kindAdorner } from './debug-string.ts';
import { firstPlace, place, readSkips } from './expectation.ts';

const skips = readSkips('parsing.skips.json');
const suite = getParsingSuite();
let passed = 0;
let skipped = 0;

function run({ tests, suites }: IncrementalTestSuite): void {
  for (const { original, ast, error } of tests) {
    const reason = skips.take(original.expr);
    if (reason !== undefined) {
      skipped++;
      continue;
    }
    test(`parses ${JSON.stringify(original.expr.slice(0, 200))} as cel-go`, () => {
      const result = parse(original.expr, options);
      if (ast === undefined) {
        assert.ok('issues' in result, `no issue where cel-go has ${error}`);
        if (error !== undefined)
          assert.deepEqual(place(result.issues[0]!.offset, original.expr), firstPlace(error));
      } else {
        assert.ok('expr' in result, 'issues' in result ? result.issues[0]!.message : '');
        assert.equal(debugString(result.expr, kindAdorner), ast);
      }
      passed++;
    });
  }
  for (const inner of suites) run(inner);
}

const options = {
  macros: mergeMacros(standardMacros, existsOneMacro, optionalMacros),
  maxDepth: 32, // the limit cel-go's own test sets
};
run(suite);

test('every skip is used', () => {
  assert.deepEqual(skips.unused(), []);
});

test('the numbers are as recorded', (t) => {
  t.diagnostic(`cel-go parser suite: ${passed} passed, ${skipped} skipped with reasons`);
  assert.equal(passed, skips.passing);
});
