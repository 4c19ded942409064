import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../model/object.ts';
import { readPeerAnnotations } from './annotations.ts';

const reference = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
const read = (own: JsonObject, template: JsonObject = {}, name = 'web') =>
  readPeerAnnotations(
    { ...reference, name },
    { metadata: { annotations: own }, spec: { template: { metadata: { annotations: template } } } },
    ['spec', 'template'],
  );
/** `tool checks reason`, one line each. */
const said = (own: JsonObject, template?: JsonObject): string[] =>
  read(own, template).exceptions.map(
    ({ checks, reason, tool }) => `${tool} ${checks?.join('+') ?? 'all'} ${reason}`,
  );

test('each tool has its own way to say it', () => {
  assert.deepEqual(
    said({
      'checkov.io/skip1': 'CKV_K8S_20=needs it=really',
      'bridgecrew.io/skip2': 'CKV2_K8S_3',
      'ignore-check.kube-linter.io/run-as-non-root': 'binds a port',
      'kube-linter.io/ignore-all': 'a demo',
      'kube-score/ignore': 'a, b,',
      'polaris.fairwinds.com/hostNetworkSet-exempt': 'true',
      'polaris.fairwinds.com/exempt': 'TRUE',
    }),
    [
      'checkov CKV_K8S_20 needs it=really',
      'checkov CKV2_K8S_3 ',
      'kube-linter run-as-non-root binds a port',
      'kube-linter all a demo',
      'kube-score a+b ',
      'polaris hostNetworkSet ',
      'polaris all ',
    ],
  );
});

test('what says no exception is none', () => {
  assert.deepEqual(
    said({
      'polaris.fairwinds.com/exempt': 'false',
      'polaris.fairwinds.com/exemption': 'true',
      'kube-score/enable': 'a',
      'example.com/a': 'b',
      'ignore-check.kube-linter.io': 'x',
    }),
    [],
  );
});

test('on the pod template only what the tool reads there', () => {
  assert.deepEqual(
    said(
      {},
      {
        'checkov.io/skip1': 'CKV_K8S_20=x',
        'kube-score/ignore': 'a',
        'kube-linter.io/ignore-all': 'x',
        'polaris.fairwinds.com/exempt': 'true',
      },
    ),
    ['checkov CKV_K8S_20 x', 'kube-score a '],
  );
});

test('an exception is about its object, wherever that stands', () => {
  const [one] = read({ 'kube-score/ignore': 'a' }).exceptions;
  assert.deepEqual(one!.match, { kinds: ['Deployment'], namespaces: ['shop'], names: ['web'] });
  assert.deepEqual(one!.path, ['metadata', 'annotations', 'kube-score/ignore']);
});

test('what is not understood is told', () => {
  const unread = (own: JsonObject, name?: string): string[] =>
    read(own, {}, name).unread.map(({ reason, tool }) => `${tool}: ${reason}`);
  assert.deepEqual(unread({ 'checkov.io/skip1': 'CKV_AWS_1=x' }), [
    'checkov: "CKV_AWS_1" is no check of checkov for Kubernetes',
  ]);
  assert.deepEqual(unread({ 'kube-score/other': 'x' }), ['kube-score: "kube-score/other" is not understood']);
  assert.deepEqual(unread({ 'kube-score/ignore': 'a' }, ''), [
    'kube-score: its object has no name that an exception could say',
  ]);
  assert.deepEqual(unread({ 'checkov.io/skip1': 7 }), ['checkov: "" is no check of checkov for Kubernetes']);
});

test('malformed annotations break nothing', () => {
  for (const annotations of [null, [], 'x', 3]) {
    const value = { metadata: { annotations } } as JsonObject;
    assert.deepEqual(readPeerAnnotations(reference, value, undefined), { exceptions: [], unread: [] });
  }
});
