import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../model/object.ts';
import { inlineParameters } from './inline-parameters.ts';

const parameter = { kind: 'ConfigMap', data: { a: 'x"y\nz' } };
const literal = String.raw`dyn({"data":{"a":"x\"y\nz"}})`;

function inlined(expression: string): string {
  const policy = {
    kind: 'ValidatingAdmissionPolicy',
    spec: { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' }, variables: [{ name: 'params', expression }] },
  };
  const { spec } = inlineParameters(policy, parameter) as { spec: JsonObject };
  assert.equal(spec['paramKind'], undefined);
  const [variable] = spec['variables'] as { name: string; expression: string }[];
  assert.equal(variable!.name, 'params', 'names are left alone');
  return variable!.expression;
}

test('the variable is replaced, wherever it stands', () => {
  assert.equal(inlined('params.data.a'), `${literal}.data.a`);
  assert.equal(inlined('params != null && has(params.data)'), `${literal} != null && has(${literal}.data)`);
  assert.equal(inlined("[1].map(p, params.data[?'a'])"), `[1].map(p, ${literal}.data[?'a'])`);
});

test('fields, texts and longer names are not', () => {
  for (const text of [
    'object.params',
    'object.?params',
    "'params'",
    'params2',
    'variables . params',
    '// params',
  ]) {
    assert.equal(inlined(text), text);
  }
});

test('what is conditional is no field', () => {
  assert.equal(inlined('true ? params : null'), `true ? ${literal} : null`);
});
