import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Failure, Finding, Report } from '../../model/finding.ts';
import { sampleReport } from '../sample.fixture.ts';
import { groupEntries } from './entry.ts';

const groups = groupEntries(sampleReport);

test('an entry is what a control says of an object, with all failing elements', () => {
  const [first] = groups;
  assert.equal(first!.id, 'privileged-container');
  assert.deepEqual(
    first!.entries.map(({ findings, status }) => `${status} ${findings.length}`),
    ['fail 2', 'error 1', 'unknown 1', 'accepted 1', 'pass 1'],
  );
  assert.deepEqual(first!.counts, {
    fail: 1,
    error: 1,
    unknown: 1,
    accepted: 1,
    pass: 1,
    'not-applicable': 0,
  });
});

test('the worst first; what nothing fails comes last', () => {
  const [base] = sampleReport.findings;
  const one = (control: string, parts: Partial<Finding>): Finding => ({ ...base!, control, ...parts });
  const other = { ...base!.object };
  const findings = [
    one('only-unknown', { verdict: 'unknown', severity: 'critical' }),
    one('low', { severity: 'low' }),
    one('high-once', { severity: 'high' }),
    one('high-twice', { severity: 'high' }),
    one('high-twice', { severity: 'high', object: other }),
    one('raised', { severity: 'info' }),
    one('raised', { severity: 'critical', object: other }),
  ];
  const order = groupEntries({ ...sampleReport, findings, failures: [] });
  assert.deepEqual(
    order.map(({ id, severity }) => `${id} ${severity}`),
    ['raised critical', 'high-twice high', 'high-once high', 'low low', 'only-unknown critical'],
  );
});

test('what fails knows its failure, what is accepted has none', () => {
  const [entry, ...others] = groups[0]!.entries;
  assert.equal(entry!.failure, sampleReport.failures[0] as Failure);
  assert.ok(others.every(({ failure }) => failure === undefined));
});

test('accepted elements among failing ones are an entry of their own', () => {
  const [base] = sampleReport.findings;
  const suppression = { by: 'baseline', reason: 'in the baseline' } as const;
  const findings = [base!, { ...base!, suppression }, base!, { ...base!, suppression }];
  const [group] = groupEntries({ ...sampleReport, findings } as Report);
  assert.deepEqual(
    group!.entries.map(({ findings: all, status }) => `${status} ${all.length}`),
    ['fail 2', 'accepted 2'],
  );
});

test('a control of a name that objects have from the beginning', () => {
  const [base] = sampleReport.findings;
  const [group] = groupEntries({
    ...sampleReport,
    findings: [{ ...base!, control: 'toString' }],
    failures: [],
  });
  assert.equal(group!.control, undefined);
});
