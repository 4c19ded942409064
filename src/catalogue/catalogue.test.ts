import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { openCatalogue } from './catalogue.ts';
import { compileCatalogue } from './compile.ts';
import { readCompiled } from './compiled.ts';
import { CatalogueError, checkout, loadCatalogue } from './load.ts';
import { rewritePreludes, ruleLine, stalePolicies } from './prelude.ts';

/** Runs `work` on a copy of the catalogue that it may spoil. */
function onCopy(work: (directory: string) => void): void {
  const directory = mkdtempSync(path.join(tmpdir(), 'scantling-catalogue-'));
  try {
    for (const folder of ['controls', 'profiles']) {
      cpSync(path.join(checkout, folder), path.join(directory, folder), { recursive: true });
    }
    work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

test('the compiled catalogue is the one that was loaded', async () => {
  const loaded = loadCatalogue(checkout);
  const { text, digest } = compileCatalogue();
  const shipped = readCompiled(text, digest);
  // Absent and undefined are the same to everyone who reads a control.
  assert.equal(JSON.stringify([...shipped.controls]), JSON.stringify([...loaded.controls]));
  assert.equal(JSON.stringify([...shipped.profiles]), JSON.stringify([...loaded.profiles]));
  assert.deepEqual(await openCatalogue(), loaded);
});

test('other tools know every id by one of ours only where the rules are the same', () => {
  for (const control of loadCatalogue(checkout).controls.values()) {
    for (const [tool, ids] of Object.entries(control.aliases)) {
      assert.equal(new Set(ids).size, ids.length, `${control.id}: ${tool}`);
    }
    assert.ok(control.why.endsWith('.') && control.fix.endsWith('.'), control.id);
    assert.ok(!control.title.endsWith('.') && control.title.length < 90, control.id);
  }
});

test('everything wrong is told at once, with file and place', () => {
  onCopy((directory) => {
    const control = path.join(directory, 'controls/ssh-server/control.yaml');
    writeFileSync(control, readFileSync(control, 'utf8').replace('severity: medium', 'severity: fatal'));
    writeFileSync(path.join(directory, 'controls/host-port/extra.yaml'), 'a: b\n');
    writeFileSync(path.join(directory, 'profiles/mine.yaml'), 'title: mine\ncontrols: [nothing]\n');
    writeFileSync(path.join(directory, 'controls/probe-host/tests.yaml'), 'cases:\n\t- x\n');
    assert.throws(
      () => loadCatalogue(directory),
      (error: unknown) => {
        assert.ok(error instanceof CatalogueError);
        assert.match(error.message, /ssh-server\/control\.yaml: severity: "severity" is one of/);
        assert.match(error.message, /extra\.yaml is no file of a control/);
        assert.match(error.message, /mine\.yaml: controls: there is no control "nothing"/);
        assert.match(error.message, /probe-host\/tests\.yaml:2:1: /);
        return true;
      },
    );
  });
});

test('a changed prelude is found and rewritten, the rule stays', () => {
  onCopy((directory) => {
    assert.deepEqual(stalePolicies(directory), []);
    const file = path.join(directory, 'controls/host-port/policy.yaml');
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, before.replace('failurePolicy: Fail', 'failurePolicy: Ignore'));
    assert.deepEqual(rewritePreludes(directory), [file]);
    assert.equal(readFileSync(file, 'utf8'), before);
    writeFileSync(file, before.slice(before.indexOf(ruleLine)));
    rewritePreludes(directory);
    assert.equal(readFileSync(file, 'utf8'), before, 'a policy may begin with the rule line');
  });
});

test('a policy without the rule line and an unknown prelude are errors', () => {
  onCopy((directory) => {
    const file = path.join(directory, 'controls/host-port/policy.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace(ruleLine, ''));
    assert.throws(
      () => stalePolicies(directory),
      /host-port\/policy\.yaml: there is no line "# ---- the rule"/,
    );
  });
  onCopy((directory) => {
    const file = path.join(directory, 'controls/host-port/control.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('prelude: pods', 'prelude: pots'));
    assert.throws(() => stalePolicies(directory), /there is no controls\/_preludes\/pots\.yaml/);
  });
});
