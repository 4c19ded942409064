import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Problem, Report } from '../../model/finding.ts';
import { sampleReport } from '../sample.fixture.ts';
import { colophon, coverageView, problemsView, silentView } from './coverage-view.ts';
import { htmlOptions } from './hostile.fixture.ts';
import { defaultLimits } from './html-options.ts';
import { toHtml } from './markup.ts';

const textOf = (html: string): string => html.replace(/<[^>]*>/g, '|').replace(/\|+/g, '|');

test('what was looked at and how it was judged', () => {
  const text = textOf(toHtml(coverageView(sampleReport)));
  assert.match(
    text,
    /Looked at 6 objects in 4 files with 2 controls; 7 judgements: 1 pass, 4 fail \(1 of them accepted\), 1 unknown, 1 error\. 1 file is no manifest\./,
  );
});

test('the most common reason first', () => {
  const unknown = { seldom: 2, often: 30, sometimes: 7 };
  const report: Report = { ...sampleReport, coverage: { ...sampleReport.coverage, unknown } };
  const text = textOf(toHtml(coverageView(report)));
  assert.match(text, /Why something is unknown\|30\| often\|7\| sometimes\|2\| seldom/);
});

test('folders that need rendering, the many of a monorepo counted', () => {
  const renderingNeeded = Array.from({ length: 300 }, (_, i) => `charts/c${i}`);
  const report: Report = { ...sampleReport, coverage: { ...sampleReport.coverage, renderingNeeded } };
  const html = toHtml(coverageView(report));
  assert.match(html, /charts\/c199</);
  assert.doesNotMatch(html, /charts\/c200</);
  assert.match(html, /and 100 more/);
});

test('nothing is said where there is nothing to say', () => {
  const coverage = { ...sampleReport.coverage, unknown: {}, renderingNeeded: [], notManifests: 0 };
  const text = toHtml(coverageView({ ...sampleReport, coverage }));
  assert.doesNotMatch(text, /unknown is|rendering|manifest/);
  assert.equal(problemsView({ ...sampleReport, problems: [] }, defaultLimits), undefined);
});

test('problems: errors first, a file without a line by its name', () => {
  const text = textOf(toHtml(problemsView(sampleReport, defaultLimits)));
  const order = ['bad.yaml:3:1', 'nope.yaml|', 'web.yaml:2:5'].map((place) => text.indexOf(place));
  assert.ok(order[0]! > 0 && order[0]! < order[1]! && order[1]! < order[2]!, text);
});

test('problems beyond the limit are counted', () => {
  const problem: Problem = { file: 'a.yaml', line: 1, column: 1, severity: 'warning', reason: 'r' };
  const html = toHtml(
    problemsView(
      { ...sampleReport, problems: Array.from({ length: 7 }, () => problem) },
      { ...defaultLimits, problems: 5 },
    ),
  );
  assert.equal(html.match(/class="problem warning"/g)!.length, 5);
  assert.match(html, /and 2 more/);
});

test('controls that say nothing', () => {
  const quiet = { ...sampleReport.controls['host-path-volume']!, title: 'a quiet one' };
  const html = toHtml(silentView({ ...sampleReport, controls: { ...sampleReport.controls, quiet } }));
  assert.match(html, /<summary>1 control with nothing to report<\/summary>/);
  assert.match(html, /<bdi class="id">quiet<\/bdi> a quiet one/);
  assert.equal(silentView(sampleReport), undefined);
});

test('what made the page', () => {
  assert.match(toHtml(colophon(htmlOptions)), /Scantling 1\.2\.3\. The scan took <span>0\.19 s<\/span>/);
});
