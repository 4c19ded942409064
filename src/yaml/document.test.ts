import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { readDocuments } from './document.ts';
import type { Document } from './document.ts';

const ROWS = new URL('../../../shared/conformance/yaml/resolution.json', import.meta.url);

function only(source: string | Uint8Array): Document {
  const documents = [...readDocuments(source)];
  assert.equal(documents.length, 1);
  return documents[0]!;
}

function value(source: string): unknown {
  return only(source).value;
}

function reasons(source: string | Uint8Array): string[] {
  return only(source).problems.map((problem) => problem.reason);
}

interface Row {
  yaml: string;
  json?: unknown;
  error?: string;
  strict?: string;
}

/** JSON with integers kept whole, as far as an unsigned 64 bit number goes. */
function exactJson(text: string): Row[] {
  const revive = (_key: string, item: unknown, context?: { source: string }): unknown => {
    const source = context?.source ?? '';
    if (typeof item !== 'number' || Number.isSafeInteger(item) || !/^-?\d+$/.test(source)) return item;
    return BigInt(source) < 2n ** 64n ? BigInt(source) : item;
  };
  return JSON.parse(text, revive as (key: string, item: unknown) => unknown) as Row[];
}

describe(
  'resolution rows asked of sigs.k8s.io/yaml',
  { skip: existsSync(ROWS) ? false : `NOT RUN: ${ROWS.pathname} is absent` },
  () => {
    const rows = existsSync(ROWS) ? exactJson(readFileSync(ROWS, 'utf8')) : [];

    it('has every row', () => assert.equal(rows.length, 268));

    for (const row of rows) {
      it(JSON.stringify(row.yaml), () => {
        const [first] = readDocuments(row.yaml);
        if (row.error !== undefined) {
          assert.equal(first?.value, undefined, 'the API server refuses it');
          const problem = first?.problems[0];
          assert.equal(problem?.severity, 'error');
          return;
        }
        assert.deepEqual(first?.value ?? null, row.json);
        const duplicates = (first?.problems ?? []).filter((problem) =>
          problem.reason.includes('already set in map'),
        );
        // Keys that a merge brings are duplicates for strict decoding too; there the file shows no key twice.
        if (row.strict !== undefined && !row.yaml.includes('<<')) assert.equal(duplicates.length, 1);
        if (row.strict === undefined) assert.equal(duplicates.length, 0);
      });
    }
  },
);

describe('readDocuments', () => {
  it('reads nothing from nothing', () => {
    for (const source of ['', '\n \n', '---\n---\n', '\ufeff'])
      assert.deepEqual([...readDocuments(source)], []);
  });

  it('splits at --- lines, each document with its own range', () => {
    const source = '# one\na: 1\n--- # two\nb: 2\n---\n\n---\n# only a comment\n---   \r\nc: |\n  ---\n  x\n';
    const documents = [...readDocuments(source)];
    assert.deepEqual(
      documents.map((document) => document.value),
      [{ a: 1 }, { b: 2 }, null, { c: '---\nx\n' }],
    );
    assert.deepEqual(
      documents.map((document) => document.isEmpty),
      [false, false, true, false],
    );
    assert.deepEqual(
      documents.map((document) => document.index),
      [0, 1, 2, 3],
    );
    for (const document of documents) assert.equal(source.slice(document.start, document.end), document.text);
  });

  it('keeps a directive with the document behind it', () => {
    assert.deepEqual(value('%YAML 1.1\n---\na: 1\n'), { a: 1 });
    assert.deepEqual(value('%TAG !k! tag:yaml.org,2002:\n---\na: !k!str 1\n'), { a: '1' });
    assert.deepEqual(reasons('%YAML 1.2\n---\na: 1\n'), ['found incompatible YAML document']);
  });

  it('takes the text behind --- as part of the document', () => {
    assert.equal(value('--- text\n'), 'text');
    assert.equal(value('--- |\n  line\n'), 'line\n');
  });

  it('delivers the others when one is bad', () => {
    const documents = [...readDocuments('a: 1\n---\nb: [\n---\nc: 3\n')];
    assert.deepEqual(
      documents.map((document) => document.value),
      [{ a: 1 }, undefined, { c: 3 }],
    );
    assert.equal(documents[1]?.problems[0]?.severity, 'error');
  });

  it('warns of text that Kubernetes ignores', () => {
    const { value: read, problems, lines } = only('a: 1\n...\nb: 2\n');
    assert.deepEqual(read, { a: 1 });
    assert.match(problems[0]?.reason ?? '', /ignores everything from here/);
    assert.equal(lines.position(problems[0]!.start).line, 3);
    const early = only('  a: 1\n b: 2\n');
    assert.deepEqual(early.value, { a: 1 });
    assert.equal(early.lines.position(early.problems[0]!.start).line, 2);
    assert.deepEqual(reasons('a: 1\n...\n# nothing\n'), []);
  });

  it('is lazy: what comes later is not read before it is asked for', () => {
    const documents = readDocuments('a: 1\n---\nb: [');
    assert.deepEqual(documents.next().value?.value, { a: 1 });
    documents.return(undefined);
    assert.equal(documents.next().done, true);
  });
});

describe('what Kubernetes reads otherwise than YAML 1.2', () => {
  it('warns at the plain word, not at a quoted one', () => {
    const source = 'a: yes\nb: "yes"\nc: 0777\nd: 1_000\ne: 007\nf: true\ng: 10\non: push\n';
    const { problems } = only(source);
    assert.deepEqual(
      problems.map((problem) => source.slice(problem.start, problem.end)),
      ['yes', '0777', '1_000', 'on'],
    );
    assert.match(problems[0]!.reason, /Kubernetes reads yes as true.*write true or "yes"/);
    assert.ok(problems.every((problem) => problem.severity === 'warning'));
  });

  it('warns of a key that is there twice, naming both', () => {
    const source = 'a:\n  k: 1\n  k: 2\n';
    const { value: read, problems } = only(source);
    assert.deepEqual(read, { a: { k: 2 } });
    assert.match(problems[0]!.reason, /key "k" already set in map/);
    assert.equal(problems[0]!.start, source.lastIndexOf('k'));
    assert.equal(problems[0]!.related?.[0]?.start, source.indexOf('k'));
  });

  it('accepts lines of flow collections and quoted texts that are not indented', () => {
    assert.deepEqual(value('a:\n  b: [\n    x,\n  ]\n  c: {\nd: 1\n}\n'), { a: { b: ['x'], c: { d: 1 } } });
    assert.deepEqual(value('a:\n  b: "x\ny"\n  c: z\n'), { a: { b: 'x y', c: 'z' } });
    const many = Array.from({ length: 2000 }, (_, i) => `"k${i}": [\n${i}]`).join(',\n');
    assert.equal(Object.keys((value(`a:\n  b: {\n${many}\n}\n`) as { a: { b: object } }).a.b).length, 2000);
  });

  it('refuses tabs where libyaml does', () => {
    for (const source of [
      'a: 1\n\t\nb: 2',
      'a:\n  b: 1\n\t# c\n',
      '-\ta: 1\n',
      '\ta: 1',
      'a: |\n  x\n\t\n  y\n',
      'a: |\n  \tx\n',
      'a: b\n\tc\n',
    ]) {
      const { problems, value: read } = only(source);
      assert.equal(read, undefined, JSON.stringify(source));
      assert.equal(source[problems[0]!.start], '\t', JSON.stringify(source));
    }
    assert.deepEqual(value('a: [\n\tb]\n'), { a: ['b'] });
    assert.deepEqual(value('a: b\n  \tc\n'), { a: 'b c' });
    assert.deepEqual(value('a: "b\n\tc"\t# d\n'), { a: 'b c' });
    assert.deepEqual(value('a: |\n  x\n  \ty\n'), { a: 'x\n\ty\n' });
  });
});

describe('objects are plain data', () => {
  it('treats __proto__ as a key like any other', () => {
    for (const source of [
      '__proto__:\n  polluted: true\na: 1\n',
      '{"__proto__": {"polluted": true}, "a": 1}',
      'b: &b\n  __proto__: {polluted: true}\na: 1\n',
    ]) {
      const read = only(source).value as Record<string, unknown>;
      assert.equal((read as { polluted?: boolean }).polluted, undefined);
      assert.equal(read['a'], 1);
      const holder = (Object.hasOwn(read, '__proto__') ? read : read['b']) as object;
      assert.ok(Object.hasOwn(holder, '__proto__'), source);
    }
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
    assert.deepEqual(reasons('toString: 1\nconstructor: 2\n'), []);
  });

  it('gives every alias its own copy', () => {
    const read = only('a: &a {x: [1]}\nb: *a\nc:\n  <<: *a\n').value as { a: object; b: object };
    assert.deepEqual(read.a, read.b);
    assert.notEqual(read.a, read.b);
  });

  it('binds an alias to the anchor that was set when it was written', () => {
    assert.deepEqual(value('a: &x 1\nb: &y [*x]\nc: &x 2\nd: *y\n'), { a: 1, b: [1], c: 2, d: [1] });
  });
});

describe('JSON', () => {
  it('keeps integers that a double cannot hold', () => {
    assert.deepEqual(value('{"a": 9223372036854775807, "b": 12345678901234567}'), {
      a: 9223372036854775807n,
      b: 12345678901234567n,
    });
  });

  it('accepts what YAML accepts, and JSON escapes', () => {
    assert.deepEqual(value('{"a": [1, 2,], # c\n "b": yes}'), { a: [1, 2], b: true });
    assert.deepEqual(value('{\n\t"a": "\\/\\ud83d\\ude00",\n\t"n": 12345678901234567\n}'), {
      a: '/😀',
      n: 12345678901234567n,
    });
    assert.deepEqual(value('{"a": -0}'), { a: 0 });
  });

  it('warns of equal keys', () => {
    assert.deepEqual(value('{"a": 1, "a": 2}'), { a: 2 });
    assert.match(reasons('{"a": {"b": "x\\":", "b": 2}}')[0] ?? '', /key "b" already set/);
  });
});

describe('hostile input', () => {
  const near = (source: string | Uint8Array, expected: RegExp): void => {
    const before = process.cpuUsage();
    const [document] = readDocuments(source);
    assert.equal(document?.value, undefined);
    assert.match(document?.problems[0]?.reason ?? '', expected);
    assert.ok(process.cpuUsage(before).user < 5e6, 'takes too long');
  };

  it('bounds nesting at 500, adjustable', () => {
    assert.notEqual(only('['.repeat(500) + ']'.repeat(500)).value, undefined);
    near('['.repeat(501) + ']'.repeat(501), /nesting is deeper than 500 levels/);
    near('['.repeat(100_000), /nesting is deeper than 500 levels/);
    near(`${'{"a":'.repeat(600)}1${'}'.repeat(600)}`, /nesting is deeper/);
    near(Array.from({ length: 600 }, (_, i) => `${' '.repeat(i)}a:\n`).join(''), /nesting is deeper/);
    const [deep] = readDocuments('['.repeat(900) + ']'.repeat(900), { maxDepth: 1000 });
    assert.notEqual(deep?.value, undefined);
    const [huge] = readDocuments('['.repeat(1_000_000), { maxDepth: 10_000_000 });
    assert.match(huge?.problems[0]?.reason ?? '', /too deep for this machine/);
  });

  it('refuses alias bombs', () => {
    const bomb = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 12; i++) bomb.push(`a${i}: &a${i} [${`*a${i - 1},`.repeat(9)}]`);
    near(bomb.join('\n'), /document contains excessive aliasing/);
    near('a: &a [*a]', /anchor 'a' value contains itself/);
    const chain = [
      'a0: &a0 [x]',
      ...Array.from({ length: 2000 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}]`),
    ];
    near(chain.join('\n'), /nesting is deeper|excessive aliasing/);
  });

  it('says where a byte is no UTF-8, and reads the other documents', () => {
    const bytes = Buffer.concat([
      Buffer.from('a: 1\n---\nb: é\nc: x'),
      Buffer.from([0xff, 0xc3]),
      Buffer.from('\n---\nd: 4\n'),
    ]);
    const documents = [...readDocuments(bytes)];
    assert.deepEqual(
      documents.map((document) => document.value),
      [{ a: 1 }, undefined, { d: 4 }],
    );
    const [problem] = documents[1]!.problems;
    assert.match(problem!.reason, /invalid UTF-8 byte \(2 bytes/);
    assert.deepEqual(documents[1]!.lines.position(problem!.start), { line: 4, column: 5 });
    near(Buffer.alloc(1_000_000, 0xfe), /invalid UTF-8/);
  });

  it('reads a line of 20 MB', () => {
    const line = `a: ${'x'.repeat(20_000_000)}\n---\nb: 1\n`;
    const documents = [...readDocuments(line)];
    assert.equal((documents[0]!.value as { a: string }).a.length, 20_000_000);
    assert.deepEqual(documents[1]!.value, { b: 1 });
    near(`a: "${'x'.repeat(5_000_000)}`, /unexpected end of the stream/);
    near(`${'a'.repeat(5_000_000)}\n: b: c`, /./);
  });

  it('reports a document longer than allowed', () => {
    const [document] = readDocuments('a: 12345', { maxLength: 4 });
    assert.match(document?.problems[0]?.reason ?? '', /longer than 4 characters/);
  });

  it('never throws, whatever the text or bytes', () => {
    const words =
      'a¦b: ¦- ¦? ¦: ¦\n¦\n  ¦ ¦\t¦[¦]¦{¦}¦, ¦"¦\'¦|¦>¦|-\n¦&x ¦*x¦!!str ¦!!binary ¦!<¦#¦<<: ¦yes¦~¦0x1¦\r\n¦\r¦' +
      '---\n¦...\n¦%¦\\¦\\u¦\ufeff¦\u0085¦\0¦\ud800¦1e999¦__proto__: ¦%YAML 1.1\n¦999999999999999999999999';
    const token = fc.constantFrom(...words.split('¦'));
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(token, { maxLength: 30 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(text, (source) => {
        for (const document of readDocuments(source)) {
          assert.equal(
            document.value === undefined,
            document.problems.some((problem) => problem.severity === 'error'),
          );
          for (const { start, end, reason } of document.problems) {
            assert.ok(
              start >= document.start && end <= document.end && start <= end,
              `${reason} ${start}-${end}`,
            );
            assert.doesNotMatch(reason, /internal error/);
          }
        }
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => [...readDocuments(bytes)].length >= 0),
    );
  });
});

describe('agreement with another reader', () => {
  it('reads JSON values written by `JSON.stringify` and YAML the same', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (data) => {
        const text = JSON.stringify(data).replaceAll('-0', '0');
        if (/"__proto__"|\d{16}|e[-+]?\d{3}/.test(text)) return;
        assert.deepEqual(only(`${text}\n`).value, JSON.parse(text.toWellFormed()));
        // A space in front of the document makes no JSON of it, but lets the YAML reader see the same text.
        assert.deepEqual(only(`# c\n${text}\n`).value ?? null, parse(text) ?? null);
      }),
      { numRuns: 500 },
    );
  });
});
