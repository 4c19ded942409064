import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../../model/finding.ts';
import { sampleReport } from '../sample.fixture.ts';
import { groupEntries } from './entry.ts';
import { filterForm } from './filter-form.ts';
import { toHtml } from './markup.ts';

const [base] = sampleReport.findings;
const form = (findings: readonly Finding[]): string =>
  toHtml(filterForm(groupEntries({ ...sampleReport, findings, failures: [] })));
const withObject = (parts: Partial<Finding['object']>): Finding => ({
  ...base!,
  object: { ...base!.object, ...parts },
});

/** The values that a select offers. */
const offered = (html: string, name: string): string[] =>
  [...new RegExp(`<select id="${name}".*?</select>`).exec(html)![0].matchAll(/value="([^"]*)"/g)].map(
    ([, value]) => value!,
  );

test('it is hidden until a script can act on it', () => {
  assert.match(form([base!]), /^<form id="filter" role="search" aria-label="[^"]+" hidden>/);
});

test('every field has a name to be read out', () => {
  const html = form([base!]);
  for (const [, id] of html.matchAll(/<(?:select|input) id="(\w+)"/g))
    assert.ok(html.includes(`<label for="${id}">`), id);
  assert.equal(html.match(/<fieldset/g)!.length, html.match(/<legend>/g)!.length);
});

test('only verdicts that there are', () => {
  const html = form([base!, { ...base!, verdict: 'unknown' }]);
  assert.deepEqual(
    [...html.matchAll(/name="status" value="([^"]*)"/g)].map(([, value]) => value),
    ['fail', 'unknown'],
  );
});

test('namespaces and kinds in order, once each; none is not any', () => {
  const html = form(['shop', '', 'billing', 'shop'].map((namespace) => withObject({ namespace })));
  assert.deepEqual(offered(html, 'namespace'), ['', '=', '=billing', '=shop']);
  assert.match(html, /<option value="=" data-words="none written">/);
  assert.deepEqual(offered(html, 'kind'), ['', '=Pod']);
  assert.deepEqual(offered(html, 'practice'), ['', '=11']);
});

test('a thousand namespaces are not all offered', () => {
  const html = form(Array.from({ length: 1000 }, (_, i) => withObject({ namespace: `n${i}` })));
  assert.equal(offered(html, 'namespace').length, 501);
});
