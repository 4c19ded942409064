import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';

import { kubernetesEnvironment } from '../kubernetes/environment.ts';
import { compile, type Activation, type Program, type Result, Unknown, Variables } from '../index.ts';
import { lastCost, limited } from '../limit.ts';
import { intType } from '../type.ts';
import { type CelError, Double, type Value } from '../value.ts';
import { compileJavaScript, generate } from './compile.ts';

const environment = kubernetesEnvironment('1.36', { mode: 'stored', hasParams: true });

function programOf(text: string): Program {
  const compiled = compile(text, environment);
  if ('issues' in compiled) assert.fail(`${text}: ${compiled.message}`);
  return compiled.program;
}

function inputs(object: unknown): Activation {
  return { object: object as Value, oldObject: null, request: null, params: null, namespaceObject: null };
}

/** The result and cost of the generated code; fails where `explain` tells another. */
function evaluate(text: string, activation: Activation): Result {
  const program = programOf(text);
  const run = compileJavaScript(program.plan)!;
  const result = limited(
    () => run(activation),
    (error): Result => error,
  );
  const cost = lastCost();
  const explained = program.explain(activation);
  assert.equal(inspect(result, { depth: 9 }), inspect(explained.result, { depth: 9 }), text);
  assert.equal(cost, explained.cost, `cost of ${text}`);
  return result;
}

const pod = {
  metadata: { name: 'web', labels: { app: 'web', tier: '' } },
  spec: {
    replicas: 3,
    containers: [
      { name: 'a', image: 'ghcr.io/a:1', securityContext: { privileged: false }, ports: [80, 443] },
      { name: 'b', image: 'docker.io/b', ports: [] },
    ],
    nothing: null,
    list: [1, 2, 3],
  },
};

test('what admission policies do', () => {
  const values: readonly (readonly [string, unknown])[] = [
    ['object.spec.containers.all(c, has(c.image) && c.image.contains("/"))', true],
    ['object.spec.containers.exists(c, c.securityContext.privileged)', undefined],
    ['object.spec.containers.exists(c, c.securityContext.privileged == false)', true],
    ['object.spec.containers.exists_one(c, c.name == "a")', true],
    ['object.spec.containers.map(c, c.name)', ['a', 'b']],
    ['object.spec.containers.filter(c, has(c.securityContext)).map(c, c.name)', ['a']],
    ['object.spec.?replicas.orValue(1) > 2', true],
    ['object.spec.?missing.orValue(1)', 1],
    ['object.spec.?initContainers.orValue([]).all(c, false)', true],
    ['(object.spec.?initContainers.orValue([]) + object.spec.containers).exists(c, c.name == "b")', true],
    ['object.metadata.labels.all(k, object.metadata.labels[k].size() < 63)', true],
    ['object.spec.list.map(x, x > 1, x * 2)', [4, 6]],
    ['object.spec.list[0] + object.spec.list[2]', 4],
    ['object.spec.containers.all(i, c, i < 2 && c.name != "")', true],
    ['object.metadata.labels.transformMap(k, v, k + v)', { app: 'appweb', tier: 'tier' }],
    ['object.metadata.?name.optMap(n, n + "!").orValue("")', 'web!'],
    ['[3, 1, 2].sortBy(x, -x)', [3, 2, 1]],
    ['object.spec.nothing == null && object.spec.replicas != null', true],
    ['"app" in object.metadata.labels && object.metadata.name in ["web", "api"]', true],
    ['object.metadata.name.matches("^w[a-z]+$")', true],
    ['quantity("1Gi").isLessThan(quantity("2Gi"))', true],
    ['object.spec.replicas > 2 ? "many" : "few"', 'many'],
    ['{"name": object.metadata.name, "n": dyn([object.spec.replicas])}', { name: 'web', n: [3] }],
    ['size(object.spec.list) + size(object.metadata.name) + size(object.metadata)', 8],
    ['type(1.0) == double && 1.0 == dyn(1)', true],
    ['matches(dyn(int), "^int$") && dyn(string).find("s.*g") == "string"', true],
    ['dyn(optional.of(optional.of("web"))).matches("^w") && !dyn(optional.of("web")).matches("x")', true],
    ['dyn(optional.of("web")).findAll("[we]")', ['w', 'e']],
  ];
  for (const [text, value] of values) {
    const result = evaluate(text, inputs(pod));
    if (value !== undefined) assert.deepEqual(result, value, text);
  }
});

test('errors are absorbed and passed on with their places', () => {
  const errors: readonly (readonly [string, string, number])[] = [
    ['object.spec.missing.x == 1', 'no such key: missing', 11],
    ['object.spec.replicas > 0.0 / 0.0', 'NaN values cannot be ordered', 21],
    ['double("NaN") <= object.spec.list.size()', 'NaN values cannot be ordered', 14],
    ['object.spec.list.x == 1', "unsupported index type 'string' in list", 16],
    ['object.spec.list[7] == 1', 'index out of bounds: 7', 16],
    ['object.spec.replicas && true', 'no such overload', 21],
    [
      'object.spec.containers.all(c, c.securityContext.privileged == false)',
      'no such key: securityContext',
      31,
    ],
    ['object.spec.containers.map(c, c.securityContext)', 'no such key: securityContext', 31],
    ['object.spec.replicas < "a"', 'no such overload', 21],
    ['9223372036854775807 + object.spec.replicas', 'integer overflow', 20],
    ['dyn(31).startsWith(object.metadata.name)', 'no such overload', 18],
    ['dyn(31).matches("3")', 'no such overload', 15],
    ['dyn(optional.none()).matches("3")', 'no such overload', 28],
    ['dyn(optional.of("web")).matches(object.metadata.name)', 'no such overload: matches', 31],
  ];
  for (const [text, message, offset] of errors) {
    const { message: m, offset: o } = evaluate(text, inputs(pod)) as CelError;
    assert.deepEqual([m, o], [message, offset], text);
  }
  const absorbed = [
    'object.spec.missing == 1 || true',
    'true || object.spec.missing == 1',
    '!(object.spec.missing == 1 && false)',
    'object.x == 1 || object.y == 1 || object.spec.replicas == 3',
    'object.spec.containers.exists(c, c.name.x == 1 || c.name == "b")',
  ];
  for (const text of absorbed) assert.equal(evaluate(text, inputs(pod)), true, text);
});

test('what is not known outweighs errors and adds up', () => {
  const object = { a: new Unknown(['a']), b: new Unknown(['b']), list: [new Unknown(['c']), true], t: true };
  const all = (text: string): unknown => (evaluate(text, inputs(object)) as Unknown).attributes;
  assert.deepEqual(all('object.a && object.missing && object.b'), ['a', 'b']);
  assert.deepEqual(all('object.list.all(x, x)'), ['c']);
  assert.deepEqual(all('[object.missing, object.b].size() == 1 || object.a == object.b'), ['a']);
  assert.deepEqual(all('has(object.a)'), ['a']);
  assert.deepEqual(all('object.?a.orValue(1) == 1'), ['a']);
  assert.deepEqual(all('object.a == object.b'), ['a']);
  assert.equal(evaluate('object.list.exists(x, x)', inputs(object)), true);
});

test('a variable is read once, wherever it is looked up', () => {
  let reads = 0;
  const program = programOf('object.n');
  const counted = Object.assign(Object.create(program) as Program, {
    evaluate: (activation: Activation) => {
      reads++;
      return program.evaluate(activation);
    },
  });
  const typed = kubernetesEnvironment('1.36', { mode: 'stored', variables: { n: intType } });
  const compiled = compile('variables.n + variables.n', typed);
  if ('issues' in compiled) assert.fail(compiled.message);
  const run = compileJavaScript(compiled.program.plan)!;
  for (const n of [1, 2]) {
    // A policy of its own each time: the place of the variable is not that of the last one.
    const programs = new Map(
      n === 1
        ? [['n', counted]]
        : [
            ['other', program],
            ['n', counted],
          ],
    );
    const activation = inputs({ n });
    assert.equal(run({ ...activation, variables: new Variables(programs, activation) }), 2 * n);
    assert.equal(reads, n);
  }
});

const names = [
  '__proto__',
  'constructor',
  'length',
  'toString',
  'hasOwnProperty',
  'value',
  'name',
  'message',
  'nanos',
  'layout',
  'attributes',
  'fields',
  'typeName',
  'at',
  'get',
  'has',
  'origin',
  'equals',
  'size',
  'keys',
  '0',
  '-1',
  'a b',
  '',
  '"',
  "'",
  '\\',
  '`',
  '${c}',
  '*/',
  '//',
  '\n',
  '\u2028',
  '\u2029',
  '\0',
  '\ud800',
  '😀',
  '];throw 1;//',
  '"];globalThis.escaped=true;["',
  'g0',
  'c',
  'E',
  't1',
  'K',
  'R',
  'A',
  'eval',
  'arguments',
  'await',
  'let',
];
const name = fc.oneof(fc.constantFrom(...names), fc.string({ unit: 'binary', maxLength: 12 }), fc.string());

test('no name of a field gets into the code but as a text', () => {
  const object = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, 1, 'text', true, new Double(2), [], [1]),
      fc.dictionary(name, tie('value'), { noNullPrototype: true }),
    ),
  })).value;
  fc.assert(
    fc.property(name, name, object, (first, second, value) => {
      const [a, b] = [celText(first), celText(second)];
      const activation = inputs({ v: value, [first]: value });
      for (const text of [
        `object[${a}]`,
        `object.v[${a}]`,
        `object.v[${a}][${b}]`,
        `object.v[?${a}][?${b}].hasValue()`,
        `${a} in object.v || object.v[?${b}] == optional.of(${a})`,
        `{${a}: object.v, ${b}: 1}`,
        `{${a}: object.v, "k": ${b}}[${a}]`,
        `object.v == ${a} || ${b} != ${a} || ${a} in [${b}, "x"]`,
      ]) {
        const compiled = compile(text, environment);
        if ('issues' in compiled) continue;
        evaluate(text, activation);
      }
    }),
  );
  assert.equal('escaped' in globalThis, false);
});

test('selections of names that JavaScript knows find only fields', () => {
  for (const field of names.filter(
    (name) => /^[a-z_]\w*$/i.test(name) && name !== 'await' && name !== 'let',
  )) {
    for (const object of [pod, { [field]: 1 }, { v: [] }, { v: 'text' }, { v: { v: 1 } }, { v: 1n }]) {
      for (const text of [
        `object.${field}`,
        `object.v.${field}`,
        `has(object.v.${field})`,
        `object.?v.?${field}`,
      ]) {
        const compiled = compile(text, environment);
        if (!('issues' in compiled)) evaluate(text, inputs(object));
      }
    }
  }
});

/** A text as a CEL literal. */
function celText(text: string): string {
  return `"${text.replace(/[^ -!#-[\]-~]/gu, (c) => `\\U${(isLone(c) ? 0xfffd : c.codePointAt(0)!).toString(16).padStart(8, '0')}`)}"`;
}

function isLone(character: string): boolean {
  return /^[\ud800-\udfff]$/.test(character);
}

test('an evaluation ends at the limit on its cost', () => {
  const list = Array.from({ length: 2000 }, (_, i) => i);
  const run = compileJavaScript(programOf('object.all(x, object.all(y, x + y >= 0))').plan)!;
  const result = limited(
    () => run(inputs(list)),
    (error): Result => error,
  );
  assert.equal((result as CelError).message, 'operation cancelled: actual cost limit exceeded');
});

test('without leave to run generated code there is none', () => {
  const { Function: original } = globalThis;
  const { plan } = programOf('object.x == 1');
  try {
    globalThis.Function = (() => {
      throw new EvalError('Refused to evaluate a string as JavaScript');
    }) as never;
    assert.equal(compileJavaScript(plan), undefined);
  } finally {
    globalThis.Function = original;
  }
  assert.notEqual(compileJavaScript(plan), undefined);
});

test('the code of a policy holds its texts only between quotes', () => {
  const { code } = generate(programOf('object.evil == "\\"];evil();[\\""').plan);
  assert.ok(!code.replace(/"(?:[^"\\]|\\.)*"/g, '').includes('evil'));
});

test('what is dear is not computed while code is generated', () => {
  const evaluate = compileJavaScript(programOf('lists.range(1000000000).size()').plan)!;
  const ended = limited(
    () => evaluate({}),
    (error) => error,
  );
  assert.equal((ended as CelError).message, 'operation cancelled: actual cost limit exceeded');
});

test('what is too large or too deep stays with the closures, and never fails', () => {
  const nest = (depth: number, inner: string): string =>
    Array.from({ length: depth }).reduce<string>((text) => `(object.x == 1 ? ${text} : false)`, inner);
  for (const depth of [10, 60, 150]) {
    const compiled = compile(nest(depth, 'object.y == 2'), environment, { backEnd: 'generated' });
    if ('issues' in compiled) continue; // the server's own limit on nesting
    assert.equal(compiled.program.evaluate(inputs({ x: 1, y: 2 })), true, String(depth));
  }
  const long = Array.from({ length: 400 }, (_, i) => `object.x != ${i + 2}`).join(' && ');
  assert.equal(compileJavaScript(programOf(long).plan), undefined);
  const compiled = compile(long, environment, { backEnd: 'generated' });
  if ('issues' in compiled) assert.fail(compiled.message);
  assert.equal(compiled.program.evaluate(inputs({ x: 1 })), true);
});

test('a program goes over to generated code where it is evaluated often, and says the same', () => {
  const program = programOf('object.n % 3 == 0 ? object.n : object.missing');
  for (let n = 0; n < 200; n++) {
    const result = program.evaluate(inputs({ n }));
    if (n % 3 === 0) assert.equal(result, n);
    else assert.equal((result as CelError).message, 'no such key: missing');
  }
});
