import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInKind } from './kinds.ts';
import { podTemplatePath, podTemplates, workloads } from './pod-template.ts';

const containers = [{ name: 'c', image: 'nginx' }];
const metadata = { name: 'x', namespace: 'shop' };

test('each workload has its template where Kubernetes has it', () => {
  assert.deepEqual(podTemplatePath('v1', 'Pod'), []);
  assert.deepEqual(podTemplatePath('apps/v1', 'Deployment'), ['spec', 'template']);
  assert.deepEqual(podTemplatePath('extensions/v1beta1', 'DaemonSet'), ['spec', 'template']);
  assert.deepEqual(podTemplatePath('batch/v1', 'CronJob'), ['spec', 'jobTemplate', 'spec', 'template']);
  assert.equal(podTemplatePath('example.com/v1', 'Deployment'), undefined);
  assert.equal(podTemplatePath('v1', 'ConfigMap'), undefined);
  for (const { group, kind, plural } of workloads) {
    assert.equal(builtInKind(group === '' ? 'v1' : `${group}/v1`, kind)?.plural, plural);
  }
});

test('a template in a custom resource becomes a PodTemplate with its path', () => {
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers } };
  const rollout = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata, spec: { template } };
  assert.deepEqual(podTemplates(rollout), [
    {
      object: { apiVersion: 'v1', kind: 'PodTemplate', metadata, template },
      inner: ['template'],
      path: ['spec', 'template'],
    },
  ]);
});

test('templates in maps and lists are all found', () => {
  const template = { spec: { containers } };
  const job = {
    apiVersion: 'kubeflow.org/v1',
    kind: 'TFJob',
    metadata,
    spec: { replicaSpecs: { Worker: { template }, Chief: { template } }, more: [{ podTemplate: template }] },
  };
  assert.deepEqual(
    podTemplates(job).map(({ path }) => path.join('.')),
    ['spec.replicaSpecs.Worker.template', 'spec.replicaSpecs.Chief.template', 'spec.more.0.podTemplate'],
  );
});

test('a bare pod spec is found under a key that says so', () => {
  const resource = { apiVersion: 'example.com/v1', kind: 'X', metadata, spec: { podSpec: { containers } } };
  const [found] = podTemplates(resource);
  assert.deepEqual(found?.path, ['spec', 'podSpec']);
  assert.deepEqual(found?.inner, ['template', 'spec']);
  assert.deepEqual(found?.object.template, { spec: { containers } });
});

test('a container without a name is one all the same, as in Knative', () => {
  const nameless = { spec: { containers: [{ image: 'nginx' }] } };
  assert.equal(
    podTemplates({ apiVersion: 'serving.knative.dev/v1', kind: 'Service', spec: { template: nameless } })
      .length,
    1,
  );
});

test('what only looks like one is left alone', () => {
  const overlay = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'Prometheus',
    metadata,
    spec: { containers },
  };
  assert.deepEqual(podTemplates(overlay), []);
  const schema = { properties: { spec: { containers: { type: 'array' } } }, spec: { containers: {} } };
  assert.deepEqual(podTemplates({ apiVersion: 'example.com/v1', kind: 'X', spec: { a: schema } }), []);
  const imageless = { spec: { containers: [{ name: 'nginx' }] } };
  assert.deepEqual(podTemplates({ apiVersion: 'example.com/v1', kind: 'X', spec: { a: imageless } }), []);
  assert.deepEqual(
    podTemplates({ apiVersion: 'apps/v1', kind: 'Deployment', spec: { template: { spec: { containers } } } }),
    [],
  );
  assert.deepEqual(podTemplates({}), []);
});

test('depth and size are bounded', () => {
  let deep: Record<string, unknown> = { spec: { containers } };
  for (let level = 0; level < 1000; level++) deep = { deeper: deep };
  assert.deepEqual(podTemplates({ apiVersion: 'example.com/v1', kind: 'X', spec: deep }), []);
  const wide = { apiVersion: 'example.com/v1', kind: 'X', spec: Array.from({ length: 200_000 }, () => ({})) };
  assert.deepEqual(podTemplates(wide), []);
});
