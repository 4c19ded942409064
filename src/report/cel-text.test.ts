import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from '../cel/index.ts';
import { kubernetesEnvironment } from '../cel/kubernetes/environment.ts';
import {
  CelError,
  Double,
  Duration,
  Optional,
  Struct,
  Timestamp,
  TypeValue,
  Uint,
  Unknown,
  type Value,
} from '../cel/value.ts';
import { celText } from './cel-text.ts';

test('values read as a person would write them', () => {
  const cases: [Value, string][] = [
    [null, 'null'],
    [3, '3'],
    [2n ** 60n, '1152921504606846976'],
    ['a"b', '"a\\"b"'],
    [[1, 'x'], '[1, "x"]'],
    [{ name: 'web', ports: [] }, '{name: "web", ports: []}'],
    [{ 'app.kubernetes.io/name': 1, 'a: b': 2 }, '{app.kubernetes.io/name: 1, "a: b": 2}'],
    [new Map<Value, Value>([[1, true]]), '{1: true}'],
    [new Double(1), '1.0'],
    [new Double(-0), '-0.0'],
    [new Double(1e21), '1e+21'],
    [Number.NaN, 'NaN'],
    [new Uint(7n), '7u'],
    [Uint8Array.of(65, 0), 'b"A\\x00"'],
    [Optional.none, 'optional.none()'],
    [new Optional('x'), 'optional.of("x")'],
    [new TypeValue('int'), 'int'],
    [new Duration(1_500_000_000n), 'duration("1.5s")'],
    [new Timestamp(1n), 'timestamp("1970-01-01T00:00:00.000000001Z")'],
    [new Struct('Object', new Map([['a', 1]])), 'Object{a: 1}'],
  ];
  for (const [value, text] of cases) assert.equal(celText(value), text);
});

test('a value of a library is the call that makes it', () => {
  const environment = kubernetesEnvironment('1.37');
  const calls = [
    'quantity("1500m")',
    'quantity("12345e-4")',
    'ip("10.0.0.1")',
    'cidr("10.0.0.0/8")',
    'semver("1.2.3-rc.1")',
    'url("https://example.com/a?b=c")',
  ];
  for (const call of calls) {
    const compiled = compile(call, environment);
    assert.ok('program' in compiled, call);
    const value = compiled.program.evaluate({});
    assert.ok(!(value instanceof CelError) && !(value instanceof Unknown), call);
    const text = celText(value);
    const again = compile(`${text} == ${call}`, environment);
    assert.ok('program' in again, text);
    assert.equal(again.program.evaluate({}), true, text);
  }
});

test('what is not known inside of a value is said', () => {
  assert.equal(celText({ name: new Unknown(['request.name']) } as unknown as Value), '{name: <unknown>}');
});

test('writing ends soon after the room is used up', () => {
  const list = Array.from({ length: 100_000 }, (_, i) => ({ name: `n${i}` }));
  assert.ok(celText(list, 100).length < 130);
  assert.ok(celText({ text: 'x'.repeat(1_000_000) }, 100).length < 130);
});
