import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportPage } from '../scripts/report-page.ts';
import { pageScript, pageStyle } from '../src/report/html/page.generated.ts';

test('the script and the style of a page are those of page/ (npm run report-page writes them)', async () => {
  assert.deepEqual({ script: pageScript, style: pageStyle }, await reportPage());
});

test('they are small', () => {
  assert.ok(pageScript.length < 12_000, `${pageScript.length} characters`);
  assert.ok(pageStyle.length < 20_000, `${pageStyle.length} characters`);
});
