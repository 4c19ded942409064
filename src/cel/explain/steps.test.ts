import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compile, Program, Variables } from '../index.ts';
import { kubernetesEnvironment } from '../kubernetes/environment.ts';
import { intType } from '../type.ts';
import { CelError, type Result, Unknown } from '../value.ts';
import { type ExpressionStep, type Step, stepsOf } from './steps.ts';

const environment = kubernetesEnvironment('1.37', { variables: { n: intType, broken: intType } });

function programOf(text: string): Program {
  const compiled = compile(text, environment);
  assert.ok('program' in compiled, text);
  return compiled.program;
}

function stepsFor(text: string, activation: Record<string, Result | Variables> = {}): ExpressionStep {
  const program = programOf(text);
  return stepsOf(program.plan.root, program.explain(activation).tree);
}

/** One line for each step: its text and what it came to. */
function outline(text: string, step: Step, indent = ''): string[] {
  if (step.kind === 'round') {
    const bound = step.bound.map(({ name, value }) => `${name}=${JSON.stringify(value)}`).join(' ');
    return [`${indent}${bound}`, ...step.steps.flatMap((part) => outline(text, part, `${indent}  `))];
  }
  const left = step.roundsLeft > 0 ? ` +${step.roundsLeft}` : '';
  const head = `${indent}${text.slice(step.start, step.end)}: ${shown(step.result)}${left}`;
  const parts = step.steps.filter(({ kind }) => kind !== 'constant');
  return [head, ...parts.flatMap((part) => outline(text, part, `${indent}  `))];
}

function shown(result: Result | undefined): string {
  if (result === undefined) return '-';
  if (result instanceof CelError) return result.message;
  return result instanceof Unknown ? `? ${result.attributes.join()}` : JSON.stringify(result);
}

const lines = (text: string, activation?: Record<string, Result | Variables>): string[] =>
  outline(text, stepsFor(text, activation));

describe('what was not needed shows as not evaluated', () => {
  test('the right side of a decision', () => {
    assert.deepEqual(lines('1 == 1 || 2 == 3'), ['1 == 1 || 2 == 3: true', '  1 == 1: true', '  2 == 3: -']);
  });

  test('the other branch of a conditional, whichever it is', () => {
    assert.deepEqual(lines('1 < 2 ? 3 + 3 : 4 + 4').slice(1), ['  1 < 2: true', '  3 + 3: 6', '  4 + 4: -']);
    assert.deepEqual(lines('1 > 2 ? 3 + 3 : 4 + 4').slice(1), ['  1 > 2: false', '  3 + 3: -', '  4 + 4: 8']);
  });

  test('twice the same text is told apart by its place', () => {
    assert.deepEqual(lines('1 > 2 ? 3 + 3 : 3 + 3').slice(2), ['  3 + 3: -', '  3 + 3: 6']);
  });

  test('the fallback of an optional that holds something', () => {
    assert.deepEqual(lines('optional.of(1).orValue(2 + 2)').slice(1), [
      '  optional.of(1): {"value":1}',
      '  2 + 2: -',
    ]);
  });

  test('parts inside of what was skipped are there, too', () => {
    assert.deepEqual(lines('1 == 1 || [2].all(x, x == 3)').slice(2), ['  [2].all(x, x == 3): -']);
    assert.deepEqual(lines('1 == 1 || size("a" + "b") == 3').slice(2), [
      '  size("a" + "b") == 3: -',
      '    size("a" + "b"): -',
      '      "a" + "b": -',
    ]);
  });
});

describe('macros come round by round', () => {
  test('with what their variable was, up to the round that decided', () => {
    assert.deepEqual(lines('[1, 2, 3, 4].all(x, x < 2)'), [
      '[1, 2, 3, 4].all(x, x < 2): false +2',
      '  x=1',
      '    x < 2: true',
      '      x: 1',
      '  x=2',
      '    x < 2: false',
      '      x: 2',
    ]);
  });

  test('of lists and maps, with one variable and with two', () => {
    const bound = (text: string) =>
      stepsFor(text).steps.flatMap((step) =>
        step.kind === 'round' ? [step.bound.map(({ value }) => value)] : [],
      );
    assert.deepEqual(bound('["a", "b"].map(x, x + "!")'), [['a'], ['b']]);
    assert.deepEqual(bound('["a", "b"].all(i, x, i < 5)'), [
      [0, 'a'],
      [1, 'b'],
    ]);
    assert.deepEqual(bound('{"k": 1}.all(k, k == "k")'), [['k']]);
    assert.deepEqual(bound('{"k": 1}.all(k, v, v == 1)'), [['k', 1]]);
    assert.deepEqual(bound('optional.of(7).optMap(x, x + 1)'), [[7]]);
    assert.deepEqual(bound('optional.none().optMap(x, x)'), []);
    assert.deepEqual(bound('[3, 1].sortBy(x, -x)'), [[3], [1]]);
  });

  test('a filter is a part of each round; where it says no the body is not evaluated', () => {
    assert.deepEqual(lines('[1, 2].map(x, x > 1, x * 10)').slice(1), [
      '  x=1',
      '    x > 1: false',
      '      x: 1',
      '    x * 10: -',
      '      x: -',
      '  x=2',
      '    x > 1: true',
      '      x: 2',
      '    x * 10: 20',
      '      x: 2',
    ]);
  });

  test('inside of one another', () => {
    assert.deepEqual(lines('[[1], [2]].exists(l, l.exists(x, x == 2))').slice(1), [
      '  l=[1]',
      '    l.exists(x, x == 2): false',
      '      l: [1]',
      '      x=1',
      '        x == 2: false',
      '          x: 1',
      '  l=[2]',
      '    l.exists(x, x == 2): true',
      '      l: [2]',
      '      x=2',
      '        x == 2: true',
      '          x: 2',
    ]);
  });
});

test('errors and unknowns stay with the part that has them', () => {
  const text = 'object.a == 1 || request.name == "x"';
  const activation = { object: {}, request: { name: new Unknown(['request.name']) } as unknown as Result };
  assert.deepEqual(lines(text, activation), [
    `${text}: ? request.name`,
    '  object.a == 1: no such key: a',
    '    object.a: no such key: a',
    '      object: {}',
    '  request.name == "x": ? request.name',
    '    request.name: ? request.name',
    '      request: {"name":{"attributes":["request.name"]}}',
  ]);
});

test('a variable of a policy is one step, `variables` alone is none', () => {
  const programs = new Map([['n', programOf('object.spec.size() + 1')]]);
  const activation = { object: { spec: 'ab' } };
  const variables = new Variables(programs, activation);
  assert.ok(variables.has('n'));
  assert.deepEqual(lines('variables.n > 2', activation), ['variables.n > 2: true', '  variables.n: 3']);
});

test('an evaluation that the cost limit ended has its first step only', () => {
  const big = '[1,2,3,4,5,6,7,8,9,10]';
  const text = `${big}.all(a, ${big}.all(b, ${big}.all(c, ${big}.all(d, ${big}.all(e, ${big}.all(f, true))))))`;
  const steps = stepsFor(text);
  assert.ok(steps.result instanceof CelError);
  assert.match(steps.result.message, /cost limit exceeded/);
  assert.ok(steps.steps.every((step) => step.kind !== 'round'));
});
