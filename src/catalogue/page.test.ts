import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { checkout, checkoutCatalogue } from './load.ts';
import { cataloguePages, controlPage } from './page.ts';

const catalogue = checkoutCatalogue();
const folder = path.join(checkout, 'docs/controls');

test('docs/controls holds what `npm run docs` writes', () => {
  const pages = cataloguePages(catalogue);
  assert.deepEqual(readdirSync(folder).sort(), [...pages.keys()].sort());
  for (const [file, text] of pages) {
    assert.equal(readFileSync(path.join(folder, file), 'utf8'), text, `${file}: run \`npm run docs\``);
  }
});

test('a page says why, what to do, the rule by version, and what other tools call it', () => {
  const control = catalogue.controls.get('proc-mount');
  assert.ok(control);
  const page = controlPage(control, catalogue);
  for (const part of [
    '# proc-mount\n',
    '| severity | medium |',
    '| profiles | all, ',
    'pss-baseline, pss-restricted',
    '**Fix.** Remove `securityContext.procMount`.',
    '## Rule, Kubernetes until 1.34',
    '## Rule, Kubernetes since 1.35',
    'Pod Security Standards: baseline',
    'trivy: KSV-0027',
  ]) {
    assert.ok(page.includes(part), `${part} in\n${page}`);
  }
  assert.ok(!page.includes('spec-changed'), 'the prelude is not repeated');
});

test('a page says what fix does, and how severe a bound role is', () => {
  const page = (id: string): string => controlPage(catalogue.controls.get(id)!, catalogue);
  assert.match(page('rbac-read-secrets'), /\| severity \| high; critical where a binding of the input gives/);
  assert.match(page('rbac-read-secrets'), /\| told once by \| \[rbac-wildcard-everything\]/);
  assert.match(page('rbac-read-secrets'), /\*\*Autofix\.\*\* None: which rights .*\.\n/);
  assert.match(
    page('privilege-escalation'),
    /\*\*Autofix\.\*\* `scantling fix( --unsafe)?` does this \(\[fix\.yaml\]/,
  );
});

test('a page says that a control is new, and what it was called', () => {
  const control = { ...catalogue.controls.get('proc-mount')!, nursery: true, renamedFrom: ['proc'] };
  const page = controlPage(control, catalogue);
  assert.match(page, /\| nursery \| new, and in no profile yet \|\n\| called before \| proc \|/);
});

test('parameters have their own table', () => {
  const control = catalogue.controls.get('forbidden-registries');
  assert.ok(control);
  assert.match(controlPage(control, catalogue), /\| `allowed` \| list \| `\[\]` \| registries/);
});
