import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Json } from '../model/object.ts';
import { formatPath } from '../model/path.ts';
import { readExceptions } from './exceptions.ts';

const known = {
  controls: new Set(['host-port', 'privileged-container']),
  renamed: (name: string) => (name === 'old-port' ? 'host-port' : undefined),
  patternProblem: (pattern: string) => (pattern === '/(/' ? 'missing closing )' : undefined),
};
const read = (value: Json) => readExceptions(value, ['exceptions'], known);
const problems = (one: Json): string[] =>
  read([one]).problems.map(({ path, reason }) => `${formatPath(path)}: ${reason}`);

const full = {
  controls: ['privileged-container', 'old-port'],
  reason: 'it loads kernel modules',
  until: '2027-01-31',
  owner: 'storage',
  match: {
    files: 'deploy/**',
    kinds: ['DaemonSet'],
    namespaces: ['', 'kube-system'],
    names: ['csi-*', '/^agent-[0-9]+$/'],
    labels: { app: 'csi' },
    containers: ['driver'],
  },
};

test('a whole exception is read, and a control by the name it had before', () => {
  const { exceptions, problems } = read([full, { controls: 'host-port', reason: 'r' }]);
  assert.deepEqual(problems, []);
  assert.deepEqual(exceptions, [
    {
      ...full,
      controls: ['privileged-container', 'host-port'],
      match: { ...full.match, files: ['deploy/**'] },
    },
    { controls: ['host-port'], reason: 'r', match: {} },
  ]);
});

test('what is wrong is told where it stands, and costs no other exception its place', () => {
  const { exceptions } = read([{ controls: ['host-port'] }, full]);
  assert.equal(exceptions[0], undefined);
  assert.equal(exceptions[1]!.owner, 'storage');
  assert.deepEqual(problems({ controls: ['host-port'] }), [
    'exceptions[0]: an exception needs a "reason": why what it is about is accepted',
  ]);
  assert.deepEqual(problems({ reason: 'r' }), [
    'exceptions[0]: an exception needs "controls", the ids of what it accepts',
  ]);
  assert.deepEqual(problems({ controls: ['host-prt'], reason: 'r', untl: '2027-01-01' }), [
    'exceptions[0].untl: unknown key "untl"; did you mean "until"?',
    'exceptions[0].controls[0]: there is no control "host-prt"; did you mean "host-port"?',
  ]);
  assert.deepEqual(problems({ controls: 'host-port', reason: 'r', until: '2027-02-30' }), [
    'exceptions[0].until: "2027-02-30" is no date, write YYYY-MM-DD',
  ]);
  assert.deepEqual(problems({ controls: 'host-port', reason: 'r', match: { names: [], labels: { a: 1 } } }), [
    'exceptions[0].match.names: is empty and fits nothing; leave it out to fit everything',
    'exceptions[0].match.labels.a: must be a string',
  ]);
  assert.deepEqual(
    problems({ controls: 'host-port', reason: 'r', match: { names: ['/(/'], files: ['/(/'] } }),
    ['exceptions[0].match.names: missing closing )'],
  );
  assert.deepEqual(problems('host-port'), ['exceptions[0]: must be a map']);
  assert.deepEqual(read({ a: 1 }).problems[0]!.reason, 'must be a list of exceptions');
});

test('the published schema agrees with the reader', () => {
  const schema = JSON.parse(
    readFileSync(new URL('../../schemas/config.schema.json', import.meta.url), 'utf8'),
  );
  const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile<any>(schema);
  const base = { controls: 'host-port', reason: 'r' };
  const cases: [Json, boolean][] = [
    [{ ...full, controls: ['host-port'] }, true],
    [base, true],
    [{ ...base, reason: ' ' }, false],
    [{ ...base, reason: 1 }, false],
    [{ controls: [], reason: 'r' }, false],
    [{ ...base, until: 'soon' }, false],
    [{ ...base, owner: 3 }, false],
    [{ ...base, match: { names: [] } }, false],
    [{ ...base, match: { name: 'x' } }, false],
    [{ ...base, match: { labels: { a: 1 } } }, false],
    [3, false],
  ];
  for (const [value, valid] of cases) {
    assert.equal(validate({ exceptions: [value] }), valid, JSON.stringify(value));
    assert.equal(problems(value).length === 0, valid, JSON.stringify(value));
  }
});
