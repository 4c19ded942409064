import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding, Report } from '../model/finding.ts';
import { idsAs, idsOfFindings } from './ids-as.ts';

const report = {
  controls: {
    everything: { aliases: { peer: ['P1'], other: ['O1'] } },
    secrets: { aliases: { peer: ['P2', 'P3'] } },
    exec: { aliases: { peer: ['P3', 'P1'] } },
    alone: { aliases: {} },
  },
} as unknown as Report;
const finding = (control: string, tells?: readonly string[]): Finding => ({ control, tells }) as Finding;

test('a finding has the ids of its control', () => {
  assert.deepEqual(idsAs(report, finding('secrets'), 'peer'), ['P2', 'P3']);
  assert.deepEqual(idsAs(report, finding('everything'), 'other'), ['O1']);
});

test('and those of the controls that it tells, each once, its own first', () => {
  assert.deepEqual(idsAs(report, finding('everything', ['secrets', 'exec']), 'peer'), ['P1', 'P2', 'P3']);
  assert.deepEqual(idsAs(report, finding('alone', ['secrets']), 'peer'), ['P2', 'P3']);
});

test('none where the tool has none, or the control is not in the report', () => {
  assert.deepEqual(idsAs(report, finding('alone'), 'peer'), []);
  assert.deepEqual(idsAs(report, finding('gone', ['gone']), 'peer'), []);
  assert.deepEqual(idsAs(report, finding('secrets'), 'stranger'), []);
});

const parted = {
  controls: {
    shares: {
      aliases: { peer: ['ALL', 'PID', 'IPC', 'NS'], other: ['O'] },
      aliasParts: [
        { fields: ['hostPID'], ids: ['PID'] },
        { fields: ['capabilities.add', 'hostIPC'], ids: ['IPC'] },
        { kinds: ['Namespace'], ids: ['NS'] },
        { kinds: ['Node'], says: ['^the node', 'iron$'], ids: ['NS'] },
      ],
    },
    tells: { aliases: { peer: ['T'] } },
  },
} as unknown as Report;
const failure = (path: string, message = '', kind = 'Pod', more: Partial<Finding> = {}): Finding =>
  ({ control: 'shares', verdict: 'fail', path, message, object: { kind }, ...more }) as Finding;

test('an id for a part is that of failures which are about it', () => {
  const ids = (...one: Parameters<typeof failure>): readonly string[] =>
    idsAs(parted, failure(...one), 'peer');
  assert.deepEqual(ids('spec.hostPID'), ['ALL', 'PID']);
  assert.deepEqual(ids('hostIPC'), ['ALL', 'IPC']);
  assert.deepEqual(ids('spec.containers[0].securityContext.capabilities.add[2]'), ['ALL', 'IPC']);
  assert.deepEqual(ids('spec.hostPIDs'), ['ALL'], 'a step is a whole one');
  assert.deepEqual(ids('spec.xhostPID'), ['ALL']);
  assert.deepEqual(ids(''), ['ALL', 'PID', 'IPC'], 'the object as a whole has all fields');
  assert.deepEqual(ids('x', '', 'Namespace'), ['ALL', 'NS']);
  assert.deepEqual(ids('x', 'the node', 'Node'), ['ALL', 'NS']);
  assert.deepEqual(ids('x', 'of iron', 'Node'), ['ALL', 'NS']);
  assert.deepEqual(ids('x', 'not the node', 'Node'), ['ALL'], 'all that a part says must hold');
  assert.deepEqual(idsAs(parted, failure('spec.hostPID'), 'other'), ['O']);
});

test('what is no failure may be about every part that its object may have', () => {
  const unknown = failure('x', '', 'Pod', { verdict: 'unknown' });
  assert.deepEqual(idsAs(parted, unknown, 'peer'), ['ALL', 'PID', 'IPC']);
});

test('of a control that is told only the kind is known', () => {
  const teller = failure('spec.hostIPC', '', 'Pod', { control: 'tells', tells: ['shares'] });
  assert.deepEqual(idsAs(parted, teller, 'peer'), ['T', 'ALL', 'PID', 'IPC']);
});

test('several findings have the ids of each, in the order of the control, and no more of them is read than it takes', () => {
  const control = parted.controls['shares'];
  const ids = (findings: Iterable<Finding>): readonly string[] => idsOfFindings(control, findings, 'peer');
  assert.deepEqual(ids([failure('hostIPC'), failure('hostPID')]), ['ALL', 'PID', 'IPC']);
  assert.deepEqual(ids([failure('hostIPC')]), ['ALL', 'IPC']);
  assert.deepEqual(ids([]), ['ALL']);
  let read = 0;
  function* many(): Generator<Finding> {
    for (const path of ['hostIPC', 'hostPID', 'x', 'y']) {
      read++;
      yield failure(path, '', path === 'x' ? 'Namespace' : 'Pod');
    }
  }
  assert.deepEqual(ids(many()), ['ALL', 'PID', 'IPC', 'NS']);
  assert.equal(read, 3);
  assert.deepEqual(idsOfFindings(control, many(), 'other'), ['O']);
  assert.equal(read, 3, 'a tool without parts needs none of them');
  assert.deepEqual(idsOfFindings(undefined, [failure('')], 'peer'), []);
});
