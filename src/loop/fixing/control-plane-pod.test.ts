import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, JsonObject } from '../../model/object.ts';
import { controlPlaneProgram } from './control-plane-pod.ts';

const pod = (
  container: JsonObject,
  spec: JsonObject = { hostNetwork: true },
  namespace = 'x',
): JsonObject => ({
  kind: 'Pod',
  metadata: { name: 'p', namespace },
  spec: { ...spec, containers: [{ name: 'c', ...container }] },
});

test('the four programs of the control plane are known by their command', () => {
  for (const program of ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd']) {
    assert.equal(controlPlaneProgram(pod({ command: [program, '--v=2'] })), program);
    assert.equal(controlPlaneProgram(pod({ command: [`/usr/local/bin/${program}`] })), program);
    assert.equal(controlPlaneProgram(pod({ args: [program] })), program);
    assert.equal(
      controlPlaneProgram(pod({ command: ['/bin/sh', '-c', `exec ${program} --v=2 2>&1`] })),
      program,
    );
    assert.equal(controlPlaneProgram(pod({ command: ['/go-runner', '--log-file=x', program] })), program);
  }
});

test('in kube-system or with the network of the node, as they are run there', () => {
  const container = { command: ['etcd'] };
  assert.equal(controlPlaneProgram(pod(container, {}, 'kube-system')), 'etcd');
  assert.equal(controlPlaneProgram(pod(container, {}, 'shop')), undefined, 'the etcd of an application');
  assert.equal(controlPlaneProgram(pod(container, { hostNetwork: 'true' }, 'shop')), undefined);
});

test('other pods, other programs and other kinds are none', () => {
  for (const command of [
    ['etcdctl', 'get'],
    ['my-etcd'],
    ['backup', 'etcd'],
    ['kube-apiserver-exporter'],
    [],
  ])
    assert.equal(controlPlaneProgram(pod({ command })), undefined, command.join(' '));
  assert.equal(controlPlaneProgram({ ...pod({ command: ['etcd'] }), kind: 'Deployment' }), undefined);
  for (const spec of [
    null,
    'x',
    {},
    { hostNetwork: true },
    { hostNetwork: true, containers: [null, 'x', { command: 'etcd' }] },
  ])
    assert.equal(controlPlaneProgram({ kind: 'Pod', metadata: null, spec: spec as Json }), undefined);
});
