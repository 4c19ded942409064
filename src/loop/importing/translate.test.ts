import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ForeignException } from '../../exceptions/peers/foreign-exception.ts';
import { type Aliased, merged, translate } from './translate.ts';

const controls: readonly Aliased[] = [
  { id: 'host-namespaces', aliases: { polaris: ['hostIPCSet', 'hostPIDSet'], checkov: ['CKV_K8S_17'] } },
  { id: 'host-port', aliases: { polaris: ['hostPortSet'], kubescape: ['C-0044'] } },
  { id: 'tag', aliases: { checkov: ['CKV_K8S_14'] } },
];

const foreign = (over: Partial<ForeignException>): ForeignException => ({
  tool: 'polaris',
  checks: ['hostPortSet'],
  reason: 'because',
  match: { names: ['web'] },
  wider: [],
  path: [],
  ...over,
});
const of = (over: Partial<ForeignException>, widen = false) =>
  translate(foreign(over), controls, '2026-11-22', widen);

test('a check becomes the controls that have it as their alias', () => {
  assert.deepEqual(of({ until: '2026-11-22', owner: 'team' }), {
    exception: {
      controls: ['host-port'],
      reason: 'because',
      until: '2026-11-22',
      owner: 'team',
      match: { names: ['web'] },
    },
    complaints: [],
  });
  assert.deepEqual(of({ checks: ['HOSTPORTSET'] }).exception!.controls, ['host-port']);
});

test('an id counts for its own tool only', () => {
  const { complaints, exception } = of({ checks: ['C-0044'] });
  assert.equal(exception, undefined);
  assert.deepEqual(complaints, [{ kind: 'left out', reason: 'no control is what polaris calls "C-0044"' }]);
});

test('one check without a control costs the others nothing', () => {
  const { complaints, exception } = of({ checks: ['nope', 'hostPortSet'] });
  assert.deepEqual(exception!.controls, ['host-port']);
  assert.equal(complaints.length, 1);
});

test('wildcards and all checks of a tool', () => {
  assert.deepEqual(of({ checks: ['host*Set'] }).exception!.controls, ['host-namespaces', 'host-port']);
  const { complaints, exception } = of({ checks: undefined });
  assert.deepEqual(exception!.controls, ['host-namespaces', 'host-port']);
  assert.deepEqual(complaints, []);
  assert.equal(of({ tool: 'checkov', checks: ['CKV.K8S_14'] }).exception, undefined);
  const before = process.cpuUsage();
  of({ checks: ['*'.repeat(500) + 'x'] });
  assert.ok(process.cpuUsage(before).user < 3e6);
});

test('a control that is more than the check is told', () => {
  assert.deepEqual(of({ checks: ['hostPIDSet'] }).complaints, [
    {
      kind: 'widened',
      reason: 'host-namespaces is also what polaris calls hostIPCSet, which was not excepted',
    },
  ]);
  assert.deepEqual(of({ checks: ['hostPIDSet', 'hostIPCSet'] }).complaints, []);
});

test('what is over or limited in another way is left out; the latter not where widening is asked for', () => {
  assert.match(of({ until: '2026-11-21' }).complaints[0]!.reason, /expired after 2026-11-21/);
  assert.equal(of({ wider: ['the cluster prod'] }).exception, undefined);
  const { complaints, exception } = of({ wider: ['the cluster prod'] }, true);
  assert.ok(exception !== undefined);
  assert.deepEqual(complaints, [{ kind: 'widened', reason: 'it held only for the cluster prod' }]);
});

test('a missing reason is said to be missing', () => {
  assert.equal(of({ reason: ' ' }).exception!.reason, 'imported from polaris, which gives no reason');
});

test('exceptions that differ in controls only become one', () => {
  const one = of({}).exception!;
  const two = of({ checks: ['hostIPCSet'] }).exception!;
  const other = of({ match: {} }).exception!;
  assert.deepEqual(merged([one, two, one, other]), [
    { ...one, controls: ['host-namespaces', 'host-port'] },
    other,
  ]);
});
