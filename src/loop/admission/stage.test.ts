import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../model/object.ts';
import { valueAt } from '../../model/path.ts';
import type { AdmissionRequest } from '../../policy/index.ts';
import { atStage } from './stage.ts';
import { createRequest } from '../../policy/request.fixture.ts';

const spec = { containers: [{ name: 'a', image: 'a:latest' }] };
const pod = (change: object = {}): JsonObject =>
  JSON.parse(
    JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec, ...change }),
  ) as JsonObject;
const request = (change: Partial<AdmissionRequest> = {}): AdmissionRequest =>
  createRequest({ object: pod(), ...change });
const imagePullPolicy = ['spec', 'containers', 0, 'imagePullPolicy'];

test('a manifest gets its defaults, and its status when it is stored', () => {
  const before = atStage(request(), 'mutating').request.object;
  assert.equal(valueAt(before!, imagePullPolicy), 'Always');
  assert.equal(valueAt(before!, ['status', 'phase']), undefined);
  const after = atStage(request(), 'validating').request.object;
  assert.equal(valueAt(after!, ['metadata', 'namespace']), 'shop');
  assert.equal(valueAt(after!, ['status', 'phase']), 'Pending');
});

test('what a server sent is taken as it is', () => {
  const object = pod({ metadata: { name: 'web', uid: 'u' }, status: { phase: 'Odd' } });
  assert.equal(atStage(request({ object }), 'validating').request.object, object);
  const options = { apiVersion: 'v1', kind: 'PodExecOptions', command: ['sh'] };
  const connect = request({ operation: 'CONNECT', subresource: 'exec', object: options });
  assert.equal(atStage(connect, 'validating').request, connect);
  const status = request({ operation: 'UPDATE', subresource: 'status', object: pod(), oldObject: pod() });
  assert.equal(atStage(status, 'validating').request, status);
});

test('an update keeps the status that is there, whatever it says itself', () => {
  const oldObject = pod({ metadata: { name: 'web', uid: 'u' }, status: { phase: 'Running' } });
  const update = request({ operation: 'UPDATE', object: pod({ status: { phase: 'Failed' } }), oldObject });
  const staged = atStage(update, 'validating').request;
  assert.equal(staged.oldObject, oldObject);
  assert.deepEqual(staged.object?.['status'], { phase: 'Running' });
  assert.equal(valueAt(staged.object!, imagePullPolicy), 'Always');
  const written = { ...update, oldObject: pod({ status: { phase: 'Running' } }) };
  assert.deepEqual(atStage(written, 'validating').request.oldObject?.['status'], { phase: 'Running' });
});

test('what cannot be decoded, and what is dropped', () => {
  const wrong = atStage(request({ object: pod({ spec: { containers: 'none' } }) }), 'validating');
  assert.match(wrong.undecodable, /^Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal/);
  const odd = atStage(request({ object: pod({ spec: { ...spec, hostnet: true } }) }), 'validating');
  assert.deepEqual([odd.undecodable, odd.unknownFields], ['', [['spec', 'hostnet']]]);
  assert.equal(valueAt(odd.request.object!, ['spec', 'hostnet']), undefined);
});

test('a deletion of something written: the old object is as it is stored', () => {
  const deletion = request({ operation: 'DELETE', object: null, oldObject: pod() });
  const { request: staged } = atStage(deletion, 'validating');
  assert.equal(staged.object, null);
  assert.equal(valueAt(staged.oldObject!, imagePullPolicy), 'Always');
});
