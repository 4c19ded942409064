import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from '../index.ts';
import { kubernetesEnvironment } from '../kubernetes/environment.ts';
import type { CallCost } from '../library.ts';
import { CelError, Unknown } from '../value.ts';
import { callCost, knowsSortKeys } from './call-cost.ts';
import type { CallNode, MacroNode, PlanNode } from './node.ts';

const environment = kubernetesEnvironment('1.36', { mode: 'stored' });

function root(text: string): PlanNode {
  const compiled = compile(text, environment);
  if ('issues' in compiled) throw new Error(compiled.message);
  return compiled.program.plan.root;
}

const withCost = (cost: CallCost | undefined): CallNode => ({
  ...(root('object.f.size()') as CallNode),
  cost,
});

test('a call without a cost of its own costs 1', () => {
  assert.equal(callCost(withCost(undefined), [[1, 2, 3]], 3), 1);
});

test('a failed argument and an unknown result count as numbers do', () => {
  const seen: unknown[] = [];
  const call = withCost((args, result) => {
    seen.push(...args, result);
    return 7;
  });
  assert.equal(callCost(call, [new CelError('no such key: a'), 'text'], new Unknown(['object'])), 7);
  assert.deepEqual(seen, [0, 'text', 0]);
});

test('a cost that cannot be told is 1', () => {
  const throws: CallCost = ([list]) => (list as readonly string[])[0]!.length;
  assert.equal(callCost(withCost(throws), [5], new CelError('no such overload')), 1);
  assert.equal(
    callCost(
      withCost(() => NaN),
      ['a'],
      1,
    ),
    1,
  );
  assert.equal(
    callCost(
      withCost(() => Infinity),
      ['a'],
      1,
    ),
    1,
  );
});

test('comparisons of sortBy are charged where the type of the keys tells the overload', () => {
  const known = (text: string): boolean => knowsSortKeys(root(text) as MacroNode);
  assert.equal(known('[2, 1].sortBy(x, x)'), true);
  assert.equal(known('object.list.sortBy(x, string(x))'), true);
  assert.equal(known("object.list.sortBy(x, duration('1s'))"), true);
  assert.equal(known('object.list.sortBy(x, x)'), false);
  assert.equal(known('object.list.sortBy(x, null)'), false);
});
