import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { splitDocuments } from '../split.ts';
import { FastReader } from './index.ts';

function read(source: string): ReturnType<FastReader['read']> {
  const [chunk] = splitDocuments(source);
  return new FastReader(source).read(chunk!.start, chunk!.end, 500);
}

describe('what the fast reader knows', () => {
  const table: readonly (readonly [string, unknown])[] = [
    ['# only a comment\n', null],
    ['text\n', 'text'],
    ['a: 1', { a: 1 }],
    ['a:1: b', { 'a:1': 'b' }],
    ['a : b # c\n', { a: 'b' }],
    ['a: b#c d\n', { a: 'b#c d' }],
    ['a:\n\n  # c\n\n  b: 1\n\n\n', { a: { b: 1 } }],
    ['a:\nb:\n', { a: null, b: null }],
    ['a:\n- b\n- c: d\n  e:\n  - f\n-\ng: h\n', { a: ['b', { c: 'd', e: ['f'] }, null], g: 'h' }],
    ['- - a\n  - b\n- -\n', [['a', 'b'], [null]]],
    ['  a: 1\n  b: 2\n', { a: 1, b: 2 }],
    ['a: -1\nb: -x\nc: --y\n', { a: -1, b: '-x', c: '--y' }],
    ['"a": \'b\'\n\'c\' : "d"\n', { a: 'b', c: 'd' }],
    ['a: "x\\n\\u00e9\\x41 \\"y\\" \\\\"\n', { a: 'x\néA "y" \\' }],
    ["a: 'it''s # not: a comment'\n", { a: "it's # not: a comment" }],
    ['a: [b, "c", [d], {e: f, g: }, ]\n', { a: ['b', 'c', ['d'], { e: 'f', g: null }] }],
    ['a: [\n  b, # c\n  d\n ]\nc: 1\n', { a: ['b', 'd'], c: 1 }],
    ['a: {"b":c,d: e:f}\n', { a: { b: 'c', d: 'e:f' } }],
    ['a: |\n  b\n\n   c\nd: 1\n', { a: 'b\n\n c\n', d: 1 }],
    ['a: >-\n  b\n  c\n\n\n', { a: 'b c' }],
    ['- |+\n b\n\n- |2-\n   c\n', ['b\n\n', ' c']],
    ['a: |\n  b\n  # no comment\n # a comment\nc: d\n', { a: 'b\n# no comment\n', c: 'd' }],
    ['a: |\r\n  b\r\n\r\nc: d\r\n', { a: 'b\n', c: 'd' }],
    ['a: 12345678901234567890\n', { a: 12345678901234567890n }],
    ['a: 0x1f\nb: .5\nc: ~\nd: True\n', { a: 31, b: 0.5, c: null, d: true }],
    ['a: 😀\n"é": ü\n', { a: '😀', é: 'ü' }],
    ['toString: 1\n', { toString: 1 }],
  ];
  for (const [source, value] of table) {
    it(JSON.stringify(source), () => {
      const result = read(source);
      assert.notEqual(result, undefined, 'left to the other reader');
      assert.deepEqual(result?.value, value);
      assert.deepEqual(result?.warnings, []);
    });
  }

  it('old spellings and equal keys, in the order of the other reader', () => {
    const source = 'a: yes\nb: 0777\na: {c: 1, c: no}\n"a": 1\n';
    assert.deepEqual(
      read(source)?.warnings.map(({ start, end, reason, related }) => [
        source.slice(start, end),
        reason.slice(0, 13),
        related?.[0]?.start,
      ]),
      [
        ['yes', 'Kubernetes re', undefined],
        ['0777', 'Kubernetes re', undefined],
        ['no', 'Kubernetes re', undefined],
        ['c', 'key "c" alrea', 19],
        ['a', 'key "a" alrea', 0],
        ['a', 'key "a" alrea', 15],
      ],
    );
    assert.deepEqual(read(source)?.value, { a: 1, b: 511 });
  });

  it('__proto__ as data', () => {
    const value = read('__proto__: {a: 1}\n')?.value as object;
    assert.ok(Object.hasOwn(value, '__proto__'));
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
  });

  it('offsets of a document behind others', () => {
    const source = 'a: 1\n---\nb: on\n';
    const [, second] = splitDocuments(source);
    const result = new FastReader(source).read(second!.start, second!.end, 500);
    assert.equal(result?.warnings[0]?.start, source.indexOf('on'));
  });

  it('documents before and behind one with a foreign character', () => {
    const source = 'a: 1\n---\nb: "\u0085"\n---\nc: 1\n';
    const reader = new FastReader(source);
    const known = [...splitDocuments(source)].map(({ start, end }) => reader.read(start, end, 500)?.value);
    assert.deepEqual(known, [{ a: 1 }, undefined, { c: 1 }]);
  });
});

describe('what the fast reader leaves to the other one', () => {
  const table = [
    'a: &x 1\n',
    'a: *x\n',
    'a: !!str 1\n',
    '<<: {a: 1}\n',
    '? a\n: b\n',
    '{a: 1}\n',
    '[a]\n',
    '|\n a\n',
    '--- a\n',
    '%YAML 1.1\n---\na: 1\n',
    'a: 1\n...\n',
    'a: b\n  c\n',
    'a: "b\n  c"\n',
    'a: b: c\n',
    'a: - b\n',
    'a: 1\n b: 2\n',
    'a:\n   b: 1\n  c: 2\n',
    'a: 1\nb\n',
    '- a\nb: c\n',
    '\ta: 1\n',
    'a:\tb\n',
    'a: b\t\n',
    '-\ta\n',
    'a: "b" c\n',
    'a: "b"#c\n',
    'a: "\\q"\n',
    'a: "\\ud800"\n',
    'a: "b\n',
    'a: [b\n',
    'a: [b\n]\n',
    'a: [b: c]\n',
    'a: [b, , c]\n',
    'a: {b}\n',
    'a: {[b]: c}\n',
    'a: {{ .Values.b }}\n',
    'a: [b\n  c]\n',
    'a: .inf\n',
    'yes: 1\n',
    '1: 2\n',
    'a: @b\n',
    'a: `b`\n',
    'a: %b\n',
    'a: |\n\tb\n',
    'a: |\n    \n  b\n',
    'a: |x\n  b\n',
    'a: \0\n',
    'a: \ud800\n',
    'a: 1\rb: 2\r',
  ];
  for (const source of table) it(JSON.stringify(source), () => assert.equal(read(source), undefined));

  it('nesting near the limit', () => {
    const source = 'a: [[[b]]]\n';
    assert.equal(new FastReader(source).read(0, source.length, 4), undefined);
    assert.notEqual(new FastReader(source).read(0, source.length, 5), undefined);
    const deep = `a: ${'['.repeat(100_000)}`;
    assert.equal(new FastReader(deep).read(0, deep.length, 1_000_000), undefined);
  });
});
