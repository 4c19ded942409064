import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { compile, lastCost, Program, type Value } from '../../../src/cel/index.ts';
import { kubernetesEnvironment } from '../../../src/cel/kubernetes/environment.ts';
import { ExpressionGenerator, sampleObject } from '../../kube/expression-generator.ts';
import { scale } from '../../kube/sample-size.ts';

/** Seconds as it is; `SCANTLING_SCALE=1000 node --test test/conformance/cel/fuzz.test.ts` by hand for hours. */
const numRuns = Math.max(1, Math.round(400 * scale));

const environment = kubernetesEnvironment('1.37', { mode: 'stored', hasParams: true });
const overloads = environment.functionNames().flatMap((name) => environment.overloads(name) ?? []);

/** Names that are words of CEL, of Kubernetes, or of JavaScript's objects. */
const names = [
  'object',
  'params',
  'x',
  'spec',
  '__proto__',
  'constructor',
  'toString',
  'valueOf',
  'in',
  'true',
  'has',
];
const pieces = [
  ...names,
  ...'()[]{}.,:?!&|=<>+-*/%\'"`\\#@ \n\t',
  '&&',
  '||',
  '==',
  '.?',
  '[?',
  '{?',
  'r"',
  "b'",
  "'''",
  '//',
  '.all(x, ',
  '.map(x, ',
  '.exists(i, x, ',
  '.filter(x, ',
  'has(',
  'size(',
  '.matches(',
  'quantity(',
  "'%s'.format([",
  '0',
  '1u',
  '1e9',
  '-9223372036854775808',
  '9223372036854775807',
  '\\u0000',
  '\ud800',
  '漢',
  '😀',
];

/** Any expression compiles or is refused with problems that lie in it, and what compiles evaluates without an exception. */
function survives(text: string, object: unknown): void {
  const compiled = compile(text, environment);
  if ('issues' in compiled) {
    assert.ok(compiled.issues.length > 0);
    for (const { offset } of compiled.issues) assert.ok(offset >= -1 && offset <= text.length, `${offset}`);
    assert.ok(compiled.message.length > 0);
    return;
  }
  const { type, plan } = compiled.program;
  const activation = { object: object as Value, params: null };
  const { result, cost } = compiled.program.explain(activation);
  assert.notEqual(result, undefined);
  for (const backEnd of ['closures', 'generated'] as const) {
    const other = new Program(text, type, plan, backEnd).evaluate(activation);
    assert.equal(inspect(other, { depth: 9 }), inspect(result, { depth: 9 }), backEnd);
    assert.equal(lastCost(), cost, `cost in ${backEnd}`);
  }
}

test('pieces of the language in any order', () => {
  const text = fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, (expression) => survives(expression, sampleObject)),
    { numRuns: numRuns * 5 },
  );
});

test('any characters, half pairs of surrogates among them', () => {
  const text = fc.string({ unit: 'binary', maxLength: 60 });
  const half = fc.integer({ min: 0xd800, max: 0xdfff }).map((code) => String.fromCharCode(code));
  const mixed = fc.array(fc.oneof(text, half, fc.constantFrom(...pieces)), { maxLength: 12 });
  fc.assert(
    fc.property(mixed, (parts) => survives(parts.join(''), sampleObject)),
    { numRuns: numRuns * 2 },
  );
});

test('expressions whose text has been damaged', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (seed) => {
      survives(new ExpressionGenerator(seed, overloads).damaged(), sampleObject);
    }),
    { numRuns },
  );
});

test('any field names and any JSON in the object', () => {
  const key = fc.oneof(fc.constantFrom(...names), fc.string({ maxLength: 8 }));
  const leaf = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.double(),
    fc.integer(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.boolean(),
    fc.constantFrom(null, -0, Number.NaN, Infinity, '\ud83d', 2 ** 53),
  );
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, tie('list'), tie('map')),
    list: fc.array(tie('json'), { maxLength: 4 }),
    map: fc.array(fc.tuple(key, tie('json')), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
  }));
  const step = fc.oneof(
    key.map((name) => (/^[a-z_]\w*$/i.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`)),
    fc.constantFrom(
      '[0]',
      '.?x',
      '[?0]',
      '["__proto__"]',
      '.size()',
      '.map(k, k)',
      ' == object',
      '.exists(k, k == 1)',
    ),
  );
  const steps = fc.array(step, { maxLength: 4 }).map((parts) => `object${parts.join('')}`);
  fc.assert(
    fc.property(steps, json, (expression, object) => survives(expression, object)),
    { numRuns: numRuns * 3 },
  );
  assert.deepEqual(Object.keys(Object.prototype), []);
});

test('any pattern on any text', () => {
  const atom = fc.constantFrom(
    'a',
    'b',
    '.',
    '[ab]',
    '[^a]',
    '\\d',
    '\\pL',
    '^',
    '$',
    '\\b',
    '(?i:A)',
    '[[:alpha:]]',
    '😀',
  );
  const junk = fc.constantFrom(
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '\\',
    '*',
    '+',
    '?',
    '{1,3}',
    '{2}',
    '|',
    '(?P<n>',
    '??',
    '\\C',
  );
  const pattern = fc.array(fc.oneof(atom, junk), { maxLength: 14 }).map((parts) => parts.join(''));
  const text = fc.array(fc.constantFrom('a', 'b', 'A', '1', ' ', '😀', '\n', '\ud800'), { maxLength: 30 });
  fc.assert(
    fc.property(pattern, text, (regex, characters) => {
      survives('object.text.matches(object.pattern)', { text: characters.join(''), pattern: regex });
      survives('object.text.findAll(object.pattern)', { text: characters.join(''), pattern: regex });
    }),
    { numRuns },
  );
});
