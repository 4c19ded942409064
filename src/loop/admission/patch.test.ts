import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../model/object.ts';
import { jsonPatchBetween, type MutationResult } from '../../policy/index.ts';
import { encodedPatch } from './patch.ts';

const decoded = (
  sent: JsonObject,
  before: JsonObject,
  object: JsonObject,
  stored: (object: JsonObject) => JsonObject = () => ({}),
): string => {
  const result = { object, patch: jsonPatchBetween(before, object) } as unknown as MutationResult;
  return Buffer.from(encodedPatch(sent, result, stored), 'base64').toString();
};

test('only what mutations change, where that stands in the object as sent', () => {
  const sent = { metadata: { name: 'a' }, spec: { list: [{ x: 1 }] } };
  const defaulted = { metadata: { name: 'a' }, spec: { list: [{ x: 1, y: 2 }], z: 3 } };
  const after = { metadata: { name: 'é', labels: { 'a/b~': 'c' } }, spec: { list: [{ x: 5, y: 2 }], z: 3 } };
  assert.equal(
    decoded(sent, defaulted, after),
    '[{"op":"replace","path":"/metadata/name","value":"é"},' +
      '{"op":"add","path":"/metadata/labels","value":{"a/b~":"c"}},' +
      '{"op":"replace","path":"/spec/list/0/x","value":5}]',
  );
});

test('with the defaults, where a change stands on one of them', () => {
  const sent = { spec: {} };
  const defaulted = { spec: { security: {}, z: 3 } };
  const after = { spec: { security: { user: 1 }, z: 3 } };
  assert.equal(
    decoded(sent, defaulted, after),
    '[{"op":"add","path":"/spec/security","value":{"user":1}},{"op":"add","path":"/spec/z","value":3}]',
  );
  const replaced = { spec: { security: {}, z: 4 } };
  assert.match(decoded(sent, defaulted, replaced), /"add","path":"\/spec\/z","value":4/);
});

test('with the defaults, where the changed object would get others', () => {
  const sent = { image: 'nginx' };
  const defaulted = { image: 'nginx', pull: 'Always' };
  const after = { image: 'nginx:3', pull: 'Always' };
  const stored = (object: JsonObject): JsonObject => ({
    pull: String(object['image']).includes(':') ? 'IfNotPresent' : 'Always',
    ...object,
  });
  assert.equal(
    decoded(sent, defaulted, after, stored),
    '[{"op":"replace","path":"/image","value":"nginx:3"},{"op":"add","path":"/pull","value":"Always"}]',
  );
  const other = { image: 'httpd', pull: 'Always' };
  assert.equal(decoded(sent, defaulted, other, stored), '[{"op":"replace","path":"/image","value":"httpd"}]');
});

test('integers keep their digits', () => {
  const text = decoded({}, {}, { a: 12345678901234567890n, b: 'an integer in its full length 0', c: [1n] });
  assert.match(text, /"value":12345678901234567890/);
  assert.match(text, /"value":\[1\]/);
});

test('large objects', () => {
  const data = Object.fromEntries(
    Array.from({ length: 20_000 }, (_, index) => [`k${index}`, 'x'.repeat(20)]),
  );
  assert.ok(decoded({}, {}, { data }).length > 20_000);
});
