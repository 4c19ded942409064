import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { policy, rule, sightings } from '../lint.fixture.ts';

const never = (spec: Parameters<typeof policy>[0], ...rules: Parameters<typeof policy>[1][]): string[] =>
  sightings('never-fails', policy(spec, ...rules));

describe('an expression that decides nothing', () => {
  test('true for every request', () => {
    assert.deepEqual(never('true || object.spec.hostNetwork'), [
      'spec.validations.0.expression: true for a CREATE of pods: it denies nothing',
    ]);
    assert.equal(never("request.operation != 'DELETE'").length, 1);
    assert.equal(never("object.kind != 'Deployment'").length, 1);
    assert.equal(never('oldObject == null', rule('', 'pods'), rule('apps', 'deployments')).length, 1);
  });

  test('behind a condition that is never true', () => {
    const spec = {
      matchConditions: [{ name: 'updates', expression: "request.operation == 'UPDATE'" }],
      validations: [{ expression: 'has(object.spec.x)' }],
    };
    assert.deepEqual(never(spec), [
      'spec.matchConditions.0.expression: match condition "updates" is false for a CREATE of pods: the policy judges nothing',
    ]);
  });

  test('behind conditions that exclude each other by kind', () => {
    const spec = {
      matchConditions: [
        { name: 'a', expression: "object.kind == 'Pod'" },
        { name: 'b', expression: "object.kind == 'Deployment'" },
      ],
      validations: [{ expression: 'has(object.spec.x)' }],
    };
    assert.match(
      never(spec, rule('', 'pods'), rule('apps', 'deployments'))[0]!,
      /no request meets all match conditions/,
    );
  });

  test('the same as one before', () => {
    const same = { expression: "object.metadata.name != 'x'" };
    assert.deepEqual(never({ validations: [same, { expression: ' true && has(object.x)' }, same] }), [
      'spec.validations.2.expression: the same as validation 1: that one fails first, and this one is never reported',
    ]);
  });

  for (const open of [
    'false',
    "object.metadata.name != 'x'",
    "request.userInfo.username != 'x'",
    "request.namespace != 'x' || true && has(object.x)",
    "namespaceObject.metadata.name != 'x'",
  ]) {
    test(`no alarm: ${open}`, () => assert.deepEqual(never(open), []));
  }

  test('no alarm where other requests may come', () => {
    assert.deepEqual(never("request.operation != 'DELETE'", rule('*', '*')), []);
    assert.deepEqual(never("request.operation != 'DELETE'", rule('example.com', 'things')), []);
    assert.deepEqual(never("request.operation != 'DELETE'", rule('', 'pods', '*')), []);
    assert.deepEqual(never("object.kind != 'PodExecOptions'", rule('', 'pods/exec', 'CONNECT')), []);
  });
});

describe('an expression that always fails', () => {
  const always = (expression: string): string[] => sightings('always-an-error', policy(expression));

  test('whatever the request', () => {
    assert.match(
      always("duration(request.operation) > duration('1h')")[0]!,
      /^spec.validations.0.expression: ".*" for a CREATE of pods$/,
    );
    assert.equal(always("[1, 2][request.operation == 'CREATE' ? 5 : 0] == 1").length, 1);
  });

  test('no alarm where it depends, or where another trap is meant', () => {
    assert.deepEqual(always("duration(object.metadata.name) > duration('1h')"), []);
    assert.deepEqual(always('oldObject.metadata.name == "x"'), []);
  });
});

describe('a message that is missing', () => {
  const missing = (change: object): string[] =>
    sightings(
      'message-missing',
      policy({ validations: [{ expression: 'has(object.x)', ...change }] } as never),
    );

  test('neither message nor messageExpression', () => {
    assert.deepEqual(missing({}), [
      'spec.validations.0.expression: a denial shows this expression in place of a message',
    ]);
  });

  test('no alarm for either', () => {
    assert.deepEqual(missing({ message: 'm' }), []);
    assert.deepEqual(missing({ messageExpression: "'m'" }), []);
  });
});
