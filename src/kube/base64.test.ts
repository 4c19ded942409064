import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Base64Error, canonicalBase64, encodeBase64 } from './base64.ts';

test('line breaks go and unused bits are cleared', () => {
  assert.equal(canonicalBase64(''), '');
  assert.equal(canonicalBase64('aGk='), 'aGk=');
  assert.equal(canonicalBase64('aGl='), 'aGk=');
  assert.equal(canonicalBase64('aH=='), 'aA==');
  assert.equal(canonicalBase64('aG\nVs\r\nbG8='), 'aGVsbG8=');
  assert.equal(canonicalBase64('aA=\n='), 'aA==');
  assert.equal(canonicalBase64('aGk=\n'), 'aGk=');
});

test('the offset of what is no base64 is Go’s', () => {
  const refusals: [text: string, offset: number][] = [
    ['aGk', 0],
    ['aGVsbG8', 4],
    ['a-_b', 1],
    ['plain text', 5],
    ['=aaa', 0],
    ['aA=b', 2],
    ['aA=', 3],
    ['aA==b', 4],
    ['aé==', 1],
    ['é', 0],
  ];
  for (const [text, offset] of refusals) {
    assert.throws(
      () => canonicalBase64(text),
      new Base64Error(`illegal base64 data at input byte ${offset}`),
      text,
    );
  }
});

test('what was encoded stays, wherever it is broken into lines', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(70), (bytes, at) => {
      const text = Buffer.from(bytes).toString('base64');
      assert.equal(canonicalBase64(text), text);
      assert.equal(canonicalBase64(`${text.slice(0, at)}\n${text.slice(at)}`), text);
    }),
  );
});

test('bytes are encoded as Node encodes them', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      assert.equal(encodeBase64(bytes), Buffer.from(bytes).toString('base64'));
    }),
  );
});
