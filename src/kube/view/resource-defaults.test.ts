import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverView } from './server-view.ts';
import type { JsonObject } from './server-view.ts';

// oxlint-disable-next-line typescript/no-explicit-any
function seen(apiVersion: string, kind: string, fields: JsonObject): any {
  const view = serverView({ apiVersion, kind, metadata: { name: 'r' }, ...fields });
  assert.ok(view.object, view.problems[0]?.message);
  return view.object;
}

test('a Service is a cluster address with TCP ports', () => {
  const { spec } = seen('v1', 'Service', {
    spec: {
      ports: [
        { port: 80, targetPort: '' },
        { port: 1, targetPort: 'a' },
      ],
    },
  });
  assert.equal(spec.type, 'ClusterIP');
  assert.equal(spec.sessionAffinity, 'None');
  assert.equal(spec.internalTrafficPolicy, 'Cluster');
  assert.deepEqual(spec.ports, [
    { protocol: 'TCP', port: 80, targetPort: 80 },
    { protocol: 'TCP', port: 1, targetPort: 'a' },
  ]);
  assert.equal(
    seen('v1', 'Service', { spec: { externalIPs: ['1.2.3.4'] } }).spec.externalTrafficPolicy,
    'Cluster',
  );
  assert.equal(spec.externalTrafficPolicy, undefined);
});

test('sticky sessions last three hours', () => {
  const affinity = { sessionAffinity: 'ClientIP' };
  const config = { clientIP: { timeoutSeconds: 10800 } };
  assert.deepEqual(seen('v1', 'Service', { spec: affinity }).spec.sessionAffinityConfig, config);
  assert.equal(
    seen('v1', 'Service', { spec: { sessionAffinityConfig: config } }).spec.sessionAffinityConfig,
    undefined,
  );
});

test('a NetworkPolicy always rules ingress, and egress where it has rules for it', () => {
  const typesOf = (spec: JsonObject): unknown =>
    seen('networking.k8s.io/v1', 'NetworkPolicy', { spec }).spec.policyTypes;
  assert.deepEqual(typesOf({}), ['Ingress']);
  assert.deepEqual(typesOf({ egress: [] }), ['Ingress']);
  assert.deepEqual(typesOf({ egress: [{}] }), ['Ingress', 'Egress']);
  assert.deepEqual(typesOf({ policyTypes: ['Egress'] }), ['Egress']);
  const policy = seen('networking.k8s.io/v1', 'NetworkPolicy', {
    spec: { ingress: [null, { ports: [{ port: 1 }] }] },
  });
  assert.deepEqual(policy.spec.podSelector, {});
  assert.deepEqual(policy.spec.ingress, [{}, { ports: [{ protocol: 'TCP', port: 1 }] }]);
});

test('bindings name their API groups', () => {
  const group = 'rbac.authorization.k8s.io';
  const binding = seen(`${group}/v1`, 'RoleBinding', {
    roleRef: { kind: 'Role', name: 'r' },
    subjects: [
      { kind: 'User', name: 'u' },
      { kind: 'ServiceAccount', name: 's' },
      { kind: 'Group', name: 'g' },
    ],
  });
  assert.deepEqual(binding.roleRef, { apiGroup: group, kind: 'Role', name: 'r' });
  const groups = binding.subjects.map((subject: { apiGroup?: string }) => subject.apiGroup);
  assert.deepEqual(groups, [group, undefined, group]);
});

test('limits of a container fill each other', () => {
  const limit = { type: 'Container', max: { cpu: '2' }, min: { memory: '1Mi' }, default: { memory: '1Gi' } };
  const { limits } = seen('v1', 'LimitRange', { spec: { limits: [limit, { ...limit, type: 'Pod' }] } }).spec;
  assert.deepEqual(limits[0].default, { cpu: '2', memory: '1Gi' });
  assert.deepEqual(limits[0].defaultRequest, { cpu: '2', memory: '1Gi' });
  assert.deepEqual(limits[1].default, { memory: '1Gi' });
  assert.equal(limits[1].defaultRequest, undefined);
});

test('an autoscaler aims at 80 % of the processor', () => {
  const v1 = seen('autoscaling/v1', 'HorizontalPodAutoscaler', { spec: { maxReplicas: 3 } }).spec;
  assert.deepEqual([v1.minReplicas, v1.targetCPUUtilizationPercentage], [1, 80]);
  const v2 = seen('autoscaling/v2', 'HorizontalPodAutoscaler', {
    spec: { maxReplicas: 3, behavior: {} },
  }).spec;
  assert.equal(v2.metrics[0].resource.target.averageUtilization, 80);
  assert.equal(v2.behavior.scaleUp.policies.length, 2);
  assert.equal(v2.behavior.scaleDown.stabilizationWindowSeconds, undefined);
});

test('webhooks fail closed and look at equivalent requests', () => {
  const webhooks = [{ name: 'a.b.c', clientConfig: { service: { name: 's', namespace: 'n' } }, rules: [{}] }];
  const [webhook] = seen('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', {
    webhooks,
  }).webhooks;
  assert.deepEqual(webhook.clientConfig.service, { namespace: 'n', name: 's', port: 443 });
  assert.deepEqual(webhook.rules, [{ scope: '*' }]);
  assert.deepEqual(
    [webhook.failurePolicy, webhook.matchPolicy, webhook.timeoutSeconds, webhook.namespaceSelector],
    ['Fail', 'Equivalent', 10, {}],
  );
});

test('a custom resource definition completes its names and its storage version', () => {
  const names = { kind: 'Datum', plural: 'data' };
  const versions = [
    { name: 'v1', served: true, storage: true },
    { name: 'v2', served: true },
  ];
  const crd = seen('apiextensions.k8s.io/v1', 'CustomResourceDefinition', {
    spec: { group: 'g.h', names, versions },
  });
  assert.deepEqual(crd.spec.names, {
    plural: 'data',
    singular: 'datum',
    kind: 'Datum',
    listKind: 'DatumList',
  });
  assert.deepEqual(crd.spec.conversion, { strategy: 'None' });
  assert.deepEqual(crd.status.storedVersions, ['v1']);
  assert.equal(crd.spec.versions[1].storage, false);
});

test('claims and volumes are file systems', () => {
  assert.equal(seen('v1', 'PersistentVolumeClaim', { spec: {} }).spec.volumeMode, 'Filesystem');
  const volume = seen('v1', 'PersistentVolume', { spec: { capacity: { storage: '1024Mi' } } });
  assert.equal(volume.spec.persistentVolumeReclaimPolicy, 'Retain');
  assert.deepEqual(volume.spec.capacity, { storage: '1Gi' });
  assert.equal(volume.status.phase, 'Pending');
});
