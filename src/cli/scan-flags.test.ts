import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { type Files, inFolder } from '../loop/testing/run.fixture.ts';
import { type FlagValues, UsageError } from './command.ts';
import { baseline, failOn, maxDepth, policies, since } from './scan-flags.ts';

function isMistake(act: () => unknown, message: string | RegExp): void {
  assert.throws(act, (error: Error) => {
    assert.ok(error instanceof UsageError, String(error));
    if (typeof message === 'string') assert.equal(error.message, message);
    else assert.match(error.message, message);
    return true;
  });
}

test('--fail-on is a list of severities and unknown', () => {
  assert.equal(failOn({}), undefined);
  assert.deepEqual(failOn({ 'fail-on': 'medium,unknown' }), ['medium', 'unknown']);
  isMistake(() => failOn({ 'fail-on': 'hihg' }), /^--fail-on takes .*, not "hihg"; did you mean "high"\?$/);
  isMistake(() => failOn({ 'fail-on': 'high,,never' }), /not "never"/);
});

test('--max-depth is a whole number from 1', () => {
  assert.equal(maxDepth({}), undefined);
  assert.equal(maxDepth({ 'max-depth': '1' }), 1);
  assert.equal(maxDepth({ 'max-depth': '99999' }), 99999);
  for (const text of ['0', '100000', '-1', '1.5', '1e3', ' 5', '', 'deep'])
    isMistake(
      () => maxDepth({ 'max-depth': text }),
      `--max-depth takes a number from 1 to 99999, not "${text}"`,
    );
});

describe('--baseline', () => {
  const read = (text: string | undefined) =>
    inFolder(text === undefined ? {} : { 'b.json': text }, (cwd) => baseline('b.json', cwd));

  test('that is not there says how to make one', () => {
    isMistake(() => read(undefined), '--baseline b.json: no such file; --write-baseline makes one');
  });

  test('that is a folder or no baseline says so', () => {
    isMistake(() => inFolder({ 'b.json/x': '' }, (cwd) => baseline('b.json', cwd)), /^--baseline b\.json: ./);
    isMistake(() => read('[]'), /^--baseline b\.json: ./);
    isMistake(() => read('{'), /^--baseline b\.json: ./);
  });
});

describe('--policy', () => {
  const policy =
    'apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata: {name: p}\n';
  const named = (files: Files, ...names: string[]): readonly string[] =>
    inFolder(files, (cwd) => policies({ policy: names } as FlagValues, cwd));

  test('names what holds a policy, and commas are parts of names', () => {
    assert.deepEqual(named({}), []);
    assert.deepEqual(named({ 'a,b.yaml': policy }, 'a,b.yaml'), ['a,b.yaml']);
    assert.deepEqual(named({ 'p/a.yaml': policy, 'p/b.yaml': 'kind: x\n' }, 'p'), ['p']);
  });

  test('that leads nowhere is a mistake, also beside one that does not', () => {
    isMistake(() => named({ 'a.yaml': policy }, 'a.yaml', 'gone'), /^--policy gone: ./);
  });

  test('without a policy is a mistake; one of another engine is named', () => {
    isMistake(
      () => named({ 'a.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n' }, 'a.yaml'),
      '--policy a.yaml: there is no ValidatingAdmissionPolicy here',
    );
    const foreign = 'apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: p}\n';
    isMistake(() => named({ 'a.yaml': foreign }, 'a.yaml'), /Policy here; a\.yaml:2: .*ClusterPolicy/i);
  });

  test('what cannot be read may have been the policy: the scan tells of it', () => {
    assert.deepEqual(named({ 'a.yaml': 'kind: [Validating\n' }, 'a.yaml'), ['a.yaml']);
  });
});

describe('--since', () => {
  const git = (cwd: string, ...args: string[]): void => {
    const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
    execFileSync('git', [...who, ...args], { cwd, stdio: 'ignore' });
  };

  test('keeps the name of the commit for people', () => {
    assert.equal(since({}, '/'), undefined);
    inFolder({ 'a.yaml': 'a: b\n' }, (cwd) => {
      git(cwd, 'init', '-q');
      git(cwd, 'add', '.');
      git(cwd, 'commit', '-qm', 'first');
      assert.equal(since({ since: 'HEAD' }, cwd)!.ref, 'HEAD');
      isMistake(() => since({ since: 'gone' }, cwd), /^--since gone: ./);
    });
  });

  test('outside of a repository is a mistake in the call', () => {
    inFolder({ 'a.yaml': '' }, (cwd) => isMistake(() => since({ since: 'HEAD' }, cwd), /^--since HEAD: ./));
  });
});
