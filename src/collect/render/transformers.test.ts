import assert from 'node:assert/strict';
import { test } from 'node:test';
import { transformerOf } from './transformers.ts';

const kustomization = {
  namePrefix: 'prod-',
  nameSuffix: '-v2',
  namespace: 'shop',
  replicas: [{ name: 'web', count: 5 }],
  commonLabels: { team: 'a' },
  labels: [{ pairs: { tier: 'front' } }],
  images: [
    { name: 'nginx', newTag: '1.27' },
    { name: 'app', newName: 'registry.example.com/app', digest: 'sha256:00' },
    { name: 'old', newName: 'new' },
  ],
};

const by = (at: readonly (string | number)[], value: string | number) =>
  transformerOf(kustomization as never, at, value);

test('the part that made an image, a name, a namespace, a label or a count', () => {
  assert.deepEqual(by(['spec', 'containers', 0, 'image'], 'nginx:1.27'), ['images', 0, 'newTag']);
  assert.deepEqual(by(['image'], 'registry.example.com/app@sha256:00'), ['images', 1, 'digest']);
  assert.deepEqual(by(['image'], 'new:3'), ['images', 2, 'newName']);
  assert.deepEqual(by(['metadata', 'name'], 'prod-web'), ['namePrefix']);
  assert.deepEqual(by(['metadata', 'name'], 'web-v2'), ['nameSuffix']);
  assert.deepEqual(by(['metadata', 'namespace'], 'shop'), ['namespace']);
  assert.deepEqual(by(['spec', 'replicas'], 5), ['replicas', 0]);
  assert.deepEqual(by(['metadata', 'labels', 'team'], 'a'), ['commonLabels', 'team']);
  assert.deepEqual(by(['spec', 'selector', 'matchLabels', 'tier'], 'front'), ['labels', 0, 'pairs', 'tier']);
});

test('nobody for what none of them can have made', () => {
  assert.equal(by(['image'], 'nginx:1.26'), undefined);
  assert.equal(by(['image'], 'nginxextra:1.27'), undefined);
  assert.equal(by(['metadata', 'namespace'], 'other'), undefined);
  assert.equal(by(['metadata', 'name'], 'web'), undefined);
  assert.equal(by(['spec', 'replicas'], 4), undefined);
  assert.equal(by(['spec', 'type'], 'NodePort'), undefined);
  assert.equal(by(['metadata', 'labels', 'team'], 'b'), undefined);
});
