import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../model/object.ts';
import { type Framework, readFramework } from './framework.ts';
import { checkoutCatalogue } from './load.ts';
import { readProfile } from './profile.ts';

const control = (id: string, practice: number, frameworks = {}, nursery = false) =>
  [id, { id, practice, frameworks, nursery }] as const;
const known = {
  controls: new Map([
    control('a', 1, { f: ['1.1'] }),
    control('b', 2, { f: ['2.7.1'] }),
    control('c', 3, { g: ['1.1'] }),
    control('new', 2, { f: ['1.1'] }, true),
  ]),
  frameworks: new Map<string, Framework>([
    [
      'f',
      readFramework('f', {
        title: 'F',
        url: 'https://example.com',
        sections: [
          {
            id: 's',
            title: 'S',
            requirements: [
              { id: '1.1', title: 'one', assessment: 'automated' },
              { id: '2.7', title: 'two', assessment: 'manual' },
            ],
          },
        ],
      }).framework,
    ],
  ]),
};
const read = (value: Json) => readProfile('p', value, known);
const reasons = (value: Json): string[] => read(value).complaints.map(({ reason }) => reason);

test('a profile names controls, or all of them', () => {
  assert.deepEqual(read({ title: 't', controls: ['b', 'a'] }), {
    profile: { name: 'p', title: 't', controls: ['b', 'a'], frameworks: [] },
    complaints: [],
  });
  assert.deepEqual(read({ title: 't', controls: 'all' }).profile.controls, ['a', 'b', 'c']);
});

test('a profile takes what a framework asks for, by requirement or a part of one', () => {
  assert.deepEqual(read({ title: 't', frameworks: ['f'] }), {
    profile: { name: 'p', title: 't', controls: ['a', 'b'], frameworks: ['f'] },
    complaints: [],
  });
});

test('with a list as well, the list counts', () => {
  const { profile } = read({ title: 't', frameworks: ['f'], controls: ['c'] });
  assert.deepEqual([profile.controls, profile.frameworks], [['c'], ['f']]);
});

test('what is not there, named twice or too young is a complaint', () => {
  assert.deepEqual(reasons({ title: 't', controls: ['a', 'd'] }), ['there is no control "d"']);
  assert.deepEqual(reasons({ title: 't', controls: ['a', 'a'] }), ['"a" is named twice']);
  assert.deepEqual(reasons({ title: 't', controls: ['new'] }), ['"new" is in the nursery']);
  assert.deepEqual(reasons({ title: 't', frameworks: ['h'] }), ['there is no framework "h"']);
  assert.deepEqual(reasons({ controls: ['a'] }), ['"title" is missing']);
  assert.deepEqual(reasons({ title: 't' }), ['"controls" is "all" or a list of ids']);
  assert.match(reasons({ title: 't', controls: ['a'], extends: 'x' })[0] ?? '', /unknown key "extends"/);
});

test('the profiles are those that people are told of', () => {
  const { profiles, controls } = checkoutCatalogue();
  assert.deepEqual(
    [...profiles.keys()],
    [
      'all',
      'cis-1.12',
      'eleven-ways',
      'essentials',
      'mitre',
      'nsa',
      'owasp-2025',
      'pss-baseline',
      'pss-restricted',
    ],
  );
  assert.equal(profiles.get('essentials')?.controls.length, 9);
  const grown = [...controls.values()].filter(({ nursery }) => !nursery).map(({ id }) => id);
  assert.deepEqual(profiles.get('all')?.controls, grown);
  for (const id of ['privileged-container', 'seccomp-profile']) {
    assert.ok(profiles.get('cis-1.12')?.controls.includes(id), id);
  }
});

test('the Pod Security profiles and the frameworks of their controls agree', () => {
  const { profiles, controls } = checkoutCatalogue();
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
