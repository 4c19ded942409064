import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PolicyCompiler } from '../policy/index.ts';
import { bindControl } from './bind.ts';
import { checkoutCatalogue } from './load.ts';
import { formatMinorVersion, minorVersions } from './versions.ts';

const { controls } = checkoutCatalogue();
const bind = (id: string, version: number, values = {}) => {
  const control = controls.get(id);
  assert.ok(control, id);
  return bindControl(control, version, new PolicyCompiler({ version: formatMinorVersion(version) }), values);
};

test('every control compiles in every version in which it exists, without a word from the server', () => {
  const since: Readonly<Record<string, number>> = {
    'deprecated-api': 32,
    'probe-host': 34,
    'proc-mount-restricted': 35,
    'users-of-the-node': 33,
  };
  for (const version of minorVersions) {
    const compiler = new PolicyCompiler({ version: formatMinorVersion(version) });
    for (const control of controls.values()) {
      const bound = bindControl(control, version, compiler);
      if (version < (since[control.id] ?? 0)) assert.equal(bound, undefined);
      else assert.deepEqual(bound?.problems, [], `${control.id} 1.${version}`);
    }
  }
});

test('a control without parameters is bound to everything, one with parameters to its ConfigMap', () => {
  assert.equal(bind('host-port', 34)?.bound.binding, undefined);
  const without = bind('forbidden-registries', 34, { allowed: [], forbidden: [] });
  assert.deepEqual([without?.bound.binding, without?.parameters], [undefined, []]);
  const bound = bind('forbidden-registries', 34, { forbidden: ['evil.example', 'docker.io'] });
  assert.deepEqual(bound?.parameters, [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'forbidden-registries', namespace: 'scantling' },
      data: { forbidden: 'evil.example\ndocker.io' },
    },
  ]);
  assert.equal(bound?.bound.binding?.refused, false);
  assert.equal(bound?.bound.binding?.definition.paramRef?.name, 'forbidden-registries');
});
