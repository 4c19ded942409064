import assert from 'node:assert/strict';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { verbNames } from '../../src/cli/main.ts';
import { worthwhile } from '../../src/loop/parallel/helper.ts';
import { calls, copyInputs, root, run, wordsOf } from './calls.ts';
import { lines } from './isolation.ts';
import { executable } from './programs.ts';

const bundle = [process.execPath, path.join(root, 'dist/cli.js')];

describe('the single executable', { skip: executable() === undefined && 'npm run release makes it' }, () => {
  let folder = '';
  /** Alone in a folder of its own, which is not the one that it works in. */
  let program = '';
  let inputs = '';

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'scantling-executable-'));
    program = path.join(folder, 'bin/scantling');
    inputs = path.join(folder, 'inputs');
    mkdirSync(path.dirname(program));
    copyFileSync(executable()!, program);
    copyInputs(inputs);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('is asked for every verb here', () => {
    const asked = new Set(calls.map((call) => wordsOf(call)[0]!));
    assert.deepEqual(
      verbNames.filter((verb) => !asked.has(verb)),
      [],
    );
  });

  for (const call of calls) {
    test(`${call.words}: as the npm package, with no environment and no Node in reach`, () => {
      const expected = run([...bundle, ...wordsOf(call)], { cwd: inputs });
      assert.equal(expected.code, call.code, expected.err);
      assert.deepEqual(run([program, ...wordsOf(call)], { cwd: inputs }), expected);
    });
  }

  test('reads standard input', () => {
    const input = readFileSync(path.join(inputs, 'examples/shop/api.yaml'), 'utf8');
    const { out, code } = run([program, 'scan', '-', '-o', 'json'], { cwd: inputs, input });
    assert.equal(code, 1);
    assert.ok((JSON.parse(out) as { findings: unknown[] }).findings.length > 0);
  });

  test('is a plug-in of kubectl under these names', () => {
    for (const [name, words, expected] of [
      ['kubectl-scantling', ['help'], /^Usage: kubectl scantling COMMAND/m],
      ['kubectl_complete-scantling', ['sca'], /^scan\b/],
    ] as const) {
      const link = path.join(folder, name);
      symlinkSync(program, link);
      assert.match(run([link, ...words], { cwd: inputs }).out, expected);
    }
  });

  test('runs nothing that lies beside it or where it is called', () => {
    const trap = path.join(folder, 'trap');
    mkdirSync(trap);
    copyFileSync(program, path.join(trap, 'scantling'));
    const evil = 'throw new Error("a file of a stranger was run")';
    for (const name of ['scan.cjs', 'scantling.cjs', 'second-thread.cjs', 'completion.cjs', 'start.cjs'])
      writeFileSync(path.join(trap, name), evil);
    writeFileSync(path.join(trap, 'catalogue.json'), '{}');
    writeFileSync(path.join(trap, 'package.json'), '{"type": "module"}');
    cpSync(path.join(inputs, 'examples'), path.join(trap, 'examples'), { recursive: true });
    const { code, err } = run([path.join(trap, 'scantling'), 'scan', 'examples/shop', '-q'], { cwd: trap });
    assert.equal(code, 1, err);
    assert.equal(err.includes('stranger'), false);
  });

  test('uses its compiled code: V8 refuses none', () => {
    const log = path.join(folder, 'code.log');
    const env = watch('refused-code.cjs', log);
    for (const call of calls) run([program, ...wordsOf(call)], { cwd: inputs, env });
    const seen = lines(log);
    assert.ok(seen.length >= calls.length, seen.join('\n'));
    assert.deepEqual(
      seen.filter((line) => line.endsWith(' refused')),
      [],
    );
  });

  test('judges large inputs in two threads', () => {
    const large = path.join(folder, 'large');
    const document = readFileSync(path.join(inputs, 'examples/shop/api.yaml'), 'utf8');
    mkdirSync(large);
    // Each of a size that is read whole: what is read by parts is not shared between threads.
    const files = 70;
    const line = `#${' '.repeat(98)}\n`;
    const padding = line.repeat(Math.ceil(worthwhile / files / line.length));
    const text = `${document}\n---\n`.repeat(6) + padding;
    for (let index = 0; index < files; index++) writeFileSync(path.join(large, `${index}.yaml`), text);
    const log = path.join(folder, 'threads.log');
    const words = ['scan', '.', '-q', '--profile', 'all'];
    const single = run([program, ...words], { cwd: large, env: watch('threads.cjs', log) });
    assert.deepEqual(lines(log), ['started', 'answered', 'ended with 0']);
    assert.deepEqual(single, run([...bundle, ...words], { cwd: large }));
  });

  test('says what needs rendering, from a bundle that only charts need', () => {
    const chart = path.join(inputs, 'chart');
    mkdirSync(path.join(chart, 'templates'), { recursive: true });
    writeFileSync(path.join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: web\nversion: 1.0.0\n');
    writeFileSync(path.join(chart, 'templates/web.yaml'), 'kind: {{ .Values.kind }}\n');
    const expected = run([...bundle, 'scan', 'chart'], { cwd: inputs });
    assert.match(expected.out + expected.err, /helm/);
    assert.deepEqual(run([program, 'scan', 'chart'], { cwd: inputs }), expected);
  });

  test('writes nothing anywhere while it scans', { skip: !existsSync('/proc/self') }, () => {
    const before = JSON.stringify(
      run(['find', folder, '-newer', program], { cwd: folder, env: process.env }),
    );
    run([program, 'scan', 'examples/shop'], { cwd: inputs });
    const now = JSON.stringify(run(['find', folder, '-newer', program], { cwd: folder, env: process.env }));
    assert.equal(now, before);
  });
});

/** An environment in which a module watches the program and writes what it sees into a file. */
function watch(module: string, log: string): NodeJS.ProcessEnv {
  return {
    NODE_OPTIONS: `--require=${path.join(import.meta.dirname, module)}`,
    SCANTLING_WATCH_LOG: log,
  };
}
