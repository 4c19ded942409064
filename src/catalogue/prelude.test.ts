import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { rewritePreludes, ruleLine, stalePolicies } from './prelude.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'scantling-prelude-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes files below `controls/`. */
function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, 'controls', name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

const read = (name: string): string => readFileSync(path.join(folder, 'controls', name), 'utf8');
const control = {
  'x/control.yaml': 'prelude: web-server-flags\n',
  'x/policy.yaml': `old\n${ruleLine}  rule\n`,
};

test('what stands above the rule is the prelude, with the name of the control', () => {
  write({ ...control, '_preludes/web-server-flags.yaml': 'name: CONTROL\n' });
  assert.equal(stalePolicies(folder).length, 1);
  rewritePreludes(folder);
  assert.equal(read('x/policy.yaml'), `name: x\n${ruleLine}  rule\n`);
  assert.deepEqual(stalePolicies(folder), []);
});

test('a fix has the prelude that is nearest by name', () => {
  write({
    ...control,
    'x/fix.yaml': `old\n${ruleLine}  mutations\n`,
    '_preludes/web-server-flags.yaml': 'name: CONTROL\n',
    '_preludes/fix-web.yaml': 'far: CONTROL\n',
  });
  rewritePreludes(folder);
  assert.equal(read('x/fix.yaml'), `far: x\n${ruleLine}  mutations\n`);
  write({ '_preludes/fix-web-server-flags.yaml': 'near: CONTROL\n' });
  rewritePreludes(folder);
  assert.equal(read('x/fix.yaml'), `near: x\n${ruleLine}  mutations\n`);
});

test('a fix without the rule line is left alone', () => {
  write({ ...control, 'x/fix.yaml': 'whole\n', '_preludes/web-server-flags.yaml': 'name: CONTROL\n' });
  rewritePreludes(folder);
  assert.equal(read('x/fix.yaml'), 'whole\n');
});

test('a prelude that is not there, and a policy without the rule line, are said', () => {
  write({ ...control, '_preludes/pods.yaml': '' });
  assert.throws(() => stalePolicies(folder), /there is no controls\/_preludes\/web-server-flags\.yaml/);
  write({ '_preludes/web-server-flags.yaml': '', 'x/fix.yaml': ruleLine });
  assert.throws(
    () => stalePolicies(folder),
    /fix\.yaml: there is no controls\/_preludes\/fix-web-server-flags/,
  );
  write({ 'x/policy.yaml': 'no rule\n' });
  rmSync(path.join(folder, 'controls/x/fix.yaml'));
  assert.throws(() => stalePolicies(folder), /there is no line "# ---- the rule"/);
});
