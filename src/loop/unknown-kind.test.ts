import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unknownKind } from './unknown-kind.ts';

test('a slip in a kind of Kubernetes is told with the likely one', () => {
  assert.match(
    unknownKind('apps/v1', 'Deploymnt')!,
    /serves no apps\/v1 Deploymnt; did you mean "Deployment"\?$/,
  );
  assert.match(unknownKind('v1', 'Deployment')!, /serves no v1 Deployment; it has one in apps\/v1$/);
  assert.match(unknownKind('v1', 'Nonsense')!, /serves no v1 Nonsense: no rule is about it$/);
  assert.match(unknownKind('policy/v1beta1', 'PodSecurityPolicy')!, /what it holds is not judged$/);
});

test('an apiVersion that is none, and names whose ends cannot be seen', () => {
  assert.equal(
    unknownKind('a/b/c', 'Pod'),
    'no API server knows the apiVersion "a/b/c": it is VERSION or GROUP/VERSION',
  );
  assert.match(unknownKind('v1', 'Pod ')!, /serves no v1 "Pod "; did you mean "Pod"\?$/);
  assert.match(unknownKind('v1 ', 'Pod')!, /serves no "v1 " Pod; it has one in v1$/);
});

test('what is served, was served or belongs to others is nothing to mention', () => {
  assert.equal(unknownKind('apps/v1', 'Deployment'), undefined);
  assert.equal(unknownKind('apps/v1beta1', 'Deployment'), undefined);
  assert.equal(unknownKind('extensions/v1beta1', 'Ingress'), undefined);
  assert.equal(unknownKind('example.com/v1', 'Deployment'), undefined);
  assert.equal(unknownKind('gateway.networking.k8s.io/v1', 'Gateway'), undefined);
  assert.equal(unknownKind('v1', 'Config'), undefined, 'a kubeconfig');
});
