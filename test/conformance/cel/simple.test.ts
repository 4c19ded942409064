import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';

import type { IncrementalTest, IncrementalTestSuite } from '@bufbuild/cel-spec/testdata/tests.js';
import { getComprehensionSuite, getConformanceSuite } from '@bufbuild/cel-spec/testdata/tests.js';

import { check } from '../../../src/cel/check/check.ts';
import { equal } from '../../../src/cel/equal.ts';
import { compileJavaScript } from '../../../src/cel/javascript/compile.ts';
import { buildPlan } from '../../../src/cel/plan/build.ts';
import { Program } from '../../../src/cel/program.ts';
import { parse } from '../../../src/cel/syntax/parse.ts';
import { dynType, formatType } from '../../../src/cel/type.ts';
import { CelError, type Result, type Value } from '../../../src/cel/value.ts';
import { readSkips } from './expectation.ts';
import { deducedType, extensionEnvironment, fromProto } from './simple-value.ts';

/** The files of cel-spec's simple tests that concern what Kubernetes enables. */
const files = new Set([
  'basic',
  'comparisons',
  'conversions',
  'fields',
  'fp_math',
  'integer_math',
  'lists',
  'logic',
  'macros',
  'macros2',
  'optionals',
  'parse',
  'plumbing',
  'string',
  'string_ext',
  'timestamps',
]);

const skips = readSkips('simple.skips.json');
let passed = 0;
let skipped = 0;

for (const suite of getConformanceSuite().suites) if (files.has(suite.name)) visit(suite, suite.name);
visit(getComprehensionSuite(), 'comprehension');

function visit(suite: IncrementalTestSuite, prefix: string): void {
  for (const inner of suite.suites) visit(inner, `${prefix}/${inner.name}`);
  for (const [i, spec] of suite.tests.entries()) {
    const id = prefix === 'comprehension' ? `${prefix}/${i}` : `${prefix}/${spec.name}`;
    if (skips.take(id) !== undefined) {
      skipped++;
      continue;
    }
    test(`${id}: ${spec.original.expr.slice(0, 120)}`, () => {
      if (prefix === 'comprehension') comprehends(spec, i);
      else run(spec);
      passed++;
    });
  }
}

/** cel-go's own tests of comprehensions come without expectations: the first hold, the others are refused or fail. */
const firstBadComprehension = 51;

function comprehends({ original }: IncrementalTest, i: number): void {
  const compiled = compile(original);
  if (i < firstBadComprehension) {
    assert.ok('program' in compiled, inspect(compiled));
    assert.equal(compiled.program.evaluate({}), true);
    assert.equal(generated(compiled.program).evaluate({}), true);
    assert.equal(compiled.program.explain({}).result, true);
  } else if ('program' in compiled) assert.ok(compiled.program.evaluate({}) instanceof CelError);
}

function run({ original }: IncrementalTest): void {
  const compiled = compile(original);
  const { resultMatcher: expected } = original;
  if ('issues' in compiled) {
    const fails = expected.case === 'evalError' || expected.case === 'anyEvalErrors';
    assert.ok(fails, compiled.issues[0]!.message);
    return;
  }
  const { program } = compiled;
  const activation = Object.fromEntries(
    Object.entries(original.bindings).map(([name, { kind }]) => {
      assert.ok(kind.case === 'value');
      return [name, fromProto(kind.value)];
    }),
  );
  if (expected.case === 'typedResult' && expected.value.deducedType !== undefined) {
    assert.equal(formatType(program.type), formatType(deducedType(expected.value.deducedType)));
  }
  if (original.checkOnly) return;
  compare(program.evaluate(activation), original);
  compare(generated(program).evaluate(activation), original);
  compare(program.explain(activation).result, original);
}

/** The program as generated JavaScript. */
function generated({ text, type, plan }: Program): Program {
  assert.ok(compileJavaScript(plan) !== undefined);
  return new Program(text, type, plan, 'generated');
}

function compare(actual: Result, { resultMatcher: expected }: IncrementalTest['original']): void {
  switch (expected.case) {
    case 'value':
      return same(actual, fromProto(expected.value));
    case 'typedResult':
      if (expected.value.result !== undefined) same(actual, fromProto(expected.value.result));
      return;
    case 'evalError':
    case 'anyEvalErrors':
      assert.ok(actual instanceof CelError, `an error instead of ${String(actual)}`);
      return;
    case undefined:
      return same(actual, true);
    default:
      assert.fail(`unexpected ${expected.case}`);
  }
}

function same(actual: Result, wanted: Value): void {
  if (actual instanceof CelError) assert.fail(actual.message);
  const bothNaN = Number.isNaN(actual) && Number.isNaN(wanted);
  assert.ok(bothNaN || equal(actual as Value, wanted), `${inspect(actual)} is not ${inspect(wanted)}`);
}

type Compiled = { program: Program } | { issues: readonly { message: string }[] };

function compile(original: IncrementalTest['original']): Compiled {
  const environment = extensionEnvironment(original);
  const parsed = parse(original.expr, environment.parseOptions);
  if ('issues' in parsed) return parsed;
  let type = dynType;
  if (!original.disableCheck) {
    const checked = check(parsed.expr, environment);
    if (checked.issues.length > 0) return checked;
    type = checked.type;
  }
  const planned = buildPlan(parsed.expr, environment);
  return 'issues' in planned ? planned : { program: new Program(original.expr, type, planned.plan) };
}

test('every skip is used', () => {
  assert.deepEqual(skips.unused(), []);
});

test('the numbers are as recorded', (t) => {
  t.diagnostic(`cel-spec simple tests and comprehensions: ${passed} passed, ${skipped} skipped with reasons`);
  assert.equal(passed, skips.passing);
});
