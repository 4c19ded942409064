import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PolicyCompiler } from '../compiler.ts';
import { policy } from './lint.fixture.ts';
import { refusals, spanAround } from './refusal.ts';

const underlined = (text: string, offset: number): string => {
  const { start, end } = spanAround(text, offset);
  return text.slice(start, end);
};

describe('what is underlined', () => {
  test('both operands of an operator, all of a call, a name', () => {
    assert.equal(underlined("x && 'a' + 1 == 'a1'", 9), "'a' + 1");
    assert.equal(underlined('x && nobody', 5), 'nobody');
    assert.equal(underlined('object.spec.x', 11), 'object.spec.x');
  });

  test('of what does not parse the word, at the end the last character', () => {
    assert.equal(underlined('a b', 2), 'b');
    assert.equal(underlined('1 +', 3), '+');
    assert.equal(underlined('', 0), '');
  });
});

test('refusals are the compiler’s errors, each with its place', () => {
  const object = policy({
    failurePolicy: 'Maybe',
    validations: [{ expression: "object.metadata.name == nobody && 'a' == 1" }],
  });
  const { problems } = new PolicyCompiler({ version: '1.36' }).compilePolicy(object);
  const found = refusals(object, problems);
  assert.deepEqual(
    found.map(({ path, span }) => [path.join('.'), span]),
    [
      ['spec.failurePolicy', undefined],
      ['spec.validations.0.expression', { start: 24, end: 30 }],
      ['spec.validations.0.expression', { start: 34, end: 42 }],
    ],
  );
  assert.ok(found.every(({ trap, severity }) => trap === 'refused' && severity === 'critical'));
  assert.match(found[0]!.message, /^spec.failurePolicy: Unsupported value: "Maybe"/);
});

test('warnings of the compiler are no refusals', () => {
  const old = {
    ...policy("object.metadata.name != 'x'"),
    apiVersion: 'admissionregistration.k8s.io/v1beta1',
  };
  const { problems } = new PolicyCompiler({ version: '1.36' }).compilePolicy(old);
  assert.equal(problems.length, 1);
  assert.deepEqual(refusals(old, problems), []);
});
