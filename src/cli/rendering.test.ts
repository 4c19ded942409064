import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latestMinorVersion } from '../catalogue/versions.ts';
import { UsageError } from './command.ts';
import { renderOptions } from './rendering.ts';
import type { Streams } from './stream.ts';

const streams = { cwd: import.meta.dirname, env: { PATH: '/bin' } } as unknown as Streams;
const options = (flags: Parameters<typeof renderOptions>[0]) =>
  renderOptions(flags, streams, latestMinorVersion);

test('without flags thirty seconds and the chart’s own values', () => {
  const made = options({})!;
  assert.equal(made.timeoutSeconds, 30);
  assert.deepEqual(made.values, []);
  assert.match(made.kubernetesVersion, /^1\.\d+$/);
});

test('values in their order, a time limit, and nothing with --no-render', () => {
  const made = options({ values: ['main.ts', 'scan.ts'], 'render-timeout': '5' })!;
  assert.deepEqual(
    made.values.map((file) => file.slice(import.meta.dirname.length + 1)),
    ['main.ts', 'scan.ts'],
  );
  assert.equal(made.timeoutSeconds, 5);
  assert.equal(options({ 'no-render': true }), undefined);
});

test('mistakes in the call', () => {
  for (const flags of [
    { 'render-timeout': '0' },
    { 'render-timeout': 'soon' },
    { values: ['gone.yaml'] },
    { values: ['.'] },
    { values: ['main.ts'], 'no-render': true },
  ])
    assert.throws(() => options(flags), UsageError, JSON.stringify(flags));
  assert.throws(() => options({ values: ['gone.yaml'] }), /gone\.yaml: there is no such file/);
  assert.throws(() => options({ values: ['.'] }), /--values \.: it is no ordinary file/);
});
