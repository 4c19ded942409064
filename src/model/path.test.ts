import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from './object.ts';
import { child, formatPath, formatStablePath, valueAt } from './path.ts';

const pod: Json = {
  metadata: { labels: { 'app.kubernetes.io/name': 'web' } },
  spec: {
    containers: [{ name: 'web', ports: [{ containerPort: 80 }, { containerPort: 22 }] }, { name: 'log' }],
    tolerations: [{ key: 'a' }, { key: 'a' }],
    args: ['x'],
  },
};

test('a path is printed as people write it', () => {
  assert.equal(formatPath(['spec', 'containers', 0, 'image']), 'spec.containers[0].image');
  assert.equal(
    formatPath(['metadata', 'labels', 'app.kubernetes.io/name']),
    'metadata.labels["app.kubernetes.io/name"]',
  );
  assert.equal(formatPath([]), '');
  assert.equal(formatPath([2, 'a']), '[2].a');
});

test('a stable path names list elements by their key', () => {
  const show = (...path: (string | number)[]): string => formatStablePath(path, pod);
  assert.equal(show('spec', 'containers', 1, 'image'), 'spec.containers[name=log].image');
  assert.equal(
    show('spec', 'containers', 0, 'ports', 1),
    'spec.containers[name=web].ports[containerPort=22]',
  );
  assert.equal(show('spec', 'args', 0), 'spec.args["x"]');
});

test('a stable path keeps the index where keys repeat or the element is missing', () => {
  assert.equal(formatStablePath(['spec', 'tolerations', 1], pod), 'spec.tolerations[1]');
  assert.equal(formatStablePath(['spec', 'containers', 7, 'name'], pod), 'spec.containers[7].name');
  assert.equal(formatStablePath(['nowhere', 0], pod), 'nowhere[0]');
});

test('thousands of elements are named in linear time', () => {
  const list = Array.from({ length: 20_000 }, (_, i) => ({ name: `c${i}` }));
  const before = process.cpuUsage();
  for (let i = 0; i < list.length; i++) assert.equal(formatStablePath([i], list), `[name=c${i}]`);
  assert.ok(process.cpuUsage(before).user < 2e6);
});

test('a value is found by its path and nothing is found on prototypes', () => {
  assert.equal(valueAt(pod, ['spec', 'containers', 1, 'name']), 'log');
  assert.equal(valueAt(pod, ['spec', 'containers', 'name']), undefined);
  assert.equal(child(pod, 'constructor'), undefined);
  assert.equal(child('text', 'length'), undefined);
});
