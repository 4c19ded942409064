import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject, Path } from '../model/object.ts';
import { formatPath } from '../model/path.ts';
import { failingElements } from './element.ts';

const object: JsonObject = {
  metadata: { name: 'web' },
  spec: {
    hostNetwork: true,
    hostPID: true,
    containers: [
      { name: 'a', securityContext: { privileged: true, capabilities: { add: ['X', 'Y'] } } },
      { name: 'b' },
    ],
  },
};
const grouped = (...paths: Path[]) =>
  failingElements(paths, object).map(({ path, paths: all }) => [formatPath(path), all.map(formatPath)]);

test('without paths the whole object fails', () => {
  assert.deepEqual(failingElements([], object), [{ path: [], paths: [] }]);
});

test('what lies in one list entry is one element, shown at a field that is there', () => {
  const container = ['spec', 'containers', 0, 'securityContext'];
  assert.deepEqual(
    grouped(
      [...container, 'runAsNonRoot'],
      [...container, 'privileged'],
      ['spec', 'containers', 1, 'securityContext', 'runAsNonRoot'],
    ),
    [
      [
        'spec.containers[0].securityContext.privileged',
        ['spec.containers[0].securityContext.runAsNonRoot', 'spec.containers[0].securityContext.privileged'],
      ],
      [
        'spec.containers[1].securityContext.runAsNonRoot',
        ['spec.containers[1].securityContext.runAsNonRoot'],
      ],
    ],
  );
});

test('each entry of an inner list is an element', () => {
  const add = ['spec', 'containers', 0, 'securityContext', 'capabilities', 'add'];
  assert.deepEqual(
    grouped([...add, 0], [...add, 1]).map(([path]) => path),
    [
      'spec.containers[0].securityContext.capabilities.add[0]',
      'spec.containers[0].securityContext.capabilities.add[1]',
    ],
  );
});

test('fields that are there fail on their own, missing ones of one parent together', () => {
  assert.deepEqual(grouped(['spec', 'hostNetwork'], ['spec', 'hostPID']), [
    ['spec.hostNetwork', ['spec.hostNetwork']],
    ['spec.hostPID', ['spec.hostPID']],
  ]);
  assert.deepEqual(grouped(['metadata', 'labels', 'app'], ['metadata', 'labels', 'name'], ['spec', 'x']), [
    ['metadata.labels.app', ['metadata.labels.app', 'metadata.labels.name']],
    ['spec.x', ['spec.x']],
  ]);
});

test('the kind that a rule branches on is no element beside the fields that fail', () => {
  assert.deepEqual(grouped(['kind'], ['spec', 'hostNetwork']), [['spec.hostNetwork', ['spec.hostNetwork']]]);
  assert.deepEqual(grouped(['kind']), [['kind', ['kind']]]);
});
