import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { checkout, checkoutCatalogue, readYaml } from './load.ts';
import { readDocuments } from '../yaml/index.ts';
import { stalePolicies } from './prelude.ts';
import { scaffold } from './scaffold.ts';
import { ControlTester } from './tester.ts';

const catalogue = checkoutCatalogue();

test('every policy begins with its canonical prelude', () => {
  assert.deepEqual(
    stalePolicies(checkout).map(({ file }) => file),
    [],
    '`npm run controls` rewrites them',
  );
});

test('what implies a control is a control', () => {
  for (const { id, impliedBy } of catalogue.controls.values())
    for (const name of impliedBy) assert.ok(catalogue.controls.has(name), `${id}: ${name}`);
});

test('no control still says what a new one says before its author has changed it', () => {
  const files = scaffold('some-control') as Readonly<Record<string, string>>;
  const [template] = [...readDocuments(files['control.yaml']!)];
  const { fix, title, why } = template!.value as { why: string; fix: string; title: string };
  assert.ok(why.length > 10 && fix.length > 10);
  for (const control of catalogue.controls.values()) {
    assert.notEqual(control.why, why, control.id);
    assert.notEqual(control.fix, fix, control.id);
    assert.notEqual(control.title, title, control.id);
  }
});

const tester = new ControlTester();
for (const control of catalogue.controls.values()) {
  test(`control ${control.id}: its cases hold on every kind, list and version`, () => {
    const wrong: string[] = [];
    const tests = readYaml(path.join(checkout, 'controls', control.id, 'tests.yaml'), wrong);
    assert.deepEqual(wrong, []);
    const { runs, failures } = tester.test(control, tests);
    const shown = failures.map(({ name, what, reason }) => `${name} (${what}): ${reason}`);
    assert.equal(failures.length, 0, `${failures.length} of ${runs}:\n${shown.slice(0, 20).join('\n')}`);
    assert.ok(runs > 0);
  });
}
