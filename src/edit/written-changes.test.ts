import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverView } from '../kube/view/server-view.ts';
import type { JsonObject } from '../model/object.ts';
import { changedBy } from '../yaml/index.ts';
import { writtenChanges } from './written-changes.ts';

const view = (written: JsonObject): JsonObject | null => serverView(written).object as JsonObject | null;

function pod(spec: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec };
}

/** What the server should see: the view of another written object. */
const wanted = (spec: JsonObject): JsonObject => view(pod(spec))!;

const container = { name: 'c', image: 'nginx' };

test('a field that is written is changed, one that is not is added', () => {
  const written = pod({ hostPID: true, containers: [container] });
  const changes = writtenChanges(
    written,
    wanted({ containers: [{ ...container, securityContext: { privileged: false } }] }),
    view,
  );
  assert.deepEqual(changes, [
    { op: 'remove', path: ['spec', 'hostPID'] },
    { op: 'set', path: ['spec', 'containers', 0, 'securityContext'], value: { privileged: false } },
  ]);
});

test('what follows from a default is not written', () => {
  const written = pod({ containers: [container] });
  const added = { name: 'd', image: 'busybox:1' };
  const changes = writtenChanges(written, wanted({ containers: [container, added] }), view)!;
  assert.deepEqual(changes, [{ op: 'set', path: ['spec', 'containers', 1], value: added }]);
  const volumes = [{ name: 'tmp', hostPath: { path: '/x' } }];
  const [one] = writtenChanges(written, wanted({ containers: [container], volumes }), view)!;
  assert.deepEqual(one, { op: 'set', path: ['spec', 'volumes'], value: volumes });
});

test('the server sees what is wanted after the changes', () => {
  const written = pod({ containers: [{ ...container, imagePullPolicy: 'Never' }], restartPolicy: 'Never' });
  const target = wanted({ containers: [{ ...container, image: 'nginx:1' }] });
  const changes = writtenChanges(written, target, view)!;
  assert.deepEqual(view(changedBy(written as never, changes) as JsonObject), target);
});

test('nothing to change is no change', () => {
  const written = pod({ containers: [container] });
  assert.deepEqual(writtenChanges(written, view(written)!, view), []);
});

test('what no text leads to is undefined', () => {
  const written = pod({ containers: [container] });
  const target = view(written)!;
  const impossible = { ...target, metadata: { ...(target['metadata'] as JsonObject), uid: 'mine' } };
  assert.equal(writtenChanges(written, impossible, view), undefined);
  assert.equal(writtenChanges({ apiVersion: 'v1', kind: 'Pod', spec: 7 }, target, view), undefined);
});

test('a default that nobody wrote may go with what it followed from, and nothing else may', () => {
  const ports = [{ containerPort: 80 }];
  const written = pod({ hostNetwork: true, containers: [{ ...container, ports }] });
  // What a mutation makes of the object as the server sees it, where the port of the node is filled in already.
  const mutated = structuredClone(view(written)!) as { spec: Record<string, unknown> };
  delete mutated.spec['hostNetwork'];
  assert.deepEqual(writtenChanges(written, mutated as JsonObject, view), [
    { op: 'remove', path: ['spec', 'hostNetwork'] },
  ]);
  mutated.spec['hostPID'] = true;
  assert.deepEqual(writtenChanges(written, mutated as JsonObject, view), [
    { op: 'remove', path: ['spec', 'hostNetwork'] },
    { op: 'set', path: ['spec', 'hostPID'], value: true },
  ]);
});
