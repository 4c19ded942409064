import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { filePattern, folderPattern } from './glob-pattern.ts';

test('wildcards stand for slashes where files are meant, and not where folders are', () => {
  for (const [glob, path, isFolder, isFile] of [
    ['apps/*', 'apps/db', true, true],
    ['apps/*', 'apps/db/base', false, true],
    ['apps', 'apps/db', false, true],
    ['./apps/', 'apps', true, true],
    ['a?c', 'a/c', false, true],
    ['[!a]b', 'cb', true, true],
    ['[a', '[a', true, true],
    ['a.c', 'abc', false, false],
    ['**/config.json', 'clusters/eu/config.json', false, true],
    ['*-*-*', 'a-b-c-d', true, true],
    ['a*', 'a', true, true],
    ['*ab*ab', 'abab', true, true],
    ['*ab*ab', 'ab', false, false],
    ['*/b*c', 'a/bxc', true, true],
  ] as const) {
    assert.equal(folderPattern(glob).test(path), isFolder, `${glob} ${path}`);
    assert.equal(filePattern(glob).test(path), isFile, `${glob} ${path}`);
  }
});

test('what is found is what trying every place of each star finds', () => {
  const matches = (glob: string, text: string, crosses: boolean): boolean => {
    if (glob === '') return text === '' || (crosses && text.startsWith('/'));
    if (glob.startsWith('*')) {
      for (let i = 0; i <= text.length; i++) {
        if (matches(glob.slice(1), text.slice(i), crosses)) return true;
        if (!crosses && text[i] === '/') return false;
      }
      return false;
    }
    return text[0] === glob[0] && matches(glob.slice(1), text.slice(1), crosses);
  };
  const letters = (of: string): fc.Arbitrary<string> =>
    fc.array(fc.constantFrom(...of), { minLength: 1, maxLength: 8 }).map((all) => all.join(''));
  const inside = (text: string): boolean => !/^[./]|\/$/.test(text);
  fc.assert(
    fc.property(letters('ab*/').filter(inside), letters('aab/').filter(inside), (glob, text) => {
      assert.equal(folderPattern(glob).test(text), matches(glob, text, false));
      assert.equal(filePattern(glob).test(text), matches(glob, text, true));
    }),
    { numRuns: 5000 },
  );
});

test('many stars end as soon as few', () => {
  const name = 'a'.repeat(250);
  const glob = `${'*a'.repeat(60)}*b`;
  assert.equal(folderPattern(glob).test(name), false);
  assert.equal(filePattern(glob).test(`${name}/`.repeat(8)), false);
  assert.equal(filePattern(glob).test(`${name}b`), true);
});
