import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collectManifests } from '../collect/manifests.ts';
import { manifestLocator } from './manifest-locator.ts';

const placesOf = (text: string, ...path: string[]): string[] =>
  collectManifests(['-'], { cwd: '/', exclude: [], stdin: () => Buffer.from(text) }).manifests.map(
    (manifest) => {
      const { file, line, column } = manifestLocator(manifest)(path);
      return `${file}:${line}:${column}`;
    },
  );

test('a path of a manifest is where it is written', () => {
  const text = 'kind: ConfigMap\napiVersion: v1\nmetadata:\n  name: a\n---\napiVersion: v1\nkind: Secret\n';
  assert.deepEqual(placesOf(text, 'kind'), ['-:1:1', '-:7:1']);
});

test('also of an item of a List', () => {
  const items = 'items:\n- {apiVersion: v1, kind: Pod}\n- apiVersion: v1\n  kind: Secret\n';
  const found = placesOf(`apiVersion: v1\nkind: List\n${items}`, 'kind');
  assert.deepEqual(found, ['-:4:20', '-:6:3']);
});
