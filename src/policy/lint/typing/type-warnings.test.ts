import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatType } from '../../../cel/type.ts';
import { decodePolicy } from '../../decode/policy.ts';
import { nowhere, ProblemList } from '../../problem.ts';
import { KnownResources } from '../known-resources.ts';
import { policy, rule } from '../lint.fixture.ts';
import { declaredTypeOf } from './declared-types.ts';
import { celFieldName, celFieldNames } from './field-name.ts';
import { expressionWarnings, typeWarnings } from './type-warnings.ts';

const resources = new KnownResources();

function warningsOf(object: ReturnType<typeof policy>) {
  const definition = decodePolicy(object, new ProblemList(nowhere))!;
  return expressionWarnings(typeWarnings(definition, resources, '1.36'));
}

describe('names of fields', () => {
  test('as CEL can write them', () => {
    assert.equal(celFieldName('spec'), 'spec');
    assert.equal(celFieldName('namespace'), '__namespace__');
    assert.equal(celFieldName('x-a.b/c__d'), 'x__dash__a__dot__b__slash__c__underscores__d');
    assert.equal(celFieldName('$ref'), undefined);
    assert.equal(celFieldName('1a'), undefined);
    assert.equal(celFieldName(''), undefined);
  });

  test('keywords also as they are', () => {
    assert.deepEqual(celFieldNames('namespace'), ['__namespace__', 'namespace']);
    assert.deepEqual(celFieldNames('a-b'), ['a__dash__b']);
    assert.deepEqual(celFieldNames('$ref'), []);
  });
});

describe('declared types', () => {
  const fieldsOf = (kind: string, struct: string): Record<string, string> => {
    const { structs } = declaredTypeOf(resources.all.find((one) => one.kind === kind)!)!;
    const found = structs.find(({ name }) => name === struct);
    return Object.fromEntries(
      Object.entries(found?.fields ?? {}).map(([name, type]) => [name, formatType(type)]),
    );
  };

  test('structs are named by where they stand', () => {
    assert.equal(fieldsOf('Pod', 'Pod')['spec'], 'Pod.spec');
    assert.equal(fieldsOf('Pod', 'Pod.spec')['containers'], 'list(Pod.spec.containers.@idx)');
    assert.equal(fieldsOf('Secret', 'Secret')['data'], 'map(string, bytes)');
    assert.equal(fieldsOf('Pod', 'Pod.metadata')['creationTimestamp'], 'timestamp');
  });

  test('quantities and what holds them are not declared, int-or-string is dyn', () => {
    assert.deepEqual(Object.keys(fieldsOf('Pod', 'Pod.spec.containers.@idx.resources')), ['claims']);
    assert.equal(fieldsOf('Service', 'Service.spec.ports.@idx')['targetPort'], 'dyn');
  });

  test('a type inside of itself has no fields', () => {
    const at = 'CustomResourceDefinition.spec.versions.@idx.schema.openAPIV3Schema';
    assert.equal(fieldsOf('CustomResourceDefinition', at)['not'], `${at}.not`);
    assert.deepEqual(fieldsOf('CustomResourceDefinition', `${at}.not`), {});
  });

  test('none without a schema', () => {
    assert.equal(
      declaredTypeOf({ ...resources.all[0]!, schema: undefined, definition: undefined }),
      undefined,
    );
  });
});

describe('warnings as the controller words them', () => {
  test('one for each expression, kind after kind', () => {
    const object = policy('object.spec.replicas == "1"', rule('', 'pods'), rule('apps', 'deployments'));
    assert.deepEqual(warningsOf(object), [
      {
        fieldRef: 'spec.validations[0].expression',
        warning: [
          "/v1, Kind=Pod: ERROR: <input>:1:12: undefined field 'replicas'",
          ' | object.spec.replicas == "1"',
          ' | ...........^',
          '',
          "apps/v1, Kind=Deployment: ERROR: <input>:1:22: found no matching overload for '_==_' applied to '(int, string)'",
          ' | object.spec.replicas == "1"',
          ' | .....................^',
          '',
        ].join('\n'),
      },
    ]);
  });

  test('messages are checked, match conditions, annotations and variables are not', () => {
    const object = policy({
      matchConditions: [{ name: 'a', expression: 'object.nope == 1' }],
      variables: [{ name: 'a', expression: 'object.nope' }],
      validations: [{ expression: 'variables.a.b == 1', messageExpression: "'x' + object.nope" }],
      auditAnnotations: [{ key: 'a', valueExpression: "'x' + object.nope" }],
    });
    assert.deepEqual(
      warningsOf(object).map(({ fieldRef }) => fieldRef),
      ['spec.validations[0].messageExpression'],
    );
  });

  test('the core group stands for every group, singular and any case will do', () => {
    assert.match(
      warningsOf(policy('object.nope == 1', rule('', 'deployments')))[0]!.warning,
      /^apps\/v1, Kind=Deployment/,
    );
    assert.match(warningsOf(policy('object.nope == 1', rule('', 'Pod')))[0]!.warning, /^\/v1, Kind=Pod/);
  });

  test('ten kinds of a rule at most', () => {
    const many = {
      ...rule('apps', 'deployments,daemonsets,replicasets,statefulsets'),
      apiGroups: ['apps', 'batch', ''],
    };
    const wide = {
      ...many,
      resources: [
        'deployments',
        'daemonsets',
        'replicasets',
        'statefulsets',
        'jobs',
        'cronjobs',
        'pods',
        'services',
        'secrets',
        'configmaps',
        'nodes',
        'events',
      ],
    };
    const [found] = warningsOf(policy('object.nope == 1', wide));
    assert.ok(found!.warning.match(/Kind=/g)!.length <= 10);
  });

  test('wildcards and subresources are passed over', () => {
    assert.deepEqual(
      warningsOf(policy('object.nope == 1', rule('', '*'), rule('', 'pods/status'), rule('*', 'pods'))),
      [],
    );
  });
});
