import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatPath } from '../../model/path.ts';
import { describeChange, serverViewChanges } from './changes.ts';
import type { Change } from './changes.ts';
import { serverView } from './server-view.ts';
import type { JsonObject } from './server-view.ts';

function changesOf(object: JsonObject): Map<string, Change> {
  const changes = serverViewChanges(object, serverView(object));
  return new Map(changes.map((change) => [formatPath(change.path), change]));
}

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', labels: {}, uid: 'mine', selfLink: '/x' },
  spec: {
    hostPID: false,
    hostname: null,
    tolerations: [],
    hostPid: true,
    containers: [
      {
        name: 'c',
        image: 'nginx',
        resources: { limits: { memory: '1024Ki' } },
        livenessProbe: { timeoutSeconds: 0 },
      },
    ],
  },
  status: { phase: 'Running' },
};

test('each difference has its path and reason', () => {
  const changes = changesOf(pod);
  const reasons = Object.fromEntries([...changes].map(([path, { reason }]) => [path, reason]));
  assert.deepEqual(reasons, {
    'metadata.labels': 'empty',
    'metadata.uid': 'assigned',
    'metadata.selfLink': 'removed',
    'metadata.generation': 'defaulted',
    'metadata.creationTimestamp': 'assigned',
    'spec.hostPID': 'zero',
    'spec.hostname': 'zero',
    'spec.tolerations': 'empty',
    'spec.hostPid': 'unknown',
    'spec.containers[0].resources.limits.memory': 'normalised',
    'spec.containers[0].resources.requests': 'defaulted',
    'spec.containers[0].livenessProbe.timeoutSeconds': 'defaulted',
    'spec.containers[0].livenessProbe.periodSeconds': 'defaulted',
    'spec.containers[0].livenessProbe.successThreshold': 'defaulted',
    'spec.containers[0].livenessProbe.failureThreshold': 'defaulted',
    'spec.containers[0].terminationMessagePath': 'defaulted',
    'spec.containers[0].terminationMessagePolicy': 'defaulted',
    'spec.containers[0].imagePullPolicy': 'defaulted',
    'spec.restartPolicy': 'defaulted',
    'spec.terminationGracePeriodSeconds': 'defaulted',
    'spec.dnsPolicy': 'defaulted',
    'spec.securityContext': 'defaulted',
    'spec.schedulerName': 'defaulted',
    'spec.enableServiceLinks': 'defaulted',
    'status.phase': 'replaced',
    'status.qosClass': 'defaulted',
  });
});

test('a change is told in a sentence', () => {
  const changes = changesOf(pod);
  const told = (path: string): string => describeChange(changes.get(path) as Change);
  assert.equal(
    told('spec.hostPID'),
    'you wrote spec.hostPID: false; the server drops it, as it means the same as nothing',
  );
  assert.equal(
    told('spec.tolerations'),
    'you wrote spec.tolerations: []; the server drops it, as it means the same as nothing',
  );
  assert.equal(
    told('spec.hostPid'),
    'you wrote spec.hostPid: true; the server drops it, as there is no such field',
  );
  assert.equal(told('metadata.selfLink'), 'you wrote metadata.selfLink: "/x"; the server does not keep it');
  assert.equal(
    told('spec.containers[0].resources.limits.memory'),
    'you wrote spec.containers[0].resources.limits.memory: "1024Ki"; the server shows it as "1Mi"',
  );
  assert.equal(told('spec.dnsPolicy'), 'the server fills in spec.dnsPolicy: "ClusterFirst"');
  assert.equal(
    told('spec.containers[0].livenessProbe.timeoutSeconds'),
    'you wrote spec.containers[0].livenessProbe.timeoutSeconds: 0; the server fills in 1',
  );
  assert.equal(told('status.phase'), 'you wrote status.phase: "Running"; the server sets "Pending"');
  assert.match(told('metadata.uid'), /the server assigns metadata\.uid, which is not known here/);
});

test('long values are cut and integers of any size told', () => {
  const change: Change = { path: ['a'], reason: 'removed', written: 'x'.repeat(500), seen: undefined };
  assert.ok(describeChange(change).length < 160);
  assert.match(describeChange({ ...change, written: 2n ** 60n }), /1152921504606846976/);
});

test('nothing changed is nothing told', () => {
  const custom = { apiVersion: 'example.com/v1', kind: 'X', spec: { a: false } };
  assert.deepEqual(serverViewChanges(custom, serverView(custom)), []);
  const refused = { apiVersion: 'v1', kind: 'Pod', spec: 1 };
  assert.deepEqual(serverViewChanges(refused, serverView(refused)), []);
});
