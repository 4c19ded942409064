import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CelError, type Value } from '../value.ts';
import { type AccessAnswer, type AccessQuestion, Authorizer, Decision } from './authorizer.ts';
import { authorizerLibrary, authorizerSelectors } from './authorizer-library.ts';

const overloads = [...authorizerLibrary.overloads, ...authorizerSelectors.overloads];
const overload = (id: string) => overloads.find((candidate) => candidate.id === id)!;
const call = (id: string, ...args: unknown[]): Value => overload(id).implementation(...args) as Value;

/** An authorizer that notes what it is asked. */
function noting(answer: AccessAnswer): { asked: AccessQuestion[]; authorizer: Authorizer } {
  const asked: AccessQuestion[] = [];
  const authorizer = new Authorizer((question) => {
    asked.push(question);
    return answer;
  });
  return { asked, authorizer };
}

const allow: AccessAnswer = { allowed: true, reason: 'because' };

test('a check of a resource asks with every attribute', () => {
  const { asked, authorizer } = noting(allow);
  let check = call('groupcheck_resource', call('authorizer_group', authorizer, 'apps'), 'deployments');
  check = call('resourcecheck_subresource', check, 'scale');
  check = call('resourcecheck_namespace', check, 'shop');
  check = call('resourcecheck_name', check, 'web');
  check = call('authorizer_fieldselector', check, 'a=b');
  check = call('authorizer_labelselector', check, 'c=d');
  const decision = call('resourcecheck_check', check, 'update');
  assert.equal(call('decision_allowed', decision), true);
  assert.deepEqual(asked, [
    {
      serviceAccount: undefined,
      verb: 'update',
      path: undefined,
      resource: {
        group: 'apps',
        resource: 'deployments',
        subresource: 'scale',
        namespace: 'shop',
        name: 'web',
        fieldSelector: 'a=b',
        labelSelector: 'c=d',
      },
    },
  ]);
});

test('narrowing leaves the check it came from as it was', () => {
  const { asked, authorizer } = noting(allow);
  const check = call('groupcheck_resource', call('authorizer_group', authorizer, ''), 'pods');
  call('resourcecheck_namespace', check, 'other');
  call('resourcecheck_check', check, 'get');
  assert.equal(asked[0]!.resource!.namespace, '');
});

test('a check of a path asks for the path', () => {
  const { asked, authorizer } = noting(allow);
  call('pathcheck_check', call('authorizer_path', authorizer, '/healthz'), 'get');
  assert.deepEqual(asked, [
    { serviceAccount: undefined, verb: 'get', path: '/healthz', resource: undefined },
  ]);
});

test('a service account asks in its own name', () => {
  const { asked, authorizer } = noting(allow);
  const account = call('authorizer_serviceaccount', authorizer, 'shop', 'web.robot');
  call('pathcheck_check', call('authorizer_path', account, '/x'), 'get');
  assert.deepEqual(asked[0]!.serviceAccount, { namespace: 'shop', name: 'web.robot' });
});

test('names are checked', () => {
  const { authorizer } = noting(allow);
  const account = (namespace: string, name: string) =>
    call('authorizer_serviceaccount', authorizer, namespace, name);
  assert.deepEqual(account('shop', 'A'), new CelError('Invalid service account name'));
  assert.deepEqual(account('a.b', 'web'), new CelError('Invalid service account namespace'));
  assert.deepEqual(call('authorizer_path', authorizer, ' '), new CelError('path must not be empty'));
  const group = call('authorizer_group', authorizer, '');
  assert.deepEqual(call('groupcheck_resource', group, ''), new CelError('resource must not be empty'));
});

test('what a decision tells', () => {
  const denied = new Decision({ allowed: false, reason: 'no', error: 'webhook is down' });
  assert.equal(call('decision_allowed', denied), false);
  assert.equal(call('decision_reason', denied), 'no');
  assert.equal(call('decision_errored', denied), true);
  assert.equal(call('decision_error', denied), 'webhook is down');
  const allowed = new Decision(allow);
  assert.equal(call('decision_errored', allowed), false);
  assert.equal(call('decision_error', allowed), '');
});

test('a check is worth a third of the budget of an expression', () => {
  const cost = (id: string, ...args: Value[]) => overload(id).cost!(args, true);
  const { authorizer } = noting(allow);
  assert.equal(cost('resourcecheck_check', authorizer, 'get'), 350_000);
  assert.equal(cost('authorizer_path', authorizer, '/x'), 1);
  assert.equal(cost('authorizer_fieldselector', authorizer, 'spec.x=1'), 10 + 1 + 4 * 50);
});

test('authorizers are equal only to themselves', () => {
  const { authorizer } = noting(allow);
  assert.ok(authorizer.equals(authorizer));
  assert.ok(!authorizer.equals(noting(allow).authorizer));
});
