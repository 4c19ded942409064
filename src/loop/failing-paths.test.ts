import assert from 'node:assert/strict';
import { test } from 'node:test';
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
