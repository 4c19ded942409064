import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goQuote } from '../go-quote.ts';
import {
  decodeBytes,
  decodeForQuote,
  encodeBytes,
  escapePart,
  needsEscape,
  PercentError,
  unescapePart,
  type UrlPart,
} from './percent.ts';

const problem = (bytes: string, part: UrlPart): string => (unescapePart(bytes, part) as PercentError).message;

test('each part has characters of its own that stay', () => {
  assert.equal(escapePart('/a b?c;d:@', 'path'), '/a%20b%3Fc;d:@');
  assert.equal(escapePart('u:p@/?;', 'user'), 'u%3Ap%40%2F%3F;');
  assert.equal(escapePart("f?!()*'", 'fragment'), 'f?!()*%27');
  assert.equal(escapePart('a b&c', 'query'), 'a%20b%26c');
  assert.equal(escapePart('[::1]:80"<>', 'host'), '[::1]:80"<>');
});

test('letters, digits and the unreserved never need an escape', () => {
  const parts: UrlPart[] = ['path', 'host', 'zone', 'user', 'query', 'fragment'];
  for (const part of parts) {
    for (const byte of 'azAZ09-_.~') assert.ok(!needsEscape(byte, part), `${byte} in ${part}`);
    for (const byte of '%\\^`{|} \x80\xff') assert.ok(needsEscape(byte, part), `${byte} in ${part}`);
  }
});

test('escapes are decoded, in a query plus signs too', () => {
  assert.equal(unescapePart('a%20b+c%2f', 'path'), 'a b+c/');
  assert.equal(unescapePart('a%20b+c', 'query'), 'a b c');
  assert.equal(unescapePart('%e9%FF', 'path'), '\xe9\xff');
  assert.equal(unescapePart('', 'path'), '');
});

test('an escape needs two hexadecimal digits', () => {
  assert.equal(problem('a%zz', 'path'), 'invalid URL escape "%zz"');
  assert.equal(problem('a%2', 'query'), 'invalid URL escape "%2"');
  assert.equal(problem('%', 'fragment'), 'invalid URL escape "%"');
  assert.equal(problem('%2\xc3\xa9', 'path'), String.raw`invalid URL escape "%2\xc3"`);
});

test('a host escapes only what is not ASCII', () => {
  assert.equal(unescapePart('%c3%a9.example', 'host'), '\xc3\xa9.example');
  assert.equal(problem('%41', 'host'), 'invalid URL escape "%41"');
  assert.equal(unescapePart('%25', 'host'), '%');
  assert.equal(problem('a b', 'host'), 'invalid character " " in host name');
  assert.equal(problem('a\\b', 'host'), String.raw`invalid character "\\" in host name`);
});

test('a zone may escape what a host may contain, and spaces', () => {
  assert.equal(unescapePart('%25eth%30%20', 'zone'), '%eth0 ');
  assert.equal(problem('%25%2F', 'zone'), 'invalid URL escape "%2F"');
});

test('bytes and text are inverses where the bytes are UTF-8', () => {
  for (const text of ['', 'plain', 'é漢😀', '\ufeffx', '\0\x7f\u0080\uffff']) {
    assert.equal(decodeBytes(encodeBytes(text)), text);
    assert.equal(decodeForQuote(encodeBytes(text)), text);
  }
});

test('bytes that are no UTF-8 are replaced, or marked for quoting', () => {
  for (const bytes of ['\xff', '\xc3', '\xed\xa0\x80', '\xf5\x80\x80\x80', '\xc0\x80', '\xe2\x82']) {
    assert.equal(decodeBytes(`a${bytes}b`), `a${'\ufffd'.repeat(bytes.length)}b`);
    const quoted = [...bytes].map((byte) => `\\x${byte.charCodeAt(0).toString(16)}`).join('');
    assert.equal(goQuote(decodeForQuote(`a${bytes}b`)), `"a${quoted}b"`);
  }
});
