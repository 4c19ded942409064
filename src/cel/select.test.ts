import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from './index.ts';
import { kubernetesEnvironment } from './kubernetes/environment.ts';
import { fieldOf, hasField, optionalField, selectField, valueFields } from './select.ts';
import {
  CelError,
  Double,
  Duration,
  Optional,
  type Result,
  Struct,
  Timestamp,
  TypeValue,
  Uint,
  Unknown,
  type Value,
} from './value.ts';

const message = (result: Result): string =>
  result instanceof CelError ? result.message : `no error: ${String(result)}`;

test('a field of a map is its entry, present or an error', () => {
  assert.equal(selectField({ a: 1 }, 'a', 3), 1);
  assert.equal(selectField({ a: null }, 'a', 3), null);
  const missing = selectField({}, 'a', 3);
  assert.equal(message(missing), 'no such key: a');
  assert.equal((missing as CelError).offset, 3);
});

test('inherited names and class fields are never seen', () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'length', 'hasOwnProperty']) {
    assert.equal(message(selectField({}, name, 0)), `no such key: ${name}`);
    assert.equal(hasField({}, name, 0), false);
    assert.equal(selectField(JSON.parse(`{"${name}": 7}`) as Result, name, 0), 7);
  }
  assert.equal(message(selectField(new Double(1), 'value', 0)), 'no such key: value');
  assert.equal(message(selectField('abc', 'length', 0)), 'no such key: length');
});

test('every field of the classes that carry values is listed', () => {
  for (const value of kubernetesLibraryValues()) {
    for (const name of Object.getOwnPropertyNames(value)) assert.ok(valueFields.includes(name), name);
  }
});

test('a list has no fields, which is an error even for has', () => {
  assert.equal(message(selectField([], 'a', 0)), "unsupported index type 'string' in list");
  assert.equal(message(hasField([], 'a', 0)), "unsupported index type 'string' in list");
});

test('scalars have no fields, which has takes for absence', () => {
  for (const value of [1, 'a', null, true]) {
    assert.equal(message(selectField(value, 'a', 0)), 'no such key: a');
    assert.equal(hasField(value, 'a', 0), false);
    assert.equal(optionalField(value, 'a', 0), Optional.none);
  }
});

test('optionals are looked into', () => {
  assert.deepEqual(selectField(new Optional({ a: 1 }), 'a', 0), new Optional(1));
  assert.equal(selectField(Optional.none, 'a', 0), Optional.none);
  assert.equal(selectField(new Optional({}), 'a', 0), Optional.none);
  assert.equal(hasField(new Optional({ a: 1 }), 'a', 0), true);
  assert.equal(hasField(Optional.none, 'a', 0), false);
});

test('failures stay what they are', () => {
  const error = new CelError('x', 1);
  const unknown = new Unknown(['request.userInfo']);
  for (const failure of [error, unknown]) {
    assert.equal(selectField(failure, 'a', 0), failure);
    assert.equal(optionalField(failure, 'a', 0), failure);
    assert.equal(hasField(failure, 'a', 0), failure);
  }
  assert.equal(hasField({ userInfo: unknown } as never, 'userInfo', 0), unknown);
});

test('a struct has the fields it was built with', () => {
  const struct = new Struct('Object', new Map([['spec', 1]]));
  assert.equal(fieldOf(struct, 'spec', 0), 1);
  assert.equal(fieldOf(struct, 'typeName', 0), undefined);
});

/** One value of every class that an evaluation can meet, those of the libraries made by their own functions. */
function kubernetesLibraryValues(): object[] {
  const made = [
    "quantity('1.5Gi')",
    "url('https://a.example:1/b?c=d')",
    "ip('::1')",
    "cidr('10.0.0.0/8')",
    "semver('1.2.3-rc.1')",
    "format.named('dns1123Label').value()",
  ].map((text) => {
    const compiled = compile(text, kubernetesEnvironment('1.36', { mode: 'stored' }));
    if ('issues' in compiled) throw new Error(compiled.message);
    return compiled.program.evaluate({}) as Value as object;
  });
  return [
    ...made,
    new Double(1),
    new Uint(1n),
    new Timestamp(0n),
    new Duration(0n),
    new TypeValue('int'),
    new Optional(1),
    new Struct('T', new Map()),
    new CelError('x'),
    new Unknown([]),
  ];
}
