import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../model/finding.ts';
import { readBaseline, writeBaseline } from './baseline.ts';

const finding = (fingerprint: string, over: Partial<Finding> = {}): Finding => ({
  control: 'c',
  severity: 'high',
  verdict: 'fail',
  message: 'm',
  reason: '',
  object: { apiVersion: 'v1', kind: 'Pod', namespace: 'n', name: 'p' },
  path: 'spec.x',
  location: { file: 'a.yaml', line: 1, column: 1, endLine: 1, endColumn: 2 },
  fingerprint,
  suppression: undefined,
  ...over,
});

test('what is written is read back, and nothing but failures', () => {
  const text = writeBaseline([
    finding('b'),
    finding('a', { control: 'b' }),
    finding('p', { verdict: 'pass' }),
    finding('u', { verdict: 'unknown' }),
    finding('i', { suppression: { by: 'annotation', reason: 'r' } }),
    finding('k', { suppression: { by: 'baseline', reason: 'r' } }),
  ]);
  const baseline = readBaseline(text);
  assert.ok(typeof baseline !== 'string');
  assert.deepEqual([...baseline.fingerprints].sort(), ['a', 'b', 'k']);
});

test('the file is sorted, without lines, columns or file names, one finding a line', () => {
  const one = writeBaseline([finding('b'), finding('a', { control: 'b' })]);
  assert.equal(one, writeBaseline([finding('a', { control: 'b' }), finding('b'), finding('b')]));
  assert.equal(one.split('\n').length, 5);
  assert.ok(!one.includes('a.yaml'));
});

test('an empty baseline is a baseline', () => {
  assert.deepEqual(readBaseline(writeBaseline([])), { fingerprints: new Set() });
});

test('what is no baseline says why', () => {
  assert.match(String(readBaseline('{')), /not JSON/);
  assert.match(String(readBaseline('null')), /no baseline/);
  assert.match(String(readBaseline('{"kind":"Report"}')), /no baseline/);
  const head = '"apiVersion":"scantling.dev/v1","kind":"Baseline"';
  assert.match(String(readBaseline(`{${head}}`)), /must be a list/);
  assert.match(String(readBaseline(`{${head},"findings":[{}]}`)), /findings\[0\] has no fingerprint/);
});
