import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile, type Type, Variables, type Program } from '../index.ts';
import { kubernetesEnvironment } from '../kubernetes/environment.ts';
import { type Activation } from '../program.ts';
import { CelError, type Result, Unknown } from '../value.ts';

const object = {
  kind: 'Pod',
  labels: { app: 'web', constructor: 'x' },
  spec: {
    containers: [
      { name: 'a', image: 'nginx', ports: [{ port: 80 }] },
      { name: 'b', securityContext: { privileged: true } },
    ],
    replicas: 3,
    nothing: null,
  },
};

function programOf(text: string, variables: Readonly<Record<string, Type>> = {}): Program {
  const compiled = compile(
    text,
    kubernetesEnvironment('1.36', { mode: 'stored', hasParams: true, variables }),
  );
  if ('issues' in compiled) throw new Error(`${text}: ${compiled.message}`);
  return compiled.program;
}

/** Evaluates with both back ends, which must agree. */
function evaluate(text: string, activation: Activation = { object }): Result {
  const program = programOf(text);
  const result = program.evaluate(activation);
  assert.deepEqual(program.explain(activation).result, result, text);
  return result;
}

const message = (result: Result): unknown => (result instanceof CelError ? result.message : result);

function holds(table: Readonly<Record<string, unknown>>, activation?: Activation): void {
  for (const [text, expected] of Object.entries(table))
    assert.deepEqual(message(evaluate(text, activation)), expected, text);
}

test('selections, presence and indexes', () => {
  holds({
    'object.spec.replicas': 3,
    'object.spec.nothing': null,
    'object.spec.containers[1].name': 'b',
    "object.labels['app']": 'web',
    'object.spec.missing': 'no such key: missing',
    'object.spec.missing.deeper': 'no such key: missing',
    'object.spec.containers[2]': 'index out of bounds: 2',
    'object.spec.containers[-1]': 'index out of bounds: -1',
    'object.kind.x': 'no such key: x',
    'has(object.kind.x)': false,
    'has(object.spec.nothing)': true,
    'has(object.spec.missing)': false,
    'has(object.missing.deeper)': 'no such key: missing',
    'object.spec.containers.name': "unsupported index type 'string' in list",
    'params.x': 'no such attribute(s): params',
  });
});

test('names that objects inherit are ordinary names', () => {
  holds({
    'object.constructor': 'no such key: constructor',
    'object.labels.constructor': 'x',
    'object.__proto__': 'no such key: __proto__',
    'has(object.toString)': false,
    'object.kind.length': 'no such key: length',
    'object.spec.containers.length': "unsupported index type 'string' in list",
    'object.?hasOwnProperty.hasValue()': false,
    "object[?'valueOf'].hasValue()": false,
  });
});

test('&& and || absorb what the other side decides, in either order', () => {
  holds({
    'object.x == 1 && false': false,
    'false && object.x == 1': false,
    'object.x == 1 || true': true,
    'true || object.x == 1': true,
    'object.x == 1 && true': 'no such key: x',
    'object.x == 1 || false': 'no such key: x',
    'object.x == 1 || object.y == 1': 'no such key: x',
    'dyn(1) && true': 'no such overload',
    'dyn(1) || true': true,
    'object.x ? 1 : 2': 'no such key: x',
    'dyn(1) ? 1 : 2': 'no such overload',
  });
});

test('macros absorb as their comprehensions do', () => {
  holds({
    '[1, 0].all(x, 1 / x > 5)': false,
    '[0, 1].all(x, 1 / x > 5)': false,
    '[0, 1].all(x, 1 / x > 0)': 'division by zero',
    '[0, 1].exists(x, 1 / x > 0)': true,
    '[0, 1].exists(x, 1 / x > 5)': 'division by zero',
    '[0, 1].exists_one(x, 1 / x > 0)': 'division by zero',
    '[0, 1].filter(x, 1 / x > 0)': 'division by zero',
    '[0, 1].map(x, 1 / x)': 'division by zero',
    '[].all(x, object.x)': true,
    'dyn(1).all(x, true)': "got 'types.Int', expected iterable type",
    "dyn('a').all(i, x, true)": 'unsupported comprehension range type: types.String',
    '[1].all(x, dyn(x))': 'no such overload',
  });
});

test('the last failure of a filter counts, as in the accumulator of cel-go', () => {
  holds({
    '[0, 1].filter(x, x == 0 ? 1 / x > 0 : object.x)': 'no such key: x',
    '[0, 1].exists_one(x, x == 0 ? 1 / x > 0 : object.x)': 'no such key: x',
    '[0, 1].map(x, x == 0 ? 1 / x > 0 : object.x, x)': 'no such key: x',
    '[0, 1].map(x, x == 0 ? 1 / x : int(object.x))': 'division by zero',
  });
});

test('macros over lists and maps', () => {
  holds({
    'object.labels.all(k, k in object.labels)': true,
    "object.labels.exists(k, v, k == 'app' && v == 'web')": true,
    '[3, 1].exists(i, x, i == 1 && x == 1)': true,
    '[1, 2, 3].filter(x, x > 1)': [2, 3],
    '[1, 2, 3].map(x, x > 1, x * 2)': [4, 6],
    "{'a': 1}.transformList(k, v, k)": ['a'],
    "{'a': 1}.transformMap(k, v, v + 1)": { a: 2 },
    "['a'].transformMapEntry(i, v, {v: i})": { a: 0 },
    "['a', 'a'].transformMapEntry(i, v, {v: i})": 'insert failed: key a already exists',
    '[3, 1, 2].sortBy(x, -x)': [3, 2, 1],
    '[[1, 2], [3]].map(x, x.map(y, y + x[0]))': [[2, 3], [6]],
    '[1, 2].exists_one(x, x > 1)': true,
  });
});

test('optionals', () => {
  holds({
    "object.?spec.?missing.orValue('d')": 'd',
    "object.spec.?missing.deeper.orValue('d')": 'd',
    'object.?spec.replicas.orValue(0)': 3,
    'object.spec.?containers[0].name.orValue("")': 'a',
    'object.spec.containers[?5].hasValue()': false,
    'object.?missing.or(object.?kind).value()': 'Pod',
    'object.missing.?x.hasValue()': 'no such key: missing',
    'optional.none().value()': 'optional.none() dereference',
    'object.?kind.optMap(k, k + "!").orValue("")': 'Pod!',
    'object.?missing.optMap(k, k).hasValue()': false,
    'object.?spec.optFlatMap(s, s.?replicas).orValue(0)': 3,
    'dyn(1).optMap(k, k)': 'no such overload: hasValue(int)',
    'object.?kind.optMap(k, object.x)': 'no such key: x',
    '[?object.?missing, dyn(1)]': [1],
    "{?'a': object.?missing, 'b': dyn(1)}": { b: 1 },
    "{'a': 1, ?'a': optional.none()}": {},
    '[?dyn(1)]': 'cannot initialize optional list element from non-optional value 1',
    "{'m': '1'}.?m.optMap(m, quantity(m)).orValue(quantity('0')).isInteger()":
      'unsupported conversion to ref.Val: (kubernetes.Quantity)',
  });
});

test('calls that fit no overload', () => {
  holds({
    "dyn(1).startsWith('a')": 'no such overload',
    'dyn(1).getFullYear()': 'no such overload: getFullYear(int)',
    "dyn(1) + 'a'": 'no such overload',
    'dyn(null) + 1': 'no such overload: _+_',
    '!dyn(1)': 'no such overload',
    'dyn([]) < dyn([])': 'no such overload: _<_',
    "(object.spec.replicas > 1 ? object.spec : 'a').startsWith('a')": 'no such overload',
    'size(dyn(1))': 'no such overload: size',
  });
});

test('an error points at the node that failed', () => {
  const result = evaluate('true && object.spec.missing == 1');
  assert.ok(result instanceof CelError);
  assert.equal(result.offset, 'true && object.spec'.length);
  const division = evaluate('1 + 2 / 0');
  assert.ok(division instanceof CelError);
  assert.equal(division.offset, '1 + 2 '.length);
});

test('unknowns pass through everything that depends on them, and nothing else', () => {
  const userInfo = new Unknown(['request.userInfo']);
  const activation = {
    object,
    request: { operation: 'CREATE', userInfo } as never,
    namespaceObject: new Unknown(['namespaceObject']),
  };
  const unknown = (text: string): readonly string[] | Result => {
    const result = evaluate(text, activation);
    return result instanceof Unknown ? result.attributes : result;
  };
  assert.deepEqual(unknown("request.userInfo.username == 'x'"), ['request.userInfo']);
  assert.deepEqual(unknown('has(request.userInfo)'), ['request.userInfo']);
  assert.deepEqual(unknown('has(request.userInfo.groups)'), ['request.userInfo']);
  assert.equal(unknown("request.operation == 'CREATE' || request.userInfo.username == 'x'"), true);
  assert.equal(unknown("request.userInfo.username == 'x' || true"), true);
  assert.equal(unknown("request.userInfo.username == 'x' && false"), false);
  assert.deepEqual(unknown("request.userInfo.username == 'x' || object.missing == 1"), ['request.userInfo']);
  assert.deepEqual(unknown("request.userInfo.username == 'x' && namespaceObject.metadata.name == 'x'"), [
    'request.userInfo',
    'namespaceObject',
  ]);
  assert.deepEqual(unknown("[1].all(x, request.userInfo.username == 'x')"), ['request.userInfo']);
  assert.equal(unknown("[1, 2].all(x, x == 1 ? request.userInfo.username == 'x' : false)"), false);
  assert.deepEqual(unknown("'a' in request.userInfo.groups"), ['request.userInfo']);
  assert.deepEqual(unknown("request.userInfo.username == 'x' ? 1 : 2"), ['request.userInfo']);
});

test('variables are evaluated once and only when read', () => {
  const types: Record<string, Type> = {};
  const programs = new Map<string, Program>();
  for (const [name, text] of [
    ['spec', 'object.spec'],
    ['count', 'variables.spec.containers.size()'],
    ['bad', 'object.missing'],
  ] as const) {
    const program = programOf(text, types);
    types[name] = program.type;
    programs.set(name, program);
  }
  const variables = new Variables(
    programs,
    { object },
    (name, text) => `composited variable "${name}" fails to evaluate: ${text}`,
  );
  const activation = { object, variables };
  const read = (text: string): Result => programOf(text, types).evaluate(activation);
  assert.equal(read('variables.count + variables.count'), 4);
  assert.equal(read('has(variables.count) && !has(variables.spec.x)'), true);
  assert.equal(
    message(read('variables.bad == 1')),
    'composited variable "bad" fails to evaluate: no such key: missing',
  );
  assert.equal(
    message(read('has(variables.bad)')),
    'composited variable "bad" fails to evaluate: no such key: missing',
  );
  assert.equal(read('variables.bad == 1 || true'), true);
  assert.equal(variables.get('spec'), object.spec);
  assert.equal(variables.get('none'), undefined);
});
