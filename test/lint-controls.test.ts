import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { lint } from '../src/loop/lint.ts';

const controls = path.join(import.meta.dirname, '../controls');

/** Traps that are meant: what a control looks for, or what the lint can not know. */
const meant: ReadonlySet<string> = new Set([
  // Deprecated versions are in files; a server that serves none of them has nothing to judge.
  'deprecated-api: matches-nothing',
  // Ephemeral containers have neither ports nor probes.
  'probe-port-unknown: forgotten-containers',
  // The objects that the lint makes have no labels, and these are about objects that have one.
  'control-plane-node-untainted: never-fails',
  'edit-role-writes-endpoints: never-fails',
  // A kubeconfig belongs to the core group by its name, and no API server has it.
  'kubeconfig-unverified: matches-nothing',
]);

/** The components of the control plane run in ordinary containers only. */
function isMeant(control: string, trap: string): boolean {
  if (meant.has(`${control}: ${trap}`)) return true;
  const text = readFileSync(path.join(controls, control, 'control.yaml'), 'utf8');
  return trap === 'forgotten-containers' && /^prelude: control-plane/m.test(text);
}

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
    const traps = linted.report.findings.filter(({ control }) => !isMeant(name, control));
    found.push(...traps.map(({ control, message }) => `${name}: ${control}: ${message}`));
  }
  assert.deepEqual(found, []);
  assert.ok(policies >= 20, `${policies} policies and bindings`);
});
