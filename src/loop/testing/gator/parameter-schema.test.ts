import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../../model/object.ts';
import { parameterMismatch } from './parameter-schema.ts';

const check = (schema: JsonObject, parameters: JsonObject[string]): string | undefined =>
  parameterMismatch(
    { spec: { parameters } },
    { spec: { crd: { spec: { validation: { openAPIV3Schema: schema } } } } },
  );
const of = (schema: JsonObject, value: JsonObject[string]): string | undefined =>
  check({ type: 'object', properties: { a: schema } }, { a: value });

test('what fits', () => {
  const rows: readonly [JsonObject, JsonObject[string]][] = [
    [{ type: 'string' }, 'x'],
    [{ type: 'integer' }, 3],
    [{ type: 'integer' }, 12345678901234567890n],
    [{ type: 'number', minimum: 1 }, 1.5],
    [{ type: 'array', items: { type: 'string' }, minItems: 1 }, ['x']],
    [{ type: 'object', additionalProperties: { type: 'boolean' } }, { x: true }],
    [{ type: 'object', properties: {} }, { unknown: 1 }],
    [{ type: 'string', nullable: true }, null],
    [{ 'x-kubernetes-int-or-string': true }, 3],
    [{ 'x-kubernetes-int-or-string': true, pattern: '%$' }, '3%'],
    [{ type: 'string', enum: ['x', 'y'] }, 'y'],
    [{ type: 'integer', enum: [12345678901234567890n] }, 12345678901234567890n],
    [{ anyOf: [{ type: 'string' }, { type: 'integer' }] }, 3],
    [{ type: 'mystery' }, {}],
    [{ type: 'object', required: ['b'], properties: { b: { type: 'integer', default: 1 } } }, {}],
  ];
  for (const [schema, value] of rows) assert.equal(of(schema, value), undefined);
  assert.equal(check({ type: 'object', required: ['a'] }, undefined as never), undefined);
});

test('what does not', () => {
  const rows: readonly [JsonObject, JsonObject[string], string][] = [
    [{ type: 'string' }, 1, 'spec.parameters.a is no string'],
    [{ type: 'integer' }, 1.5, 'spec.parameters.a is no integer'],
    [{ type: 'string' }, null, 'spec.parameters.a is no string'],
    [{ type: 'array', items: { type: 'string' } }, ['x', 1], 'spec.parameters.a[1] is no string'],
    [{ type: 'array', minItems: 1 }, [], 'spec.parameters.a is below its minItems of 1'],
    [{ type: 'integer', maximum: 3 }, 4, 'spec.parameters.a is above its maximum of 3'],
    [{ type: 'string', pattern: '^x' }, 'y', 'spec.parameters.a does not match its pattern'],
    [{ type: 'string', enum: ['x'] }, 'y', 'spec.parameters.a is none of the values allowed'],
    [{ type: 'object', required: ['b'] }, {}, 'spec.parameters.a.b is required'],
    [
      { type: 'object', additionalProperties: { type: 'boolean' } },
      { x: 1 },
      'spec.parameters.a.x is no boolean',
    ],
    [{ 'x-kubernetes-int-or-string': true }, true, 'spec.parameters.a is neither an integer nor a string'],
    [{ allOf: [{ maxLength: 1 }] }, 'xy', 'spec.parameters.a is above its maxLength of 1'],
    [{ anyOf: [{ type: 'string' }, { type: 'integer' }] }, true, 'spec.parameters.a is no string'],
    [{ oneOf: [{ minimum: 1 }, { minimum: 2 }] }, 3, 'spec.parameters.a fits several of oneOf'],
    [{ not: { enum: ['x'] } }, 'x', 'spec.parameters.a is what it must not be'],
  ];
  for (const [schema, value, reason] of rows) assert.equal(of(schema, value), reason);
});

test('names of prototypes are fields like others', () => {
  const properties = JSON.parse(
    '{"__proto__": {"type": "string"}, "constructor": {"type": "string"}}',
  ) as JsonObject;
  const value = JSON.parse('{"__proto__": 1}') as JsonObject;
  assert.equal(check({ type: 'object', properties }, value), 'spec.parameters.__proto__ is no string');
  assert.equal(check({ type: 'object', properties }, {}), undefined);
});
