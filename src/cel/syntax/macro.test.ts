import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  existsOneMacro,
  mergeMacros,
  optionalMacros,
  sortByMacro,
  standardMacros,
  twoVariableMacros,
} from './macro.ts';
import { parse } from './parse.ts';

const macros = mergeMacros(standardMacros, existsOneMacro, optionalMacros, twoVariableMacros, sortByMacro);

/** What a text parses to: the macro with its variables, `call`, another kind of node, or the issue. */
function read(text: string, known = macros): string {
  const parsed = parse(text, { macros: known, optionalSyntax: true, escapedIdentifiers: false });
  if ('issues' in parsed) return parsed.issues[0]!.message;
  const { expr } = parsed;
  if (expr.kind !== 'macro') return expr.kind === 'select' && expr.test ? 'has' : expr.kind;
  return `${expr.name}(${expr.variables.join(', ')})${expr.filter === undefined ? '' : ' where'}`;
}

test('calls of the right name, shape and number of arguments are macros', () => {
  for (const [text, expected] of [
    ['has(a.b)', 'has'],
    ['a.all(x, x)', 'all(x)'],
    ['a.all(i, x, x)', 'all(i, x)'],
    ['a.exists(x, x)', 'exists(x)'],
    ['a.exists_one(x, x)', 'exists_one(x)'],
    ['a.existsOne(x, x)', 'exists_one(x)'],
    ['a.filter(x, x)', 'filter(x)'],
    ['a.map(x, x)', 'map(x)'],
    ['a.map(x, x > 1, x)', 'map(x) where'],
    ['a.transformList(i, x, x)', 'transformList(i, x)'],
    ['a.transformList(i, x, x > 1, x)', 'transformList(i, x) where'],
    ['a.transformMap(k, v, v)', 'transformMap(k, v)'],
    ['a.transformMapEntry(k, v, {k: v})', 'transformMapEntry(k, v)'],
    ['a.optMap(x, x)', 'optMap(x)'],
    ['a.optFlatMap(x, x)', 'optFlatMap(x)'],
    ['a.sortBy(x, x)', 'sortBy(x)'],
  ] as const) {
    assert.equal(read(text), expected, text);
  }
});

test('everything else of such a name is a plain call', () => {
  for (const text of [
    'all(a, x, x)',
    'a.all(x)',
    'a.filter(i, x, x)',
    'a.has(b.c)',
    'has(a, b)',
    'map(x)',
    'sortBy(a, x, x)',
  ]) {
    assert.equal(read(text), 'call', text);
  }
});

test('a macro that the environment does not have is a plain call', () => {
  for (const text of [
    'a.transformList(i, x, x)',
    'a.all(i, x, x)',
    'a.optMap(x, x)',
    'a.sortBy(x, x)',
    'a.existsOne(x, x)',
  ]) {
    assert.equal(read(text, standardMacros), 'call', text);
  }
});

test('a macro whose arguments make no sense is refused in the words of cel-go', () => {
  for (const [text, message] of [
    ['has(a)', 'invalid argument to has() macro'],
    ['has(a.?b)', 'invalid argument to has() macro'],
    ["has(a['b'])", 'invalid argument to has() macro'],
    ['a.optMap(x.y, x)', 'optMap() variable name must be a simple identifier'],
    ['a.optFlatMap(1, x)', 'optFlatMap() variable name must be a simple identifier'],
    [
      '1.sortBy(x, x)',
      'sortBy can only be applied to a list, identifier, comprehension, call or select expression',
    ],
    ['a.sortBy(x.y, x)', 'argument is not an identifier'],
  ] as const) {
    assert.equal(read(text), message, text);
  }
  for (const text of ['a.all(x.y, x)', 'a.map(1, x)', 'a.all(x, x, true)', 'a.exists(x, 1, true)']) {
    assert.notEqual(read(text), 'call', text);
    assert.doesNotMatch(read(text), /^\w+\(\w+\)$/, text);
  }
});

test('merging keeps all numbers of arguments of a name', () => {
  const merged = mergeMacros(standardMacros, twoVariableMacros);
  assert.equal(merged.get('all'), (standardMacros.get('all') ?? 0) | (twoVariableMacros.get('all') ?? 0));
  assert.deepEqual(mergeMacros(), new Map());
});
