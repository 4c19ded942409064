import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CatalogueError } from '../catalogue/catalogue-error.ts';
import { main } from './main.ts';
import type { Streams } from './stream.ts';

/** A run in which writing to standard output ends as `write` does. */
async function run(write: () => void): Promise<{ code: number; err: string; out: string }> {
  let [err, out] = ['', ''];
  const streams = {
    out: (text: string) => {
      write();
      out += text;
    },
    err: (text: string) => void (err += text),
    columns: 100,
    env: {},
    cwd: import.meta.dirname,
  };
  const code = await main(['eval', '-q', '1 + 1'], streams as unknown as Streams);
  return { code, err, out };
}
const throws = (error: Error) => (): never => {
  throw error;
};

describe('what ends a run', () => {
  test('its result', async () => {
    assert.deepEqual(await run(() => {}), { code: 0, err: '', out: '2\n' });
  });

  test('a catalogue with mistakes, which are the message', async () => {
    const { code, err } = await run(throws(new CatalogueError('controls/a/control.yaml:1:1  no title')));
    assert.equal(code, 3);
    assert.equal(err, 'error: the catalogue has mistakes\ncontrols/a/control.yaml:1:1  no title\n');
  });

  test('what the operating system refuses, without a word about ourselves', async () => {
    const error = Object.assign(new Error('EACCES: permission denied, write'), { code: 'EACCES' });
    assert.deepEqual(await run(throws(error)), {
      code: 3,
      err: 'error: EACCES: permission denied, write\n',
      out: '',
    });
  });

  test('what the operating system refuses of a file whose name would steer the terminal', async () => {
    const error = Object.assign(new Error("EACCES: permission denied, open '\u001b]0;x'"), {
      code: 'EACCES',
    });
    const { err } = await run(throws(error));
    assert.match(err, /^error: EACCES: permission denied, open '.\]0;x'\n$/);
    assert.ok(!err.includes('\u001b'));
  });

  test('a mistake of ours, with the place in the program', async () => {
    const { code, err } = await run(throws(new TypeError('x is not a function')));
    assert.equal(code, 3);
    assert.match(
      err,
      /^error: something is wrong inside scantling, please report it\nTypeError: x is not a function\n +at /,
    );
  });
});
