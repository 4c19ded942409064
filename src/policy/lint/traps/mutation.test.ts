import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '../../../model/object.ts';
import { mutating, policy, sightings } from '../lint.fixture.ts';

const label = (value: string): string =>
  `[JSONPatch{op: "add", path: "/metadata/labels/x", value: ${value}}]`;
const proxy = '[JSONPatch{op: "add", path: "/spec/containers/-", value: {"name": "proxy", "image": "i"}}]';
const again = (expression: string): JsonObject =>
  mutating({
    reinvocationPolicy: 'IfNeeded',
    mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression } }],
  });
const applied = (expression: string): JsonObject =>
  mutating({ mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression } }] });

describe('mutations', () => {
  test('a patch that makes the server panic, at the struct', () => {
    const expression =
      '[JSONPatch{op: "add", path: "/spec/tolerations", value: [Object.spec.tolerations{operator: "Exists"}]}]';
    assert.deepEqual(sightings('mutation-crash', mutating(expression)), [
      'Object.spec.tolerations{operator: "Exists"}: Object.spec.tolerations{} inside of a list or map of a patch value: the API server panics on it',
    ]);
    assert.deepEqual(sightings('mutation-crash', mutating(proxy), policy('has(object.x)')), []);
  });

  test('a patch below what is not there', () => {
    const [found] = sightings('mutation-fails', mutating(label('"y"')));
    assert.match(
      found!,
      /^spec.mutations.0.jsonPatch.expression: a valid Pod is denied: .*\/metadata\/labels\/x/,
    );
    const ignoring = mutating({
      failurePolicy: 'Ignore',
      mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: label('"y"') } }],
    });
    assert.match(sightings('mutation-fails', ignoring)[0]!, /a valid Pod is left as it is/);
  });

  test('an expression that reads what is not there', () => {
    assert.match(
      sightings('mutation-fails', mutating(`object.spec.volumes.size() > 0 ? ${proxy} : ${proxy}`))[0]!,
      /no such key: volumes/,
    );
    assert.equal(
      sightings('unguarded-field', mutating(`object.spec.volumes.size() > 0 ? ${proxy} : ${proxy}`)).length,
      1,
    );
  });

  test('no alarm for what is refused anyway', () => {
    assert.deepEqual(sightings('mutation-fails', mutating('[JSONPatch{op: 1}]')), []);
  });

  test('no alarm for a merge, a guard and what depends on who asks', () => {
    assert.deepEqual(
      sightings('mutation-fails', applied('Object{metadata: Object.metadata{labels: {"x": "y"}}}')),
      [],
    );
    assert.deepEqual(
      sightings('mutation-fails', mutating(`has(object.metadata.labels) ? ${label('"y"')} : []`)),
      [],
    );
    assert.deepEqual(
      sightings('mutation-fails', mutating(`request.userInfo.username == 'a' ? ${label('"y"')} : []`)),
      [],
    );
  });

  test('a mutation that adds its part each time', () => {
    assert.deepEqual(sightings('mutation-repeats', again(proxy)), [
      'spec.mutations.0.jsonPatch.expression: run a second time it changes spec.containers[2] of a Pod once more',
    ]);
  });

  test('no alarm where it looks first, or runs once', () => {
    assert.deepEqual(
      sightings(
        'mutation-repeats',
        again(`object.spec.containers.exists(c, c.name == 'proxy') ? [] : ${proxy}`),
      ),
      [],
    );
    assert.deepEqual(sightings('mutation-repeats', mutating(proxy)), []);
  });

  test('reads of an object that a request does not have', () => {
    const onUpdate = mutating(`oldObject.metadata.name == 'x' ? ${proxy} : ${proxy}`);
    assert.equal(sightings('old-object-on-create', onUpdate).length, 1);
  });
});
