import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Summary } from '../../model/finding.ts';
import { sampleReport } from '../sample.fixture.ts';
import { htmlOptions } from './hostile.fixture.ts';
import { toHtml } from './markup.ts';
import { overview } from './overview.ts';

const head = (summary: Partial<Summary> = {}): string =>
  toHtml(overview({ ...sampleReport, summary: { ...sampleReport.summary, ...summary } }, htmlOptions));
const none = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };

test('what was scanned and when', () => {
  assert.match(head(), /report of <bdi>deploy<\/bdi>, <time datetime="2026-01-02">2026-01-02<\/time>/);
});

test('how it stands in one sentence', () => {
  assert.match(head(), /<h1>3 failures in 1 of 6 objects<\/h1>/);
  assert.match(head({ failures: { ...none, low: 1 } }), /<h1>1 failure in 1 of 6 objects<\/h1>/);
  assert.match(head({ failures: none }), /<h1>No failures in 6 objects<\/h1>/);
});

test('by severity, with what is neither pass nor failure', () => {
  const text = head().replace(/<[^>]*>/g, '');
  assert.match(text, /2 critical1 high0 medium0 low0 info1 accepted1 unknown1 error/);
  assert.match(head(), /<li class="none"><b>0<\/b> medium<\/li>/);
});

test('the end of the program, in its tone', () => {
  for (const [exitCode, tone] of [
    [0, 'good'],
    [1, 'bad'],
    [3, 'doubtful'],
  ] as const)
    assert.match(
      head({ exitCode, exitReason: 'why' }),
      new RegExp(`<p class="ending ${tone}"><b>exit ${exitCode}</b>: why</p>`),
    );
});
