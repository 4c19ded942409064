import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Call, calls, copyInputs, type Printed, run, wordsOf } from './calls.ts';
import { canTrace, lines, reaching, traced, withoutNetwork } from './isolation.ts';
import { programs } from './programs.ts';

/** A program that does what must not happen, to see that it would be noticed. */
const offender = [
  process.execPath,
  '-e',
  "require('node:net').connect(9, '127.0.0.1').on('error', () => {})",
];

/** Every verb, and a fix that is written. */
const all: readonly Call[] = [...calls, { words: 'fix --unsafe examples/shop', code: 0 }];

describe('without a network', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'scantling-no-network-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const isolated = withoutNetwork();
  const noWay = isolated === undefined && 'this machine has no way to take the network from a program';
  if (noWay !== false) console.warn(`SKIPPED: no run without network interfaces: ${noWay}`);
  const cannotTrace = !canTrace() && 'strace is missing, or not allowed to watch';
  if (cannotTrace !== false) console.warn(`SKIPPED: system calls are not watched: ${cannotTrace}`);

  test('there is no interface where the calls run', { skip: noWay }, () => {
    const script = "console.log(Object.keys(require('node:os').networkInterfaces()).length)";
    assert.equal(run([...isolated!, process.execPath, '-e', script], around()).out, '0\n');
  });

  test('the watchers see a program that connects', { skip: cannotTrace }, () => {
    const trace = path.join(folder, 'offender.trace');
    run([...traced(trace), ...offender], around());
    assert.ok(reaching(trace).length > 0);
  });

  test('the stand-in sees a program that connects', () => {
    const log = path.join(folder, 'offender.log');
    assert.equal(run(offender, { cwd: folder, env: standIn(log) }).code, 1);
    assert.deepEqual(lines(log), ['net.connect']);
  });

  for (const [name, program] of Object.entries(programs())) {
    describe(name, () => {
      for (const call of all) {
        test(`${call.words}: the same without any interface`, { skip: noWay }, () => {
          const expected = fresh(() => run([...program, ...wordsOf(call)], around()));
          assert.equal(expected.code, call.code, expected.err);
          assert.deepEqual(
            fresh(() => run([...isolated!, ...program, ...wordsOf(call)], around())),
            expected,
          );
        });
      }

      for (const call of all.filter(({ words }) => /^(?:scan|fix|lint|test|export)\b/.test(words))) {
        test(`${call.words}: reaches for it by no function of Node's, and by no system call`, () => {
          const [log, trace] = [path.join(folder, 'log'), path.join(folder, 'trace')];
          const command = [...(cannotTrace === false ? traced(trace) : []), ...program, ...wordsOf(call)];
          const env = { PATH: process.env['PATH'], ...standIn(log) };
          const { code, err } = fresh(() => run(command, { cwd: folder, env }));
          assert.equal(code, call.code, err);
          assert.deepEqual(lines(log), []);
          assert.deepEqual(reaching(trace), []);
        });
      }
    });
  }

  /** What a call printed and what the manifests are after it; before it they are as they were before all calls. */
  function fresh(call: () => Printed): Printed & { readonly files: readonly string[] } {
    rmSync(path.join(folder, 'examples'), { recursive: true, force: true });
    copyInputs(folder);
    const printed = call();
    const shop = path.join(folder, 'examples/shop');
    return {
      ...printed,
      files: readdirSync(shop).map((file) => readFileSync(path.join(shop, file), 'utf8')),
    };
  }

  function around() {
    return { cwd: folder, env: { PATH: process.env['PATH'] } };
  }
});

function standIn(log: string): NodeJS.ProcessEnv {
  const preload = path.join(import.meta.dirname, 'network.cjs');
  return { NODE_OPTIONS: `--require=${preload}`, SCANTLING_NETWORK_LOG: log };
}
