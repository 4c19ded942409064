import assert from 'node:assert/strict';
import { test } from 'node:test';

import { compileRegex, Regex, RegexError } from './index.ts';

test('returns an expression or the reason why there is none', () => {
  assert.ok(compileRegex('^a$') instanceof Regex);
  const error = compileRegex('a)');
  assert.ok(error instanceof RegexError);
  assert.equal(error.message, 'error parsing regexp: unexpected ): `a)`');
  assert.equal(error.reason, 'unexpected )');
  assert.equal(error.fragment, 'a)');
});

test('remembers what it compiled, errors too', () => {
  assert.equal(compileRegex('remembered[0-9]'), compileRegex('remembered[0-9]'));
  assert.equal(compileRegex('remembered['), compileRegex('remembered['));
});

test('forgets the least recently used first', () => {
  const kept = compileRegex('kept');
  const lost = compileRegex('lost');
  for (let index = 0; index < 300; index++) {
    compileRegex(`filler${index}`);
    assert.equal(compileRegex('kept'), kept, `after ${index}`);
  }
  assert.notEqual(compileRegex('lost'), lost);
});

test('a single expression above the bound is still answered, and then gives way', () => {
  const pattern = 'x{1000}'.repeat(2200);
  const large = compileRegex(pattern);
  assert.ok(large instanceof Regex && large.programSize === 2_200_000);
  assert.equal(compileRegex(pattern), large);
  compileRegex('next');
  assert.notEqual(compileRegex(pattern), large);
});

test('one expression answers about many texts in any order', () => {
  const regex = compileRegex('b+');
  assert.ok(regex instanceof Regex);
  assert.equal(regex.test('abb'), true);
  assert.equal(regex.test('abb'), true);
  assert.equal(regex.find('abbc'), 'bb');
  assert.equal(regex.test('acc'), false);
  assert.equal(regex.find('xb'), 'b');
});
