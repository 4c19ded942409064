import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CaseResult, PolicyTestReport } from '../../model/policy-test.ts';
import { painter } from '../paint.ts';
import { testJson } from './json.ts';
import { testJunit } from './junit.ts';
import { testText } from './text.ts';
import { coveragePercent, totalsOf } from './totals.ts';

const location = { file: 'tests.yaml', line: 2, column: 3, endLine: 2, endColumn: 9 };
const one = (status: CaseResult['status'], more: Partial<CaseResult> = {}): CaseResult => ({
  name: `a ${status} <case> & "more"`,
  status,
  location,
  what: '',
  expected: status === 'passed' ? 'pass' : '',
  got: status === 'passed' ? '' : `the reason\u0007 it ${status}`,
  elements: [],
  expressions: [],
  ...more,
});
const failure = one('failed', {
  expected: 'pass',
  elements: [{ path: 'data.a', message: 'a is bad', location }],
  expressions: [
    {
      title: 'validations[0]',
      result: 'false',
      location,
      values: [{ expression: 'object.data.a', value: '"x"' }],
    },
  ],
});
const problem = {
  file: 'tests.yaml',
  line: 4,
  column: 1,
  severity: 'error' as const,
  reason: 'no such file',
};
const report: PolicyTestReport = {
  suites: [
    {
      file: 'tests.yaml',
      format: 'tests.yaml',
      cases: [one('passed'), failure, one('unknown'), one('error'), one('skipped')],
      problems: [problem],
      verdicts: 4,
    },
    {
      file: 'broken.yaml',
      format: 'gator Suite',
      cases: [],
      problems: [{ ...problem, file: 'broken.yaml' }],
      verdicts: 0,
    },
    { file: 'good.yaml', format: 'tests.yaml', cases: [one('passed')], problems: [], verdicts: 1 },
  ],
  coverage: [
    {
      policy: 'p',
      file: 'policy.yaml',
      reached: 2,
      all: 3,
      gaps: [{ where: 'validations[0]', missing: 'never false', location: undefined }],
    },
  ],
};
const source = 'cases:\n- fail: it\n  object: a.yaml\n';
const textOf = (quiet: boolean): string =>
  [
    ...testText(report, {
      paint: painter(false),
      width: 100,
      quiet,
      source: (file) => (file === 'tests.yaml' ? source : undefined),
      elapsedMilliseconds: 10,
    }),
  ].join('');

test('the totals count every case once, and the percentage is never rounded up', () => {
  assert.deepEqual(totalsOf(report), {
    cases: { passed: 2, failed: 1, unknown: 1, error: 1, skipped: 1 },
    suites: 3,
    verdicts: 5,
    errors: 2,
  });
  assert.equal(coveragePercent(report), 66.6);
  assert.equal(coveragePercent({ suites: [], coverage: [] }), 100);
  assert.equal(
    coveragePercent({ suites: [], coverage: [{ ...report.coverage![0]!, reached: 9999, all: 10_000 }] }),
    99.9,
  );
});

test('text tells what was expected, what came, and what decided', () => {
  const text = textOf(false);
  assert.match(text, /^fail {2}tests\.yaml {2}4 cases, 1 skipped$/m);
  assert.match(text, /^err {3}broken\.yaml/m);
  assert.match(text, /^ok {4}good\.yaml {2}1 case$/m);
  assert.match(text, /expected {2}pass\n +got {7}the reason· it failed\n/);
  assert.match(
    text,
    /tests\.yaml:2:3 {2}data\.a {2}a is bad\n +1 \| cases:\n +2 \| - fail: it\n +\| {3}\^{6}/,
  );
  assert.match(text, /validations\[0\] is false\n[^]*object\.data\.a {2}"x"/);
  assert.match(text, /cover p {2}2 of 3 {2}policy\.yaml\n +validations\[0\]: never false\n66\.6 %/);
  assert.match(
    text,
    /6 cases \(5 verdicts\) in 3 files: 1 not as expected, 1 unknown, 1 that cannot be run, 1 skipped; 0\.01 s\n$/,
  );
});

test('the quiet text leaves out what is as expected', () => {
  assert.equal(textOf(true).includes('good.yaml'), false);
  assert.equal(textOf(true).includes('broken.yaml'), true);
});

test('json holds every case, and is JSON whatever the names hold', () => {
  const parsed = JSON.parse([...testJson(report)].join('')) as {
    kind: string;
    summary: Record<string, number>;
    suites: { cases: { status: string; name: string; got?: string }[]; problems: unknown[] }[];
    coverage: { percent: number };
  };
  assert.equal(parsed.kind, 'PolicyTestReport');
  assert.deepEqual(parsed.summary, { passed: 2, failed: 1, unknown: 1, error: 1, skipped: 1, verdicts: 5 });
  assert.deepEqual(
    parsed.suites.map(({ cases }) => cases.length),
    [5, 0, 1],
  );
  assert.deepEqual(parsed.suites[0]!.problems, [problem]);
  assert.equal(parsed.coverage.percent, 66.6);
  const bare = JSON.parse([...testJson({ suites: [], coverage: undefined })].join('')) as object;
  assert.equal('coverage' in bare, false);
});

test('junit: unknown and error are errors, and the counts are those of the elements', () => {
  const xml = [...testJunit(report, { elapsedMilliseconds: 10 })].join('');
  const count = (pattern: RegExp): number => [...xml.matchAll(pattern)].length;
  const totals =
    /<testsuites name="scantling test" tests="(\d+)" failures="(\d+)" errors="(\d+)" skipped="(\d+)"/.exec(
      xml,
    )!;
  assert.deepEqual(totals.slice(1, 5).map(Number), [
    count(/<testcase /g),
    count(/<failure /g),
    count(/<error /g),
    count(/<skipped /g),
  ]);
  assert.equal(count(/<error /g), 3);
  assert.equal(xml.includes('\u0007'), false);
  assert.match(xml, /name="a failed &lt;case&gt; &amp; &quot;more&quot;"/);
});

test('cases that are not known for one reason are told once; those with more to say each by itself', () => {
  const unknown = (name: string, more: Partial<CaseResult> = {}): CaseResult =>
    one('unknown', { name, got: 'nobody says who asks', ...more });
  const cases = [
    unknown('a'),
    unknown('b'),
    unknown('expects', { expected: 'pass' }),
    unknown('shows', { expressions: failure.expressions }),
    unknown('points', { elements: failure.elements }),
    unknown('c'),
    unknown('other', { got: 'nobody says where' }),
  ];
  const suites = [{ file: 't.yaml', format: 'tests.yaml', cases, problems: [], verdicts: 7 }];
  const options = { paint: painter(false), width: 100, source: () => undefined, quiet: false };
  const text = [...testText({ suites, coverage: undefined }, { ...options, elapsedMilliseconds: 10 })].join(
    '',
  );
  const told = [...text.matchAll(/^ {6}unknown {2}(.*?) {2}tests\.yaml:2$/gm)].map(([, label]) => label);
  assert.deepEqual(told, ['a and 2 more', 'expects', 'shows', 'points', 'other']);
});
