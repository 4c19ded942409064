import assert from 'node:assert/strict';
import { test } from 'node:test';
import { servedKinds } from '../go-type.ts';
import { comparePaths, jsonTypeName, mismatchText } from './problem.ts';
import type { Path } from './problem.ts';

function textOf(kind: string, path: Path, got = 'string'): string {
  const line = servedKinds().get(kind)?.type ?? -1;
  return mismatchText(line, { path, got, detail: undefined, fatal: false });
}

test('the text names the innermost struct, the path without indexes and the Go type', () => {
  const prefix = 'json: cannot unmarshal string into Go struct field';
  const texts: [kind: string, path: Path, text: string][] = [
    ['v1/Pod', ['spec'], 'Pod.spec of type v1.PodSpec'],
    ['v1/Pod', ['spec', 'containers', 3], 'PodSpec.spec.containers of type v1.Container'],
    ['v1/Pod', ['spec', 'containers', 0, 'tty'], 'Container.spec.containers.tty of type bool'],
    ['v1/Pod', ['spec', 'nodeSelector', 'a'], 'PodSpec.spec.nodeSelector of type string'],
    [
      'v1/Pod',
      ['spec', 'volumes', 0, 'secret'],
      'Volume.spec.volumes.VolumeSource.secret of type v1.SecretVolumeSource',
    ],
    [
      'v1/Pod',
      ['spec', 'containers', 0, 'env', 1, 'valueFrom', 'secretKeyRef', 'name'],
      'SecretKeySelector.spec.containers.env.valueFrom.secretKeyRef.LocalObjectReference.name of type string',
    ],
    ['v1/Secret', ['data', 'a'], 'Secret.data of type []uint8'],
    ['v1/Secret', ['data', 'a', 0], 'Secret.data of type uint8'],
    ['v1/Service', ['spec', 'ports', 0, 'targetPort'], 'ServicePort.spec.ports.targetPort of type int32'],
    [
      'autoscaling/v2/HorizontalPodAutoscaler',
      ['spec', 'metrics', 0, 'type'],
      'MetricSpec.spec.metrics.type of type v2.MetricSourceType',
    ],
  ];
  for (const [kind, path, text] of texts) assert.equal(textOf(kind, path), `${prefix} ${text}`);
});

test('a text of its own stands alone', () => {
  const mismatch = {
    path: ['data', 'a'],
    got: undefined,
    detail: 'illegal base64 data at input byte 0',
    fatal: false,
  };
  assert.equal(mismatchText(servedKinds().get('v1/Secret')?.type ?? -1, mismatch), mismatch.detail);
  assert.equal(textOf('v1/Pod', []), 'json: cannot unmarshal string into Go value of type v1.Pod');
});

test('paths come in the order of sorted keys and list indexes', () => {
  const paths: Path[] = [['b'], ['a', 10], ['a', 9], ['a'], ['B'], ['a', 9, 'x']];
  assert.deepEqual(paths.toSorted(comparePaths), [['B'], ['a'], ['a', 9], ['a', 9, 'x'], ['a', 10], ['b']]);
});

test('JSON types have Go’s names', () => {
  const names = [[], {}, null, true, 'a', 1, 1n].map(jsonTypeName);
  assert.deepEqual(names, ['array', 'object', 'object', 'bool', 'string', 'number', 'number']);
});
