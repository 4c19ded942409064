import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding, Report } from '../model/finding.ts';
import { idsAs } from './ids-as.ts';

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
