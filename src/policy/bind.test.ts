import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bindPolicies } from './bind.ts';
import type { CompiledBinding, CompiledPolicy } from './policy.ts';

const policy = (name: string) => ({ name }) as CompiledPolicy;
const binding = (name: string, policyName: string) =>
  ({ name, definition: { policyName } }) as CompiledBinding;

test('every policy with each of its bindings', () => {
  const { bound, unbound, dangling } = bindPolicies(
    [policy('a'), policy('b'), policy('c')],
    [binding('a1', 'a'), binding('c1', 'c'), binding('a2', 'a'), binding('lost', 'nowhere')],
  );
  assert.deepEqual(
    bound.map((pair) => [pair.policy.name, pair.binding?.name]),
    [
      ['a', 'a1'],
      ['a', 'a2'],
      ['b', undefined],
      ['c', 'c1'],
    ],
  );
  assert.deepEqual(
    unbound.map(({ name }) => name),
    ['b'],
  );
  assert.deepEqual(
    dangling.map(({ name }) => name),
    ['lost'],
  );
});
