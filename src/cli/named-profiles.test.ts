import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from './command.ts';
import { namedProfiles } from './named-profiles.ts';

const profiles = new Map(['nsa', 'all'].map((name) => [name, {} as never]));

test('profiles are named one by one or with commas, and keep their order', () => {
  assert.deepEqual(namedProfiles({ profile: ['nsa', 'all'] }, { profiles }), ['nsa', 'all']);
  assert.deepEqual(namedProfiles({ profile: ['all,nsa'] }, { profiles }), ['all', 'nsa']);
});

test('where none is named the configuration decides', () => {
  assert.equal(namedProfiles({}, { profiles }), undefined);
});

test('one that does not exist is a mistake, also beside one that does', () => {
  const isMistake = (profile: string[], message: string): void =>
    assert.throws(
      () => namedProfiles({ profile }, { profiles }),
      (error) => error instanceof UsageError && error.message === message,
    );
  isMistake(['all', 'nsaa'], 'there is no profile "nsaa"; did you mean "nsa"?');
  isMistake(['constructor'], 'there is no profile "constructor"');
  isMistake([''], '--profile is empty');
});
