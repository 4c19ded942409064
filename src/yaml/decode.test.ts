import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decode } from './decode.ts';

describe('decode', () => {
  it('reads UTF-8 and keeps the byte order mark', () => {
    assert.deepEqual(decode(Buffer.from('\ufeffaé😀')), {
      text: '\ufeffaé😀',
      invalid: [],
      truncated: false,
    });
  });

  it('reads UTF-16 by its byte order mark', () => {
    const little = Buffer.from('\ufeffa: é', 'utf16le');
    assert.equal(decode(little).text, '\ufeffa: é');
    assert.equal(decode(Buffer.from(little).swap16()).text, '\ufeffa: é');
  });

  it('names every wrong byte and reads on behind it', () => {
    const rows: readonly [number[], string, number[]][] = [
      [[0x61, 0xff, 0x62], 'a\ufffdb', [1]],
      [[0xc3], '\ufffd', [0]],
      [[0xc0, 0x80], '\ufffd\ufffd', [0, 1]],
      [[0xed, 0xa0, 0x80], '\ufffd\ufffd\ufffd', [0, 1, 2]],
      [[0xf4, 0x90, 0x80, 0x80, 0x61], '\ufffd\ufffd\ufffd\ufffda', [0, 1, 2, 3]],
      [[0xe2, 0x82, 0x61], '\ufffd\ufffda', [0, 1]],
    ];
    for (const [bytes, text, invalid] of rows)
      assert.deepEqual(decode(Uint8Array.from(bytes)), { text, invalid, truncated: false });
  });

  it('gives up on what is no text', () => {
    const { invalid, truncated } = decode(new Uint8Array(100_000).fill(0xff));
    assert.deepEqual([invalid.length, truncated], [1000, true]);
  });

  it('finds wrong bytes exactly where the strict decoder refuses', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) return;
        let strict: string | undefined;
        try {
          strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
        } catch {
          strict = undefined;
        }
        const { text, invalid } = decode(bytes);
        assert.equal(invalid.length === 0, strict !== undefined);
        if (strict !== undefined) assert.equal(text, strict);
        for (const at of invalid) assert.equal(text[at], '\ufffd');
      }),
    );
  });
});
