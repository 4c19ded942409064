import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { checkout } from '../../catalogue/load.ts';
import { inFolder } from './run.fixture.ts';
import { PolicyTester } from './policy-tester.ts';

const folder = path.join(checkout, 'controls/host-port');
const read = (file: string): string => readFileSync(path.join(folder, file), 'utf8');

/** The control `host-port` with its tests changed. */
function run<T>(change: (tests: string) => string, use: (tester: PolicyTester) => T): T {
  const files = Object.fromEntries(
    ['control.yaml', 'fix.yaml', 'policy.yaml', 'tests.yaml'].map((name) => [
      `host-port/${name}`,
      name === 'tests.yaml' ? change(read(name)) : read(name),
    ]),
  );
  return inFolder(files, (cwd) => use(new PolicyTester({ cwd, version: 36, coverage: true })));
}

test('a control is tested case by case, and its policy is covered', () => {
  run(
    (tests) => tests,
    (tester) => {
      const { suites } = tester.find(['.']);
      assert.deepEqual(
        suites.map(({ format }) => format),
        ['control'],
      );
      const { result } = tester.run(suites[0]!)!;
      assert.deepEqual(result.problems, []);
      assert.ok(result.cases.length > 2 && result.cases.every(({ status }) => status === 'passed'));
      assert.ok(result.verdicts > result.cases.length);
      const [covered] = tester.coverage()!;
      assert.equal(covered!.policy, 'host-port');
      assert.ok(covered!.reached > 0 && covered!.reached < covered!.all);
      assert.equal(covered!.gaps[0]!.location!.file, 'host-port/policy.yaml');
    },
  );
});

test('a case that does not hold stands at its line, with what was tried', () => {
  run(
    (tests) =>
      tests.replace(
        'cases:\n',
        'cases:\n- fail: nothing at all\n  pod: {hostname: x}\n  path: pod.hostname\n',
      ),
    (tester) => {
      const { result } = tester.run(tester.find(['.']).suites[0]!)!;
      const failed = result.cases.filter(({ status }) => status === 'failed');
      assert.deepEqual(
        failed.map(({ name, location }) => `${location.line} ${name}`),
        ['2 nothing at all'],
      );
      assert.match(failed[0]!.what, /^Pod/);
      assert.match(failed[0]!.got, /^expected fail, got pass/);
    },
  );
});

test('mistakes of the file are problems', () => {
  run(
    (tests) => `${tests}\nunknown: 1\n`,
    (tester) => {
      const { result } = tester.run(tester.find(['.']).suites[0]!)!;
      assert.match(result.problems[0]!.reason, /unknown key "unknown"/);
    },
  );
});
