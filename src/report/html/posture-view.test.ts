import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding, Posture } from '../../model/finding.ts';
import { practices } from '../../model/practice.ts';
import { sampleReport } from '../sample.fixture.ts';
import { toHtml } from './markup.ts';
import { postureView } from './posture-view.ts';

const [base] = sampleReport.findings;
const objectOf = (name: string): Finding['object'] => ({
  apiVersion: 'v1',
  kind: 'Pod',
  namespace: '',
  name,
});

/** The row of Linux security features, where `findings` were made of it. */
function row(posture: Partial<Posture>, findings: readonly Finding[] = []): string {
  const whole = {
    practice: 'Linux security features',
    controls: 2,
    objects: 8,
    failing: 0,
    suppressed: 0,
    ...posture,
  };
  const report = { ...sampleReport, findings, summary: { ...sampleReport.summary, posture: [whole] } };
  return /<li[^>]*>(?:(?!<li).)*Linux security features.*?<\/li>/.exec(toHtml(postureView(report)))![0];
}

/** Kinds and widths of the parts of a bar. */
const parts = (html: string): string =>
  [...html.matchAll(/class="part (\w+)"[^>]*width="([\d.]+)%"/g)]
    .map(([, kind, width]) => `${kind} ${Number(width)}`)
    .join(', ');

test('fails, unknown, accepted and passes add up', () => {
  const unsure = [1, 2].map((i): Finding => ({ ...base!, verdict: 'unknown', object: objectOf(`p${i}`) }));
  const html = row({ failing: 2, suppressed: 1 }, unsure);
  assert.equal(parts(html), 'fail 25, unknown 25, accepted 12.5, pass 37.5');
  assert.match(html, /2 of 8 objects fail, 2 unknown, 1 accepted/);
});

test('an object is unknown once, and not where it fails anyway', () => {
  const one = objectOf('one');
  const two = objectOf('two');
  const findings: Finding[] = [
    { ...base!, verdict: 'unknown', object: one },
    { ...base!, control: 'host-path-volume', verdict: 'error', object: one },
    { ...base!, verdict: 'unknown', object: two },
    { ...base!, control: 'host-path-volume', verdict: 'fail', object: two },
    { ...base!, verdict: 'pass', object: objectOf('three') },
  ];
  assert.match(row({ failing: 1 }, findings), /1 of 8 objects fails, 1 unknown</);
});

test('no more is unknown than there are objects', () => {
  const unsure = Array.from({ length: 20 }, (_, i): Finding => ({
    ...base!,
    verdict: 'unknown',
    object: objectOf(`p${i}`),
  }));
  assert.equal(parts(row({ failing: 2 }, unsure)), 'fail 25, unknown 75');
});

test('a practice with something to see is a link to it', () => {
  assert.match(row({ failing: 1 }), /<a class="practice" href="#practice=11">/);
  assert.match(row({ suppressed: 1 }), /<a /);
  assert.doesNotMatch(row({}), /<a /);
});

test('what nothing was to judge of is no pass: it has no bar and is named', () => {
  const posture = [{ practice: 'Linux security features', controls: 2, objects: 0, failing: 0 }];
  const report = { ...sampleReport, summary: { ...sampleReport.summary, posture } };
  const html = toHtml(postureView(report));
  assert.equal(parts(html), '');
  assert.doesNotMatch(html, /<ul|class="legend"/);
  assert.match(html, /<b>Nothing to judge here: <\/b>Linux security features\.<\/p>/);
  assert.match(
    html,
    /<b>Not looked at by the 2 controls of this scan: <\/b>TLS everywhere, .*, log monitoring\.<\/p>/,
  );
});

test('where every practice was judged none is named', () => {
  const posture = practices.map((practice) => ({ practice, controls: 1, objects: 2, failing: 1 }));
  const report = { ...sampleReport, summary: { ...sampleReport.summary, posture } };
  assert.doesNotMatch(toHtml(postureView(report)), /unjudged/);
});
