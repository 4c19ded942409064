import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CelError, Unknown } from '../../cel/value.ts';
import { failingPlace } from './failing-place.ts';
import { linted, policy, rule } from './lint.fixture.ts';
import { describeReach } from './linted-policy.ts';

const everything = rule('', 'pods', '*');

function results(expression: string): Record<string, unknown> {
  const one = linted(policy(expression, everything));
  return Object.fromEntries(
    one.reaches.map((reach) => [reach.operation, one.probe(reach).result(one.policy.validations[0]!)]),
  );
}

describe('scenarios', () => {
  test('only what is known has a value', () => {
    const open = results("object.metadata.name == 'x'");
    assert.ok(open['CREATE'] instanceof Unknown);
    assert.ok(open['UPDATE'] instanceof Unknown);
    assert.ok(open['DELETE'] instanceof CelError);
    assert.deepEqual(results("request.kind.kind == 'Pod' && object.kind != 'Service' || object == null"), {
      CREATE: true,
      UPDATE: true,
      DELETE: true,
    });
    assert.deepEqual(results('(object == null) == (request.operation == "DELETE")'), {
      CREATE: true,
      UPDATE: true,
      DELETE: true,
    });
  });

  test('an object is never null where there is one', () => {
    assert.deepEqual(results('oldObject != null'), { CREATE: false, UPDATE: true, DELETE: true });
  });

  test('who asks is not known', () => {
    assert.ok(results("request.userInfo.username == 'x'")['CREATE'] instanceof Unknown);
    assert.ok(results("authorizer.path('/').check('get').allowed()")['CREATE'] instanceof Unknown);
  });
});

describe('reaches', () => {
  const of = (...rules: Parameters<typeof policy>[1][]): string[] =>
    linted(policy("request.name != 'x'", ...rules)).reaches.map(describeReach);

  test('operations on resources, each once', () => {
    assert.deepEqual(of(rule('', 'pods', 'CREATE', 'DELETE'), rule('', 'pods', 'CREATE')), [
      'a CREATE of pods',
      'a DELETE of pods',
    ]);
    assert.deepEqual(of(rule('', 'pods/ephemeralcontainers', '*')), [
      'an UPDATE of pods/ephemeralcontainers',
    ]);
    assert.deepEqual(of(rule('', 'pods/exec', 'CONNECT')), []);
  });

  test('a few examples for everything', () => {
    assert.deepEqual(of(rule('*', '*')), [
      'a CREATE of namespaces',
      'a CREATE of configmaps',
      'a CREATE of pods',
      'a CREATE of deployments',
      'a CREATE of clusterroles',
    ]);
  });

  test('without what is excluded', () => {
    const spec = {
      matchConstraints: {
        resourceRules: [rule('', 'pods', '*')],
        excludeResourceRules: [rule('', 'pods', 'DELETE')],
      },
      validations: [{ expression: 'true' }],
    };
    assert.deepEqual(
      linted(policy(spec)).reaches.map(({ operation }) => operation),
      ['CREATE', 'UPDATE'],
    );
  });
});

describe('failing places', () => {
  const place = (expression: string, variables: object[] = []) => {
    const one = linted(policy({ variables, validations: [{ expression }] } as never, everything));
    const reach = one.reaches.find(({ operation }) => operation === 'DELETE')!;
    const found = failingPlace(one.probe(reach), one.policy.validations[0]!);
    const text = one.expressions.find(({ path }) => path.join() === found?.path.join())?.text;
    return (
      found && [found.path.join('.'), text?.slice(found.span.start, found.span.end), found.error, found.reads]
    );
  };

  test('the innermost part', () => {
    assert.deepEqual(place('has(object.spec.x.y) && true'), [
      'spec.validations.0.expression',
      'object.spec',
      'no such key: spec',
      ['object', 'spec'],
    ]);
  });

  test('through variables', () => {
    const variables = [
      { name: 'a', expression: 'object.spec.x' },
      { name: 'b', expression: 'variables.a + 1' },
    ];
    assert.equal(place('variables.b == 1', variables)?.[0], 'spec.variables.0.expression');
  });

  test('not what was absorbed', () => {
    assert.equal(place('object == null || object.spec.x == 1'), undefined);
    assert.equal(place("oldObject.metadata.name == 'x'"), undefined);
  });
});
