import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import {
  type Activation,
  CelError,
  compile,
  lastCost,
  Program,
  type Result,
  type Value,
} from '../../../src/cel/index.ts';
import { kubernetesEnvironment } from '../../../src/cel/kubernetes/environment.ts';
import { hostileExpressions, hostileObject } from './hostile-expressions.ts';

const environment = kubernetesEnvironment('1.36', { mode: 'stored' });

/** What bounded means here, in seconds of the processor for one expression in three back ends; most take milliseconds. */
const patience = 10;

const told = (result: Result): string =>
  result instanceof CelError
    ? `${result.message} at ${result.offset}`
    : inspect(result, { depth: 5, maxArrayLength: 20, maxStringLength: 100 });

/** The same result and cost in closures, generated JavaScript and explain; or the refusal. */
function answer(expression: string, object: unknown = hostileObject): Result | { refused: string } {
  const compiled = compile(expression, environment);
  if ('issues' in compiled) {
    assert.ok(compiled.issues.length > 0 && compiled.issues.length <= 100);
    for (const { offset, message } of compiled.issues) {
      assert.ok(Number.isInteger(offset) && offset >= -1 && offset <= expression.length);
      assert.ok(message.length > 0);
    }
    return { refused: compiled.message };
  }
  const { program } = compiled;
  const activation: Activation = { object: object as Value };
  const { result, cost } = program.explain(activation);
  for (const backEnd of ['closures', 'generated'] as const) {
    const other = new Program(expression, program.type, program.plan, backEnd).evaluate(activation);
    assert.equal(told(other), told(result), backEnd);
    assert.equal(lastCost(), cost, `the cost in ${backEnd}`);
  }
  return result;
}

describe('hostile expressions: a located refusal, an error or a value, in bounded time, the same in all back ends', () => {
  for (const { about, expression } of hostileExpressions) {
    test(about.slice(0, 120), () => {
      const before = process.cpuUsage();
      answer(expression);
      const { user, system } = process.cpuUsage(before);
      assert.ok((user + system) / 1e6 < patience, `${(user + system) / 1e6} s`);
    });
  }
});

test('names of prototypes are names like any other', () => {
  const cases: readonly (readonly [expression: string, value: unknown])[] = [
    ['object.__proto__.polluted', true],
    ["object['__proto__'].polluted", true],
    ['object.constructor', 'mine'],
    ['object.valueOf + 1', 6],
    ['object.hasOwnProperty[0]', 1],
    ['object.toString == null', true],
    ['has(object.empty.hasOwnProperty)', false],
    ["'valueOf' in object.empty", false],
    ["'__proto__' in object", true],
    ["{'__proto__': 1}.__proto__", 1],
    ["{'__proto__': 1, 'a': 2}.size()", 2],
    ["{'a': 1}.transformMapEntry(k, v, {'__proto__': v}).__proto__", 1],
    ["{'a': 1}.all(constructor, constructor == 'a')", true],
    ['[1].all(__proto__, __proto__ == 1)', true],
    ['[1].map(toString, toString + 1) == [2]', true],
    ['object.empty.?toString.hasValue()', false],
    ['optional.of(object).?__proto__.polluted.orValue(0)', true],
  ];
  for (const [expression, value] of cases) assert.deepEqual(answer(expression), value, expression);
  for (const field of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '__defineGetter__']) {
    const missing = answer(`object.empty.${field}`);
    assert.ok(missing instanceof CelError, field);
    assert.equal(missing.message, `no such key: ${field}`);
  }
  assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false);
});

test('numbers that are not what they seem, from an object', () => {
  const object = { nan: Number.NaN, inf: Infinity, minus: -0, big: 2n ** 63n - 1n, exact: 2 ** 53 };
  const cases: readonly (readonly [expression: string, value: unknown])[] = [
    ['object.nan == object.nan', false],
    ['object.nan != object.nan', true],
    ['object.nan in [object.nan]', false],
    ['object.inf > 1.0e308', true],
    ['object.minus == 0', true],
    ['object.minus == 0.0', true],
    ['[object.minus] == [0]', true],
    ['object.big > object.exact', true],
    ['object.big == 9223372036854775807', true],
    ['object.exact + 1 == 9007199254740993', true],
    ['string(object.nan)', 'NaN'],
  ];
  for (const [expression, value] of cases) assert.deepEqual(answer(expression, object), value, expression);
  for (const [expression, message] of [
    ['object.nan < 1.0', 'NaN values cannot be ordered'],
    ['object.big + 1', 'integer overflow'],
    ['int(object.nan)', 'integer overflow'],
    ['int(object.inf)', 'integer overflow'],
  ] as const) {
    const failed = answer(expression, object);
    assert.ok(failed instanceof CelError, expression);
    assert.equal(failed.message, message, expression);
  }
});

test('half a surrogate pair in an object is one character, whatever is done with it', () => {
  const object = { high: '\ud83d', low: 'a\ude00b', pair: '\ud83d\ude00' };
  const cases: readonly (readonly [expression: string, value: unknown])[] = [
    ['object.high.size()', 1],
    ['object.low.size()', 3],
    ['object.pair.size()', 1],
    ["object.low.startsWith('a') && object.low.endsWith('b')", true],
    ["object.low.indexOf('b')", 2],
    ["object.low.matches('^a.b$')", true],
    ['(object.high + object.high).size()', 2],
    ["object.low.split('').size()", 3],
    ['object.high == object.high', true],
    ['object.low.substring(1, 2).size()', 1],
    ['object.low.upperAscii().size()', 3],
    ["[object.low].join('-').size()", 3],
    ["'%s'.format([object.low]).size()", 3],
    ['object.pair.charAt(0) == object.pair', true],
  ];
  for (const [expression, value] of cases) assert.deepEqual(answer(expression, object), value, expression);
  for (const text of ["'\ud83d'", "'a\ude00'.size()", '\ud83d', 'object.\ude00', "b'\ud83d'"])
    answer(text, object);
});

test('an object that is deep, wide or shared costs no more than it has to', () => {
  let deep: unknown = 1;
  // So deep that compiled code, whose frames are small, does not reach its end either.
  for (let i = 0; i < 200_000; i++) deep = [deep];
  const wide = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, i]));
  const shared = Array.from({ length: 30 }).reduce<unknown>((inner) => [inner, inner], 1);
  const object = { deep, wide, shared };
  assert.equal(answer('object.wide.k99999', object), 99_999);
  assert.equal(answer("object.wide.exists(k, k == 'k9')", object), true);
  assert.equal(answer('size(object.deep) + size(object.shared)', object), 3);
  // Deeper than any reader of this project lets values be.
  for (const expression of ['object.deep == object.deep', 'object.deep in [object.deep]']) {
    const failed = answer(expression, object);
    assert.ok(failed instanceof CelError, expression);
    assert.equal(failed.message, 'values or variables are nested too deeply to be evaluated');
  }
});
