import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkoutCatalogue } from '../catalogue/load.ts';
import { knownNames } from './known-names.ts';

const catalogue = checkoutCatalogue();
const privileged = catalogue.controls.get('privileged-container')!;
const registries = catalogue.controls.get('forbidden-registries')!;
const names = knownNames({
  profiles: new Map([['all', catalogue.profiles.get('all')!]]),
  controls: new Map([
    ['privileged-container', { ...privileged, renamedFrom: ['old-name', 'forbidden-registries'] }],
    ['forbidden-registries', registries],
  ]),
});

test('are those of the catalogue', () => {
  assert.deepEqual([...names.controls], ['privileged-container', 'forbidden-registries']);
  assert.deepEqual([...names.profiles], ['all']);
  assert.ok(names.kubernetesVersions.includes('1.30') && names.kubernetesVersions.includes('1.36'));
});

test('one that a control had before is known as such, unless another control has it now', () => {
  assert.equal(names.renamed!('old-name'), 'privileged-container');
  assert.equal(names.renamed!('forbidden-registries'), undefined);
  assert.equal(names.renamed!('never-there'), undefined);
});

test('parameters and patterns are looked at', () => {
  assert.deepEqual(names.parameterProblems!('forbidden-registries', { allowed: ['a.example.com'] }), []);
  assert.match(JSON.stringify(names.parameterProblems!('forbidden-registries', { alowed: [] })), /alowed/);
  assert.equal(names.patternProblem!('web-*'), undefined);
});
