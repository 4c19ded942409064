import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { failures, privilegedPod, problems, project, run, scanJson } from './golden/program.ts';

const only = ['-c', 'privileged-container'];
const exception = (more: string): string =>
  `exceptions:\n- controls: [privileged-container]\n  reason: it is a driver\n${more}`;
const other = privilegedPod.replace('metadata:\n  name: web', 'metadata:\n  name: other\n  namespace: shop');

async function scanOf(t: TestContext, configuration: string, args: readonly string[] = []) {
  const cwd = project(t, {
    '.scantling.yaml': configuration,
    'a/web.yaml': privilegedPod,
    'b/other.yaml': other,
  });
  const { code, report } = await scanJson([...only, ...args], { cwd });
  return { code, report, names: failures(report).map((line) => line.split(' ')[1]), told: problems(report) };
}

describe('exceptions in the configuration', () => {
  test('accept what they are about and nothing else', async (t) => {
    const cases: [string, string[]][] = [
      ['', []],
      ['  match: {names: [web]}\n', ['other']],
      ['  match: {files: b/**}\n', ['web']],
      ['  match: {namespaces: [shop]}\n', ['web']],
      ["  match: {namespaces: ['']}\n", ['other']],
      ['  match: {kinds: [Pod], names: [/^o/]}\n', ['web']],
      ['  match: {containers: [web]}\n', []],
    ];
    for (const [more, left] of cases) {
      const { names, told } = await scanOf(t, exception(more));
      assert.deepEqual([names, told], [left, []], more);
    }
  });

  test('their reason, end and owner stand in the report, and a baseline leaves them out', async (t) => {
    const { report } = await scanOf(t, exception('  until: 2999-12-31\n  owner: storage\n'));
    assert.deepEqual(report.findings[0]!.suppression, {
      by: 'configuration',
      reason: 'it is a driver (storage)',
      until: '2999-12-31',
    });
    const cwd = project(t, { '.scantling.yaml': exception(''), 'a.yaml': privilegedPod });
    await run(['scan', ...only, '--write-baseline'], { cwd });
    assert.deepEqual(
      JSON.parse(readFileSync(path.join(cwd, 'scantling-baseline.json'), 'utf8')).findings,
      [],
    );
  });

  test('that ended do not count and are told of', async (t) => {
    const { code, names, told } = await scanOf(t, exception('  until: 2020-01-31\n'));
    assert.deepEqual([code, names], [1, ['web', 'other']]);
    assert.deepEqual(told, [
      'warning .scantling.yaml:2:3 this exception does not count: it expired on 2020-01-31',
    ]);
    const today = new Date().toISOString().slice(0, 10);
    assert.deepEqual((await scanOf(t, exception(`  until: ${today}\n`))).names, []);
  });

  test('that accept nothing are told of, where all that they may be about was looked at', async (t) => {
    const unused = exception('  match: {names: [gone]}\n');
    assert.deepEqual((await scanOf(t, unused)).told, [
      'warning .scantling.yaml:2:3 this exception is not used: nothing it is about fails privileged-container',
    ]);
    assert.deepEqual((await scanOf(t, unused, ['a'])).told, []);
    assert.deepEqual((await scanOf(t, unused.replace('privileged-container', 'host-port'))).told, []);
  });

  test('count in the folded text output too, and leave nothing to mend', async (t) => {
    const cwd = project(t, { '.scantling.yaml': exception(''), 'a.yaml': privilegedPod });
    const { code, out } = await run(['scan', ...only], { cwd });
    assert.equal(code, 0);
    assert.match(out, /^no failures in 1 object; 1 suppressed$/m);
    assert.match(
      (await run(['fix', '.', '--unsafe', '--only', 'privileged-container'], { cwd })).err,
      /^0 failures fixed/m,
    );
  });

  test('with mistakes are refused, with the place', async (t) => {
    const cwd = project(t, {
      '.scantling.yaml': 'exceptions:\n- controls: [privileged-containr]\n  reason: x\n',
      'a.yaml': privilegedPod,
    });
    const { code, err } = await run(['scan', ...only], { cwd });
    assert.equal(code, 2);
    assert.match(
      err,
      /^error {2}\.scantling\.yaml:2:14 {2}there is no control "privileged-containr"; did you mean/,
    );
  });
});
