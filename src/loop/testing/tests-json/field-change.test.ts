import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JsonObject } from '../../../model/object.ts';
import { changeField, readFieldChange } from './field-change.ts';

const rows: readonly [text: string, path: readonly (string | number)[], value: unknown][] = [
  ['spec.hostNetwork=true', ['spec', 'hostNetwork'], true],
  ['.spec.replicas=3', ['spec', 'replicas'], 3],
  ['spec.containers.[0].image=a:b', ['spec', 'containers', 0, 'image'], 'a:b'],
  ['spec.containers[1].image="x=y"', ['spec', 'containers', 1, 'image'], 'x=y'],
  ['a.drop=["ALL"]', ['a', 'drop'], ['ALL']],
  ['a={"b": {"c": null}}', ['a'], { b: { c: null } }],
  ['a={b: [c, d]}', ['a'], { b: ['c', 'd'] }],
  ["a='text'", ['a'], 'text'],
  ['a=', ['a'], ''],
  ['a.b = 1', ['a', 'b'], 1],
  ['metadata.labels."app.kubernetes.io/name"=x', ['metadata', 'labels', 'app.kubernetes.io/name'], 'x'],
  ['metadata.labels.["a.b/c"]=x', ['metadata', 'labels', 'a.b/c'], 'x'],
  ["metadata.labels['a.b']=x", ['metadata', 'labels', 'a.b'], 'x'],
  ['metadata.labels.a\\.b=x', ['metadata', 'labels', 'a.b'], 'x'],
  ['a=yes', ['a'], 'yes'],
];

for (const [text, path, value] of rows) {
  test(`reads ${text}`, () => assert.deepEqual(readFieldChange(text), { path, value }));
}

const wrong: readonly [text: string, reason: RegExp][] = [
  ['', /names no field/],
  ['=1', /names no field/],
  ['a.b', /no "=" and value/],
  ['a..b=1', /what is "\.\.b=1" at character 2/],
  ['a.[x]=1', /what is/],
  ['a.[99999999]=1', /no list has 99999999 entries/],
  [`${'a.'.repeat(200)}b=1`, /more than 100 steps/],
];

for (const [text, reason] of wrong) {
  test(`refuses ${text.slice(0, 30)}`, () => assert.match(String(readFieldChange(text)), reason));
}

test('a change makes what is missing on the way and leaves its input alone', () => {
  const object: JsonObject = { spec: { containers: [{ name: 'a' }] } };
  const before = JSON.stringify(object);
  const apply = (text: string): unknown => changeField(object, readFieldChange(text) as never);
  assert.deepEqual(apply('spec.containers.[0].args=["x"]'), {
    spec: { containers: [{ name: 'a', args: ['x'] }] },
  });
  assert.deepEqual(apply('spec.containers.[2].name=c'), {
    spec: { containers: [{ name: 'a' }, null, { name: 'c' }] },
  });
  assert.deepEqual(apply('spec.containers.first=1'), { spec: { containers: { first: 1 } } });
  assert.deepEqual(apply('metadata.labels.x=y'), { ...object, metadata: { labels: { x: 'y' } } });
  assert.equal(JSON.stringify(object), before);
});

test('fields named like those of JavaScript objects are fields', () => {
  const changed = changeField({}, readFieldChange('__proto__.polluted=true') as never);
  assert.deepEqual(Object.keys(changed), ['__proto__']);
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
});

test('no text makes the reader throw or take long', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (text) => {
      const change = readFieldChange(text);
      if (typeof change !== 'string') changeField({ a: [1] }, change);
    }),
  );
});
