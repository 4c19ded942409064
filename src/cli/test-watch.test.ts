import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { PolicyTester } from '../loop/testing/policy-tester.ts';
import { configMap, configMapPolicy } from '../loop/testing/run.fixture.ts';
import type { Streams } from './stream.ts';
import { watchTests } from './test-watch.ts';

interface Watched {
  readonly write: (file: string, text: string) => void;
  readonly press: (key: string) => void;
  /** Waits until the output matches. */
  readonly until: (pattern: RegExp) => Promise<void>;
  readonly output: () => string;
  readonly done: Promise<number>;
}

function start(context: TestContext, terminal = false): Watched {
  const cwd = mkdtempSync(path.join(tmpdir(), 'scantling-watch-'));
  context.after(() => rmSync(cwd, { recursive: true, force: true }));
  const write = (file: string, text: string): void => writeFileSync(path.join(cwd, file), text);
  for (const folder of ['team/web', 'node_modules/x']) mkdirSync(path.join(cwd, folder), { recursive: true });
  write('policy.yaml', configMapPolicy('  - {expression: "\'a\' in object.data"}'));
  write('tests.yaml', `cases: [{pass: the case, object: object.yaml}]\n`);
  write('object.yaml', configMap('{a: "1"}'));
  let out = '';
  let press: (key: string) => void = () => {};
  const streams: Streams = {
    out: (text) => void (out += text),
    err: (text) => void (out += text),
    outIsTerminal: terminal,
    errIsTerminal: false,
    columns: 100,
    stdin: () => new Uint8Array(),
    env: {},
    cwd,
  };
  const makeTester = (): PolicyTester => new PolicyTester({ cwd, version: 36 });
  const call = {
    inputs: ['.'],
    tester: makeTester(),
    makeTester,
    coverage: false,
    outputs: [{ format: 'text' as const, file: undefined }],
    threshold: undefined,
    quiet: false,
  };
  const keyboard = {
    listen: (listener: (key: string) => void) => {
      press = listener;
      return () => {};
    },
  };
  const done = watchTests(call, streams, keyboard);
  const until = async (pattern: RegExp): Promise<void> => {
    for (let tries = 0; !pattern.test(out); tries++) {
      if (tries > 400) assert.fail(`nothing matches ${pattern} in:\n${out}`);
      await wait(25);
    }
  };
  return { write, press: (key) => press(key), until, output: () => out, done };
}

test('a changed file runs what depends on it again, and q ends with the last code', async (context) => {
  const watched = start(context);
  await watched.until(/all as expected[^]*watching/);
  watched.write('object.yaml', configMap('{b: "1"}'));
  await watched.until(/1 not as expected[^]*ran tests\.yaml/);
  watched.press('q');
  assert.equal(await watched.done, 1);
});

test('a change of what no test reads runs nothing', async (context) => {
  const watched = start(context);
  await watched.until(/watching/);
  watched.write('notes.txt', 'a new file may be a policy');
  await watched.until(/watching[^]*watching/);
  watched.write('notes.txt', 'read by nobody');
  await wait(600);
  assert.equal(watched.output().match(/watching/g)!.length, 2);
  watched.write('object.yaml', configMap('{b: "1"}'));
  await watched.until(/watching[^]*watching[^]*watching/);
  watched.press('q');
  assert.equal(await watched.done, 1);
});

test('a new test is found in folders below, but not among packages', async (context) => {
  const watched = start(context);
  await watched.until(/1 case\b[^]*watching/);
  const tests = `cases: [{pass: another, object: ${configMap('{a: "1"}')}}]\npolicies: ../../policy.yaml\n`;
  watched.write('node_modules/x/tests.yaml', tests);
  await wait(400);
  assert.equal(watched.output().match(/watching/g)!.length, 1);
  watched.write('team/web/tests.yaml', tests);
  await watched.until(/ran team\/web\/tests\.yaml/);
  watched.press('q');
  assert.equal(await watched.done, 0, watched.output());
});

test('a runs everything again, Ctrl-C ends', async (context) => {
  const watched = start(context);
  await watched.until(/watching/);
  watched.press('a');
  await watched.until(/watching[^]*watching/);
  watched.press('\u0003');
  assert.equal(await watched.done, 0);
});

test('the screen is cleared on a terminal alone', async (context) => {
  const terminal = start(context, true);
  await terminal.until(/watching/);
  terminal.press('q');
  await terminal.done;
  assert.ok(terminal.output().startsWith('\u001b[2J'));
  const pipe = start(context);
  await pipe.until(/watching/);
  pipe.press('q');
  await pipe.done;
  assert.equal(pipe.output().includes('\u001b'), false);
});
