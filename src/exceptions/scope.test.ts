import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExceptionScope } from '../model/exception.ts';
import { inContainers, patternProblem, reaches } from './scope.ts';

const value = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web' }, { name: 'log-1' }] },
};
const object = {
  file: 'deploy/web.yaml',
  reference: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: '', name: 'web-12' },
  value: () => value,
};
const fits = (scope: ExceptionScope): boolean => reaches(scope, object);

test('nothing said is about everything; each part that is said has to fit', () => {
  assert.ok(fits({}));
  assert.ok(fits({ kinds: ['Deployment'], names: ['web-12'] }));
  assert.ok(!fits({ kinds: ['Deployment'], names: ['web-1'] }));
  assert.ok(!fits({ kinds: ['StatefulSet'], names: ['web-12'] }));
});

test('wildcards stand for the whole name, regular expressions for what they match', () => {
  assert.ok(fits({ names: ['web-*'] }));
  assert.ok(fits({ names: ['web-??'] }));
  assert.ok(!fits({ names: ['eb-*'] }));
  assert.ok(fits({ names: ['/b-[0-9]/'] }));
  assert.ok(!fits({ names: ['/^b-[0-9]/'] }));
  for (const name of ['eb-12/', '/web-1', '/', '//x'])
    assert.ok(!fits({ names: [name] }), `${name} has a slash at one end only: it stands for itself`);
  assert.ok(!fits({ names: ['web.12'] }));
  assert.ok(!fits({ names: ['web*.'] }));
});

test('an object without a namespace is in none that has a name', () => {
  assert.ok(!fits({ namespaces: ['default'] }));
  assert.ok(fits({ namespaces: ['default', ''] }));
  assert.ok(fits({ namespaces: ['*'] }));
});

test('files are globs, labels are whole', () => {
  assert.ok(fits({ files: ['./deploy/*.yaml'] }));
  assert.ok(!fits({ files: ['*.yaml'] }));
  assert.ok(fits({ labels: { app: 'web' } }));
  assert.ok(!fits({ labels: { app: 'web', tier: 'a' } }));
  assert.ok(!reaches({ labels: { a: 'b' } }, { ...object, value: () => ({}) }));
});

test('containers are those around the finding', () => {
  const at = (containers: readonly string[] | undefined, path: readonly (string | number)[]): boolean =>
    inContainers(containers, path, value);
  assert.ok(at(undefined, ['spec']));
  assert.ok(at(['log-*'], ['spec', 'containers', 1, 'image']));
  assert.ok(!at(['log-*'], ['spec', 'containers', 0, 'image']));
  assert.ok(!at(['log-*'], ['spec', 'hostPID']));
  assert.ok(!at(['*'], ['spec', 'containers', 7]));
});

test('a pattern that cannot be compiled fits nothing and says why', () => {
  assert.equal(patternProblem('web-*'), undefined);
  assert.match(patternProblem('/(/')!, /missing closing \)/);
  assert.ok(!fits({ names: ['/(/'] }));
});
