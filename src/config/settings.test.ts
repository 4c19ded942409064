import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Json } from '../model/object.ts';
import { formatPath } from '../model/path.ts';
import { readConfiguration } from './settings.ts';

const known = {
  controls: new Set(['privileged-container', 'forbidden-registries']),
  profiles: new Set(['essentials', 'pss-baseline', 'pss-restricted']),
  kubernetesVersions: ['1.30', '1.31'],
};
const problems = (value: Json): string[] =>
  readConfiguration(value, known).problems.map(({ path, reason }) => `${formatPath(path)}: ${reason}`);

const full = {
  profile: ['essentials', 'pss-restricted'],
  failOn: 'medium',
  kubernetesVersion: '1.31',
  exclude: ['vendor', 'test/**'],
  policy: 'policies/',
  params: { 'forbidden-registries': { allowed: ['registry.example.com'] } },
  severity: { 'privileged-container': 'off' },
  paths: [{ match: 'legacy/**', failOn: 'critical', severity: { 'privileged-container': 'low' } }],
};

test('a full configuration is read', () => {
  const { configuration, problems } = readConfiguration(full, known);
  assert.deepEqual(problems, []);
  assert.deepEqual(configuration, {
    ...full,
    policy: ['policies/'],
    failOn: ['medium'],
    paths: [{ ...full.paths[0], failOn: ['critical'], match: ['legacy/**'] }],
  });
});

test('a bare off, which YAML reads as false, switches a control off', () => {
  const { configuration, problems } = readConfiguration(
    { severity: { 'privileged-container': false } },
    known,
  );
  assert.deepEqual(problems, []);
  assert.deepEqual(configuration.severity, { 'privileged-container': 'off' });
});

test('an empty file is an empty configuration', () => {
  assert.deepEqual(readConfiguration(null, known), { configuration: {}, problems: [] });
});

test('unknown keys and names are told with the likely one', () => {
  assert.deepEqual(problems({ profil: 'essentials', failOn: 'hihg' }), [
    'profil: unknown key "profil"; did you mean "profile"?',
    'failOn: must be one of critical, high, medium, low, info, unknown; did you mean "high"?',
  ]);
  assert.deepEqual(problems({ profile: ['essential'], severity: { 'privileged-containers': 'low' } }), [
    'profile[0]: there is no profile "essential"; did you mean "essentials"?',
    'severity.privileged-containers: there is no control "privileged-containers"; did you mean "privileged-container"?',
  ]);
  assert.deepEqual(problems({ paths: [{ match: 'x', exclude: [] }] }), [
    'paths[0].exclude: unknown key "exclude"',
  ]);
});

test('wrong shapes are told where they stand and the rest is still read', () => {
  assert.deepEqual(problems([]), [': a configuration is a map of settings']);
  assert.deepEqual(problems({ exclude: { a: 1 } }), [
    'exclude: "exclude" must be a string or a list of strings',
  ]);
  assert.deepEqual(problems({ kubernetesVersion: 1.3 }), [
    'kubernetesVersion: write the value in quotes, one of 1.30, 1.31',
  ]);
  assert.deepEqual(problems({ paths: [{ failOn: 'low' }, 3] }), [
    'paths[0]: a section needs "match", the globs of the files it is for',
    'paths[1]: must be a map',
    'paths[1]: a section needs "match", the globs of the files it is for',
  ]);
  const { configuration } = readConfiguration({ failOn: 'low', severity: 7 }, known);
  assert.deepEqual(configuration.failOn, ['low']);
});

test('parameters are checked by the control they are for', () => {
  const parameterProblems = (control: string, value: Json) =>
    value === 1 ? [{ path: ['x'], reason: `${control} has no parameter "x"` }] : [];
  const read = readConfiguration(
    { params: { 'forbidden-registries': 1, 'privileged-container': 2 } },
    { ...known, parameterProblems },
  );
  assert.deepEqual(read.problems, [
    {
      path: ['params', 'forbidden-registries', 'x'],
      reason: 'forbidden-registries has no parameter "x"',
      isKey: true,
    },
  ]);
  assert.deepEqual(read.configuration.params, { 'privileged-container': 2 });
});

test('the published schema agrees with the reader', () => {
  const schema = JSON.parse(
    readFileSync(new URL('../../schemas/config.schema.json', import.meta.url), 'utf8'),
  );
  const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile<any>(schema);
  const cases: [Json, boolean][] = [
    [full, true],
    [{}, true],
    [{ profil: 'x' }, false],
    [{ failOn: 'hihg' }, false],
    [{ failOn: 'unknown' }, true],
    [{ failOn: ['low', 'unknown'] }, true],
    [{ exclude: 'a' }, true],
    [{ exclude: 3 }, false],
    [{ paths: [{ failOn: 'low' }] }, false],
    [{ paths: [{ match: ['a'], exclude: [] }] }, false],
    [{ severity: { 'privileged-container': 'off' } }, true],
    [{ severity: { 'privileged-container': 'offf' } }, false],
  ];
  for (const [value, valid] of cases) {
    assert.equal(validate(value), valid, JSON.stringify(value));
    assert.equal(problems(value).length === 0, valid, JSON.stringify(value));
  }
});
