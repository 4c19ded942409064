import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../model/object.ts';
import { covers, readIgnores } from './annotation.ts';

const today = '2026-11-22';
const at = [['metadata'], ['spec', 'template', 'metadata']];
const read = (annotations: JsonObject): ReturnType<typeof readIgnores> =>
  readIgnores({ metadata: { annotations } }, at, today);
const one = (text: JsonObject[string]): string => {
  const { ignores, bad } = read({ 'ignore.scantling.dev/x': text });
  return ignores.length === 1 ? 'counts' : bad[0]!.reason;
};

test('a suppression names its reason, its end and its container', () => {
  const { ignores, bad } = read({
    'ignore.scantling.dev/host-path-volume': 'reads the logs; until=2027-01-31; container=web',
    other: 'x',
  });
  assert.deepEqual(bad, []);
  assert.deepEqual(ignores, [
    {
      control: 'host-path-volume',
      reason: 'reads the logs',
      until: '2027-01-31',
      container: 'web',
      path: ['metadata', 'annotations', 'ignore.scantling.dev/host-path-volume'],
    },
  ]);
});

test('the pod template may carry it too', () => {
  const template = { metadata: { annotations: { 'ignore.scantling.dev/x': 'because' } } };
  const { ignores } = readIgnores({ spec: { template } }, at, today);
  assert.deepEqual(ignores[0]!.path.slice(0, 3), ['spec', 'template', 'metadata']);
});

test('a suppression that cannot count says why', () => {
  assert.match(one(''), /gives no reason/);
  assert.match(one('until=2027-01-01'), /gives no reason/);
  assert.match(one('old; until=2026-11-21'), /expired on 2026-11-21/);
  assert.match(one('x; until=soon'), /"soon" is no date/);
  assert.match(one('x; until=2027-13-45'), /is no date/);
  assert.match(one('x; container=a; container=b'), /names two containers/);
  assert.match(one('x; unitl=2027-01-01'), /unknown option "unitl"/);
  assert.match(one(true), /must be a string/);
});

test('the last day still counts, and a reason may hold a semicolon', () => {
  assert.equal(one('x; until=2026-11-22'), 'counts');
  const { ignores } = read({ 'ignore.scantling.dev/x': 'a; and b' });
  assert.equal(ignores[0]!.reason, 'a; and b');
});

test('malformed annotations suppress nothing and break nothing', () => {
  for (const annotations of [null, [], 'x', 3] as const) {
    assert.deepEqual(readIgnores({ metadata: { annotations } }, at, today), { ignores: [], bad: [] });
  }
});

test('a container limits what is covered', () => {
  const pod = { spec: { initContainers: [{ name: 'web' }], containers: [{ name: 'log' }] } };
  const ignore = { control: 'c', reason: 'r', until: undefined, container: 'web', path: [] };
  assert.equal(covers(ignore, 'c', ['spec', 'initContainers', 0, 'image'], pod), true);
  assert.equal(covers(ignore, 'c', ['spec', 'containers', 0, 'image'], pod), false);
  assert.equal(covers(ignore, 'c', ['spec', 'hostPID'], pod), false);
  assert.equal(covers(ignore, 'd', ['spec', 'initContainers', 0], pod), false);
  assert.equal(
    covers({ ...ignore, until: undefined, container: undefined }, 'c', ['spec', 'hostPID'], pod),
    true,
  );
});
