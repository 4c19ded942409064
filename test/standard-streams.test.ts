import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { privilegedPod, project, run } from './golden/program.ts';

const policy = (kind: string, name: string, spec: string): string =>
  `apiVersion: admissionregistration.k8s.io/v1
kind: ${kind}Policy
metadata: {name: ${name}}
spec:
  matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}
${spec}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ${kind}PolicyBinding
metadata: {name: ${name}}
spec: {policyName: ${name}${kind === 'ValidatingAdmission' ? ', validationActions: [Deny]' : ''}}
`;
const validating = policy(
  'ValidatingAdmission',
  'no-web',
  `  validations: [{expression: "object.metadata.name != 'web'"}]`,
);
const mutating = policy(
  'MutatingAdmission',
  'label',
  `  reinvocationPolicy: Never
  failurePolicy: Fail
  mutations:
  - patchType: ApplyConfiguration
    applyConfiguration: {expression: 'Object{metadata: Object.metadata{labels: {"a": "b"}}}'}`,
);

describe('what is on standard input is there once, and each place that names it sees all of it', () => {
  test('scan: policies', async (t) => {
    const cwd = project(t, { 'a.yaml': privilegedPod });
    const { code, out, err } = await run(['scan', 'a.yaml', '--policy', '-', '-c', 'no-web'], {
      cwd,
      stdin: validating,
    });
    assert.equal(code, 1, out + err);
    assert.match(out, /^exit 1: 1 failure at or above high/m);
  });

  test('scan: policies and what is judged', async (t) => {
    const stdin = `${validating}---\n${privilegedPod}`;
    const { code, out, err } = await run(['scan', '-', '--policy', '-', '-c', 'no-web'], {
      cwd: project(t),
      stdin,
    });
    assert.equal(code, 1, out + err);
    assert.match(out, /^looked at 3 objects in 1 file$/m);
  });

  test('explain: policies and what is judged', async (t) => {
    const stdin = `${validating}---\n${privilegedPod}`;
    const { code, out, err } = await run(['explain', 'no-web', '-f', '-', '--policy', '-'], {
      cwd: project(t),
      stdin,
    });
    assert.equal(code, 1, out + err);
    assert.match(out, /^Pod web {2}-:\d+ {2}fail$/m);
  });

  test('mutate: policies and what is mutated', async (t) => {
    const stdin = `${mutating}---\n${privilegedPod}`;
    const { code, out, err } = await run(['mutate', '-', '--policy', '-'], { cwd: project(t), stdin });
    assert.equal(code, 0, out + err);
    assert.match(out, /^ {2}labels:\n {4}a: b$/m);
    assert.equal(out.match(/^kind: /gm)?.length, 1);
  });

  test('import: the same input twice is one', async (t) => {
    const stdin = JSON.stringify([{ name: 'x', policyType: 'postureExceptionPolicy' }]);
    const once = await run(['import', '-'], { cwd: project(t), stdin });
    const twice = await run(['import', '-', '-'], { cwd: project(t), stdin });
    assert.deepEqual(twice, once);
    assert.doesNotMatch(twice.err, /neither a file of exceptions/);
  });
});

test(
  'names of files that are written do not reach the terminal as they are',
  { skip: process.platform === 'win32' },
  async (t) => {
    const cwd = project(t, { 'a.yaml': privilegedPod, '.trivyignore': 'KSV-0017\n' });
    const name = 'a\u001b]0;title\u0007b';
    const scanned = await run(['scan', '--write-baseline', '--baseline', name], { cwd });
    assert.match(
      scanned.err,
      /^wrote \d+ findings to a.\]0;title.b; from now on: --baseline a.\]0;title.b\n$/,
    );
    const imported = await run(['import', '.trivyignore', '--write', '--config', name + 'c'], { cwd });
    assert.match(imported.err, /^a.\]0;title.bc: 1 exception added$/m);
    for (const { err } of [scanned, imported]) assert.equal(err.match(/[\u0000-\u0009\u000b-\u001f]/g), null);
  },
);

describe('a process', { skip: process.platform === 'win32' && 'needs a shell of POSIX' }, () => {
  const program = path.resolve(import.meta.dirname, '../src/bin.ts');
  // Files of this process may hold one or two blocks of 512 or 1024 bytes: a full disk takes a part, too.
  const script = 'trap "" XFSZ; ulimit -f 2; exec "$@"';
  const inLimits = (shell: string, cwd: string, ...args: string[]) =>
    spawnSync(
      'sh',
      ['-c', `${shell}`, 'sh', process.execPath, '--conditions=source', '--no-warnings', program, ...args],
      { cwd, encoding: 'utf8', env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' } },
    );

  test('reads policies that come through a pipe, which ends after the first reading', (t) => {
    const cwd = project(t, { 'a.yaml': privilegedPod, 'p.yaml': validating });
    const { status, stdout, stderr } = inLimits(
      'cat p.yaml | "$@" --policy /dev/stdin',
      cwd,
      'scan',
      'a.yaml',
      '-c',
      'no-web',
    );
    assert.equal(status, 1, stdout + stderr);
    assert.match(stdout, /^exit 1: 1 failure at or above high/m);
  });

  test('does not take a part of a report for all of it: standard output', (t) => {
    const cwd = project(t, { 'a.yaml': privilegedPod });
    const { status, stderr } = inLimits(`${script} > out.json`, cwd, 'scan', 'a.yaml', '-o', 'json');
    assert.equal(status, 3, stderr);
    assert.match(stderr, /^error: standard output cannot be written: EFBIG/m);
    assert.ok(readFileSync(path.join(cwd, 'out.json')).length <= 2048);
  });

  test('does not take a part of a report for all of it: a file', (t) => {
    const cwd = project(t, { 'a.yaml': privilegedPod });
    const { status, stderr } = inLimits(script, cwd, 'scan', 'a.yaml', '-o', 'json=out.json');
    assert.equal(status, 2, stderr);
    assert.match(stderr, /^error: cannot write out\.json: EFBIG/m);
  });

  test('does not take a folder for an end of input', (t) => {
    const cwd = project(t, { 'p.yaml': validating });
    const { status, stderr } = inLimits('"$@" < .', cwd, 'admit', '--policy', 'p.yaml');
    assert.equal(status, 3, stderr);
    assert.match(stderr, /^error: EISDIR/m);
  });

  test('appends to a file, and writes all of it', (t) => {
    const cwd = project(t, { 'a.yaml': privilegedPod, 'out.txt': 'before\n' });
    const { status } = inLimits('"$@" >> out.txt', cwd, 'version');
    assert.equal(status, 0);
    assert.match(readFileSync(path.join(cwd, 'out.txt'), 'utf8'), /^before\nscantling \S+, catalogue .+\n$/);
  });
});
