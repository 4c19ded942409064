import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Failure, Finding, Report } from '../model/finding.ts';
import type { Severity } from '../model/severity.ts';
import { countingFindings, formatObject, groupFailures } from './group.ts';
import { sampleReport } from './sample.fixture.ts';

const [finding] = sampleReport.findings;
const failure = (control: string, severity: Severity, name = 'web'): Failure => ({
  control,
  severity,
  object: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name },
  findings: [finding!],
});
const reportOf = (failures: readonly Failure[]): Report => ({
  ...sampleReport,
  failures,
  eachFailure: () => failures,
});
const namesOf = (failures: Iterable<Failure>): string[] => [...failures].map(({ object }) => object.name);

describe('failures by control', () => {
  test('the worst severity first, then the most failures, then by id', () => {
    const groups = groupFailures(
      reportOf([
        failure('b', 'low'),
        failure('a', 'low'),
        failure('often', 'medium'),
        failure('seldom', 'medium'),
        failure('often', 'medium'),
        failure('worst', 'critical'),
      ]),
    );
    assert.deepEqual(
      groups.map(({ id, count }) => `${id} ${count}`),
      ['worst 1', 'often 2', 'seldom 1', 'a 1', 'b 1'],
    );
  });

  test('a control is as bad as the worst of its failures, wherever that one stands', () => {
    for (const severities of [
      ['low', 'high', 'medium'],
      ['high', 'low'],
      ['info', 'high'],
    ] as Severity[][]) {
      const [group] = groupFailures(reportOf(severities.map((severity) => failure('a', severity))));
      assert.equal(group!.severity, 'high');
    }
  });

  test('in the order of the input, with what is known of the control', () => {
    const [group] = groupFailures(
      reportOf(['c', 'a', 'b'].map((name) => failure('privileged-container', 'high', name))),
    );
    assert.equal(group!.first.object.name, 'c');
    assert.deepEqual(namesOf(group!.failures), ['c', 'a', 'b']);
    assert.equal(group!.control, sampleReport.controls['privileged-container']);
    assert.equal(groupFailures(reportOf([failure('of-your-own', 'high')]))[0]!.control, undefined);
  });
});

describe('where only a few are looked at', () => {
  const names = Array.from({ length: 40 }, (_, i) => `p${i}`);
  const many = names.flatMap((name) => [failure('a', 'high', name), failure('b', 'low', name)]);

  test('all of them can be read still, each once, and again', () => {
    for (const group of groupFailures(reportOf(many), false)) {
      assert.equal(group.count, 40);
      assert.deepEqual(namesOf(group.failures), names);
      assert.deepEqual(namesOf(group.failures), names);
    }
  });

  test('the first sixteen cost no second look', () => {
    let looks = 0;
    const report: Report = { ...reportOf(many), failures: [], eachFailure: () => (looks++, many) };
    const [group] = groupFailures(report, false);
    const first: Failure[] = [];
    for (const one of group!.failures) if (first.push(one) === 16) break;
    assert.deepEqual([looks, namesOf(first)], [1, names.slice(0, 16)]);
    assert.equal(namesOf(group!.failures).length, 40);
    assert.equal(looks, 2);
  });

  test('a report that keeps them all is asked for those', () => {
    const report: Report = { ...reportOf(many), eachFailure: () => assert.fail('works them out again') };
    assert.equal(groupFailures(report)[0]!.count, 40);
    const { eachFailure, ...kept } = reportOf(many);
    assert.ok(eachFailure !== undefined);
    assert.equal(groupFailures(kept, false)[0]!.count, 40);
  });
});

test('what is suppressed does not count', () => {
  const accepted: Finding = { ...finding!, suppression: { by: 'annotation', reason: 'a debugger' } };
  const open: Finding = { ...finding!, suppression: undefined };
  assert.deepEqual(countingFindings({ ...failure('a', 'high'), findings: [accepted, open] }), [open]);
});

test('an object by kind, namespace and name', () => {
  const object = { apiVersion: 'v1', kind: 'Role', namespace: '', name: 'admin' };
  assert.equal(formatObject(object), 'Role admin');
  assert.equal(formatObject({ ...object, namespace: 'shop' }), 'Role shop/admin');
  assert.equal(formatObject({ ...object, name: '' }), 'Role (no name)');
});
