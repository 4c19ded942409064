import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { lint } from '../src/loop/lint.ts';

const controls = path.join(import.meta.dirname, '../controls');

test('no control of the catalogue has a trap in it', () => {
  const found: string[] = [];
  let policies = 0;
  for (const { name } of readdirSync(controls, { withFileTypes: true })) {
    const files = ['policy.yaml', 'binding.yaml'].map((file) => path.join(name, file));
    const inputs = files.filter((file) => existsSync(path.join(controls, file)));
    if (name.startsWith('_') || inputs.length === 0) continue;
    const linted = lint({
      inputs,
      cwd: controls,
      exclude: [],
      version: '1.37',
      failOn: [],
      staticManifests: false,
      today: '2026-01-01',
    });
    policies += linted.policies;
    found.push(...linted.report.problems.map(({ file, reason }) => `${file}: ${reason}`));
    found.push(...linted.report.findings.map(({ control, message }) => `${name}: ${control}: ${message}`));
  }
  assert.deepEqual(found, []);
  assert.ok(policies >= 20, `${policies} policies and bindings`);
});
