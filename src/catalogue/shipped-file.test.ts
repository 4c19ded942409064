import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { shippedFile, shippedInside } from './shipped-file.ts';

describe('a shipped file', () => {
  test('is read from beside the program', () => {
    const name = `shipped-file.${process.pid}.txt`;
    const file = path.join(import.meta.dirname, name);
    writeFileSync(file, 'beside');
    try {
      assert.equal(shippedFile(name), 'beside');
    } finally {
      rmSync(file);
    }
  });

  test('that is missing is an error that names its path', () => {
    const file = path.join(import.meta.dirname, 'none.json');
    assert.throws(() => shippedFile('none.json'), { code: 'ENOENT', path: file });
  });

  // Inside of a single executable it is found there: test/package tries that with a real one.
  test('is never inside of an ordinary Node', () => {
    assert.equal(shippedInside('catalogue.json'), undefined);
  });
});
