import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverView } from './server-view.ts';
import type { JsonObject } from './server-view.ts';

const template = {
  metadata: { labels: { app: 'x' } },
  spec: { containers: [{ name: 'c', image: 'nginx' }] },
};

// oxlint-disable-next-line typescript/no-explicit-any
function specOf(apiVersion: string, kind: string, spec: JsonObject, metadata: JsonObject = {}): any {
  const view = serverView({
    apiVersion,
    kind,
    metadata: { name: 'w', ...metadata },
    spec: { template, ...spec },
  });
  assert.ok(view.object, view.problems[0]?.message);
  return view.object.spec;
}

test('a Deployment rolls a quarter at a time, unless it recreates', () => {
  const spec = specOf('apps/v1', 'Deployment', { strategy: { rollingUpdate: { maxSurge: 1 } } });
  assert.deepEqual(spec.strategy, {
    type: 'RollingUpdate',
    rollingUpdate: { maxUnavailable: '25%', maxSurge: 1 },
  });
  assert.deepEqual([spec.replicas, spec.revisionHistoryLimit, spec.progressDeadlineSeconds], [1, 10, 600]);
  assert.deepEqual(
    specOf('apps/v1', 'Deployment', { replicas: 0, strategy: { type: 'Recreate' } }).strategy,
    {
      type: 'Recreate',
    },
  );
  assert.equal(specOf('apps/v1', 'Deployment', { replicas: 0 }).replicas, 0);
});

test('a StatefulSet fills its partition only where it fills the type or a rolling update is written', () => {
  const strategyOf = (updateStrategy: JsonObject): unknown =>
    specOf('apps/v1', 'StatefulSet', { updateStrategy }).updateStrategy;
  assert.deepEqual(strategyOf({}), { type: 'RollingUpdate', rollingUpdate: { partition: 0 } });
  assert.deepEqual(strategyOf({ type: 'RollingUpdate' }), { type: 'RollingUpdate' });
  assert.deepEqual(strategyOf({ type: 'OnDelete' }), { type: 'OnDelete' });
  assert.deepEqual(strategyOf({ rollingUpdate: { maxUnavailable: 2 } }), {
    type: 'RollingUpdate',
    rollingUpdate: { partition: 0 },
  });
});

test('volume claim templates of a StatefulSet are claims', () => {
  const { volumeClaimTemplates } = specOf('apps/v1', 'StatefulSet', {
    volumeClaimTemplates: [{ metadata: { name: 'd' } }],
  });
  assert.deepEqual(volumeClaimTemplates, [
    {
      kind: 'PersistentVolumeClaim',
      apiVersion: 'v1',
      metadata: { name: 'd' },
      spec: { resources: {}, volumeMode: 'Filesystem' },
      status: { phase: 'Pending' },
    },
  ]);
});

test('a DaemonSet replaces one pod at a time and is annotated', () => {
  const view = serverView({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'd' },
    spec: { template },
  });
  const { metadata, spec } = view.object as Record<string, JsonObject>;
  assert.deepEqual(metadata?.annotations, { 'deprecated.daemonset.template.generation': '1' });
  assert.deepEqual(spec?.updateStrategy, {
    type: 'RollingUpdate',
    rollingUpdate: { maxUnavailable: 1, maxSurge: 0 },
  });
});

test('a Job selects its pods by uid, unless told how', () => {
  const spec = specOf('batch/v1', 'Job', {});
  const uid = spec.selector.matchLabels['batch.kubernetes.io/controller-uid'];
  assert.equal(spec.template.metadata.labels['batch.kubernetes.io/controller-uid'], uid);
  assert.equal(spec.template.metadata.labels['job-name'], 'w');
  assert.deepEqual([spec.completions, spec.parallelism, spec.backoffLimit], [1, 1, 6]);
  assert.equal(specOf('batch/v1', 'Job', { parallelism: 2 }).completions, undefined);
  assert.equal(specOf('batch/v1', 'Job', { backoffLimitPerIndex: 1 }).backoffLimit, 2147483647);
  const manual = specOf('batch/v1', 'Job', { manualSelector: true });
  assert.equal(manual.selector, undefined);
  assert.deepEqual(manual.template.metadata.labels, { app: 'x' });
});

test('a Job without labels shares those of its template, generated ones too', () => {
  const labelsOf = (metadata: JsonObject): unknown => {
    const view = serverView({ apiVersion: 'batch/v1', kind: 'Job', metadata, spec: { template } });
    const { metadata: seen } = view.object as Record<string, { labels: JsonObject }>;
    return Object.keys(seen?.labels ?? {}).toSorted();
  };
  assert.deepEqual(labelsOf({ name: 'j', labels: { z: 'w' } }), ['z']);
  assert.deepEqual(labelsOf({ name: 'j' }), [
    'app',
    'batch.kubernetes.io/controller-uid',
    'batch.kubernetes.io/job-name',
    'controller-uid',
    'job-name',
  ]);
});

test('the job template of a CronJob gets pod defaults and no job defaults', () => {
  const { jobTemplate, ...spec } = specOf('batch/v1', 'CronJob', {
    template: undefined,
    schedule: '@daily',
    jobTemplate: { spec: { template } },
  });
  assert.deepEqual(spec, {
    schedule: '@daily',
    concurrencyPolicy: 'Allow',
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
  });
  assert.equal(jobTemplate.spec.backoffLimit, undefined);
  assert.equal(jobTemplate.spec.template.spec.dnsPolicy, 'ClusterFirst');
});

test('a ReplicationController takes labels and selector from its template', () => {
  const view = serverView({
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: { name: 'r' },
    spec: { template },
  });
  const { metadata, spec } = view.object as Record<string, JsonObject>;
  assert.deepEqual([metadata?.labels, spec?.selector, spec?.replicas], [{ app: 'x' }, { app: 'x' }, 1]);
});
