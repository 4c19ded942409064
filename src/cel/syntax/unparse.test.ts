import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { Double, Uint } from '../value.ts';
import type { Expr } from './ast.ts';
import { mergeMacros, optionalMacros, standardMacros, twoVariableMacros } from './macro.ts';
import { parse } from './parse.ts';
import { unparse } from './unparse.ts';

const options = {
  macros: mergeMacros(standardMacros, optionalMacros, twoVariableMacros),
  optionalSyntax: true,
  escapedIdentifiers: true,
};

function parsed(text: string): Expr {
  const result = parse(text, options);
  assert.ok('expr' in result, text);
  return result.expr;
}

/** A tree without its places. */
function shape(expr: unknown): unknown {
  if (expr instanceof Uint) return `${expr.value}u`;
  if (typeof expr === 'bigint') return `${expr}n`;
  if (expr instanceof Double) return `double ${Object.is(expr.value, -0) ? '-0' : expr.value}`;
  if (expr instanceof Uint8Array || expr === null || typeof expr !== 'object') return expr;
  if (Array.isArray(expr)) return expr.map(shape);
  const kept = Object.entries(expr).filter(([key]) => key !== 'start' && key !== 'end' && key !== 'at');
  return Object.fromEntries(kept.map(([key, value]) => [key, shape(value)]));
}

test('writes the plainest text', () => {
  for (const text of [
    'a + b * c - d',
    '(a + b) * c',
    'a - (b - c)',
    'a && b && c || d',
    'a && (b && c)',
    'a ? b : c ? d : e',
    '(a ? b : c) ? d : e',
    '!(a && b)',
    '-(1)',
    '-(1.foo())',
    'has(a.b.c)',
    'a.exists_one(x, x == "b")',
    'a.map(x, x > 1, [x])',
    'a.?b[?0].orValue({"a": 1u})',
    'a.`b-c`',
    'T{a: b"\\xff", b: 1.0, c: null}',
    '[1, ?a]',
    '(a < b) == (c in d)',
  ]) {
    assert.equal(unparse(parsed(text)), text === '(a < b) == (c in d)' ? 'a < b == (c in d)' : text);
  }
});

const name = fc.constantFrom('a', 'b', 'c.d', 'e.in_x', 'f.?g', 'h[0]');
const scalar = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value) => `${value}u`),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .map((value) => (/[.e]/.test(String(value)) ? String(value) : `${value}.0`)),
  fc.string({ unit: 'grapheme', maxLength: 8 }).map((value) => JSON.stringify(value).replaceAll('\\/', '/')),
  fc.constantFrom('true', 'false', 'null', "b'\\xff\\x00a'", "r'\\d'"),
);
const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const inner = tie('expression');
  const pair = fc.tuple(inner, inner);
  return {
    expression: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      name,
      scalar,
      fc
        .tuple(pair, fc.constantFrom('+', '-', '*', '/', '%', '==', '<', 'in', '&&', '||'))
        .map(([[a, b], op]) => `(${a}) ${op} (${b})`),
      fc
        .tuple(fc.array(name, { minLength: 2, maxLength: 9 }), fc.constantFrom(' && ', ' || ', ' + '))
        .map(([names, op]) => names.join(op)),
      fc.tuple(inner, inner, inner).map(([a, b, c]) => `(${a}) ? (${b}) : (${c})`),
      inner.map((a) => `-(${a})`),
      inner.map((a) => `!(${a})`),
      pair.map(([a, b]) => `(${a})[${b}]`),
      pair.map(([a, b]) => `(${a})[?${b}]`),
      pair.map(([a, b]) => `(${a}).f(${b})`),
      pair.map(([a, b]) => `(${a}).all(x, ${b})`),
      pair.map(([a, b]) => `(${a}).transformMap(k, v, ${b}, v)`),
      pair.map(([a, b]) => `[${a}, ?${b}]`),
      pair.map(([a, b]) => `{${a}: ${b}}`),
      inner.map((a) => `T{f: ${a}}`),
      inner.map((a) => `has((${a}).f)`),
    ),
  };
});

test('parsing the text again gives the same tree', () => {
  fc.assert(
    fc.property(expression, (text) => {
      const first = parsed(text);
      const written = unparse(first);
      const second = parsed(written);
      assert.deepEqual(shape(second), shape(first), written);
      assert.equal(unparse(second), written);
    }),
    { numRuns: 1500, seed: 7 },
  );
});
