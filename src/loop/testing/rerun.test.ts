import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { PolicyTester } from './policy-tester.ts';
import { Rerun } from './rerun.ts';
import { configMap, configMapPolicy, inFolder } from './run.fixture.ts';

const policy = (expression: string): string => configMapPolicy(`  - {expression: "${expression}"}`);
const tests = 'cases: [{pass: p, object: object.yaml}]\n';

/** Two folders of tests with a policy and an object each. */
function both(
  use: (rerun: Rerun, write: (file: string, text: string) => void, folder: string) => void,
  coverage = false,
): void {
  const one = { 'tests.yaml': tests, 'policy.yaml': policy('true'), 'object.yaml': configMap('{a: "1"}') };
  const files = Object.fromEntries(
    ['x', 'y'].flatMap((folder) => Object.entries(one).map(([name, text]) => [`${folder}/${name}`, text])),
  );
  inFolder(files, (cwd) => {
    const make = (): PolicyTester => new PolicyTester({ cwd, version: 36, coverage });
    // The size tells a change that comes within one tick of the clock.
    const write = (file: string, text: string): void => writeFileSync(path.join(cwd, file), `${text}\n#\n`);
    use(new Rerun(['.'], make, coverage), write, cwd);
  });
}

const statuses = (report: ReturnType<Rerun['all']>): string[] =>
  report.suites.map(({ file, cases }) => `${file} ${cases.map(({ status }) => status).join()}`);

test('only what depends on a changed file runs again', () => {
  both((rerun, write) => {
    assert.deepEqual(statuses(rerun.all()), ['x/tests.yaml passed', 'y/tests.yaml passed']);
    assert.deepEqual(rerun.refresh(), { ...rerun.refresh(), ran: [], changed: false });
    write('x/policy.yaml', policy("'b' in object.data"));
    const after = rerun.refresh();
    assert.deepEqual(after.ran, ['x/tests.yaml']);
    assert.deepEqual(statuses(after.report), ['x/tests.yaml failed', 'y/tests.yaml passed']);
    write('x/object.yaml', configMap('{b: "1"}'));
    assert.deepEqual(statuses(rerun.refresh().report), ['x/tests.yaml passed', 'y/tests.yaml passed']);
  });
});

test('a file that was missing and comes, a policy that is added beside the tests', () => {
  both((rerun, write, folder) => {
    rmSync(path.join(folder, 'y/object.yaml'));
    assert.deepEqual(statuses(rerun.all()), ['x/tests.yaml passed', 'y/tests.yaml error']);
    write('y/object.yaml', configMap('{}'));
    assert.deepEqual(statuses(rerun.refresh().report), ['x/tests.yaml passed', 'y/tests.yaml passed']);
    write('x/second.yaml', policy('false').replace('name: rule', 'name: second'));
    assert.deepEqual(statuses(rerun.refresh().report), ['x/tests.yaml failed', 'y/tests.yaml passed']);
  });
});

test('test files that come and go', () => {
  both((rerun, write, folder) => {
    rerun.all();
    write('x/more.tests.yaml', 'cases: [{fail: f, object: object.yaml}]');
    const more = rerun.refresh();
    assert.ok(more.ran.includes('x/more.tests.yaml'));
    assert.equal(more.report.suites.length, 3);
    rmSync(path.join(folder, 'y'), { recursive: true });
    const fewer = rerun.refresh();
    assert.equal(fewer.changed, true);
    assert.deepEqual(
      fewer.report.suites.map(({ file }) => file),
      ['x/more.tests.yaml', 'x/tests.yaml'],
    );
  });
});

test('a file that cannot be read for a moment costs only its own tests', () => {
  both((rerun, write) => {
    rerun.all();
    write('x/tests.yaml', 'cases: [');
    const broken = rerun.refresh();
    assert.equal(broken.report.suites[0]!.problems.length, 1);
    assert.equal(broken.report.suites[1]!.cases[0]!.status, 'passed');
    write('x/tests.yaml', tests);
    assert.deepEqual(statuses(rerun.refresh().report), ['x/tests.yaml passed', 'y/tests.yaml passed']);
  });
});

test('with coverage everything runs again, and policies of before are forgotten', () => {
  both((rerun, write) => {
    assert.deepEqual(
      rerun.all().coverage!.map(({ all }) => all),
      [2, 2],
    );
    write('x/policy.yaml', policy("'a' in object.data || 'b' in object.data"));
    const { ran, report } = rerun.refresh();
    assert.equal(ran.length, 2);
    assert.deepEqual(
      report.coverage!.map(({ all }) => all),
      [4, 2],
    );
  }, true);
});
