import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Double, Uint } from '../value.ts';
import { bytesLiteral, doubleLiteral, intLiteral, stringLiteral, uintLiteral } from './literal.ts';

const intError = { message: 'invalid int literal' };

test('ints are 64 bits, decimal or hexadecimal, numbers where that is exact', () => {
  for (const [text, negative, value] of [
    ['0', false, 0],
    ['0', true, 0],
    ['12', false, 12],
    ['0xFF', false, 255],
    ['0xff', true, -255],
    ['9007199254740991', false, 9007199254740991],
    ['9007199254740992', false, 9007199254740992n],
    ['9223372036854775807', false, 9223372036854775807n],
    ['9223372036854775808', true, -9223372036854775808n],
    ['0x8000000000000000', true, -9223372036854775808n],
  ] as const) {
    assert.deepEqual(intLiteral(text, negative), { value }, text);
  }
  assert.ok(Object.is((intLiteral('0', true) as { value: number }).value, 0), 'the int zero has no sign');
  assert.deepEqual(intLiteral('9223372036854775808', false), intError);
  assert.deepEqual(intLiteral('9223372036854775809', true), intError);
  assert.deepEqual(intLiteral('99999999999999999999999999', false), intError);
});

test('uints are 64 bits', () => {
  assert.deepEqual(uintLiteral('0u'), { value: new Uint(0n) });
  assert.deepEqual(uintLiteral('0xFFu'), { value: new Uint(255n) });
  assert.deepEqual(uintLiteral('18446744073709551615U'), { value: new Uint(2n ** 64n - 1n) });
  assert.deepEqual(uintLiteral('18446744073709551616u'), { message: 'invalid uint literal' });
});

test('doubles stay doubles, integral ones too', () => {
  for (const [text, negative, value] of [
    ['1.5', false, 1.5],
    ['1.5', true, -1.5],
    ['1.0', false, new Double(1)],
    ['0.0', true, new Double(-0)],
    ['.5', false, 0.5],
    ['1e3', false, new Double(1000)],
    ['5e-324', false, 5e-324],
    ['1e-400', false, new Double(0)],
  ] as const) {
    assert.deepEqual(doubleLiteral(text, negative), { value }, text);
  }
  assert.deepEqual(doubleLiteral('1e309', false), { message: 'invalid double literal' });
});

test('strings resolve their escapes', () => {
  for (const [token, value] of [
    [`'a'`, 'a'],
    [`""`, ''],
    [`'''a'b'''`, "a'b"],
    [`"""a""b"""`, 'a""b'],
    [`'\\a\\b\\f\\n\\r\\t\\v'`, '\x07\b\f\n\r\t\v'],
    [`'\\\\ \\' \\" \\\` \\?'`, '\\ \' " ` ?'],
    [`'\\x41\\X42'`, 'AB'],
    [`'\\u00e9\\U0001F600'`, 'é😀'],
    [`'\\101\\377'`, 'Aÿ'],
    [`'x\\tz'`, 'x\tz'],
    [`r'a\\n'`, 'a\\n'],
    [`R"""\\d"""`, '\\d'],
    ["'''a\r\nb\rc'''", 'a\nb\nc'],
  ] as const) {
    assert.deepEqual(stringLiteral(token), { value }, token);
  }
});

test('an escape beyond Unicode or of half a character is refused', () => {
  for (const token of [`'\\U00110000'`, `'\\ud800'`, `'\\uDFFF'`]) {
    assert.deepEqual(stringLiteral(token), { message: 'invalid unicode code point' }, token);
  }
});

test('bytes hold characters as UTF-8 and escapes as single bytes', () => {
  for (const [token, bytes] of [
    [`b'a'`, [0x61]],
    [`b''`, []],
    [`b'é'`, [0xc3, 0xa9]],
    [`b'\\xff\\101'`, [0xff, 0x41]],
    [`b'é\\n'`, [0xc3, 0xa9, 0x0a]],
    [`br'\\n'`, [0x5c, 0x6e]],
    [`B"""x"""`, [0x78]],
  ] as const) {
    assert.deepEqual(bytesLiteral(token), { value: Uint8Array.from(bytes) }, token);
  }
  assert.deepEqual(bytesLiteral(`b'\\u0041'`), { message: 'unable to unescape string' });
  assert.deepEqual(bytesLiteral(`b'\\U00000041'`), { message: 'unable to unescape string' });
});
