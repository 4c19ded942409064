import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../model/object.ts';
import { referenceOf } from './objects.ts';

const named = (metadata: unknown): string =>
  referenceOf({ apiVersion: 'v1', kind: 'Pod', metadata } as JsonObject).name;

test('an object is called by its name, else by the start of the one that it will get', () => {
  assert.equal(named({ name: 'web' }), 'web');
  assert.equal(named({ name: 'web', generateName: 'web-' }), 'web');
  assert.equal(named({ generateName: 'web-' }), 'web-');
  assert.equal(named({ name: '', generateName: 'web-' }), 'web-');
});

test('what is no text names nothing, wherever it stands', () => {
  for (const metadata of [undefined, null, 'web', 7, ['web'], { name: 7 }, { name: { a: 'b' } }])
    assert.equal(named(metadata), '', JSON.stringify(metadata));
  const odd = { apiVersion: 1, kind: null, metadata: { namespace: ['shop'], name: 'web' } };
  assert.deepEqual(referenceOf(odd), { apiVersion: '', kind: '', namespace: '', name: 'web' });
});
