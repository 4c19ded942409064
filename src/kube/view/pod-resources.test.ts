import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultPodResources, fillMissing, qosClass } from './pod-resources.ts';

type Resources = { requests?: Record<string, string>; limits?: Record<string, string> };

function container(resources: Resources, restartPolicy?: string): Record<string, unknown> {
  return { resources, restartPolicy };
}

test('only missing entries are filled, and nothing given is changed', () => {
  const target = { cpu: '1' };
  const source = { cpu: '2', memory: '1Gi' };
  assert.deepEqual(fillMissing(target, source), { cpu: '1', memory: '1Gi' });
  assert.equal(fillMissing(source, target), source);
  assert.equal(fillMissing(undefined, source), source);
  assert.equal(fillMissing(target, undefined), target);
  assert.deepEqual(target, { cpu: '1' });
});

test('the quality of service follows cpu and memory', () => {
  const both = { cpu: '1', memory: '1Gi' };
  const classOf = (...resources: Resources[]): string =>
    qosClass({ containers: resources.map((r) => container(r)) });
  assert.equal(classOf({}), 'BestEffort');
  assert.equal(classOf({ requests: { 'ephemeral-storage': '1Gi' }, limits: { cpu: '0' } }), 'BestEffort');
  assert.equal(classOf({ requests: both, limits: both }), 'Guaranteed');
  assert.equal(classOf({ requests: { cpu: '1000m', memory: '1024Mi' }, limits: both }), 'Guaranteed');
  assert.equal(classOf({ requests: both, limits: both }, {}), 'Burstable');
  assert.equal(classOf({ requests: both, limits: { ...both, cpu: '2' } }), 'Burstable');
  assert.equal(classOf({ requests: both }), 'Burstable');
  assert.equal(classOf({ limits: { cpu: '1' }, requests: { cpu: '1' } }), 'Burstable');
});

test('a pod with resources of its own is classed by them', () => {
  const both = { cpu: '1', memory: '1Gi' };
  assert.equal(
    qosClass({ containers: [container({})], resources: { limits: both, requests: both } }),
    'Guaranteed',
  );
  assert.equal(qosClass({ containers: [container({})], resources: { requests: both } }), 'Burstable');
  assert.equal(qosClass({ containers: [container({ requests: both })], resources: {} }), 'BestEffort');
});

test('pod requests come from the containers, then from the pod limits', () => {
  const spec = {
    containers: [container({ requests: { cpu: '100m' } }), container({ requests: { cpu: '200m' } })],
    initContainers: [
      container({ requests: { cpu: '50m' } }, 'Always'),
      container({ requests: { cpu: '1' } }),
    ],
    resources: { limits: { cpu: '2', memory: '1Gi' } } as Resources,
  };
  defaultPodResources(spec);
  assert.deepEqual(spec.resources.requests, { cpu: '1050m', memory: '1Gi' });
});

test('huge page limits come from the containers', () => {
  const spec = {
    containers: [
      container({ limits: { 'hugepages-2Mi': '4Mi' } }),
      container({ limits: { 'hugepages-2Mi': '4Mi' } }),
    ],
    resources: { limits: { cpu: '1' } } as Resources,
  };
  defaultPodResources(spec);
  assert.deepEqual(spec.resources.limits, { cpu: '1', 'hugepages-2Mi': '8Mi' });
  assert.deepEqual(spec.resources.requests, { cpu: '1', 'hugepages-2Mi': '8Mi' });
});

test('a pod without limits of its own is left alone', () => {
  const spec = { containers: [container({ requests: { cpu: '1' } })], resources: { requests: { cpu: '2' } } };
  defaultPodResources(spec);
  assert.deepEqual(spec.resources, { requests: { cpu: '2' } });
});
