import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Progress } from './progress.ts';
import type { Streams } from './stream.ts';

function recorded(errIsTerminal: boolean): { streams: Streams; written: string[] } {
  const written: string[] = [];
  const streams: Streams = {
    out: () => undefined,
    err: (text) => void written.push(text),
    outIsTerminal: true,
    errIsTerminal,
    columns: 80,
    stdin: () => new Uint8Array(),
    env: {},
    cwd: '/',
  };
  return { streams, written };
}

test('a bar after half a second, at most ten times a second, gone in the end', (t) => {
  let now = 0;
  t.mock.method(process, 'uptime', () => now / 1000);
  const { streams, written } = recorded(true);
  const progress = new Progress(streams);
  progress.step('reading', 1, 10);
  assert.deepEqual(written, []);
  now = 600;
  progress.step('reading', 5, 10);
  now = 650;
  progress.step('reading', 6, 10);
  now = 800;
  progress.step('judging', 10, 10);
  assert.equal(written.length, 2);
  assert.match(written[0]!, /^\rreading {2}█{12}░{12} 5 of 10/);
  assert.match(written[1]!, /^\rjudging {2}█{24} 10 of 10/);
  progress.end();
  assert.equal(written.at(-1), '\r\u001b[K');
});

test('nothing where nobody watches, and nothing to clear', (t) => {
  let now = 0;
  t.mock.method(process, 'uptime', () => now / 1000);
  const { streams, written } = recorded(false);
  const progress = new Progress(streams);
  now = 5000;
  progress.step('reading', 1, 10);
  progress.end();
  assert.deepEqual(written, []);
});
