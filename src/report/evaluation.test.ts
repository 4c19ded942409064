import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { typeText } from '../cel/check/analyze.ts';
import { stepsOf } from '../cel/explain/steps.ts';
import { compile } from '../cel/index.ts';
import { kubernetesEnvironment } from '../cel/kubernetes/environment.ts';
import { CelError, type Result, Unknown } from '../cel/value.ts';
import type { JsonObject } from '../model/object.ts';
import { evaluationJson } from './evaluation-json.ts';
import { evaluation, outcome } from './evaluation.ts';
import { painter } from './paint.ts';
import { displayWidth } from './width.ts';

function evaluated(expression: string, activation: Record<string, Result> = {}) {
  const compiled = compile(expression, kubernetesEnvironment('1.37'));
  assert.ok('program' in compiled, expression);
  const { plan, type } = compiled.program;
  const { result, cost, paths, tree } = compiled.program.explain(activation);
  const steps = stepsOf(plan.root, tree);
  return { name: '', expression, type: typeText(type), result, cost, paths, steps, variables: [] };
}

const plain = painter(false);

function printed(expression: string, activation: Record<string, Result> = {}, width = 100): string[] {
  const options = { width, paint: plain, place: () => '', advice: (name: string) => `--${name}` };
  return [...evaluation(evaluated(expression, activation), options)].join('').split('\n');
}

describe('as text', () => {
  test('the steps of a path are left out, and the last one that was there shown where one is missing', () => {
    const object = { spec: { a: { b: 1 } } };
    assert.deepEqual(printed('object.spec.a.b == 1', { object }).slice(2, 4), [
      'object.spec.a.b == 1 → true',
      '└─ object.spec.a.b → 1',
    ]);
    assert.deepEqual(printed('object.spec.x.y.z == 1', { object }).slice(3, 5), [
      '└─ object.spec.x.y.z → error: no such key: x',
      '   └─ object.spec → {a: {b: 1}}',
    ]);
  });

  test('an error that did not matter says so', () => {
    const lines = printed('object.a == 1 || true == true', { object: {} });
    assert.ok(lines.includes('├─ object.a == 1 → error: no such key: a (absorbed)'), lines.join('\n'));
  });

  test('of many rounds the first ones and the last', () => {
    const lines = printed('[1,2,3,4,5,6,7,8,9,10,11,12].map(x, x)');
    assert.equal(lines.filter((line) => line.includes('x = ')).length, 9);
    assert.ok(lines.includes('├─ 3 more'));
    assert.ok(lines.includes('└─ x = 12'));
  });

  test('no line is wider than the terminal, whatever the values', () => {
    const object = { name: 'n'.repeat(500), wide: '漢字'.repeat(200) };
    const expression = `object.name + object.wide == "${'x'.repeat(300)}" || object.wide.size() > 1`;
    for (const line of printed(expression, { object }, 80)) assert.ok(displayWidth(line) <= 80, line);
  });

  test('what is not known says how it is given', () => {
    assert.ok(
      printed('object == null', { object: new Unknown(['object']) }).includes('known with  --object'),
    );
  });

  test('nothing of a value steers the terminal', () => {
    const lines = printed('object.a', { object: { a: 'x\u001b[2Jy\u202e' } });
    assert.ok(!/[\u001b\u202e]/.test(lines.join('')), lines.join('\n'));
  });

  test('a share of the limit has one decimal, and of less than a tenth of a percent one digit', () => {
    const share = (cost: number): string => {
      const options = { width: 100, paint: plain, place: () => '', advice: () => undefined };
      const text = [...evaluation({ ...evaluated('true'), cost }, options)].join('');
      return /^cost {2}(.*)$/m.exec(text)![1]!;
    };
    assert.equal(share(1000), '1,000 of 1,000,000 (0.1 %)');
    assert.equal(share(999), '999 of 1,000,000 (0.1 %)');
    assert.equal(share(123), '123 of 1,000,000 (0.01 %)');
    assert.equal(share(1234), '1,234 of 1,000,000 (0.1 %)');
    assert.equal(share(500_000), '500,000 of 1,000,000 (50.0 %)');
  });

  test('cost has its share of the limit', () => {
    assert.ok(
      printed('[1].all(x, x == 1)').some((line) => /^cost {2}\d+ of 1,000,000 \(0\.\d+ %\)$/.test(line)),
    );
  });
});

test('an outcome is a value, an error, an unknown, or none', () => {
  assert.equal(outcome(undefined, 80, plain), 'not evaluated');
  assert.equal(outcome(new CelError('bad'), 80, plain), 'error: bad');
  assert.equal(outcome(new Unknown(['a', 'b']), 80, plain), 'unknown: depends on a, b');
  assert.equal(outcome('x'.repeat(100), 10, plain), '"xxxxxxxx…');
});

describe('as JSON', () => {
  const json = (expression: string, activation?: Record<string, Result>): JsonObject =>
    evaluationJson(evaluated(expression, activation), (path) => (path[0] === 'object' ? 'web.yaml:1:1' : ''));

  test('value, error and unknown are three fields of which there is one', () => {
    assert.equal(json('1 + 1')['value'], 2);
    assert.deepEqual(json('1 / 0')['error'], { message: 'division by zero', offset: 2 });
    assert.deepEqual(json('object', { object: new Unknown(['object']) })['unknown'], ['object']);
  });

  test('every part is there, with its place in the text', () => {
    const { steps } = json('true || [1].all(x, x > 0)') as { steps: { steps: JsonObject[] } };
    assert.deepEqual(steps.steps[0], { text: 'true', start: 0, end: 4, value: true });
    assert.equal(steps.steps[1]!['evaluated'], false);
  });

  test('a path comes with the place in the file', () => {
    const object = { spec: { replicas: 2 } };
    assert.deepEqual(json('object.spec.replicas > 3', { object })['paths'], [
      { path: 'object.spec.replicas', place: 'web.yaml:1:1' },
    ]);
  });

  test('a large value is not repeated in every part that has it', () => {
    const object = { items: Array.from({ length: 10_000 }, (_, i) => `item ${i}`) };
    const text = JSON.stringify(json('object.items.size() == object.items.size()', { object }));
    assert.ok(text.length < 5000, String(text.length));
  });
});
