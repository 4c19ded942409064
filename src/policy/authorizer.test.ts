import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../model/object.ts';
import type { AccessAttributes, AccessDecision } from './authorizer.ts';
import { PolicyCompiler } from './compiler.ts';
import { judge } from './judge.ts';
import { noParams } from './params.ts';
import type { AdmissionRequest } from './request.ts';
import { trace } from './trace.ts';

const user = { username: 'bob', uid: '7', groups: ['dev'], extra: {} };
const request: AdmissionRequest = {
  operation: 'CREATE',
  kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
  resource: { group: 'apps', version: 'v1', resource: 'deployments' },
  subresource: 'scale',
  name: 'web',
  namespace: 'shop',
  scope: 'Namespaced',
  object: {},
  oldObject: null,
  userInfo: user,
};
const compiler = new PolicyCompiler({ version: '1.36' });

function run(
  expression: string,
  decide: ((attributes: AccessAttributes) => AccessDecision) | undefined,
  change: Partial<AdmissionRequest> = {},
) {
  const asked: AccessAttributes[] = [];
  const rule = { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] };
  const object = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'p' },
    spec: { matchConstraints: { resourceRules: [rule] }, validations: [{ expression }] },
  };
  const { policy, problems } = compiler.compilePolicy(JSON.parse(JSON.stringify(object)) as JsonObject);
  assert.deepEqual(problems, []);
  const authorizer = decide && {
    authorize: (attributes: AccessAttributes) => {
      asked.push(attributes);
      return decide(attributes);
    },
  };
  const context = { findNamespace: () => null, params: noParams, ...(authorizer && { authorizer }) };
  const bound = { policy: policy!, binding: undefined };
  const [judgement] = judge([bound], { ...request, ...change }, context);
  const [traced] = trace(bound, { ...request, ...change }, context);
  assert.equal(traced?.judgement.verdict, judgement?.verdict);
  return { verdict: judgement!.verdict, reason: judgement!.reason, asked };
}

const allow = (): AccessDecision => ({ decision: 'allow', reason: 'because' });

test('without an authorizer everything about it is unknown', () => {
  const { verdict, reason } = run("authorizer.group('').resource('pods').check('get').allowed()", undefined);
  assert.deepEqual([verdict, reason], ['unknown', 'depends on what the user may do (authorizer)']);
});

test('the question that an expression asks', () => {
  const expression =
    "authorizer.group('apps').resource('deployments').subresource('status').namespace('n').name('x')" +
    ".fieldSelector('a=b').labelSelector('c in (d)').check('update').allowed()";
  const { verdict, asked } = run(expression, allow);
  assert.equal(verdict, 'pass');
  assert.deepEqual(asked[0], {
    user,
    verb: 'update',
    path: undefined,
    resource: {
      group: 'apps',
      resource: 'deployments',
      subresource: 'status',
      namespace: 'n',
      name: 'x',
      fieldSelector: 'a=b',
      labelSelector: 'c in (d)',
    },
  });
  const path = run("authorizer.path('/healthz').check('get').reason() == 'because'", allow);
  assert.equal(path.verdict, 'pass');
  assert.deepEqual(path.asked[0], { user, verb: 'get', path: '/healthz', resource: undefined });
});

test('authorizer.requestResource is the resource of the request', () => {
  const { asked } = run("authorizer.requestResource.check('approve').allowed()", allow);
  assert.deepEqual(asked[0]?.resource, {
    group: 'apps',
    resource: 'deployments',
    subresource: 'scale',
    namespace: 'shop',
    name: 'web',
    fieldSelector: '',
    labelSelector: '',
  });
  const expression = "authorizer.requestResource.check('approve').allowed()";
  assert.equal(run(expression, allow, { name: undefined }).verdict, 'unknown');
  assert.equal(run(expression, allow, { namespace: undefined }).verdict, 'unknown');
});

test('only allow allows; errors and reasons are told', () => {
  const expression = "authorizer.requestResource.check('x').allowed()";
  assert.equal(run(expression, () => ({ decision: 'deny', reason: '' })).verdict, 'fail');
  assert.equal(run(expression, () => ({ decision: 'no-opinion', reason: '' })).verdict, 'fail');
  const errors =
    "authorizer.requestResource.check('x').errored() && authorizer.requestResource.check('x').error() == 'e'";
  assert.equal(run(errors, () => ({ decision: 'no-opinion', reason: '', error: 'e' })).verdict, 'pass');
  assert.equal(run(errors, allow).verdict, 'fail');
});

test('an answer that is not known matters only where the verdict depends on it', () => {
  const unknown = (): AccessDecision => ({ decision: 'unknown' });
  assert.equal(run("authorizer.requestResource.check('x').allowed()", unknown).verdict, 'unknown');
  assert.equal(run("authorizer.requestResource.check('x').allowed() || true", unknown).verdict, 'pass');
});

test('service accounts are asked about by name, whoever makes the request', () => {
  const expression = "authorizer.serviceAccount('shop', 'bot').path('/x').check('get').allowed()";
  const { verdict, asked } = run(expression, allow, { userInfo: undefined } as unknown as AdmissionRequest);
  assert.equal(verdict, 'pass');
  assert.deepEqual(asked[0]?.user, {
    username: 'system:serviceaccount:shop:bot',
    uid: '',
    groups: ['system:serviceaccounts', 'system:serviceaccounts:shop'],
    extra: {},
  });
  const own = run("authorizer.path('/x').check('get').allowed()", allow, {
    userInfo: undefined,
  } as unknown as AdmissionRequest);
  assert.deepEqual(
    [own.verdict, own.reason],
    ['unknown', 'depends on who makes the request (request.userInfo)'],
  );
});
