import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { main } from './main.ts';
import { gathered, calledAs, type Streams, wantsColor } from './stream.ts';

describe('the name of the program', () => {
  test('is that of the plug-in where kubectl starts it', () => {
    for (const file of [
      '/usr/local/bin/kubectl-scantling',
      '/home/a/scantling/bin/kubectl-scantling.js',
      'C:\\tools\\kubectl-scantling.exe',
      'kubectl-scantling',
    ]) {
      assert.equal(calledAs(['/usr/bin/node', file]), 'kubectl scantling', file);
    }
  });

  test('is its own everywhere else', () => {
    for (const file of [
      '/usr/bin/scantling',
      '/a/kubectl-scantling/scantling.js',
      'my-kubectl-scantling',
      undefined,
    ])
      assert.equal(calledAs([file]), undefined, file);
  });
});

describe('what the program says of itself', () => {
  async function said(program: string | undefined, ...args: string[]): Promise<string> {
    let text = '';
    const out = (part: string): void => void (text += part);
    await main(args, { ...silent, out, err: out, program });
    return text;
  }

  test('in examples and advice is what a person types, and only there', async () => {
    const plain = await said(undefined, 'help', 'scan');
    const plugin = await said('kubectl scantling', 'help', 'scan');
    assert.equal(plugin.replaceAll('kubectl scantling', 'scantling'), plain);
    assert.match(plugin, /^ {2}kubectl scantling scan \. -o sarif=scantling\.sarif/m);
    assert.match(await said('kubectl scantling', 'scna'), /^kubectl scantling --help shows/m);
    assert.match(await said('kubectl scantling', 'scan', '--nope'), /^kubectl scantling scan --help shows/m);
  });
});

describe('colour', () => {
  const color = (env: Record<string, string>, outIsTerminal: boolean): boolean =>
    wantsColor({ ...silent, env, outIsTerminal });

  test('is for terminals', () => {
    assert.ok(color({}, true));
    assert.ok(!color({}, false));
    assert.ok(!color({ TERM: 'dumb' }, true));
  });

  test('can be asked for and refused', () => {
    assert.ok(color({ FORCE_COLOR: '1' }, false));
    assert.ok(!color({ FORCE_COLOR: '0' }, false));
    assert.ok(!color({ NO_COLOR: '1', FORCE_COLOR: '1' }, true));
  });
});

test('standard input is held up to a size', () => {
  const blocks = function* (count: number): Generator<Uint8Array> {
    for (let i = 0; i < count; i++) yield Buffer.from('ab');
  };
  assert.deepEqual(gathered(blocks(5), 10), Buffer.from('ababababab'));
  assert.deepEqual(gathered(blocks(0), 10), Buffer.alloc(0));
  assert.throws(() => gathered(blocks(Infinity), 2_000_000), /no end of it after 2 MB/);
});

const silent: Streams = {
  out: () => {},
  err: () => {},
  outIsTerminal: false,
  errIsTerminal: false,
  columns: 80,
  stdin: () => Buffer.alloc(0),
  env: {},
  cwd: '/',
};
