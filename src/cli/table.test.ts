import assert from 'node:assert/strict';
import { test } from 'node:test';
import { table } from './table.ts';

test('columns stand under their heads, three blanks apart', () => {
  assert.equal(
    table(
      ['ID', 'TITLE'],
      [
        ['a', 'one'],
        ['long-id', 'two'],
      ],
    ),
    'ID        TITLE\na         one\nlong-id   two\n',
  );
});

test('no rows leave the heads, wide characters count double', () => {
  assert.equal(table(['A', 'B'], []), 'A   B\n');
  assert.equal(table(['A', 'B'], [['日本', 'x']]), 'A      B\n日本   x\n');
});
