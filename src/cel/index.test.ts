import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from './index.ts';
import { kubernetesEnvironment } from './kubernetes/environment.ts';
import { boolType, stringType } from './type.ts';

const environment = kubernetesEnvironment('1.36', { mode: 'stored' });
test('a result of another type than expected is refused in the words of the API server', () => {
  const messageOf = (text: string): string => {
    const compiled = compile(text, environment, { expect: [boolType] });
    return 'message' in compiled ? compiled.message : 'compiled';
  };
  assert.equal(messageOf('object.x'), 'must evaluate to bool but got dyn');
  assert.equal(messageOf('[1]'), 'must evaluate to bool but got list(int)');
  assert.equal(messageOf('true || object.x'), 'compiled');
  const both = compile('1', environment, { expect: [stringType, boolType] });
  assert.ok('message' in both);
  assert.equal(both.message, 'must evaluate to one of [string bool] but got int');
});

test('a broken expression comes back as issues with their places', () => {
  const compiled = compile('object.', environment);
  assert.ok('issues' in compiled);
  assert.equal(compiled.step, 'compilation');
  assert.ok(compiled.message.startsWith('compilation failed: ERROR: <input>:1:'));
});

test('a program may be evaluated again and again', () => {
  const compiled = compile('[1, 2].map(x, x + object.a)', environment);
  assert.ok('program' in compiled);
  assert.deepEqual(compiled.program.evaluate({ object: { a: 1 } }), [2, 3]);
  assert.deepEqual(compiled.program.evaluate({ object: { a: 2 } }), [3, 4]);
});
