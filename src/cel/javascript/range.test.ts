import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';

import { compile, costLimit, lastCost, Program, type Result } from '../index.ts';
import { kubernetesEnvironment } from '../kubernetes/environment.ts';
import { CelError, Unknown, type Value } from '../value.ts';
import { generate } from './compile.ts';

const environment = kubernetesEnvironment('1.36', { mode: 'stored' });

/** The result of the generated code; fails where closures or `explain` tell another one or another cost. */
function evaluate(text: string, object: unknown): Result {
  const compiled = compile(text, environment);
  if ('issues' in compiled) assert.fail(`${text}: ${compiled.message}`);
  const { plan, type } = compiled.program;
  const { result, cost } = compiled.program.explain({ object: object as Value });
  for (const backEnd of ['closures', 'generated'] as const) {
    const found = new Program(text, type, plan, backEnd).evaluate({ object: object as Value });
    const counted = lastCost();
    assert.equal(inspect(found, { depth: 9 }), inspect(result, { depth: 9 }), `${backEnd}: ${text}`);
    assert.equal(counted, cost, `${backEnd}: cost of ${text}`);
  }
  return result;
}

function codeOf(text: string): string {
  const compiled = compile(text, environment);
  if ('issues' in compiled) assert.fail(`${text}: ${compiled.message}`);
  return generate(compiled.program.plan).code;
}

/** Each asks a map for what is under its own keys, in another macro. */
const byKey = [
  'object.m.all(k, object.m[k] == 1)',
  'object.m.exists(k, object.m[k] == 1)',
  'object.m.exists_one(k, object.m[k] == 1)',
  'object.m.filter(k, object.m[k] == 1)',
  'object.m.map(k, object.m[k])',
  'object.m.map(k, object.m[k] == 1, k)',
  'object.m.all(k, object.m.all(j, k == j || object.m[k] != object.m[j]))',
  'object.l.all(x, object.m.exists(k, object.m[k] == x))',
  'object.m.all(k, k in object.m && object.m[k] == object.n[k])',
  'object.m.sortBy(k, object.m[k]).size() >= 0',
];

test('keys of a plain object are run over in place', () => {
  for (const text of byKey.slice(0, 9)) {
    assert.match(codeOf(text), /for\(t\d+ in t\d+\)/, text);
    for (const m of [{}, { a: 1 }, { a: 2, b: 1 }, { a: 1, b: 1, c: 2 }, { 2: 1, 10: 2, '01': 1 }]) {
      evaluate(text, { m, n: { a: 1, b: 2 }, l: [1, 2] });
    }
  }
});

test('where nobody asks for what is under a key, or of another map, lists are expected', () => {
  for (const text of [
    'object.m.all(k, k != "")',
    'object.m.all(k, object.n[k] == 1)',
    'object.m.all(k, object.m["k"] == 1)',
    'object.?m.orValue({}).all(k, object.m[k] == 1)',
    'object.m.all(k, v, object.m[k] == v)',
  ]) {
    assert.doesNotMatch(codeOf(text), / in t\d+\)/, text);
    evaluate(text, { m: { a: 1, b: 2 }, n: { a: 1 } });
  }
});

test('what is no plain object is left to the closures', () => {
  const bare = Object.assign(Object.create(null) as object, { a: 1, b: 2 });
  const hidden = { a: 1, b: new Unknown(['object.m.b']), c: 2 };
  const proto = JSON.parse('{"__proto__": 1, "a": 1}') as unknown;
  for (const text of byKey) {
    for (const m of [
      bare,
      hidden,
      proto,
      { constructor: 1, a: 2 },
      { toString: 1, length: 1 },
      new Map<Value, Value>([
        [1, 1],
        [true, 2],
      ]),
      new Unknown(['object.m']),
      [],
      [0, 1],
      ['a'],
      null,
      'text',
      1,
    ]) {
      evaluate(text, { m, n: { a: 1 }, l: [1, 2] });
    }
    evaluate(text, { l: [1] });
    evaluate(text, null);
    evaluate(text, new Unknown(['object']));
  }
});

test('what has been counted before is not counted twice', () => {
  const list = Array.from({ length: 1000 }, (_, i) => i);
  const text = 'object.l.map(x, x + 1).size() == 1000 && object.m.all(k, object.m[k] == k)';
  assert.equal(evaluate(text, { l: list, m: [0] }), true);
  assert.equal(evaluate(text, { l: list, m: { a: 'a' } }), true);
});

test('the limit on the cost ends a run over keys', () => {
  const m = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`key-${i}`, i]));
  const text = 'object.m.all(k, object.m.all(j, object.m[k] + object.m[j] >= 0))';
  assert.match((evaluate(text, { m }) as CelError).message, /actual cost limit exceeded/);
  assert.ok(lastCost() > costLimit);
});

test('any keys and values', () => {
  const value = fc.constantFrom<Value>(1, 2, 'a', true, null, [1], { a: 1 });
  const names = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.constantFrom('1', '0', '__proto__', 'a', 'constructor', 'app.kubernetes.io/name'),
  );
  const maps = fc.dictionary(names, value, { noNullPrototype: true });
  fc.assert(
    fc.property(maps, maps, fc.constantFrom(...byKey), (m, n, text) => {
      evaluate(text, { m, n, l: [1] });
    }),
    { numRuns: 200 },
  );
});
