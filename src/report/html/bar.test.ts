import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bar } from './bar.ts';
import { toHtml } from './markup.ts';

const widths = (parts: Parameters<typeof bar>[0]): number[] =>
  [...toHtml(bar(parts)).matchAll(/<rect[^>]* width="([\d.]+)%"/g)].map(([, width]) => Number(width));

test('parts in proportion', () => {
  assert.deepEqual(
    widths([
      { value: 1, kind: 'fail' },
      { value: 3, kind: 'pass' },
    ]),
    [25, 75],
  );
});

test('what is not nothing is seen, what is nothing is not there', () => {
  const [few, many, ...more] = widths([
    { value: 1, kind: 'fail' },
    { value: 0, kind: 'unknown' },
    { value: 9999, kind: 'pass' },
  ]);
  assert.ok(few! > 1 && many! < 99 && more.length === 0);
  assert.ok(Math.abs(few! + many! - 100) < 0.1);
});

test('an empty bar, hidden from screen readers like all', () => {
  assert.deepEqual(widths([]), []);
  assert.match(toHtml(bar([])), /^<svg class="bar" aria-hidden="true"/);
});
