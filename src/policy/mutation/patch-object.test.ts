import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mapFrom } from '../../cel/map.ts';
import {
  Double,
  Duration,
  Optional,
  Struct,
  Timestamp,
  TypeValue,
  Uint,
  type Value,
} from '../../cel/value.ts';
import { GoValue, type PatchValue } from '../../kube/merge/go-value.ts';
import { jsonValue } from './json-value.ts';
import { NativeParts } from './native-parts.ts';
import { patchObject } from './patch-object.ts';
import { typeNameMismatch } from './type-names.ts';

const struct = (fields: Record<string, Value>, name = 'Object') =>
  new Struct(name, new Map(Object.entries(fields)));
const none = new NativeParts([]);

/** What a field becomes. */
const field = (value: Value, natives = none): PatchValue | undefined =>
  patchObject(struct({ a: value }), natives)?.['a'];

test('objects, lists and maps of scalars', () => {
  assert.deepEqual(
    patchObject(struct({ a: struct({ b: 1 }), l: ['x', true], m: { k: 'v' }, d: new Double(2) }), none),
    {
      a: { b: 1 },
      l: ['x', true],
      m: { k: 'v' },
      d: 2,
    },
  );
  assert.deepEqual(field([struct({ b: 1 })]), [{ b: 1 }]);
});

test('scalars that are none to the server, as it prints them', () => {
  const printed = (value: Value) => {
    const { type, plain, detailed } = field(value) as GoValue;
    return [type, plain, detailed];
  };
  assert.deepEqual(printed(null), ['structpb.NullValue', 'NULL_VALUE', '0']);
  assert.deepEqual(printed(new Uint(5n)), ['uint64', '5', '0x5']);
  assert.deepEqual(printed(Uint8Array.of(97, 10)), ['[]uint8', '[97 10]', '[]uint8{0x61, 0xa}']);
  assert.deepEqual(printed(new Duration(90_000_000_000n)), ['time.Duration', '1m30s', '90000000000']);
  assert.deepEqual(printed(new Timestamp(1_704_067_200_000_000_000n)), [
    'time.Time',
    '2024-01-01 00:00:00 +0000 UTC',
    'time.Date(2024, time.January, 1, 0, 0, 0, 0, time.UTC)',
  ]);
});

test('types become their names, optionals what they hold', () => {
  assert.equal(field(new TypeValue('int')), 'int');
  assert.equal(field(new Optional('x')), 'x');
  assert.equal(field(Optional.none), null);
  assert.deepEqual(field(new Optional(['x'])), ['x']);
});

test('built lists and maps stand one level deep; parts of the object anywhere', () => {
  const object = { spec: { list: [{ a: 1 }], map: { b: 2 } } };
  const natives = new NativeParts([object]);
  assert.deepEqual(field({ m: object.spec.map, l: object.spec.list }, natives), {
    m: { b: 2 },
    l: [{ a: 1 }],
  });
  const nested = field({ m: { b: 2 }, l: [1] }, natives) as Record<string, GoValue>;
  assert.deepEqual([nested['m']?.plain, nested['l']?.plain], ['map[b:2]', '[1]']);
  assert.equal(nested['m']?.detailed, 'map[ref.Val]ref.Val{"b":2}');
});

test('a key that is no text', () => {
  assert.equal(field(mapFrom([[1, 'x']])), undefined);
  const inner = field(struct({ labels: mapFrom([[1, 'x']]) })) as GoValue;
  assert.equal(
    inner.plain,
    `fail to convert field "labels": map key '\\x01' is of type types.Int, not string`,
  );
});

test('the JSON of values', () => {
  const cases: [Value, unknown][] = [
    ['a', 'a'],
    [1, 1],
    [new Double(2), 2],
    [new Uint(3n), 3],
    [9007199254740993n, '9007199254740993'],
    [null, null],
    [
      [1, { a: [null] }],
      [1, { a: [null] }],
    ],
    [Uint8Array.of(120, 121, 122), 'eHl6'],
    [new Duration(90_000_000_000n), '90s'],
    [new Timestamp(1_704_067_200_000_000_000n), '2024-01-01T00:00:00Z'],
    [new Optional({ a: 1 }), { a: 1 }],
    [struct({ a: 1, l: [struct({ b: 2 }, 'Object.l')] }), { a: 1, l: [{ b: 2 }] }],
    [struct({ big: 9007199254740993n }), { big: 9007199254740992 }],
  ];
  for (const [value, json] of cases) assert.deepEqual(jsonValue(value, none), { kind: 'json', json });
});

test('values without JSON are errors', () => {
  const message = (value: Value) => {
    const outcome = jsonValue(value, none);
    return outcome.kind === 'error' ? outcome.message.replace(/^.*marshal to JSON: /, '') : outcome.kind;
  };
  assert.equal(message(new TypeValue('int')), "type conversion not supported for 'type'");
  assert.equal(message(Optional.none), 'optional.none() dereference');
  assert.match(message(NaN), /cannot have NaN number_value$/);
  assert.equal(message(struct({ m: { a: { b: 1 } } })), 'proto: invalid type: map[ref.Val]ref.Val');
  assert.match(
    message(struct({ a: struct({}, 'Object.b') })),
    /unexpected type name "Object.b", expected "Object.a"/,
  );
});

test('an Object inside of a list or map makes the server panic', () => {
  for (const value of [[struct({})], { a: struct({}) }, [{ a: [struct({})] }]]) {
    assert.equal(jsonValue(value, none).kind, 'crash');
  }
});

test('names of types follow the fields, whatever the outermost is called', () => {
  assert.equal(typeNameMismatch(struct({ a: [struct({ b: struct({}, 'X.a.b') }, 'X.a')] }, 'X')), undefined);
  const wrong = struct({ a: struct({}, 'Object.b'), m: { k: struct({}, 'Object.n') } });
  assert.equal(typeNameMismatch(wrong)?.match(/unexpected type name/g)?.length, 2);
});
