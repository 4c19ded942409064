import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Environment } from '../environment.ts';
import { optionalLibrary, standardLibrary } from '../standard/library.ts';
import {
  mergeMacros,
  optionalMacros,
  sortByMacro,
  standardMacros,
  twoVariableMacros,
} from '../syntax/macro.ts';
import { parse } from '../syntax/parse.ts';
import { dynType, formatType, intType, mapType, stringType, structType } from '../type.ts';
import { check } from './check.ts';

const environment = new Environment({
  libraries: [standardLibrary, optionalLibrary],
  crossTypeComparisons: true,
  optionalSyntax: true,
  macros: mergeMacros(standardMacros, optionalMacros, twoVariableMacros, sortByMacro),
  variables: {
    object: dynType,
    labels: mapType(stringType, stringType),
    'a.b': intType,
    request: structType('example.Request'),
    'team.x': intType,
    'team.core.y': stringType,
  },
  constants: { 'Color.RED': { type: intType, value: 3 } },
  structs: [{ name: 'example.Request', fields: { name: stringType, count: intType, options: dynType } }],
});

function checked(text: string, within = environment) {
  const parsed = parse(text, within.parseOptions);
  assert.ok('expr' in parsed, `${text}: ${'issues' in parsed ? parsed.issues[0]?.message : ''}`);
  return { expr: parsed.expr, ...check(parsed.expr, within) };
}

function typeOf(text: string, within = environment): string {
  const { type, issues } = checked(text, within);
  assert.deepEqual(issues, [], text);
  return formatType(type);
}

const issuesOf = (text: string, within = environment): string[] =>
  checked(text, within).issues.map(({ message, offset }) => `${offset} ${message}`);

test('types of expressions', () => {
  for (const [text, type] of [
    ['1', 'int'],
    ['1.0', 'double'],
    ['null', 'null'],
    ['object.a.b', 'dyn'],
    ['object.a + 1', 'int'],
    ['object.a + object.b', 'dyn'],
    ['object.a == 1', 'bool'],
    ["'a' + object.metadata.name", 'string'],
    ['[]', 'list(dyn)'],
    ['[1, 2]', 'list(int)'],
    ["[1, 'a']", 'list(dyn)'],
    ['[[], [1]]', 'list(list(int))'],
    ["{'a': 1}", 'map(string, int)'],
    ["{'a': 1}.a", 'int'],
    ['true ? 1 : object.x', 'dyn'],
    ['object.?a', 'optional_type(dyn)'],
    ["labels[?'a']", 'optional_type(string)'],
    ["labels.?a.orValue('b')", 'string'],
    ['[?labels.?a]', 'list(string)'],
    ['optional.none()', 'optional_type(dyn)'],
    ['optional.of(1).optMap(x, string(x))', 'optional_type(string)'],
    ['optional.of(1).optFlatMap(x, optional.of([x]))', 'optional_type(list(int))'],
    ['type(1)', 'type(int)'],
    ['type(1) == int', 'bool'],
    ['[1].map(x, [x])', 'list(list(int))'],
    ["labels.map(k, k + 'a')", 'list(string)'],
    ['object.all(x, x.y)', 'bool'],
    ['[1].transformList(i, v, i + v)', 'list(int)'],
    ['labels.transformMap(k, v, size(v))', 'map(string, int)'],
    ["labels.transformMapEntry(k, v, {size(k): v == ''})", 'map(int, bool)'],
    ['[3, 1].sortBy(x, -x)', 'list(int)'],
    ['has(object.a.b)', 'bool'],
    ['Color.RED', 'int'],
    ['request.name', 'string'],
    ['request.options.x', 'dyn'],
    ["example.Request{name: 'a', ?count: optional.of(1)}", 'example.Request'],
    ['a.b', 'int'],
    ['[].map(x, x)', 'list(dyn)'],
    ["timestamp('2024-01-01T00:00:00Z') - duration('1h')", 'timestamp'],
    ['1 < 1.5', 'bool'],
    ['1 in [1]', 'bool'],
    ['1 in object', 'bool'],
    ['null == request', 'bool'],
  ] as const) {
    assert.equal(typeOf(text), type, text);
  }
});

test("issues have cel-go's texts and places", () => {
  for (const [text, ...expected] of [
    ['x', "0 undeclared reference to 'x' (in container '')"],
    [
      'x.y(z)',
      "0 undeclared reference to 'x' (in container '')",
      "3 undeclared reference to 'y' (in container '')",
      "4 undeclared reference to 'z' (in container '')",
    ],
    ['1 + 1u', "2 found no matching overload for '_+_' applied to '(int, uint)'"],
    ["'a'.startsWith(1)", "14 found no matching overload for 'startsWith' applied to 'string.(int)'"],
    ['1 && true', "0 expected type 'bool' but found 'int'"],
    ['1 ? 2 : 3', "2 found no matching overload for '_?_:_' applied to '(int, int, int)'"],
    ["true ? 1 : 'a'", "5 found no matching overload for '_?_:_' applied to '(bool, int, string)'"],
    [
      '1.all(x, true)',
      "0 expression of type 'int' cannot be range of a comprehension (must be list, map, or dynamic)",
    ],
    ['[1].all(x, x)', "11 expected type 'bool' but found 'int'"],
    [
      '[1].filter(x, x)',
      "10 found no matching overload for '_?_:_' applied to '(int, list(int), list(int))'",
    ],
    ['[1].all(x, y)', "11 undeclared reference to 'y' (in container '')"],
    ["'a'.b", "3 type 'string' does not support field selection"],
    ['request.uid', "7 undefined field 'uid'"],
    ['example.Request{name: 1}', "20 expected type of field 'name' is 'string' but provided type is 'int'"],
    ['example.Request{uid: 1}', "19 undefined field 'uid'"],
    ['Missing{}', "7 undeclared reference to 'Missing' (in container '')"],
    ['int{}', "3 'int' is not a message type"],
    ['object{}', "6 'dyn' is not a type"],
    ['[?1]', "2 expected type 'optional_type(int)' but found 'int'"],
    [
      "{'a': 1} == {1: 'a'}",
      "9 found no matching overload for '_==_' applied to '(map(string, int), map(int, string))'",
    ],
    ['null == 1', "5 found no matching overload for '_==_' applied to '(null, int)'"],
    [
      'cel.bind(x, 1, x)',
      "0 undeclared reference to 'cel' (in container '')",
      "8 undeclared reference to 'bind' (in container '')",
      "9 undeclared reference to 'x' (in container '')",
      "15 undeclared reference to 'x' (in container '')",
    ],
    [
      "[3].sortBy(x, object.y == 1 ? 1 : 'a')",
      "28 found no matching overload for '_?_:_' applied to '(bool, int, string)'",
    ],
  ] as const) {
    assert.deepEqual(issuesOf(text), expected, text);
  }
});

test('what is wrong with the range of optMap is said twice, as in cel-go, and once more per chain link at most', () => {
  const issue = "0 undeclared reference to 'x' (in container '')";
  assert.deepEqual(issuesOf('x.optMap(y, y)'), [issue, issue]);
  assert.equal(issuesOf(`x${'.optMap(y, y)'.repeat(100)}`).length, 100);
  assert.equal(typeOf(`optional.of(1)${'.optMap(y, y)'.repeat(200)}`), 'optional_type(int)');
});

test('names are looked up in the container from the inside out', () => {
  const within = environment.extend({ container: 'team.core' });
  assert.equal(typeOf('y', within), 'string');
  assert.equal(typeOf('x', within), 'int');
  assert.equal(typeOf('.team.x', within), 'int');
  assert.equal(typeOf('object', within), 'dyn');
  assert.deepEqual(issuesOf('.y', within), [
    "0 undeclared reference to '.y' (in container 'team.core')".replace('0', '1'),
  ]);
});

test('the tree is filled in', () => {
  const qualified = checked('optional.of(1)').expr;
  assert.ok(
    qualified.kind === 'call' && qualified.function === 'optional.of' && qualified.target === undefined,
  );
  assert.deepEqual(qualified.overloads, ['optional_of']);
  const sum = checked('object.a + 1').expr;
  assert.ok(sum.kind === 'call');
  assert.deepEqual(sum.overloads, ['add_int64']);
  const variable = checked('a.b').expr;
  assert.ok(variable.kind === 'select' && variable.resolved?.name === 'a.b');
  const constant = checked('Color.RED').expr;
  assert.ok(constant.kind === 'select' && constant.resolved?.value === 3);
  const shadowed = checked('[[1]].map(a, a)').expr;
  assert.ok(shadowed.kind === 'macro' && formatType(shadowed.body.type!) === 'list(int)');
});

test('comparisons across numeric types can be off, except after a comprehension, as in cel-go', () => {
  const strict = environment.extend({ crossTypeComparisons: false });
  assert.deepEqual(issuesOf('1 < 1.5', strict), [
    "2 found no matching overload for '_<_' applied to '(int, double)'",
  ]);
  assert.equal(typeOf('[1].all(x, x < 1.5)', strict), 'bool');
});

test('what has no type yet gets that of the first overload that fits, in the order of cel-go', () => {
  assert.equal(typeOf('[].filter(v, v <= 0u)'), 'list(int)');
  assert.equal(typeOf('[].filter(v, v > 0.0)'), 'list(int)');
  assert.equal(typeOf('[].filter(v, 0u < v)'), 'list(uint)');
  assert.equal(typeOf("[].filter(v, v < 'a')"), 'list(string)');
});

test('the same tree can be checked in another environment', () => {
  const parsed = parse('object.x + y', environment.parseOptions);
  assert.ok('expr' in parsed);
  assert.equal(check(parsed.expr, environment).issues.length, 1);
  const wider = environment.extend({ variables: { y: intType } });
  assert.deepEqual(check(parsed.expr, wider).issues, []);
});

test('no more than a hundred issues', () => {
  const text = Array.from({ length: 150 }, (_, index) => `x${index}`).join(' && ');
  assert.equal(issuesOf(text).length, 100);
});

test('a type that doubles with every step does not take for ever', { timeout: 20_000 }, () => {
  const steps = Array.from({ length: 60 }, (_, index) => `.map(x${index}, {x${index}: x${index}})`).join('');
  assert.ok(issuesOf(`[1]${steps}`).some((issue) => issue.includes('type is too large')));
});

test('the second copy of an operand of optFlatMap has type variables of its own', () => {
  const { issues } = checked('(object.a.all(v, optional.none().orValue([]))).optFlatMap(v, v)');
  const messages = issues.map(({ message }) => message);
  assert.deepEqual(messages.slice(0, 2), [
    "expected type 'bool' but found 'list(_var0)'",
    "expected type 'bool' but found 'list(_var5)'",
  ]);
});
