import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { testFolders } from './folder-tests.ts';
import { checkout } from './load.ts';
import { ControlTester } from './tester.ts';

const tester = new ControlTester([34]);
const policy = `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: no-host-pid.example.com}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
  validations: [{expression: "!object.spec.?hostPID.orValue(false)"}]
`;
const tests = `
cases:
- fail: hostPID
  kinds: Pod
  pod: {hostPID: true}
  path: pod.hostPID
- pass: nothing
  kinds: Pod
`;

/** Runs the tests of a folder tree: file path -> text. */
function run(files: Readonly<Record<string, string>>, spoil?: (directory: string) => void) {
  const directory = mkdtempSync(path.join(tmpdir(), 'scantling-folders-'));
  try {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
      writeFileSync(path.join(directory, file), text);
    }
    spoil?.(directory);
    return [...testFolders(directory, tester)].map(({ folder, runs, failures }) => ({
      folder: path.relative(directory, folder),
      runs,
      failures: failures.map(({ reason }) => reason.replaceAll(directory, '')),
    }));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

test('a policy with cases beside it is tested without a control.yaml, wherever it lies', () => {
  const found = run({ 'a/b/policy.yaml': policy, 'a/b/tests.yaml': tests, 'a/b/notes.yaml': 'a: 1\n' });
  assert.deepEqual(found, [{ folder: 'a/b', runs: 6, failures: [] }]);
});

test('a folder is tested whatever else is wrong with the others', () => {
  const found = run({
    'good/policy.yaml': policy,
    'good/tests.yaml': tests,
    'bad/policy.yaml': 'a: [\n',
    'bad/tests.yaml': tests,
    '.hidden/tests.yaml': tests,
    'node_modules/x/tests.yaml': tests,
  });
  assert.deepEqual(
    found.map(({ folder, runs }) => [folder, runs]),
    [
      ['bad', 0],
      ['good', 6],
    ],
  );
  assert.match(found[0]?.failures[0] ?? '', /^\/bad\/policy\.yaml:\d+:\d+: /);
  assert.deepEqual(found[1]?.failures, []);
});

test('a control of the catalogue is tested as a control', () => {
  const found = run({}, (directory) => {
    cpSync(path.join(checkout, 'controls/host-port'), path.join(directory, 'host-port'), { recursive: true });
  });
  assert.deepEqual(found[0]?.failures, []);
  assert.ok((found[0]?.runs ?? 0) > 70);
});

test('a control under another name is told', () => {
  const found = run({}, (directory) => {
    cpSync(path.join(checkout, 'controls/host-port'), path.join(directory, 'hostport'), { recursive: true });
  });
  assert.deepEqual(found[0]?.failures, [
    'policy.yaml holds no ValidatingAdmissionPolicy named hostport',
    'fix.yaml holds no MutatingAdmissionPolicy named hostport',
  ]);
});

test('a folder without tests yields nothing', () => {
  assert.deepEqual(run({ 'policy.yaml': policy }), []);
});
