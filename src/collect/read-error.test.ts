import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmdirSync, symlinkSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { readError } from './read-error.ts';

test('what Node cannot read, in words', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'read-error-'));
  const circle = path.join(folder, 'circle');
  symlinkSync('circle', circle);
  const why = (file: string): string => {
    try {
      readFileSync(file);
    } catch (error) {
      return readError(error);
    }
    throw new Error(`${file} was read`);
  };
  try {
    assert.equal(why(folder), 'it is a folder');
    assert.equal(why(circle), 'its symbolic links lead in a circle');
    assert.equal(why(path.join(folder, 'nothing')), 'no such file');
    assert.equal(why(path.join(folder, 'bad\ufffd.yaml')), 'its name is not UTF-8');
    assert.equal(why(path.join(folder, 'x'.repeat(300))), 'its name is too long');
    assert.match(why('a\0b'), /null bytes/);
  } finally {
    unlinkSync(circle);
    rmdirSync(folder);
  }
});

test('an error that is not known keeps its own words', () => {
  assert.equal(readError(new Error('EIO: i/o error, read')), 'EIO: i/o error, read');
});
