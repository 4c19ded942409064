import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Json, JsonObject } from '../model/object.ts';
import { extract, ExtractKeeper, keep } from './extract.ts';

const deployment: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec: {
    replicas: 3,
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        serviceAccountName: 'shop',
        containers: [
          { name: 'c', image: 'web:1', ports: [{ name: 'http', containerPort: 80 }, { containerPort: 81 }] },
        ],
        volumes: [{ name: 'v', configMap: { name: 'settings', items: [{ key: 'a', path: 'a' }] } }],
      },
    },
  },
};

test('what others ask of a workload', () => {
  const { pods, fields, references, ...rest } = extract(deployment);
  assert.deepEqual(pods, [
    {
      path: ['spec', 'template'],
      labels: { app: 'web' },
      ports: ['http'],
      images: ['web:1'],
      serviceAccount: 'shop',
      hostNetwork: false,
    },
  ]);
  assert.deepEqual(fields, { 'spec.replicas': 3 });
  assert.deepEqual(
    references.map(({ kind, name, key, path }) => [kind, name, key, path.join('.')]),
    [
      ['ConfigMap', 'settings', '', 'spec.template.spec.volumes.0.configMap.name'],
      ['ConfigMap', 'settings', 'a', 'spec.template.spec.volumes.0.configMap.items.0.key'],
      ['ServiceAccount', 'shop', '', 'spec.template.spec.serviceAccountName'],
    ],
  );
  assert.deepEqual(rest, {
    group: 'apps',
    kind: 'Deployment',
    namespace: 'shop',
    name: 'web',
    labels: {},
    selectors: [],
    keys: undefined,
    makes: [],
  });
});

test('a template in a custom resource is a pod at its place', () => {
  const spec = { containers: [{ name: 'c', image: 'i' }] };
  const of = (inner: JsonObject): JsonObject => ({
    apiVersion: 'example.com/v1',
    kind: 'Runner',
    metadata: { name: 'r' },
    spec: inner,
  });
  const whole = extract(of({ template: { metadata: { labels: { a: 'b' } }, spec } }));
  assert.deepEqual(
    whole.pods.map(({ path, labels }) => [path, labels]),
    [[['spec', 'template'], { a: 'b' }]],
  );
  const bare = extract(of({ podSpec: { ...spec, priorityClassName: 'high' } }));
  assert.deepEqual(
    bare.pods.map(({ path, labels }) => [path, labels]),
    [[['spec', 'podSpec'], {}]],
  );
  assert.deepEqual(
    bare.references.map(({ path }) => path),
    [['spec', 'podSpec', 'priorityClassName']],
  );
});

test('no value of a Secret or ConfigMap is kept', () => {
  for (const kind of ['Secret', 'ConfigMap']) {
    const whole = extract({
      apiVersion: 'v1',
      kind,
      metadata: { name: 's', annotations: { note: 'hunter2' } },
      data: { password: 'hunter2' },
      stringData: { user: 'hunter2' },
    });
    assert.deepEqual(whole.keys, ['password', 'user']);
    assert.ok(!JSON.stringify(whole).includes('hunter2'));
  }
});

test('what is long is read again when it is asked for', () => {
  const data = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`key-${i}`, 'v']));
  const whole = extract({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data });
  const kept = keep(whole);
  assert.equal(kept.isPartial, true);
  assert.equal(kept.extract.keys, undefined);
  assert.ok(JSON.stringify(kept.extract).length < 1000);
  assert.deepEqual(keep(extract(deployment)), { extract: extract(deployment), isPartial: false });
});

test('a scan keeps what is long as long as it is little', () => {
  const data = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`key-${i}`, 'v']));
  const long = extract({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data });
  const keeper = new ExtractKeeper(5000);
  const kept = [long, long, long, extract(deployment)].map((one) => keeper.keep(one));
  assert.deepEqual(
    kept.map(({ isPartial }) => isPartial),
    [false, false, true, false],
  );
  assert.equal(kept[0]!.extract, long);
  assert.equal(new ExtractKeeper(0).keep(long).isPartial, true);
});

test('a long workload keeps its replicas and what selects its pods', () => {
  const env = Array.from({ length: 50 }, (_, i) => ({
    name: `E${i}`,
    valueFrom: { secretKeyRef: { name: `secret-${i}`, key: 'k' } },
  }));
  const long = structuredClone(deployment) as { spec: { template: { spec: Record<string, Json> } } };
  long.spec.template.spec['containers'] = [{ name: 'c', image: 'i', env }];
  const { extract: kept, isPartial } = keep(extract(long as never));
  assert.equal(isPartial, true);
  assert.deepEqual(kept.fields, { 'spec.replicas': 3 });
  assert.deepEqual(kept.pods[0]?.labels, { app: 'web' });
  assert.ok(JSON.stringify(kept).length < 1000);
});

test('numbers of any size', () => {
  const kept = keep(extract({ ...deployment, spec: { replicas: 2n ** 70n } }));
  assert.equal(kept.extract.fields['spec.replicas'], 2 ** 70);
});

test('whatever an object holds, reading it throws nothing', () => {
  const kinds = ['Pod', 'Service', 'ConfigMap', 'Namespace', 'Role', 'Ingress', 'NetworkPolicy', 'Thing'];
  const groups = ['v1', 'networking.k8s.io/v1', 'rbac.authorization.k8s.io/v1', 'example.com/v1', '///'];
  const fields = [
    'spec',
    'metadata',
    'rules',
    'template',
    'volumes',
    'containers',
    'ports',
    'name',
    'podSelector',
  ];
  const value = fc.letrec<{ node: Json }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<Json>(null, true, 7, 2n ** 70n, '', 'x', '__proto__'),
      fc.array(tie('node'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...fields), tie('node'), { maxKeys: 4 }),
    ),
  })).node;
  const object = fc.record({
    apiVersion: fc.constantFrom(...groups),
    kind: fc.constantFrom(...kinds),
    metadata: value,
    spec: value,
    rules: value,
    data: value,
  });
  fc.assert(fc.property(object, (one) => void keep(extract(one))));
});
