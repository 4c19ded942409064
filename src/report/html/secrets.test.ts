import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding, Report } from '../../model/finding.ts';
import { sampleReport } from '../sample.fixture.ts';
import { concealer } from './secrets.ts';
import { Sources } from './sources.ts';

const controls = { known: { ...sampleReport.controls['privileged-container']!, conceals: true } };

/** Covers what a control about secrets found in `source` between the first and the last of `found`. */
function cover(source: string, found: string, parts: Partial<Finding> = {}): (text: string) => string {
  const start = source.indexOf(found);
  const before = source.slice(0, start).split('\n');
  const inside = found.split('\n');
  const column = before.at(-1)!.length + 1;
  const location = {
    file: 'a.yaml',
    line: before.length,
    column,
    endLine: before.length + inside.length - 1,
    endColumn: inside.at(-1)!.length + (inside.length === 1 ? column : 1),
  };
  const finding: Finding = { ...sampleReport.findings[0]!, control: 'known', location, ...parts };
  const report: Report = { ...sampleReport, controls, findings: [finding] };
  const conceal = concealer(report, new Sources({ source: () => source }));
  return (text) => conceal('a.yaml', text);
}

test('the value behind a key, wherever it stands in the file', () => {
  const conceals = cover('env:\n- name: A\n  value: "hunter22"\n', 'value: "hunter22"');
  assert.equal(conceals('  value: "hunter22"'), '  value: "••••••••"');
  assert.equal(conceals('http://me:hunter22@db and hunter22'), 'http://me:••••••••@db and ••••••••');
  assert.equal(conceals('value: hunter'), 'value: hunter');
});

test('in JSON and in flow style', () => {
  assert.equal(cover('{"value":"hunter22","b":1}', '"hunter22"')('x hunter22 y'), 'x •••••••• y');
  assert.equal(cover('[{name: a, value: hunter22}]', 'value: hunter22')('[hunter22]'), '[••••••••]');
});

test('every line of a block', () => {
  const source = 'data:\n  key: |\n    first line\n    second line\n';
  const conceals = cover(source, 'key: |\n    first line\n    second line');
  assert.equal(conceals('    first line'), '    ••••••••');
  assert.equal(conceals('    second line'), '    ••••••••');
});

test('what a template became', () => {
  const rendered = { text: 'value: rendered-secret', by: '.Values.password', place: undefined };
  const conceals = cover('value: {{ .Values.password }}', '{{ .Values.password }}', { rendered });
  assert.equal(conceals('is rendered-secret'), 'is ••••••••');
});

test('the content of a Secret, whoever finds something there', () => {
  const object = { apiVersion: 'v1', kind: 'Secret', namespace: '', name: 's' };
  const parts = { control: 'privileged-container', object, path: 'data.key' };
  assert.equal(cover('data:\n  key: aHVudGVyMjI=\n', 'key: aHVudGVyMjI=', parts)('aHVudGVyMjI='), '••••••••');
  const label = { ...parts, path: 'metadata.labels.app' };
  assert.equal(cover('app: storefront', 'app: storefront', label)('storefront'), 'storefront');
});

test('the longest secret wins, overlapping ones are covered', () => {
  const source = 'a: secret\nb: secret-and-more\n';
  const finding = sampleReport.findings[0]!;
  const at = (line: number, endColumn: number): Finding => ({
    ...finding,
    control: 'known',
    location: { file: 'a.yaml', line, column: 4, endLine: line, endColumn },
  });
  const report = { ...sampleReport, controls, findings: [at(1, 10), at(2, 19)] };
  const conceal = concealer(report, new Sources({ source: () => source }));
  assert.equal(conceal('a.yaml', 'x secret-and-more secret'), 'x •••••••• ••••••••');
  assert.equal(conceal('other.yaml', 'x secret'), 'x secret', 'another file has its own');
});

test('words that are too short to be secrets, and controls about other things', () => {
  assert.equal(cover('a: yes', 'yes')('yes, yes'), 'yes, yes');
  assert.equal(cover('a: hunter22', 'hunter22', { control: 'privileged-container' })('hunter22'), 'hunter22');
  assert.equal(cover('a: hunter22', 'hunter22', { verdict: 'pass' })('hunter22'), 'hunter22');
  assert.equal(cover('a: hunter22', 'hunter22', { location: undefined })('hunter22'), 'hunter22');
});
