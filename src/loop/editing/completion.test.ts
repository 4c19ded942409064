import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { completionsAt } from './completion.ts';
import { catalogue } from './editing.fixture.ts';

/** The labels at the `|` of a text. */
function at(text: string): string[] {
  const offset = text.indexOf('|');
  return completionsAt(text.replace('|', ''), offset, catalogue).map(({ label }) => label);
}

const profiles = [...catalogue.profiles.keys()];
const controls = [...catalogue.controls.keys()];

describe('what may stand in a configuration', () => {
  test('keys at the top', () => {
    assert.deepEqual(at('|'), [
      'profile',
      'failOn',
      'severity',
      'params',
      'kubernetesVersion',
      'exclude',
      'policy',
      'paths',
      'exceptions',
    ]);
    assert.deepEqual(at('profile: essentials\npar|'), at('|'));
  });

  test('profiles, as a value and in lists of both shapes', () => {
    assert.deepEqual(at('profile: |'), profiles);
    assert.deepEqual(at('profile:\n  - |'), profiles);
    assert.deepEqual(at('profile:\n- essentials\n- pss|'), profiles);
  });

  test('controls and their severities', () => {
    assert.deepEqual(at('severity:\n  |'), controls);
    assert.deepEqual(at('severity:\n  host-namespaces: low\n  # a comment\n\n  |'), controls);
    assert.deepEqual(at('severity:\n  host-namespaces: |'), [
      'critical',
      'high',
      'medium',
      'low',
      'info',
      'off',
    ]);
  });

  test('controls with parameters, and those', () => {
    const some = at('params:\n  |');
    assert.ok(some.includes('forbidden-registries') && !some.includes('privileged-container'));
    assert.deepEqual(
      at('params:\n  forbidden-registries:\n    |'),
      Object.keys(catalogue.controls.get('forbidden-registries')!.parameters),
    );
    assert.deepEqual(at('params:\n  no-such-control:\n    |'), []);
  });

  test('sections for some files', () => {
    assert.deepEqual(at('paths:\n  - |'), ['match', 'profile', 'failOn', 'severity', 'params']);
    assert.deepEqual(at('paths:\n- match: a\n  |'), ['match', 'profile', 'failOn', 'severity', 'params']);
    assert.deepEqual(at('paths:\n- match: a\n  severity:\n    |'), controls);
    assert.deepEqual(at('paths:\n- match: a\n  profile: |'), profiles);
  });

  test('exceptions', () => {
    const own = ['controls', 'reason', 'until', 'owner', 'match'];
    assert.deepEqual(at('exceptions:\n  - |'), own);
    assert.deepEqual(at('exceptions:\n- controls: [a]\n  |'), own);
    assert.deepEqual(at('exceptions:\n- controls: |'), controls);
    assert.deepEqual(at('exceptions:\n- controls:\n  - |'), controls);
    assert.deepEqual(at('exceptions:\n- reason: |'), []);
  });

  test('versions in quotes', () => {
    const [first] = completionsAt('kubernetesVersion: ', 19, catalogue);
    assert.deepEqual(first, { label: '1.30', detail: '', insert: '"1.30"' });
    assert.ok(at('failOn: |').includes('unknown'));
  });

  test('nothing where a person knows better', () => {
    assert.deepEqual(at('exclude: |'), []);
    assert.deepEqual(at('nonsense: |'), []);
    assert.deepEqual(at('profile: x\r\nexclude:\r\n  - |'), []);
  });
});
