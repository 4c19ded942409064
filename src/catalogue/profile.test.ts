import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../model/object.ts';
import { checkout, loadCatalogue } from './load.ts';
import { readProfile } from './profile.ts';

const known = ['a', 'b', 'c'];
const reasons = (value: Json): string[] =>
  readProfile('p', value, known).complaints.map(({ reason }) => reason);

test('a profile names controls, or all of them', () => {
  assert.deepEqual(readProfile('p', { title: 't', controls: ['b', 'a'] }, known), {
    profile: { name: 'p', title: 't', controls: ['b', 'a'] },
    complaints: [],
  });
  assert.deepEqual(readProfile('p', { title: 't', controls: 'all' }, known).profile.controls, known);
});

test('a control that is not there or is named twice is a complaint', () => {
  assert.deepEqual(reasons({ title: 't', controls: ['a', 'd'] }), ['there is no control "d"']);
  assert.deepEqual(reasons({ title: 't', controls: ['a', 'a'] }), ['"a" is named twice']);
  assert.deepEqual(reasons({ controls: ['a'] }), ['"title" is missing']);
  assert.deepEqual(reasons({ title: 't' }), ['"controls" is "all" or a list of ids']);
  assert.match(reasons({ title: 't', controls: ['a'], extends: 'x' })[0] ?? '', /unknown key "extends"/);
});

test('the profiles are those that people are told of', () => {
  const { profiles, controls } = loadCatalogue(checkout);
  assert.deepEqual([...profiles.keys()], ['all', 'essentials', 'pss-baseline', 'pss-restricted']);
  assert.equal(profiles.get('essentials')?.controls.length, 9);
  assert.deepEqual(profiles.get('all')?.controls, [...controls.keys()]);
});

test('the Pod Security profiles and the frameworks of their controls agree', () => {
  const { profiles, controls } = loadCatalogue(checkout);
  for (const control of controls.values()) {
    const levels = control.frameworks['pss'] ?? [];
    const inBaseline = profiles.get('pss-baseline')?.controls.includes(control.id);
    const inRestricted = profiles.get('pss-restricted')?.controls.includes(control.id);
    assert.equal(levels.includes('baseline'), inBaseline, `${control.id} in pss-baseline`);
    assert.ok(
      !levels.includes('restricted') || inRestricted || control.id === 'host-path-volume',
      control.id,
    );
  }
});
