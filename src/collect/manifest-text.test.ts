import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holdsTemplate, mayHoldManifests } from './manifest-text.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('what names a version or a kind with what objects have may be a manifest', () => {
  for (const text of [
    'apiVersion: v1',
    '{"apiVersion":"v1"}',
    '# apiVersion',
    'kind: Pod\nmetadata: {}',
    'spec: {}\nkind: Pod',
  ])
    assert.ok(mayHoldManifests(bytes(text)), text);
  for (const text of ['', 'kind: of blue', 'metadata: {name: a}\nspec: {}', 'apiversion: v1'])
    assert.ok(!mayHoldManifests(bytes(text)), text);
});

test('what is not UTF-8 is read to find out', () => {
  assert.ok(mayHoldManifests(new Uint8Array([0xff, 0xfe, 0x61, 0])));
  assert.ok(mayHoldManifests(new Uint8Array([0xfe, 0xff, 0, 0x61])));
  assert.ok(!mayHoldManifests(new Uint8Array([0xff, 0xff, 0x61, 0])));
});

test('only the part of a buffer that was given is looked at', () => {
  const whole = bytes('apiVersion: v1\nname: a\n');
  assert.ok(!mayHoldManifests(whole.subarray(15)));
});

test('a template has both its braces on one line', () => {
  for (const text of ['a: {{ .Values.a }}', '{{', 'a: {{\nb: {{ x }}'])
    assert.equal(holdsTemplate(text), text !== '{{', text);
  for (const text of ['', 'a: {b: {c: d}}', 'a: {{b: c,\n d: e}}', '}} {{', 'a: }}\n{{ b']) {
    assert.ok(!holdsTemplate(text), text);
  }
  assert.ok(holdsTemplate('a: {{b:\n c}} {{ d }}'), 'the second one');
});
