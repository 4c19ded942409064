import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { policy, rule, sightings } from '../lint.fixture.ts';

const warnings = (spec: Parameters<typeof policy>[0], ...rules: Parameters<typeof policy>[1][]): string[] =>
  sightings('type-warning', policy(spec, ...rules));

describe('type warnings', () => {
  test('a field that a kind does not have', () => {
    assert.deepEqual(warnings('has(object.spec.hostnetwork)'), [
      "has(object.spec.hostnetwork): Pod: undefined field 'hostnetwork'",
    ]);
  });

  test('one finding for all kinds that have the same', () => {
    const found = warnings('object.spec.nope == 1', rule('', 'pods'), rule('apps', 'deployments'));
    assert.deepEqual(found, ["object.spec.nope: Pod, Deployment: undefined field 'nope'"]);
  });

  test('types that do not fit', () => {
    assert.deepEqual(warnings('object.metadata.name == 1'), [
      "object.metadata.name == 1: Pod: found no matching overload for '_==_' applied to '(string, int)'",
    ]);
  });

  test('no alarm for what fits, for variables alone, for what is not known', () => {
    assert.deepEqual(warnings('has(object.spec.hostNetwork) && object.metadata.namespace != "x"'), []);
    const spec = {
      variables: [{ name: 'a', expression: 'object.spec.nope' }],
      validations: [{ expression: 'variables.a == 1' }],
    };
    assert.deepEqual(warnings(spec), []);
    assert.deepEqual(warnings('object.spec.nope == 1', rule('example.com', 'things')), []);
    assert.deepEqual(warnings('object.spec.nope == 1', rule('*', '*')), []);
  });
});
