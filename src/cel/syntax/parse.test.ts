import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { Double, Uint } from '../value.ts';
import type { Expr } from './ast.ts';
import { mergeMacros, optionalMacros, sortByMacro, standardMacros, twoVariableMacros } from './macro.ts';
import { maxCodePoints, parse, type ParseOptions } from './parse.ts';
import { unparse } from './unparse.ts';

const options: ParseOptions = {
  macros: mergeMacros(standardMacros, optionalMacros, twoVariableMacros, sortByMacro),
  optionalSyntax: true,
  escapedIdentifiers: true,
};

function parsed(text: string, parseOptions = options): Expr {
  const result = parse(text, parseOptions);
  assert.ok('expr' in result, `${text}: ${'issues' in result ? result.issues[0]?.message : ''}`);
  return result.expr;
}

function issues(text: string, parseOptions = options): string[] {
  const result = parse(text, parseOptions);
  assert.ok('issues' in result, `no issue in ${text}`);
  return result.issues.map(({ message, offset }) => `${offset} ${message}`);
}

const literal = (text: string): unknown => {
  const expr = parsed(text);
  assert.equal(expr.kind, 'literal');
  return (expr as Expr & { kind: 'literal' }).value;
};

test('numbers', () => {
  assert.equal(literal('0'), 0);
  assert.equal(literal('-1'), -1);
  assert.ok(Object.is(literal('-0'), 0), 'an int has no negative zero');
  assert.equal(literal('0x1F'), 31);
  assert.equal(literal('-0x10'), -16);
  assert.equal(literal('9223372036854775807'), 9223372036854775807n);
  assert.equal(literal('-9223372036854775808'), -9223372036854775808n);
  assert.equal(literal('9007199254740993'), 9007199254740993n);
  assert.deepEqual(literal('18446744073709551615u'), new Uint(18446744073709551615n));
  assert.deepEqual(literal('0x10U'), new Uint(16n));
  assert.equal(literal('1.5'), 1.5);
  assert.deepEqual(literal('1e3'), new Double(1000));
  assert.equal(literal('.5'), 0.5);
  assert.ok(Object.is((literal('-0.0') as Double).value, -0));
});

test('numbers out of range', () => {
  assert.deepEqual(issues('9223372036854775808'), ['0 invalid int literal']);
  assert.deepEqual(issues('-9223372036854775809'), ['0 invalid int literal']);
  assert.deepEqual(issues('18446744073709551616u'), ['0 invalid uint literal']);
  assert.deepEqual(issues('1e400'), ['0 invalid double literal']);
  assert.deepEqual(issues('1e400 + 99999999999999999999'), [
    '0 invalid double literal',
    '8 invalid int literal',
  ]);
});

test('strings and bytes', () => {
  assert.equal(literal(String.raw`'a\n\t\\\'\"\x41\101\u00e9\U0001F600\?'`), 'a\n\t\\\'"AA\u00e9\u{1F600}?');
  assert.equal(literal(String.raw`r'\n'`), '\\n');
  assert.equal(literal(`"""a"b\nc"""`), 'a"b\nc');
  assert.equal(literal(`'''a\r\nb\rc'''`), 'a\nb\nc');
  assert.equal(literal(`''`), '');
  assert.deepEqual(literal(String.raw`b'\xff\101é'`), Uint8Array.of(0xff, 0x41, 0xc3, 0xa9));
  assert.deepEqual(literal(String.raw`bR"\x"`), Uint8Array.of(0x5c, 0x78));
  assert.deepEqual(issues(String.raw`'\ud800'`), ['0 invalid unicode code point']);
  assert.deepEqual(issues(String.raw`b'\u0041'`), ['0 unable to unescape string']);
});

test('precedence and associativity', () => {
  for (const [text, bracketed] of [
    ['a + b * c - d', '(a + (b * c)) - d'],
    ['a || b && c', 'a || (b && c)'],
    ['a ? b : c ? d : e', 'a ? b : (c ? d : e)'],
    ['!a.b && -c[0] < d', '((!(a.b)) && ((-(c[0])) < d))'],
    ['a < b == c', '(a < b) == c'],
    ['a in b in c', '(a in b) in c'],
    ['!!a', 'a'],
    ['---a', '-a'],
    ['a || b || c', '(a || b) || c'],
  ] as const) {
    assert.equal(unparse(parsed(text)), unparse(parsed(bracketed)), text);
  }
});

test('long chains are balanced', () => {
  const expr = parsed(Array.from({ length: 1024 }, (_, index) => `a${index}`).join(' && '));
  const height = (node: Expr): number => (node.kind === 'call' ? 1 + Math.max(...node.args.map(height)) : 0);
  assert.equal(height(expr), 10);
});

test('offsets: where a node begins, ends, and where errors in it are shown', () => {
  const text = ' a.b(1) + c[2]';
  const sum = parsed(text) as Expr & { kind: 'call' };
  assert.deepEqual([sum.start, sum.end, sum.at], [1, 14, 8]);
  const [call, index] = sum.args as [Expr, Expr];
  assert.deepEqual([text.slice(call.start, call.end), call.at], ['a.b(1)', 4]);
  assert.deepEqual([text.slice(index.start, index.end), index.at], ['c[2]', 11]);
});

test('macros', () => {
  const has = parsed('has(a.b)');
  assert.ok(has.kind === 'select' && has.test && has.field === 'b');
  const map = parsed('a.map(x, x > 1, x + 1)');
  assert.ok(map.kind === 'macro' && map.filter !== undefined && map.variables.join() === 'x');
  const two = parsed('a.existsOne(i, v, v)');
  assert.ok(two.kind === 'macro' && two.name === 'exists_one' && two.variables.join() === 'i,v');
  for (const text of ['a.all(x)', 'a.map(x)', 'all(a, b)', 'has(a, b)', 'a.has(b.c)', 'a.optMap(x)']) {
    assert.equal(parsed(text).kind, 'call', text);
  }
  assert.equal(parsed('a.all(i, v, true)', { macros: standardMacros }).kind, 'call');
});

test('macros with wrong arguments', () => {
  assert.deepEqual(issues('has(a)'), ['4 invalid argument to has() macro']);
  assert.deepEqual(issues('has(a.?b)'), ['5 invalid argument to has() macro']);
  assert.deepEqual(issues('a.all(x.y, true)'), ['7 argument must be a simple name']);
  assert.deepEqual(issues('a.map(1, true)'), ['6 argument is not an identifier']);
  assert.deepEqual(issues('a.all(i, i, true)'), ['9 duplicate variable name: i']);
  assert.deepEqual(issues('a.map(__result__, 1)'), ['6 iteration variable overwrites accumulator variable']);
  assert.deepEqual(issues('a.optMap(1, 2)'), ['9 optMap() variable name must be a simple identifier']);
  assert.match(issues('1.sortBy(x, x)')[0]!, /^0 sortBy can only be applied to a list/);
});

test('optional syntax', () => {
  const select = parsed('a.?b.c');
  assert.ok(select.kind === 'select' && !select.optional);
  assert.equal(unparse(parsed('[?a, b][?0]')), '[?a, b][?0]');
  assert.equal(unparse(parsed('{?"a": b}')), '{?"a": b}');
  assert.equal(unparse(parsed('T{?a: b}')), 'T{?a: b}');
  assert.deepEqual(issues('a.?b', {}), ["1 unsupported syntax '.?'"]);
  assert.deepEqual(issues('a[?b]', {}), ["1 unsupported syntax '[?'"]);
  assert.deepEqual(issues('[?a]', {}), ["1 unsupported syntax '?'"]);
});

test('names between backticks are an option', () => {
  assert.equal(unparse(parsed('a.`b-c/d.e f`')), 'a.`b-c/d.e f`');
  assert.deepEqual(issues('a.`b`', {}), ["2 unsupported syntax: '`'"]);
});

test('struct literals', () => {
  const struct = parsed('.a.B{c: 1, d: 2,}');
  assert.ok(struct.kind === 'struct' && struct.typeName === '.a.B' && struct.fields.length === 2);
  assert.equal(parsed('namespace{}').kind, 'struct');
  assert.deepEqual(issues('a.{b: 1}'), ["2 Syntax error: no viable alternative at input '.{'"]);
  assert.deepEqual(issues('(a).B{}'), ["5 Syntax error: extraneous input '{' expecting <EOF>"]);
});

test('syntax errors are located', () => {
  assert.match(issues('')[0]!, /^0 Syntax error: mismatched input '<EOF>' expecting \{'\[', /);
  assert.match(issues('1 +')[0]!, /^3 Syntax error: mismatched input '<EOF>'/);
  assert.deepEqual(issues('1 2'), ["2 Syntax error: extraneous input '2' expecting <EOF>"]);
  assert.deepEqual(issues('(1'), ["2 Syntax error: missing ')' at '<EOF>'"]);
  assert.deepEqual(issues('a ? b'), ["5 Syntax error: mismatched input '<EOF>' expecting ':'"]);
  assert.deepEqual(issues('a.true'), ["2 Syntax error: mismatched input 'true' expecting IDENTIFIER"]);
  assert.deepEqual(issues('if'), ['0 reserved identifier: if']);
  assert.deepEqual(issues("'a"), [
    "0 Syntax error: token recognition error at: ''a'",
    issues('')[0]!.replace('0', '2'),
  ]);
  assert.deepEqual(issues('a & b'), [
    "2 Syntax error: token recognition error at: '& '",
    "4 Syntax error: extraneous input 'b' expecting <EOF>",
  ]);
});

test('limits hold, quickly and without a crash', () => {
  const before = process.cpuUsage();
  assert.deepEqual(issues('x'.repeat(1_000_000)), [
    `-1 expression code point size exceeds limit: size: 1000000, limit ${maxCodePoints}`,
  ]);
  assert.deepEqual(issues('('.repeat(10_000) + '1' + ')'.repeat(10_000)), [
    '-1 expression recursion limit exceeded: 250',
  ]);
  assert.deepEqual(issues('1' + '+1'.repeat(40_000)), ['-1 max recursion depth exceeded']);
  assert.deepEqual(issues('a' + '.b'.repeat(251)), ['-1 max recursion depth exceeded']);
  parsed('a' + '.b'.repeat(250));
  parsed('!'.repeat(90_000) + 'a');
  parsed(Array.from({ length: 10_000 }, () => 'a').join('&&'));
  parsed('1' + '+1'.repeat(250));
  assert.ok(process.cpuUsage(before).user < 5e6);
});

test('the limit counts code points, not UTF-16 units', () => {
  parsed(`'${'\u{1F600}'.repeat(60_000)}'`);
});

test('never throws, and always says where', () => {
  const piece = fc.constantFrom(
    ...'a b.c ( ) [ ] { } , : ? . + - * / % ! == < && || in has( .all( x, "s" \'t r"u b\'v 1 2u 0x .5 1e9 // \n \\ ` null # é'.split(
      ' ',
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.constantFrom('', ' '), (pieces, separator) => {
      const text = pieces.join(separator);
      const result = parse(text, options);
      if ('expr' in result) return;
      assert.ok(result.issues.length > 0);
      for (const { offset } of result.issues) assert.ok(offset >= -1 && offset <= text.length);
    }),
    { numRuns: 3000, seed: 1 },
  );
});
