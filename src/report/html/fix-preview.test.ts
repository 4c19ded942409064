import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unifiedDiff } from '../unified-diff.ts';
import { partialDiff } from './fix-preview.ts';

const documents = Array.from(
  { length: 20 },
  (_, i) => `kind: Pod\nname: p${i}\nprivileged: true\nlast: ${i}\n`,
);
const before = documents.join('---\n');
const start = before.indexOf(documents[7]!);
const end = start + documents[7]!.length;
const mended = `${before.slice(0, start)}${documents[7]!.replace('true', 'false')}${before.slice(end)}`;

test('the lines have the numbers of the whole file', () => {
  const whole = unifiedDiff(before, mended, ['a', 'b']);
  const part = partialDiff(before, mended, start, end)!;
  assert.match(whole, /^@@ -35,7 \+35,7 @@$/m);
  assert.match(part, /^@@ -36,4 \+36,4 @@$/m);
  assert.match(part, /^-privileged: true$/m);
  assert.match(part, /^\+privileged: false$/m);
});

test('a fix that adds and removes lines', () => {
  const shorter = `${before.slice(0, start)}kind: Pod\nname: p7\nlast: 7\n${before.slice(end)}`;
  assert.match(
    partialDiff(before, shorter, start, end)!,
    /^@@ -36,4 \+36,3 @@\n kind: Pod\n name: p7\n-privileged/m,
  );
});

test('where something else differs too, all of it is compared', () => {
  const elsewhere = mended.replace('p0', 'q0');
  const diff = partialDiff(before, elsewhere, start, end)!;
  assert.match(diff, /^-name: p0$/m);
  assert.match(diff, /^-privileged: true$/m);
  assert.equal(diff, unifiedDiff(before, elsewhere, ['a', 'b']));
});

test('what is too large is not compared', () => {
  const large = 'x: 1\n'.repeat(250_000);
  assert.equal(partialDiff(large, `${large}y: 2\n`, 0, large.length), undefined);
});
