import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { getScalarValue } from 'js-yaml';
import { SCALAR, readGrammar } from './grammar.ts';
import type { ScalarEvent } from './grammar.ts';
import { decodeScalar, scalarText } from './scalar-text.ts';

/** Text, event and decoded value of the last scalar of a document. */
function last(source: string): { text: string; event: ScalarEvent; value: string } {
  const event = readGrammar(source, 500).events.findLast((one) => one.type === SCALAR);
  assert.ok(event?.type === SCALAR);
  return { text: source, event, value: scalarText(source, event) };
}

const decoded = (source: string): string => last(source).value;

describe('scalarText', () => {
  it('folds plain and quoted lines', () => {
    assert.equal(decoded('a: b\n  c\n\n\n  d\n'), 'b c\n\nd');
    assert.equal(decoded("a: ' b \n\n  c  '\n"), ' b\nc  ');
    assert.equal(decoded('a: "b \\\n   c\\n \\\n d"\n'), 'b c\n d');
  });

  it('decodes escapes', () => {
    assert.equal(
      decoded(String.raw`a: "\0\a\b\t\n\v\f\r\e\ \"\\\N\_\L\P\x41\u00e9\U0001F600"`),
      '\0\x07\b\t\n\v\f\r\x1b "\\\u0085\u00a0\u2028\u2029Aé😀',
    );
  });

  it('refuses the escapes that libyaml refuses, unless the text is JSON', () => {
    for (const [escape, json] of [
      [String.raw`\/`, '/'],
      [String.raw`\ud83d\ude00`, '😀'],
      [String.raw`\ud800`, '\ufffd'],
    ] as const) {
      const source = `a: "${escape}"`;
      const event = readGrammar(source, 500).events.findLast((one) => one.type === SCALAR) as ScalarEvent;
      assert.throws(() => scalarText(source, event), /unknown escape|invalid Unicode/);
      assert.equal(scalarText(source, event, true), json);
    }
    assert.throws(() => decoded(String.raw`a: "\UFFFFFFFF"`), /invalid Unicode/);
  });

  it('reads block scalars with every chomping', () => {
    const body = '\n  b\n\n    c\n  d\n\n\n';
    assert.equal(decoded(`a: |${body}`), 'b\n\n  c\nd\n');
    assert.equal(decoded(`a: |-${body}`), 'b\n\n  c\nd');
    assert.equal(decoded(`a: |+${body}`), 'b\n\n  c\nd\n\n\n');
    assert.equal(decoded(`a: >${body}`), 'b\n\n  c\nd\n');
    assert.equal(decoded('a: >\n  b\n  c\n\n  d\n'), 'b c\nd\n');
    assert.equal(decoded('a: |2\n   b\n'), ' b\n');
    assert.equal(decoded('a: |\n\n\n  b\n'), '\n\nb\n');
    assert.equal(decoded('a: |+\n\n\n'), '\n\n');
  });

  it('adds no line break that the file does not have', () => {
    assert.equal(decoded('a: |\n  b'), 'b');
    assert.equal(decoded('a: |+\n  b'), 'b');
    assert.equal(decoded('a: >\n  b\n  c'), 'b c');
  });

  it('reads CRLF and a lone CR as one line break', () => {
    assert.equal(decoded('a: |\r\n  b\r\n\r\n  c\r\n'), 'b\n\nc\n');
    assert.equal(decoded('a: "b\r\n  c"\r\n'), 'b c');
    assert.equal(decoded('a: b\r  c\r'), 'b c');
  });

  it('ends lines at NEL, LS and PS too, as YAML 1.1 does', () => {
    assert.equal(decoded('a: "b\u0085  c"\n'), 'b c');
    assert.equal(decoded('a: "b\u2028  c"\n'), 'b\u2028c');
  });

  it('joins huge texts in bounded pieces', () => {
    assert.equal(decoded(`a: "${'x\\n'.repeat(300_000)}"`).length, 600_000);
  });

  it('agrees with the grammar library wherever libyaml does', () => {
    const piece = fc.constantFrom(
      'a',
      'b c',
      ' ',
      '\n  ',
      '\n\n  ',
      '\n    ',
      "''",
      '\\n',
      '\\"',
      '\\\n  ',
      '\t',
      ':',
      '#',
      'é',
      '\r\n  ',
    );
    const style = fc.constantFrom(
      ['"', '"'],
      ["'", "'"],
      ['', ''],
      ['|\n  x', '\n'],
      ['>\n  x', '\n'],
      ['|+\n  x', '\n'],
      ['>-\n  x', '\n'],
    );
    let read = 0;
    fc.assert(
      fc.property(style, fc.array(piece, { maxLength: 10 }), ([open, close], pieces) => {
        const source = `a: ${open}${pieces.join('')}${close}`;
        let scalar: ReturnType<typeof last>;
        try {
          scalar = last(source);
        } catch {
          return; // not YAML
        }
        read++;
        assert.equal(scalar.value, getScalarValue(source, scalar.event), JSON.stringify(source));
      }),
      { numRuns: 3000 },
    );
    assert.ok(read > 1000, `only ${read} texts were YAML`);
  });
});

describe('decodeScalar', () => {
  it('names the source of every piece', () => {
    const { text, event } = last("e: 'a''b\n  c'\n");
    const pieces: [string, number][] = [];
    decodeScalar(text, event, (piece, source) => pieces.push([piece, source]));
    assert.deepEqual(pieces, [
      ['a', 4],
      ["'", 5],
      ['b', 7],
      [' ', 8],
      ['c', 11],
    ]);
  });
});
