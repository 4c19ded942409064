import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { groupBy } from '../model/group-by.ts';
import type { Failure, Finding, Report } from '../model/finding.ts';
import { findings, sampleOptions, sampleReport } from './sample.fixture.ts';
import { text } from './text.ts';

const print = (report: Report, options = {}): string =>
  [...text(report, { ...sampleOptions, ...options })].join('');

/** The sample with these failing elements instead, all of one object. */
function failing(elements: readonly Finding[]): Report {
  const byControl = groupBy(elements, ({ control }) => control);
  const failures = [...byControl].map(([control, all]): Failure => {
    const { object, severity } = all[0]!;
    return { control, severity, object, findings: all };
  });
  return { ...sampleReport, findings: elements, failures };
}

test('the first screen: problems, one frame a control, where else, the summary', () => {
  assert.equal(
    print(sampleReport),
    `error  bad.yaml:3:1  a tab may not indent
error  nope.yaml  no such file or directory
warning  web.yaml:2:5  key "name" already set

privileged-container  critical  container "agent" runs privileged & "unconfined"
   deploy/agent.yaml:9:7
   8 |     securityContext:
   9 |       privileged: true
     |       ^^^^^^^^^^^^^^^^ Pod kube-system/agent  spec.containers[0].securityContext.privileged
   why  root on the node with one step
   fix  remove the line and name the capabilities it needs
   refs PSS baseline, CIS 1.12 5.2.2
   and 1 more in the same object:  deploy/agent.yaml:12

host-path-volume  high  volume "data" mounts a path of the node second line
   Pod kube-system/agent

error  privileged-container  no such key: x  Pod kube-system/agent  deploy/agent.yaml:9

3 failures in 1 of 6 objects: 2 critical, 1 high; 1 suppressed
  Linux security features  ■■■■■■■■■■■■■■■■■■■■  1 of 6 objects fails
  workload identity                              nothing to judge
not looked at: TLS everywhere, etcd isolation
looked at 6 objects in 4 files; 1 folder needs rendering; 1 file is no manifest; 1 unknown (namespace labels not in the input)
exit 3: a document could not be read, and findings at or above high; 0.19 s
`,
  );
});

test('errors are told on the first screen: a line for each cause, without the expression', () => {
  const wrong = findings.find(({ verdict }) => verdict === 'error')!;
  const reason = (cause: string): string => `expression 'object.a\n == 1' resulted in error: ${cause}`;
  const found = ['a', 'a', 'b', 'c', 'd', 'e'].map((cause) => ({ ...wrong, reason: reason(cause) }));
  const lines = print({ ...sampleReport, findings: found, failures: [], problems: [] }).split('\n');
  assert.deepEqual(lines.slice(0, 5), [
    'error  privileged-container  a  Pod kube-system/agent  deploy/agent.yaml:9 +1',
    'error  privileged-container  b  Pod kube-system/agent  deploy/agent.yaml:9',
    'error  privileged-container  c  Pod kube-system/agent  deploy/agent.yaml:9',
    '… and 2 more errors; --all shows them',
    '',
  ]);
});

test('what was rendered is said below the frame, but for secrets', () => {
  const place = { file: 'values.yaml', line: 3, column: 1, endLine: 3, endColumn: 9 };
  const rendered = { text: 'privileged: true', by: '.Values.privileged', place };
  const first = findings.find(({ location }) => location !== undefined)!;
  const shown = print(failing([{ ...first, rendered }]));
  assert.match(
    shown,
    /\^ Pod .*\n {3}renders as {2}privileged: true {2}\(\.Values\.privileged, values\.yaml:3\)\n/,
  );
  const alone = print(failing([{ ...first, rendered: { text: '', by: '', place: undefined } }]));
  assert.doesNotMatch(alone, /renders/);
  const control = { ...sampleReport.controls[first.control]!, conceals: true };
  const secret = {
    ...failing([{ ...first, rendered }]),
    controls: { ...sampleReport.controls, [first.control]: control },
  };
  const hidden = print(secret);
  assert.match(hidden, /\n {3}renders {2}\(\.Values\.privileged, values\.yaml:3\)\n/);
  assert.doesNotMatch(hidden, /as {2}privileged: true/);
});

test('every failing element has its frame with --all', () => {
  const shown = print(sampleReport, { all: true });
  assert.match(shown, /12 \| {7}privileged: true/);
  assert.match(
    shown,
    /^unknown {2}Pod kube-system\/agent {2}deploy\/agent.yaml:9: the labels of .* {2}\(privileged-container\)$/m,
  );
  assert.match(
    shown,
    /^error {2}Pod kube-system\/agent {2}deploy\/agent.yaml:9: no such key: x {2}\(privileged-container\)$/m,
  );
});

test('with --all each finding has its own message, and nothing of the advice is cut', () => {
  const long = 'word '.repeat(200).trim();
  const [first] = findings;
  const report = {
    ...failing([first!, { ...first!, message: 'container "other" runs privileged' }]),
    controls: {
      ...sampleReport.controls,
      [first!.control]: { ...sampleReport.controls[first!.control]!, why: long },
    },
  };
  const shown = print(report, { all: true });
  assert.match(shown, /9:7 {2}container "agent" runs privileged/);
  assert.match(shown, /9:7 {2}container "other" runs privileged/);
  assert.equal(shown.match(/word/g)!.length, 200);
});

test('a message that only repeats the expression gives way to the title', () => {
  const [first] = findings;
  const report = failing([{ ...first!, message: 'failed expression: variables.bad.size() == 0' }]);
  assert.ok(!print(report).includes('failed expression'));
  assert.ok(print(report).includes(sampleReport.controls[first!.control]!.title));
});

test('passes are listed where the report holds them', () => {
  const pass: Finding = { ...findings[0]!, verdict: 'pass', message: '' };
  const report = { ...sampleReport, findings: [pass, { ...pass, control: 'host-port' }] };
  const shown = print(report, { showAll: true });
  assert.match(
    shown,
    /^pass {2}Pod kube-system\/agent {2}deploy\/agent.yaml:9 {2}\(privileged-container, host-port\)$/m,
  );
  assert.ok(!print(report, { all: true }).includes('pass '));
});

test('quiet leaves one line a control and the last line', () => {
  const shown = print(sampleReport, { quiet: true });
  assert.ok(!shown.includes('^^^'));
  assert.match(shown, /privileged-container +critical +deploy\/agent.yaml:9  container runs privileged\n/);
  assert.match(
    shown,
    /\nnot judged: 1 folder needs rendering; 1 unknown \(namespace labels not in the input\)\nexit 3: .*\n$/,
  );
  const { coverage, summary } = sampleReport;
  const judged = {
    ...sampleReport,
    coverage: { ...coverage, renderingNeeded: [] },
    summary: { ...summary, verdicts: { ...summary.verdicts, unknown: 0 } },
  };
  assert.ok(!print(judged, { quiet: true }).includes('not judged'));
});

test('however much there is, the first screen has at most 40 lines', () => {
  for (const controls of [1, 5, 30, 200]) {
    const many: Finding[] = [];
    for (let i = 0; i < controls; i++) many.push({ ...findings[0]!, control: `control-${i}` });
    const problems = Array.from({ length: 100 }, () => sampleReport.problems[0]!);
    for (const report of [failing(many), { ...failing(many), problems }]) {
      const lines = print(report).split('\n').length - 1;
      assert.ok(lines <= 40, `${controls} controls take ${lines} lines`);
    }
  }
});

test('no line above the summary is wider than the terminal, but for the frame’s label', () => {
  for (const line of print(sampleReport, { width: 60 }).split('\n3 failures')[0]!.split('\n')) {
    assert.ok(line.includes('^') || line.length <= 64, line);
  }
});

test('colour is on when asked for and changes nothing else', () => {
  const plain = print(sampleReport);
  const colored = print(sampleReport, { color: true });
  assert.notEqual(colored, plain);
  // eslint-disable-next-line no-control-regex
  assert.equal(colored.replace(/\u001b\[\d+m/g, ''), plain);
});

test('colour does not change what fits on the first screen', () => {
  const many: Finding[] = Array.from({ length: 30 }, (_, i) => ({
    ...findings[0]!,
    control: `control-${i}`,
  }));
  const report = failing(many);
  for (const width of [60, 80, 120]) {
    const colored = print(report, { color: true, width });
    assert.equal(stripVTControlCharacters(colored), print(report, { width }));
  }
});

test('a clean report says so', () => {
  const clean: Report = {
    ...sampleReport,
    findings: [],
    failures: [],
    problems: [],
    summary: {
      ...sampleReport.summary,
      failures: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
      suppressed: 0,
      exitCode: 0,
      exitReason: 'nothing at or above high',
    },
  };
  assert.match(print(clean), /^no failures in 6 objects\n/);
});

test('of a Secret only keys are shown, whatever is found in it', () => {
  const object = { ...sampleReport.findings[0]!.object, kind: 'Secret' };
  const location = { file: 'deploy/agent.yaml', line: 2, column: 1, endLine: 2, endColumn: 18 };
  const secret: Finding = { ...sampleReport.findings[0]!, object, path: 'metadata', location };
  const source = (): string =>
    'data: {token: aHVudGVyMjI=}\nmetadata: {name: s, annotations: {last: hunter22}}\n';
  const printed = print(failing([secret]), { source });
  assert.match(printed, /^ {3}2 \| metadata: •+$/m);
  assert.ok(!printed.includes('aHVudGVyMjI=') && !printed.includes('hunter22'));
});

test('one line a control stands in columns, however many ids another tool has; what does not fit is counted', () => {
  const ids = ['C-0038', 'C-0041', 'C-0194', 'C-0195', 'C-0196', 'C-0214'];
  const control = sampleReport.controls['privileged-container']!;
  const report: Report = {
    ...failing([
      { ...findings[0]!, control: 'host-namespaces' },
      { ...findings[0]!, control: 'privileged-container' },
      { ...findings[0]!, control: 'namespace-without-network-policy' },
    ]),
    controls: {
      'host-namespaces': { ...control, aliases: { kubescape: ids } },
      'privileged-container': control,
      'namespace-without-network-policy': { ...control, aliases: {} },
    },
  };
  const columnsOf = (options: object): number[] =>
    print(report, { quiet: true, ...options })
      .split('\n')
      .filter((line) => / critical /.test(line))
      .map((line) => line.indexOf(' critical '));
  assert.deepEqual(columnsOf({}), [32, 32, 32]);
  const shown = print(report, { quiet: true, as: 'kubescape', width: 120 });
  assert.match(shown, /^host-namespaces \(C-0038, C-0041, C-0194, C-0195, \+2\) +critical/m);
  assert.equal(new Set(columnsOf({ as: 'kubescape', width: 120 })).size, 1);
  assert.match(
    print(report, { quiet: true, as: 'kubescape', width: 60 }),
    /^host-namespaces \(C-0038, \+5\) +critical/m,
  );
  for (const line of shown.split('\n').filter((one) => / critical /.test(one)))
    assert.ok(line.length <= 120, line);
});
