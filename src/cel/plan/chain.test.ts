import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from '../index.ts';
import { kubernetesEnvironment } from '../kubernetes/environment.ts';
import { isOptionalChain, isStep, keepsOptionalsClosed } from './chain.ts';
import type { PlanNode } from './node.ts';

function root(text: string): PlanNode {
  const compiled = compile(text, kubernetesEnvironment('1.36', { mode: 'stored' }));
  if ('issues' in compiled) throw new Error(compiled.message);
  return compiled.program.plan.root;
}

test('selections and indexes are steps, presence tests are not', () => {
  for (const text of ['object.a', 'object.?a', "object['a']", "object[?'a']"])
    assert.ok(isStep(root(text)), text);
  for (const text of ['object', 'has(object.a)', '[1]', '1 + 1']) assert.ok(!isStep(root(text)), text);
});

test('a chain is optional from its first optional step on', () => {
  for (const text of ['object.?a', 'object.?a.b', "object.a[?0].b['c']"])
    assert.ok(isOptionalChain(root(text)), text);
  for (const text of ['object.a.b', 'optional.of(1)', 'has(object.?a.b)']) {
    assert.ok(!isOptionalChain(root(text)), text);
  }
});

test('an optional found on the way stays closed where the start of the chain is known to be none', () => {
  for (const text of ["{'a': optional.of(1)}.a", '[optional.of(1)][0]', "{'a': dyn(1)}.a"]) {
    assert.ok(keepsOptionalsClosed(root(text)), text);
  }
  for (const text of ['optional.of([1])[0]', 'object.a', '[1][0]', "{'a': 1}.?a", 'optional.of(1)']) {
    assert.ok(!keepsOptionalsClosed(root(text)), text);
  }
});
