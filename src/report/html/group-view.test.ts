import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding, Location, Report } from '../../model/finding.ts';
import { sampleReport } from '../sample.fixture.ts';
import { groupEntries } from './entry.ts';
import { groupView } from './group-view.ts';
import { htmlOptions } from './hostile.fixture.ts';
import { defaultLimits, type HtmlOptions, type Limits } from './html-options.ts';
import { toHtml } from './markup.ts';
import { concealer } from './secrets.ts';
import { Sources } from './sources.ts';

const [base] = sampleReport.findings;

/** The first control of a report as it stands on the page. */
function view(
  findings: readonly Finding[],
  options: Partial<HtmlOptions> = {},
  limits: Partial<Limits> = {},
): string {
  const report: Report = { ...sampleReport, findings };
  const whole = { ...htmlOptions, ...options };
  const sources = new Sources(whole);
  const all = { ...defaultLimits, ...limits };
  const [group] = groupEntries(report);
  const left = { entries: all.entries, fixes: all.fixes, lines: all.lines };
  return toHtml(
    groupView(group!, true, {
      options: whole,
      limits: all,
      sources,
      conceal: concealer(report, sources),
      left,
    }),
  );
}

const textOf = (html: string): string =>
  html
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

test('what the control is about, then each object with its code', () => {
  const html = view([base!]);
  assert.match(html, /^<details class="control" id="control-privileged-container" open data-practice="11">/);
  assert.match(
    textOf(html),
    /^critical privileged-container container runs privileged 1 failure Why root on the node/,
  );
  assert.match(
    html,
    /<figcaption><bdi>spec\.containers\[0\]\.securityContext\.privileged<\/bdi><\/figcaption>/,
  );
  assert.match(html, /<span class="line" data-n="9">    <mark>privileged: true<\/mark>\n<\/span>/);
});

test('what it says of objects is counted by verdict', () => {
  const all = sampleReport.findings.filter(({ control }) => control === 'privileged-container');
  assert.match(view(all), /<span class="count">1 failure, 1 error, 1 unknown, 1 accepted, 1 pass<\/span>/);
});

test('where nothing fails the severity is no alarm', () => {
  assert.match(view([{ ...base!, verdict: 'unknown' }]), /class="severity critical undecided"/);
  assert.doesNotMatch(view([base!]), /undecided/);
});

test('why it is accepted, by whom and until when', () => {
  const said = (suppression: Finding['suppression']): string => textOf(view([{ ...base!, suppression }]));
  assert.match(
    said({ by: 'annotation', reason: 'needed', until: '2030-01-01' }),
    /Accepted by an annotation: needed, until 2030-01-01/,
  );
  assert.match(said({ by: 'baseline', reason: 'in the baseline' }), /Accepted: in the baseline/);
  assert.match(
    said({ by: 'since', reason: 'was there at main already' }),
    /Not new: was there at main already/,
  );
});

test('without a place there is the path, without a file the place', () => {
  assert.match(view([{ ...base!, location: undefined }]), /<p class="path"><bdi>spec\.containers\[0\]/);
  const gone = view([base!], { source: () => undefined });
  assert.match(gone, /<p class="path"><bdi>spec\.containers.*deploy\/agent\.yaml:9:7<\/bdi>/);
  assert.doesNotMatch(gone, /<figure>/);
});

test('of a file that is too large to be held the part around the place', () => {
  const location = { file: 'dump.json', line: 90_001, column: 5, endLine: 90_001, endColumn: 21 };
  const excerpt = () => ({
    text: 'securityContext:\n    privileged: true\n',
    from: { line: 90_000, column: 3 },
  });
  const html = view([{ ...base!, location }], { source: () => undefined, excerpt });
  assert.match(html, /data-n="90000">securityContext:\n/);
  assert.match(html, /data-n="90001">    <mark>privileged: true<\/mark>/);
});

test('what a template became and what decides it', () => {
  const place = { file: 'values.yaml', line: 3, column: 1, endLine: 3, endColumn: 5 };
  const rendered = { text: 'privileged: true', by: '.Values.privileged', place };
  assert.match(
    textOf(view([{ ...base!, rendered }])),
    /Rendered as privileged: true by \.Values\.privileged, values\.yaml:3/,
  );
  assert.doesNotMatch(view([{ ...base!, rendered: { text: '', by: '', place: undefined } }]), /Rendered/);
});

test('of a Secret only the field that is meant is shown, and nothing where its content is part of that', () => {
  const object = { ...base!.object, kind: 'Secret' };
  const line = '{"data":{"one":"aHVudGVyMjI="},"kind":"Secret","metadata":{"namespace":"default"}}';
  const at = (found: string): Location => {
    const column = line.indexOf(found) + 1;
    return { file: 'deploy/agent.yaml', line: 1, column, endLine: 1, endColumn: column + found.length };
  };
  const source = (): string => line;
  const field = at('"namespace":"default"');
  const beside = view([{ ...base!, object, path: 'metadata.namespace', location: field }], { source });
  assert.ok(!beside.includes('aHVudGVyMjI='));
  assert.match(beside, /<mark>&quot;namespace&quot;:&quot;default&quot;<\/mark>/);
  for (const path of ['', 'metadata', 'metadata.annotations.last', 'database']) {
    const whole = view([{ ...base!, object, path, location: at(line) }], { source });
    assert.ok(!whole.includes('aHVudGVyMjI=') && !whole.includes('<mark>'), path);
  }
});

test('beside the content of a Secret nothing is shown', () => {
  const object = { ...base!.object, kind: 'Secret' };
  const source = (): string =>
    'a\nb\nc\nd\ne\nf\ndata:\n  key: bmVpZ2hib3Vy\n  one: aHVudGVyMjI=\n  two: bmVpZ2hib3Vy\n';
  const location = { file: 'deploy/agent.yaml', line: 9, column: 3, endLine: 9, endColumn: 20 };
  const html = view([{ ...base!, object, path: 'data.one', location }], { source });
  assert.ok(!html.includes('bmVpZ2hib3Vy') && !html.includes('aHVudGVyMjI'));
  assert.match(html, /<mark>one: ••••••••<\/mark>/);
});
