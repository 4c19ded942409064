import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readDocuments } from './document.ts';
import type { Document } from './document.ts';
import { locate, scalarAt } from './locate.ts';
import type { Path } from './locate.ts';
import { LineIndex } from './lines.ts';
import type { Span } from './problem.ts';
import { stringify } from './stringify.ts';
import type { Value } from './build.ts';

const SOURCE = `# shop
---
apiVersion: v1
base: &base
  x: 1
  "y z": [1, {q: 2},  # c
  ]
spec:
  containers:
  - name: web   # first
    image: "a\\n'b" # comment
    sec: {privileged: true}
  - *base
  m:
    <<: *base
    empty:
  text: |-
    one
      two

    three
  k: 1
  k: 2
`;

function last(source: string): Document {
  return [...readDocuments(source)].at(-1)!;
}

const cut = (source: string, span: Span | undefined): string | undefined =>
  span && source.slice(span.start, span.end);

function look(
  path: Path,
  source = SOURCE,
): { span?: string; key?: string; value?: string; anchor?: string; found: boolean } {
  const [place] = locate(last(source), [path]);
  assert.ok(place);
  return {
    found: place.found,
    span: cut(source, place.span),
    key: cut(source, place.key),
    value: cut(source, place.value),
    anchor: cut(source, place.anchor),
  };
}

describe('locate', () => {
  it('finds keys and values', () => {
    assert.deepEqual(look(['apiVersion']), {
      found: true,
      span: 'apiVersion: v1',
      key: 'apiVersion',
      value: 'v1',
      anchor: undefined,
    });
    assert.equal(look(['base', 'y z', 1, 'q']).span, 'q: 2');
    assert.equal(look(['base', 'y z']).span, '"y z"');
    assert.equal(look(['base', 'y z']).value, '[1, {q: 2},  # c\n  ]');
    assert.equal(look(['base', 'y z', 1]).span, '{q: 2}');
    assert.equal(look(['spec', 'containers', 0, 'image']).value, String.raw`"a\n'b"`);
    assert.equal(look(['spec', 'containers', 0]).span, 'name: web');
    assert.equal(look(['spec', 'text']).span, 'text');
    assert.ok(look(['spec', 'text']).value?.startsWith('|-\n    one'));
  });

  it('finds an absent value behind its colon', () => {
    const place = look(['spec', 'm', 'empty']);
    assert.deepEqual([place.span, place.value], ['empty', '']);
  });

  it('takes the nearest ancestor for a missing path', () => {
    const place = look(['spec', 'containers', 0, 'sec', 'capabilities', 'add', 0]);
    assert.equal(place.found, false);
    assert.equal(place.span, 'sec');
    assert.equal(look(['spec', 'containers', 0, 'ports']).span, 'name: web');
    assert.equal(look(['nothing']).span, 'apiVersion: v1');
    assert.equal(locate(last(SOURCE), [['spec', 'containers', 9, 'x']])[0]?.depth, 2);
  });

  it('shows the alias, and the anchor as related', () => {
    assert.deepEqual(look(['spec', 'containers', 1, 'x']), {
      found: true,
      span: '*base',
      key: 'x',
      value: '1',
      anchor: 'x: 1',
    });
    assert.equal(look(['spec', 'containers', 1]).span, '*base');
    assert.match(look(['spec', 'containers', 1]).anchor ?? '', /^x: 1/);
    assert.equal(look(['v'], 'a: &a 1\nv: *a\n').span, 'v: *a');
    assert.equal(look(['v', 'x'], 'a: &a {x: 1}\nv: *a\n').span, 'v: *a');
  });

  it('shows << for a merged key', () => {
    const place = look(['spec', 'm', 'x']);
    assert.deepEqual([place.found, place.span, place.anchor], [true, '<<: *base', 'x: 1']);
  });

  it('follows the reader: the last of equal keys, keys by their JSON name', () => {
    assert.equal(look(['spec', 'k']).span, 'k: 2');
    assert.equal(look(['true'], 'yes: 1\n').span, 'yes: 1');
    assert.equal(look(['8'], '010: v\n').key, '010');
    assert.equal(look(['a', 'x'], 'b: &b {x: 1}\na:\n  x: 2\n  <<: *b\n').span, '<<: *b');
    assert.equal(look(['a', 'x'], 'b: &b {x: 1}\na:\n  <<: *b\n  x: 2\n').span, 'x: 2');
  });

  it('locates in JSON and in documents it cannot read', () => {
    assert.equal(look(['a', 1], '{\n\t"a": [1,\n\t\t"two"]\n}').span, '"two"');
    const [place] = locate(last('x: 1\n---\na: ['), [['a']]);
    assert.deepEqual(place, {
      found: false,
      depth: 0,
      span: { start: 9, end: 9 },
      value: { start: 9, end: 9 },
    });
  });

  it('counts columns right behind CRLF, a byte order mark and wide characters', () => {
    const source = '\ufeffa: 1\r\nb:\r\n  "😀": x\r\n  c: y\r\n';
    const document = last(source);
    const at = (path: Path) => document.lines.position(locate(document, [path])[0]!.span.start);
    assert.deepEqual(at(['a']), { line: 1, column: 1 });
    assert.deepEqual(at(['b', '😀']), { line: 3, column: 3 });
    assert.deepEqual(at(['b', 'c']), { line: 4, column: 3 });
    const place = locate(document, [['b', '😀']])[0]!;
    assert.deepEqual(document.lines.position(place.value.start), { line: 3, column: 9 });
    assert.equal(document.lines.line(4), '  c: y');
  });

  it('has a span for every scalar that reads again as its value', () => {
    const data = fc.dictionary(fc.string({ maxLength: 6 }), fc.jsonValue({ maxDepth: 3 }), {
      minKeys: 1,
      maxKeys: 4,
    });
    fc.assert(
      fc.property(data, fc.boolean(), (object, asJson) => {
        const value = JSON.parse(JSON.stringify(object).toWellFormed()) as Value;
        const source = `# c\n${asJson ? JSON.stringify(value, null, 2) : stringify(value)}`;
        const document = last(source);
        const paths = leaves(document.value!);
        const places = locate(document, paths);
        for (const [i, path] of paths.entries()) {
          assert.equal(places[i]!.found, true, path.join('.'));
          const again = cut(source, places[i]!.value)!;
          const leaf = path.reduce<unknown>(
            (from, step) => (from as Record<string | number, unknown>)[step],
            document.value,
          );
          // A block scalar without its surroundings has no indentation to lose, so it is compared through scalarAt.
          const read = /^[|]/.test(again) ? scalarAt(document, path)!.value : (last(again).value ?? null);
          assert.deepEqual(read, leaf, path.join('.'));
        }
      }),
      { numRuns: 300 },
    );
  });
});

function leaves(value: Value, path: Path = []): Path[] {
  if (value === null || typeof value !== 'object') return [path];
  const all: Path[] = [];
  const entries: [string | number, Value][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  for (const [step, item] of entries) all.push(...leaves(item, [...path, step]));
  return all;
}

describe('scalarAt', () => {
  function mapped(source: string, path: Path = ['e']): string {
    const scalar = scalarAt(last(source), path)!;
    return Array.from(scalar.value, (_, i) => source[scalar.offsetOf(i)]).join('');
  }

  it('maps plain and quoted texts', () => {
    assert.equal(mapped('e: object.spec\n'), 'object.spec');
    assert.equal(mapped("e: 'it''s x'\n"), "it's x");
    assert.equal(mapped(String.raw`e: "a\"b\u0041\tc"`), String.raw`a\b\\c`);
    const folded = 'e: one\n   two\n\n   three\n';
    const scalar = scalarAt(last(folded), ['e'])!;
    assert.equal(scalar.value, 'one two\nthree');
    assert.equal(scalar.offsetOf(4), folded.indexOf('two'));
    assert.equal(scalar.offsetOf(scalar.value.indexOf('three')), folded.indexOf('three'));
    assert.equal(scalar.offsetOf(scalar.value.length), folded.length - 1);
  });

  it('maps literal and folded blocks to their own lines', () => {
    const source = 'x:\n- e: |-   # c\n    object.a &&\n      object.b\n\n    && c\n';
    const document = last(source);
    const scalar = scalarAt(document, ['x', 0, 'e'])!;
    assert.equal(scalar.value, 'object.a &&\n  object.b\n\n&& c');
    assert.deepEqual(document.lines.position(scalar.offsetOf(scalar.value.indexOf('object.b'))), {
      line: 4,
      column: 7,
    });
    assert.deepEqual(document.lines.position(scalar.offsetOf(scalar.value.indexOf('&& c'))), {
      line: 6,
      column: 5,
    });
    const folded = 'e: >\r\n  a ||\r\n  b\r\n\r\n  c\r\n';
    const other = scalarAt(last(folded), ['e'])!;
    assert.equal(other.value, 'a || b\nc\n');
    assert.equal(other.offsetOf(5), folded.indexOf('b'));
    assert.equal(other.offsetOf(7), folded.indexOf('c'));
  });

  it('answers nothing where no scalar stands', () => {
    assert.equal(scalarAt(last('a: [1]'), ['a']), undefined);
    assert.equal(scalarAt(last('a: 1'), ['b']), undefined);
    assert.equal(scalarAt(last('a: &x b\nc: *x'), ['c'])?.value, 'b');
  });

  it('maps every letter to itself in any style', () => {
    const line = fc.stringMatching(/^[a-z"'#:&|>\\-]{0,8}( [a-z"']{1,4})?$/).map((text) => text.trimStart());
    const style = fc.constantFrom('|', '>', '|+', '>-', '"', "'");
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), style, fc.boolean(), (lines, kind, isCrlf) => {
        const breakText = isCrlf ? '\r\n' : '\n';
        const source =
          kind === '"'
            ? `e: ${JSON.stringify(lines.join(' '))}\n`
            : kind === "'"
              ? `e: '${lines.join(`${breakText}  `).replaceAll("'", "''")}'\n`
              : `e: ${kind}${breakText}${lines.map((text) => `  ${text}${breakText}`).join('')}`;
        const document = last(source);
        const scalar = scalarAt(document, ['e'])!;
        assert.equal(scalar.value, (document.value as { e: string }).e);
        for (let i = 0; i < scalar.value.length; i++)
          if (/[a-z]/.test(scalar.value[i]!))
            assert.equal(source[scalar.offsetOf(i)], scalar.value[i], `${source} at ${i}`);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('LineIndex', () => {
  it('ends lines at LF, CRLF and a lone CR', () => {
    const index = new LineIndex('ab\ncd\r\nef\rgh');
    assert.equal(index.count, 4);
    assert.deepEqual(
      [0, 2, 3, 5, 7, 10, 12].map((offset) => Object.values(index.position(offset)).join(':')),
      ['1:1', '1:3', '2:1', '2:3', '3:1', '4:1', '4:3'],
    );
    assert.equal(index.line(2), 'cd');
    assert.equal(index.line(9), '');
    assert.deepEqual(index.position(999), { line: 4, column: 3 });
    assert.deepEqual(index.position(-1), { line: 1, column: 1 });
  });
});
