import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { policy, rule, sightings } from '../lint.fixture.ts';

const onDelete = (spec: Parameters<typeof policy>[0], ...operations: string[]): string[] =>
  sightings(
    'object-on-delete',
    policy(spec, rule('', 'pods', ...(operations.length > 0 ? operations : ['*']))),
  );
const onCreate = (spec: Parameters<typeof policy>[0], ...operations: string[]): string[] =>
  sightings(
    'old-object-on-create',
    policy(spec, rule('', 'pods', ...(operations.length > 0 ? operations : ['*']))),
  );

const denied = 'a DELETE of pods has no object: "no such key: spec", and the request is then denied';

describe('object on DELETE', () => {
  test('a read of a field is found, smallest part first', () => {
    assert.deepEqual(onDelete('object.spec.hostNetwork == false'), [`object.spec: ${denied}`]);
  });

  test('failurePolicy Ignore skips the rule', () => {
    const [found] = onDelete({
      failurePolicy: 'Ignore',
      validations: [{ expression: 'has(object.spec.x)' }],
    });
    assert.match(found!, /the rule is then skipped$/);
  });

  test('behind a condition that may let it through', () => {
    assert.deepEqual(onDelete("request.userInfo.username == 'a' && object.spec.hostNetwork"), [
      `object.spec: ${denied}`,
    ]);
    assert.deepEqual(onDelete("oldObject.metadata.name == 'a' || object.spec.hostNetwork"), [
      `object.spec: ${denied}`,
    ]);
  });

  test('an error of a variable that has nothing to do with the object is none of its', () => {
    const doubled = Array.from({ length: 40 }, (_, i) => ({
      name: `v${i}`,
      expression: i === 0 ? "'xxxxxxxxxx'" : `variables.v${i - 1} + variables.v${i - 1}`,
    }));
    const validations = [{ expression: 'variables.v39.size() > 1' }];
    assert.deepEqual(onDelete({ variables: doubled, validations }), []);
    assert.deepEqual(onCreate({ variables: doubled, validations }), []);
  });

  test('in a variable the variable is pointed at', () => {
    const spec = {
      variables: [{ name: 'spec', expression: 'object.spec' }],
      validations: [{ expression: 'variables.spec.hostNetwork == false' }],
    };
    assert.deepEqual(onDelete(spec), [`object.spec: ${denied}`]);
  });

  test('in a match condition', () => {
    const spec = {
      matchConditions: [{ name: 'a', expression: 'has(object.spec.x)' }],
      validations: [{ expression: 'object == null' }],
    };
    assert.deepEqual(onDelete(spec), [`object.spec: ${denied}`]);
  });

  for (const guarded of [
    'object == null || object.spec.hostNetwork == false',
    "request.operation == 'DELETE' || object.spec.hostNetwork == false",
    "request.operation in ['CREATE', 'UPDATE'] ? object.spec.hostNetwork == false : true",
    'object.?spec.hostNetwork.orValue(false) == false',
    '(object == null ? oldObject : object).spec.hostNetwork == false',
    'oldObject.spec.hostNetwork == false || request.operation != "DELETE"',
    "request.kind.kind != 'Pod' || request.name == 'x'",
  ]) {
    test(`no alarm: ${guarded}`, () => assert.deepEqual(onDelete(guarded), []));
  }

  test('no alarm where a match condition leaves deletes out', () => {
    const spec = {
      matchConditions: [{ name: 'a', expression: "request.operation != 'DELETE'" }],
      validations: [{ expression: 'object.spec.hostNetwork == false' }],
    };
    assert.deepEqual(onDelete(spec), []);
  });

  test('no alarm where the rules do not match deletes', () => {
    assert.deepEqual(onDelete('object.spec.hostNetwork == false', 'CREATE', 'UPDATE'), []);
  });

  test('no alarm for a variable that nobody reads', () => {
    const spec = {
      variables: [{ name: 'a', expression: 'object.spec' }],
      validations: [{ expression: "request.name != 'x'" }],
    };
    assert.deepEqual(onDelete(spec), []);
  });
});

describe('oldObject on CREATE', () => {
  test('a read of a field is found', () => {
    assert.deepEqual(onCreate('oldObject.spec.nodeName == object.spec.nodeName'), [
      'oldObject.spec: a CREATE of pods has no oldObject: "no such key: spec", and the request is then denied',
    ]);
  });

  for (const guarded of [
    'oldObject == null || oldObject.spec.x == 1',
    "request.operation != 'UPDATE' || oldObject.spec.x == object.spec.x",
    'oldObject.?spec.?x.orValue(1) == 1',
    "object.?metadata.?name.orValue('') != 'x'",
  ]) {
    test(`no alarm: ${guarded}`, () => assert.deepEqual(onCreate(guarded), []));
  }

  test('no alarm where only updates match', () => {
    assert.deepEqual(onCreate('oldObject.spec.x == object.spec.x', 'UPDATE'), []);
  });
});
