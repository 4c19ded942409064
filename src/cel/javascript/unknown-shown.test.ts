import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';

import { compile, lastCost, Program } from '../index.ts';
import { kubernetesEnvironment } from '../kubernetes/environment.ts';
import type { LogicalNode, SelectNode } from '../plan/node.ts';
import { Unknown, type Value } from '../value.ts';
import { generate } from './compile.ts';
import { showsUnknown } from './unknown-shown.ts';

const environment = kubernetesEnvironment('1.36', { mode: 'stored' });

function programOf(text: string): Program {
  const compiled = compile(text, environment);
  if ('issues' in compiled) assert.fail(`${text}: ${compiled.message}`);
  return compiled.program;
}

/** Whether the second term of a conjunction speaks for the test for presence before it. */
function speaks(second: string, first = 'has(object.a.b)'): boolean {
  const { left, right } = programOf(`${first} && ${second}`).plan.root as LogicalNode;
  return showsUnknown(right, left as SelectNode);
}

test('a term speaks for a field that it evaluates before anything else', () => {
  for (const term of [
    'object.a.b',
    'object.a.b.c == 1',
    'object.a.b[object.x] == 1',
    'has(object.a.b.c)',
    '!has(object.a.b.c.d)',
    'object.a.b.c.startsWith("x")',
    'object.a.b.all(x, x == 1)',
    'object.a.b.map(k, k).size() == 1',
    'object.a.b.all(k, v, k == v)',
    'object.a.b in ["x", "y"]',
    '(object.a.b ? object.x : object.y)',
    'object.a.b + object.c == 2',
  ]) {
    assert.equal(speaks(term), true, term);
  }
});

test('a term that absorbs failures, or has another one first, does not', () => {
  for (const term of [
    'object.a.c == 1',
    'object.a == 1',
    'object.x.b == 1',
    'has(object.a.b)',
    '1 == object.a.b',
    'object.?a.b.hasValue()',
    'object.a.?b.c.hasValue()',
    'object.a.b.?c.hasValue()',
    '(object.a.b == 1 || object.x)',
    '(object.x ? object.a.b : true)',
    '[object.a.b].size() == 1',
    'object.x.all(x, object.a.b == x)',
    'object.a[object.a.b] == 1',
    'true',
  ]) {
    assert.equal(speaks(term), false, term);
  }
  assert.equal(speaks('object.b == 1', 'has(oldObject.b)'), false);
});

test('only a test that nothing speaks for looks whether the field is known', () => {
  const looks = (text: string): number =>
    generate(programOf(text).plan).code.split(' instanceof Unknown').length - 1;
  assert.equal(looks('has(object.a) && has(object.a.b) && object.a.b == 1'), 0);
  assert.equal(looks('!has(object.a) || !has(object.a.b) || object.a.b == 1'), 0);
  assert.equal(looks('has(object.a) && has(object.b)'), 2);
  assert.equal(looks('has(object.a) || object.a == 1'), 1);
  assert.equal(looks('!has(object.a) && object.a == 1'), 1);
  assert.equal(looks('has(object.a) && object.x && object.a == 1'), 1);
});

test('conjunctions and disjunctions agree with explain wherever something is not known', () => {
  const places = ['a', 'a.b', 'a.b.c', 'x', 'l'];
  const term = fc.constantFrom(
    ...['a', 'a.b', 'a.b.c', 'x'].flatMap((path) => [
      `has(object.${path})`,
      `!has(object.${path})`,
      `object.${path} == true`,
      `object.${path}`,
      `1 == object.${path}`,
      `object.${path}.size() <= 2`,
      `object.${path}.all(k, k == 'b')`,
      `object.${path} in ['x']`,
      `(object.${path} ? true : false)`,
    ]),
    'object.l.exists(e, has(e.f) && e.f.g == 1)',
    'object.l.all(e, !has(e.f) || e.f > 0)',
    'object.missing',
  );
  const logical = fc.record({
    operator: fc.constantFrom('&&', '||'),
    terms: fc.array(term, { minLength: 2, maxLength: 4 }),
    unknown: fc.subarray(places),
    leaf: fc.constantFrom<Value>(true, false, 'b', 1, null, { d: 1 }),
  });
  fc.assert(
    fc.property(logical, ({ operator, terms, unknown, leaf }) => {
      const hidden = (path: string, value: Value): Value =>
        (unknown.includes(path) ? new Unknown([path]) : value) as Value;
      const object = {
        a: hidden('a', { b: hidden('a.b', { c: hidden('a.b.c', leaf) }) }),
        x: hidden('x', leaf),
        l: [{ f: hidden('l', { g: 1 }) }, { f: 1 }, {}],
      } as unknown as Value;
      const text = terms.join(` ${operator} `);
      const { plan, type } = programOf(text);
      const { result, cost } = programOf(text).explain({ object });
      for (const backEnd of ['closures', 'generated'] as const) {
        const found = new Program(text, type, plan, backEnd).evaluate({ object });
        const counted = lastCost();
        assert.equal(inspect(found, { depth: 9 }), inspect(result, { depth: 9 }), `${backEnd}: ${text}`);
        assert.equal(counted, cost, `${backEnd}: cost of ${text}`);
      }
    }),
    { numRuns: 300 },
  );
});
