import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inFolder } from '../loop/testing/run.fixture.ts';
import { type FlagValues, UsageError } from './command.ts';
import { readInputs, userOf, variablesOf } from './eval-inputs.ts';
import type { Streams } from './stream.ts';

function isMistake(act: () => unknown, message: RegExp): void {
  assert.throws(act, (error: Error) => {
    assert.ok(error instanceof UsageError, String(error));
    assert.match(error.message, message);
    return true;
  });
}

const files = {
  'pod.yaml': '{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: shop}}',
  'shop.yaml': '{apiVersion: v1, kind: Namespace, metadata: {name: shop}}',
  'lab.yaml': '{apiVersion: v1, kind: Namespace, metadata: {name: lab}}',
};
const read = (flags: FlagValues) =>
  inFolder(files, (cwd) => readInputs({ raw: true, ...flags }, { cwd, err: () => {} } as unknown as Streams));
/** Which objects there are, and the operation. */
function request(flags: FlagValues): unknown[] {
  const { object, old, operation } = read(flags)!;
  return [object !== undefined, old !== undefined, operation];
}

describe('the operation', () => {
  const [filename, old] = ['pod.yaml', 'pod.yaml'];

  test('is what the objects make of it', () => {
    assert.deepEqual(request({}), [false, false, undefined]);
    assert.deepEqual(request({ filename }), [true, false, 'CREATE']);
    assert.deepEqual(request({ filename, old }), [true, true, 'UPDATE']);
    assert.deepEqual(request({ old }), [false, true, 'DELETE']);
  });

  test('may be said, in any case; what is deleted is the old object', () => {
    assert.deepEqual(request({ filename, operation: 'update' }), [true, false, 'UPDATE']);
    assert.deepEqual(request({ filename, operation: 'CONNECT' }), [true, false, 'CONNECT']);
    assert.deepEqual(request({ filename, operation: 'delete' }), [false, true, 'DELETE']);
    assert.deepEqual(request({ old, operation: 'DELETE' }), [false, true, 'DELETE']);
  });

  test('has the objects that such a request has', () => {
    isMistake(
      () => read({ filename, operation: 'CRATE' }),
      /^unknown operation "CRATE"; did you mean "CREATE"\?/,
    );
    isMistake(() => read({ filename, old, operation: 'DELETE' }), /^a DELETE has no new object/);
    isMistake(() => read({ filename, old, operation: 'CREATE' }), /^a CREATE has no old object$/);
    isMistake(() => read({ old, operation: 'connect' }), /^a CONNECT has no old object$/);
  });
});

test('the namespace is that of the object, new or old', () => {
  for (const flag of ['filename', 'old']) {
    assert.ok(read({ [flag]: 'pod.yaml', 'namespace-object': 'shop.yaml' })!.namespace !== undefined);
    isMistake(
      () => read({ [flag]: 'pod.yaml', 'namespace-object': 'lab.yaml' }),
      /^the object is in namespace "shop", --namespace-object is "lab"$/,
    );
  }
  assert.ok(
    read({ 'namespace-object': 'lab.yaml' })!.namespace !== undefined,
    'without an object it may be any',
  );
});

test('--object chooses from a file', () => {
  isMistake(() => read({ object: 'Pod/a' }), /^--object chooses from a file; -f names it$/);
  assert.deepEqual(request({ filename: 'pod.yaml', object: 'pod/a' }), [true, false, 'CREATE']);
});

test('a user may have groups, groups alone have no user', () => {
  assert.equal(userOf({}), undefined);
  const user = userOf({ user: 'jane', group: ['dev', 'ops'] });
  assert.deepEqual(user, { username: 'jane', uid: '', groups: ['dev', 'ops'], extra: {} });
  isMistake(() => userOf({ group: ['dev'] }), /--user, which is missing$/);
});

test('variables keep their order, and what stands behind the first =', () => {
  const variable = ['b=1', ' a =x == "="', '_c='];
  assert.deepEqual(variablesOf({ variable }), [
    { name: 'b', expression: '1' },
    { name: 'a', expression: 'x == "="' },
    { name: '_c', expression: '' },
  ]);
  for (const text of ['a b=1', '=1', 'a', '1a=2', 'a-b=1'])
    isMistake(() => variablesOf({ variable: [text] }), /^--variable .*: write NAME=EXPRESSION/);
  isMistake(() => variablesOf({ variable: ['a=1', 'b=2', 'a=3'] }), /^the variable "a" is given twice$/);
});
