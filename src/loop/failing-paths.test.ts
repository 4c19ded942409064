import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failingPaths, knownPaths } from './failing-paths.ts';

test('paths are worked out once for all that look alike to a rule', () => {
  const alike = {};
  let asked = 0;
  const find = (): string[] => {
    asked++;
    return ['spec.containers[0]'];
  };
  assert.equal(knownPaths(alike, 'run-as-non-root'), undefined);
  assert.deepEqual(failingPaths(alike, 'run-as-non-root', find), ['spec.containers[0]']);
  assert.deepEqual(failingPaths(alike, 'run-as-non-root', find), ['spec.containers[0]']);
  assert.deepEqual(knownPaths(alike, 'run-as-non-root'), ['spec.containers[0]']);
  assert.equal(asked, 1);
});

test('rules that look at the same, and objects that look different, have paths of their own', () => {
  const alike = {};
  failingPaths(alike, 'run-as-non-root', () => ['spec']);
  failingPaths(alike, 'root-by-default', () => []);
  assert.deepEqual(knownPaths(alike, 'run-as-non-root'), ['spec']);
  assert.deepEqual(knownPaths(alike, 'root-by-default'), []);
  assert.equal(knownPaths({}, 'run-as-non-root'), undefined);
});

test('what cannot be worked out is not remembered', () => {
  const alike = {};
  const fails = (): string[] => {
    throw new Error('the file has changed');
  };
  assert.throws(() => failingPaths(alike, 'tiller', fails), /has changed/);
  assert.equal(knownPaths(alike, 'tiller'), undefined);
  assert.deepEqual(
    failingPaths(alike, 'tiller', () => ['spec']),
    ['spec'],
  );
});

describe('of objects that look alike in another kind', () => {
  const deployment = [
    ['spec', 'template', 'spec'],
    ['spec', 'template', 'metadata', 'annotations'],
    ['spec', 'ports'],
  ];
  const pod = [['spec'], ['metadata', 'annotations'], ['ports']];
  const never = (): string[] => assert.fail('worked out once more');
  /** The paths in an object of the second kind, after those in one of the first. */
  function moved(
    paths: readonly string[],
    from: string[][],
    to: string[][],
    find = never,
  ): readonly string[] {
    const said = {};
    failingPaths({ elsewhere: { said, parts: from } }, 'tiller', () => paths);
    return failingPaths({ elsewhere: { said, parts: to } }, 'tiller', find);
  }

  test('paths are called as they are there', () => {
    assert.deepEqual(
      moved(['spec.template.spec.containers[0].image', 'spec.template.spec'], deployment, pod),
      ['spec.containers[0].image', 'spec'],
    );
    assert.deepEqual(moved(['spec.template.metadata.annotations["a.b/c"]'], deployment, pod), [
      'metadata.annotations["a.b/c"]',
    ]);
    assert.deepEqual(moved(['spec.containers[1]'], pod, deployment), ['spec.template.spec.containers[1]']);
    assert.deepEqual(moved([], pod, deployment), []);
  });

  test('but worked out where it is not certain what they are called', () => {
    const find = (): string[] => ['found'];
    for (const path of ['', 'kind', 'metadata', 'metadata.annotations.a', 'specification', 'spec2'])
      assert.deepEqual(moved(['spec.hostPID', path], pod, deployment, find), ['found'], path);
    for (const path of ['spec.template', 'spec.template.specific'])
      assert.deepEqual(moved([path], deployment, pod, find), ['found'], path);
    // What has no place in one kind fails in the other in one more.
    const without = [['spec'], ['metadata', 'annotations'], []];
    assert.deepEqual(moved(['spec.hostPID'], without, deployment, find), ['found']);
    assert.deepEqual(moved(['spec.template.spec.hostPID'], deployment, without, find), ['found']);
    const nested = [['spec'], ['spec', 'containers']];
    assert.deepEqual(moved(['spec.containers[0]'], nested, deployment, find), ['found']);
  });

  test('for each rule by itself', () => {
    const said = {};
    failingPaths({ elsewhere: { said, parts: pod } }, 'tiller', () => ['spec.a']);
    const alike = { elsewhere: { said, parts: deployment } };
    assert.deepEqual(
      failingPaths(alike, 'ssh-server', () => ['found']),
      ['found'],
    );
  });
});
