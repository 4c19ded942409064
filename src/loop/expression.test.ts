import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CelError, Unknown } from '../cel/value.ts';
import { type Evaluation, evaluateExpression, type ExpressionInputs } from './expression.ts';

const nothing: ExpressionInputs = {
  object: undefined,
  oldObject: undefined,
  params: undefined,
  namespaceObject: undefined,
  userInfo: undefined,
  operation: undefined,
};
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { containers: [{ name: 'web' }] },
};

function evaluated(expression: string, inputs: Partial<ExpressionInputs> = {}, variables = {}): Evaluation {
  const written = Object.entries(variables).map(([name, text]) => ({ name, expression: text as string }));
  const done = evaluateExpression(expression, { ...nothing, ...inputs }, '1.36', written);
  assert.ok(!('refusal' in done), expression);
  return done;
}

const resultOf = (...args: Parameters<typeof evaluated>) => evaluated(...args).result;

function unknownsOf(...args: Parameters<typeof evaluated>): readonly string[] {
  const result = resultOf(...args);
  assert.ok(result instanceof Unknown, String(result));
  return result.attributes;
}

test('value, type and cost are those of the API server', () => {
  const { result, type, cost, paths } = evaluated('object.spec.containers.size() > 0', { object: pod });
  assert.deepEqual({ result, type, cost }, { result: true, type: 'bool', cost: 5 });
  assert.deepEqual(paths, [['object', 'spec', 'containers']]);
});

test('what was not given is unknown, each under its name', () => {
  for (const name of ['object', 'oldObject', 'params', 'request', 'namespaceObject']) {
    assert.deepEqual(unknownsOf(`${name} == null`), [name]);
  }
  assert.deepEqual(unknownsOf('authorizer.path("/").check("get").allowed()'), ['authorizer']);
  assert.deepEqual(unknownsOf('request.userInfo.username', { object: pod, operation: 'CREATE' }), [
    'request.userInfo',
  ]);
});

test('a request is made of the object', () => {
  const inputs = { object: pod, oldObject: null, operation: 'CREATE' as const };
  assert.equal(resultOf('request.operation + " " + request.resource.resource', inputs), 'CREATE pods');
  assert.equal(resultOf('request.namespace + "/" + request.name', inputs), 'shop/web');
  assert.equal(resultOf('oldObject == null && !request.dryRun', inputs), true);
  assert.deepEqual(unknownsOf('namespaceObject.metadata.name', inputs), ['namespaceObject']);
});

test('the caller and the operation are known without an object, and nothing else of the request is', () => {
  const userInfo = { username: 'alice', uid: '', groups: ['dev'], extra: {} };
  const inputs = { userInfo, operation: 'DELETE' as const };
  assert.equal(resultOf('request.userInfo.groups[0] + request.operation', inputs), 'devDELETE');
  assert.deepEqual(unknownsOf('request.resource.resource', inputs), ['request.resource']);
  assert.deepEqual(unknownsOf('request.operation', { userInfo }), ['request.operation']);
});

test('the namespace is that of the namespace object where the object names none', () => {
  const { namespace: _, ...metadata } = pod.metadata;
  const object = { ...pod, metadata };
  const namespaceObject = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'lab', labels: { a: 'b' } },
  };
  assert.deepEqual(unknownsOf('request.namespace', { object, operation: 'CREATE' }), ['request.namespace']);
  const inputs = { object, namespaceObject, operation: 'CREATE' as const };
  assert.equal(resultOf('request.namespace + namespaceObject.metadata.labels.a', inputs), 'labb');
  assert.equal(resultOf('namespaceObject.metadata.name', { namespaceObject }), 'lab');
});

test('variables are evaluated when they are read, may use those before them, and have types', () => {
  const variables = { a: 'object.spec.containers', b: 'variables.a.size()', unread: '1 / 0' };
  const done = evaluated('variables.b == 1', { object: pod }, variables);
  assert.equal(done.result, true);
  assert.deepEqual(
    done.variables.map(({ name, result, type }) => [name, result, type]),
    [
      ['a', pod.spec.containers, 'dyn'],
      ['b', 1, 'int'],
    ],
  );
});

test('the error of a variable is worded as the server words it', () => {
  const result = resultOf('variables.a', {}, { a: '1 / 0' });
  assert.ok(result instanceof CelError);
  assert.equal(result.message, 'composited variable "a" fails to evaluate: division by zero');
});

test('what does not compile is refused, a variable by its name', () => {
  const refused = evaluateExpression('object.x +', nothing, '1.36');
  assert.ok('refusal' in refused);
  assert.equal(refused.name, '');
  const early = evaluateExpression('true', nothing, '1.36', [
    { name: 'a', expression: 'variables.b' },
    { name: 'b', expression: '1' },
  ]);
  assert.ok('refusal' in early);
  assert.equal(early.name, 'a');
  assert.match(early.refusal.message, /undeclared reference to 'variables'|undefined field 'b'/);
});

test('a variable may have a name that JavaScript keeps for itself', () => {
  const done = evaluateExpression('variables.__proto__ + variables.constructor', nothing, '1.36', [
    { name: '__proto__', expression: '1' },
    { name: 'constructor', expression: 'variables.__proto__ + 1' },
  ]);
  assert.ok(!('refusal' in done));
  assert.equal(done.result, 3);
});
