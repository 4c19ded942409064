import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile, type Program, type Type, Variables } from '../index.ts';
import { kubernetesEnvironment } from '../kubernetes/environment.ts';
import { CelError, Optional, type Result, TypeValue } from '../value.ts';

function programOf(text: string, variables: Readonly<Record<string, Type>> = {}): Program {
  const compiled = compile(text, kubernetesEnvironment('1.36', { mode: 'stored', variables }));
  if ('issues' in compiled) throw new Error(`${text}: ${compiled.message}`);
  return compiled.program;
}

/** A value, `error: ...`, `none`, or `of` with what an optional holds. */
function shown(result: Result): unknown {
  if (result instanceof CelError) return `error: ${result.message}`;
  if (result instanceof Optional) return result.value === undefined ? 'none' : { of: shown(result.value) };
  if (result instanceof TypeValue) return `type ${result.name}`;
  return Array.isArray(result) ? result.map((element) => shown(element as Result)) : result;
}

/** Both back ends, which must agree, without any input. */
function evaluate(text: string): unknown {
  const program = programOf(text);
  const result = shown(program.evaluate({ oldObject: null }));
  assert.deepEqual(shown(program.explain({ oldObject: null }).result), result, text);
  return result;
}

/** What kube-apiserver 1.36.3 answers. */
const tables: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'an optional that a chain finds on its way has no fields': {
    "{'a': optional.of({'b': 1})}.a.b": 'error: no such key: b',
    "{'a': optional.of({'b': 1})}['a'].b": 'error: no such key: b',
    "{'a': optional.of({'b': 1})}.a.?b": 'none',
    "{'a': optional.of({'b': 1})}.a[?'b']": 'none',
    "has({'a': optional.of({'b': 1})}.a.b)": false,
    '{false: optional.of({1: 1})}[false][1]': 'error: no such key: 1',
    '{false: optional.of({1: 1})}[false][?1]': 'none',
    '[optional.of([1])][0][0]': 'error: no such key: 0',
    '[optional.of([1])][0][?0]': 'none',
    '[optional.none()][0][oldObject]': 'error: invalid qualifier type: <nil>',
    '[optional.none()][0][?oldObject]': 'error: invalid qualifier type: <nil>',
  },
  'an optional that a chain starts from is looked into': {
    "optional.of({'b': 1}).b": { of: 1 },
    "optional.of({'b': 1}).c": 'none',
    'optional.of([1])[5]': 'none',
    'optional.of({1: [2]})[1][0]': { of: 2 },
    'optional.none()[oldObject]': 'none',
    'optional.of([1])[oldObject]': 'error: invalid qualifier type: <nil>',
    '[[1]][?4][oldObject]': 'none',
    "[optional.of({'b': 1})].map(x, x.b)": [{ of: 1 }],
    "[optional.of({'b': 1})].map(x, x.c)": ['none'],
  },
  'a conditional settles what a call yields, not what a chain yields': {
    '(true ? optional.of(1) : optional.none()).value()': 1,
    '(true ? optional.of(optional.of(3)) : optional.none())': { of: 3 },
    '(true ? optional.of({1: optional.of(3)})[1] : optional.none())': { of: { of: 3 } },
    '(true ? optional.of({1: list})[1] : optional.none()).value()': 'type list',
    "(true ? {'a': list}.?a : optional.none()).value()": 'type list',
    "(true ? {'a': quantity('1')}.?a : optional.none()).value().asInteger()": 1,
    "(true ? optional.of(quantity('1')) : optional.none()).value()":
      'error: unsupported conversion to ref.Val: (kubernetes.Quantity)',
  },
  'a filter keeps what reading its variable yields': {
    '[optional.of(optional.none()), optional.none()].filter(o, true)': [{ of: null }, 'none'],
    '[optional.of(optional.of(1))].filter(o, true)': [{ of: 1 }],
    '[optional.of(optional.none())].filter(o, true).unwrapOpt().unwrapOpt()':
      'error: no such overload: unwrapOpt(list)',
    '[optional.of(1), optional.none()].filter(o, o.hasValue()).unwrapOpt()': [1],
  },
  'a literal with optional parts': {
    '[?optional.none(), ?optional.of(1), 2]': [1, 2],
    '[?dyn(1)]': 'error: cannot initialize optional list element from non-optional value 1',
    "{'a': 1, ?'a': optional.none()}": {},
    "{?'a': optional.of(1), ?'b': optional.none()}": { a: 1 },
    "[?dyn({'toString': 1})]": 'error: cannot initialize optional list element from non-optional value map',
    "{?'a': dyn([{'valueOf': 1}])}":
      "error: cannot initialize optional entry 'a' from non-optional value list",
    "{?'a': dyn(1)}": "error: cannot initialize optional entry 'a' from non-optional value 1",
  },
  'fallbacks are evaluated where they are needed': {
    'optional.none().orValue(1 / 0)': 'error: division by zero',
    'optional.of(1).orValue(1 / 0)': 1,
    'optional.none().or(optional.of(2))': { of: 2 },
    'optional.of(1).or(optional.of(1 / 0))': { of: 1 },
    'optional.none().value()': 'error: optional.none() dereference',
    'optional.ofNonZeroValue(0)': 'none',
    "optional.ofNonZeroValue('x')": { of: 'x' },
    'optional.of(2).optMap(x, x * 2)': { of: 4 },
    'optional.none().optMap(x, 1 / 0)': 'none',
    'optional.of([1]).optFlatMap(x, x[?0])': { of: 1 },
    'optional.of([1]).optFlatMap(x, x[?1])': 'none',
  },
};

for (const [name, table] of Object.entries(tables)) {
  test(name, () => {
    for (const [text, expected] of Object.entries(table)) assert.deepEqual(evaluate(text), expected, text);
  });
}

test("a chain does not look into a policy's variable that is an optional", () => {
  const definition = programOf('object.?data');
  const untyped = programOf('dyn(object.?data)');
  const types = { data: definition.type, any: untyped.type };
  const programs = new Map([
    ['data', definition],
    ['any', untyped],
  ]);
  const object = { data: { key: 'value' } };
  const answer = (text: string): unknown => {
    const program = programOf(text, types);
    const activation = () => ({ object, variables: new Variables(programs, { object }) });
    const result = shown(program.evaluate(activation()));
    assert.deepEqual(shown(program.explain(activation()).result), result, text);
    return result;
  };
  assert.deepEqual(answer('variables.data'), { of: { key: 'value' } });
  assert.equal(answer("variables.data.?key.orValue('none')"), 'none');
  assert.equal(answer("variables.data[?'key'].orValue('none')"), 'none');
  assert.equal(answer("variables.any.?key.orValue('none')"), 'none');
  assert.equal(answer('has(variables.data.key)'), false);
  assert.equal(answer("variables.data.key.orValue('x')"), 'error: no such key: key');
  assert.equal(answer('variables.data.value().key'), 'value');
});
