import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { compile, lastCost, Program, type Value } from '../index.ts';
import { kubernetesEnvironment } from '../kubernetes/environment.ts';

const environment = kubernetesEnvironment('1.36', { mode: 'stored' });

/*
 * A property that was loaded is not loaded again, wherever it is certain that the first load has happened. What is certain depends
 * on the ways through the connectives, so expressions are tried that ask for the same few fields on many ways.
 */

const objects: readonly Value[] = [
  { metadata: { name: 'n' }, spec: {} },
  { metadata: { name: 'n', items: [{ a: 'b' }] }, spec: { a: 'a', list: [{ a: 'a' }, { b: 'b' }] } },
  { metadata: {}, spec: { a: '', b: { a: 'a' } } },
  { spec: { b: {}, list: [] } },
  { metadata: { items: 'text' }, spec: 'text' },
  {},
];

/** The same result and cost by closures, generated code and `explain`, on each of the objects. */
function agree(text: string): void {
  const compiled = compile(text, environment);
  if ('issues' in compiled) assert.fail(`${text}: ${compiled.message}`);
  const { plan, type } = compiled.program;
  const generated = new Program(text, type, plan, 'generated');
  for (const object of objects) {
    const { result, cost } = compiled.program.explain({ object });
    const found = generated.evaluate({ object });
    const counted = lastCost();
    const about = `${text} of ${inspect(object, { depth: 9 })}`;
    assert.equal(inspect(found, { depth: 9 }), inspect(result, { depth: 9 }), about);
    assert.equal(counted, cost, `cost of ${about}`);
  }
}

test('a load on a way that was left early has not happened on the others', () => {
  agree("object.spec.?a.orValue('') == 'a' && has(object.metadata.items) || has(object.metadata.other)");
  agree("(has(object.spec.a) ? object.metadata.name : 'x') == 'n' || object.metadata.name == 'm'");
  agree("(object.spec.a == 'a' && object.metadata.name == 'n' ? 1 : 2) == 1 || has(object.metadata.name)");
  agree("!(has(object.spec.b) && has(object.spec.b.a)) && object.spec.b.a == 'a' || object.spec.b == {}");
});

const atoms = [
  'has(object.metadata)',
  'has(object.metadata.items)',
  "object.metadata.name == 'n'",
  'has(object.spec.b.a)',
  "object.spec.b.a == 'a'",
  "object.spec.a == 'a'",
  "object.spec.?a.orValue('') == 'a'",
  "object.spec.?b.a.orValue('') == 'a'",
  'object.?metadata.name.hasValue()',
  'object.spec.list.all(i, has(i.a))',
  'object.spec.?list.orValue([]).exists(i, i.a == object.spec.a)',
  "object.metadata.?items.orValue([]).map(i, i.a) == ['b']",
  "object['spec']['a'] in ['a', 'b']",
  'true',
  'false',
];

const expression = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(...atoms),
    fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => `(${a} && ${b})`),
    fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => `(${a} || ${b})`),
    fc.tuple(tie('tree'), tie('tree'), tie('tree')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    tie('tree').map((a) => `!(${a})`),
    tie('tree').map((a) => `object.spec.?list.orValue([{}]).exists(j, ${a} && has(j.a))`),
  ),
})).tree;

test('the same fields on many ways', () => {
  fc.assert(fc.property(expression, agree), { numRuns: 1500 });
});
