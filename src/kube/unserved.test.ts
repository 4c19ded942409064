import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInKind, isServed } from './kinds.ts';
import { servedEquivalent } from './unserved.ts';

test('old versions lead to the version that took their place', () => {
  assert.deepEqual(servedEquivalent('extensions/v1beta1', 'Deployment'), {
    apiVersion: 'apps/v1',
    removedIn: '1.16',
    sameShape: true,
  });
  assert.equal(servedEquivalent('batch/v1beta1', 'CronJob')?.apiVersion, 'batch/v1');
  assert.equal(servedEquivalent('rbac.authorization.k8s.io/v1beta1', 'RoleBinding')?.sameShape, true);
  assert.equal(servedEquivalent('extensions/v1beta1', 'Ingress')?.sameShape, false);
  assert.equal(servedEquivalent('apps/v1', 'Deployment'), undefined);
  assert.equal(servedEquivalent('example.com/v1beta1', 'Deployment'), undefined);
});

test('what took their place is served, and they are not', () => {
  const kinds = [
    'Deployment',
    'StatefulSet',
    'CronJob',
    'PodDisruptionBudget',
    'FlowSchema',
    'Lease',
    'Event',
  ];
  const versions = [
    'extensions/v1beta1',
    'apps/v1beta2',
    'batch/v1beta1',
    'policy/v1beta1',
    'events.k8s.io/v1beta1',
  ];
  let checked = 0;
  for (const kind of kinds) {
    for (const version of [
      ...versions,
      'coordination.k8s.io/v1beta1',
      'flowcontrol.apiserver.k8s.io/v1beta3',
    ]) {
      const equivalent = servedEquivalent(version, kind);
      if (equivalent === undefined) continue;
      checked++;
      assert.ok(isServed(equivalent.apiVersion, kind), `${version} ${kind}`);
      assert.ok(!isServed(version, kind), `${version} ${kind}`);
      assert.ok(builtInKind(version, kind), `${version} ${kind}`);
    }
  }
  assert.ok(checked >= 7);
});
