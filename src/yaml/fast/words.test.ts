import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { keyAt, valueAt } from './words.ts';

describe('words', () => {
  it('are what a slice would be, however often the table was overwritten', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '😀', ' '), maxLength: 60 });
    fc.assert(
      fc.property(text, fc.nat(60), fc.nat(60), (source, a, b) => {
        const start = Math.min(a, b, source.length);
        const end = Math.min(Math.max(a, b), source.length);
        assert.equal(keyAt(source, start, end), source.slice(start, end));
        assert.equal(valueAt(source, start, end), source.slice(start, end));
      }),
      { numRuns: 5000 },
    );
  });

  it('tell texts apart that fall into one slot of the table', () => {
    // Equal length, and equal characters at the start, a quarter, the middle and the end.
    for (const word of ['abcdefgh', 'abcxefgh', 'abcdexgh', 'axcdefgh', 'abcdefgh'])
      assert.equal(valueAt(word, 0, word.length), word);
  });

  it('do not confuse a text with its beginning', () => {
    assert.equal(keyAt('abcabc', 0, 6), 'abcabc');
    assert.equal(keyAt('abcabc', 0, 3), 'abc');
    assert.equal(keyAt('abcabc', 3, 3), '');
  });
});
