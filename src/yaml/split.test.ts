import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { splitDocuments } from './split.ts';

function parts(text: string): string[] {
  return [...splitDocuments(text)].map(({ start, end }) => text.slice(start, end));
}

describe('splitDocuments', () => {
  it('cuts at lines of three dashes', () => {
    assert.deepEqual(parts('a\n---\nb\n--- # note\nc'), ['a\n', 'b\n', 'c']);
    assert.deepEqual(parts('---\na\n---'), ['a\n']);
    assert.deepEqual(parts('a\r\n---\r\nb\r\n'), ['a\r\n', 'b\r\n']);
    assert.deepEqual(parts('a\r---\rb'), ['a\r', 'b']);
  });

  it('leaves dashes alone that are no line of their own', () => {
    for (const text of ['a: ---\n', '  ---\n', '-----BEGIN\n', '---x\n', 'a\n----\n'])
      assert.deepEqual(parts(text), [text]);
  });

  it('keeps text behind the dashes, and directives before them', () => {
    assert.deepEqual(parts('a\n--- b\nc\n---\nd'), ['a\n', '--- b\nc\n', 'd']);
    assert.deepEqual(parts('%YAML 1.1\n# c\n---\na\n---\nb'), ['%YAML 1.1\n# c\n---\na\n', 'b']);
  });

  it('drops blank chunks and the byte order mark, keeps comments', () => {
    assert.deepEqual(parts('\ufeff\n---\n \n---\n# c\n---\na\n'), ['# c\n', 'a\n']);
  });

  it('takes linear time', () => {
    const before = process.cpuUsage();
    assert.equal(parts('a: 1\n---\n'.repeat(200_000)).length, 200_000);
    assert.equal(parts('a: 1\r\n---\r\n'.repeat(200_000)).length, 200_000);
    assert.ok(process.cpuUsage(before).user < 3e6);
  });

  it('answers ascending ranges that lose nothing but separators and blanks', () => {
    const piece = fc.constantFrom('a', '\n', '---', '--- ', '\r\n', '\r', '%Y', '#', ' ', '...', '- b');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const text = pieces.join('');
        let from = 0;
        for (const { start, end } of splitDocuments(text)) {
          assert.ok(start >= from && end > start && end <= text.length);
          assert.match(text.slice(from, start).replaceAll(/---[ \t]*(#[^\r\n]*)?/g, ''), /^\s*$/);
          from = end;
        }
      }),
    );
  });
});
