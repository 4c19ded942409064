import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Line, readLines } from './lines.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function read(chunks: Iterable<Uint8Array>, limit?: number): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const batch of readLines(chunks, limit)) lines.push(...batch);
  return lines;
}

test('lines are numbered from 1, blank ones count but are not told', async () => {
  assert.deepEqual(await read([bytes('a\n\n  \r\nb\r\n\nc')]), [
    { number: 1, text: 'a' },
    { number: 4, text: 'b\r' },
    { number: 6, text: 'c' },
  ]);
  assert.deepEqual(await read([]), []);
  assert.deepEqual(await read([bytes('\n')]), []);
});

test('a byte order mark before the first line is dropped', async () => {
  assert.deepEqual(await read([bytes('\uFEFFa\n\uFEFFb')]), [
    { number: 1, text: 'a' },
    { number: 2, text: '\uFEFFb' },
  ]);
});

test('what is complete is given before the next chunk is asked for', async () => {
  const seen: string[] = [];
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield bytes('a\nb');
    seen.push('asked again');
    yield bytes('c\n');
  }
  for await (const batch of readLines(chunks())) {
    for (const line of batch) seen.push('text' in line ? line.text : line.problem);
  }
  assert.deepEqual(seen, ['a', 'asked again', 'bc']);
});

test('a line that is too long, or no UTF-8, is a problem; the next one is read', async () => {
  const limit = 1024 * 1024;
  const long = bytes(`${'x'.repeat(limit)}`);
  const lines = await read([long, long, bytes('\nnext\n'), Uint8Array.of(0xff, 0x0a), bytes('last')], limit);
  assert.deepEqual(lines, [
    { number: 1, problem: 'the line is longer than 1 MiB' },
    { number: 2, text: 'next' },
    { number: 3, problem: 'the line is not UTF-8' },
    { number: 4, text: 'last' },
  ]);
});

test('it makes no difference where chunks end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '😀', ' '), maxLength: 6 }), { maxLength: 6 }),
      fc.array(fc.nat(12), { maxLength: 20 }),
      async (texts, cuts) => {
        const whole = bytes(texts.join('\n'));
        const chunks: Uint8Array[] = [];
        let at = 0;
        for (const cut of [...cuts, whole.length]) {
          // One piece of memory for all chunks, as streams may use.
          chunks.push(whole.subarray(at, at + cut));
          at = Math.min(whole.length, at + cut);
        }
        assert.deepEqual(await read(chunks), await read([whole]));
      },
    ),
  );
});

test('a chunk may be overwritten once the next is asked for', async () => {
  const memory = bytes('ab');
  function* chunks(): Generator<Uint8Array> {
    yield memory;
    memory.set(bytes('c\n'));
    yield memory;
  }
  assert.deepEqual(await read(chunks()), [{ number: 1, text: 'abc' }]);
});
