import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkoutCatalogue } from '../../catalogue/load.ts';
import { settingsFrom } from './settings.ts';

const catalogue = checkoutCatalogue();

test('profiles and a version', () => {
  assert.deepEqual(
    settingsFrom({ profile: 'pss-restricted', kubernetesVersion: '1.34', other: 1 }, catalogue),
    {
      settings: { profiles: ['pss-restricted'], kubernetesVersion: 34 },
      problems: [],
    },
  );
  assert.deepEqual(settingsFrom({ profile: ['nsa', 'mitre'] }, catalogue).settings, {
    profiles: ['nsa', 'mitre'],
  });
});

test('whether unknown verdicts are marked', () => {
  assert.deepEqual(settingsFrom({ unknown: true }, catalogue).settings, { unknown: true });
  assert.deepEqual(settingsFrom({ unknown: 'yes' }, catalogue), {
    settings: {},
    problems: ['unknown must be true or false, not "yes"'],
  });
});

test('what is wrong is told and left out', () => {
  const { problems, settings } = settingsFrom(
    { profile: ['pss-restrictd', 3, 'nsa'], kubernetesVersion: 1.3 },
    catalogue,
  );
  assert.deepEqual(settings, { profiles: ['nsa'] });
  assert.deepEqual(problems.slice(0, 2), [
    'there is no profile "pss-restrictd"; did you mean "pss-restricted"?',
    'there is no profile 3',
  ]);
  assert.match(problems[2]!, /^kubernetesVersion must be one of 1\.30, .* in quotes, not 1\.3$/);
});

test('nothing, or anything else, says nothing', () => {
  for (const written of [undefined, null, 7, 'x', [], {}]) {
    assert.deepEqual(settingsFrom(written, catalogue), { settings: {}, problems: [] });
  }
});
