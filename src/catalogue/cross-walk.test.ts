import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Control } from './control.ts';
import { calledHere, comparableTools, controlsCalled, idsOf } from './cross-walk.ts';
import { checkoutCatalogue } from './load.ts';

const controls: readonly Pick<Control, 'id' | 'aliases' | 'renamedFrom'>[] = [
  { id: 'a', aliases: { kubescape: ['C-1'], 'kube-score': ['probes'] }, renamedFrom: ['old'] },
  { id: 'b', aliases: { kubescape: ['C-1', 'C-2'], trivy: ['C-2'] }, renamedFrom: [] },
];

test('a control is found by the id of another tool, with or without the tool', () => {
  assert.deepEqual(controlsCalled('C-1', controls), [
    { control: 'a', tool: 'kubescape' },
    { control: 'b', tool: 'kubescape' },
  ]);
  assert.deepEqual(controlsCalled('kube-score/probes', controls), [{ control: 'a', tool: 'kube-score' }]);
  assert.deepEqual(controlsCalled('c-1', controls).length, 2);
  assert.deepEqual(controlsCalled('C-3', controls), []);
});

test('and by the name that it had before', () => {
  assert.deepEqual(controlsCalled('old', controls), [{ control: 'a', tool: undefined }]);
  assert.equal(calledHere('old', controlsCalled('old', controls)), 'old is called a now');
});

test('the sentence names tools and controls', () => {
  assert.equal(calledHere('C-1', controlsCalled('C-1', controls)), "kubescape's C-1 is a, b here");
  assert.equal(calledHere('C-2', controlsCalled('C-2', controls)), "kubescape's and trivy's C-2 is b here");
  assert.equal(calledHere('x', []), '');
});

test('every tool that can be chosen has ids in the catalogue', () => {
  const { controls: own } = checkoutCatalogue();
  for (const tool of comparableTools) {
    const ids = [...own.values()].flatMap((control) => idsOf(control, tool));
    assert.ok(ids.length > 20, `${tool}: ${ids.length}`);
  }
});

test('no name that a control had before is one that is used', () => {
  const { controls: own } = checkoutCatalogue();
  const before = [...own.values()].flatMap(({ renamedFrom }) => renamedFrom);
  assert.equal(new Set(before).size, before.length);
  for (const name of before) assert.ok(!own.has(name), name);
});
