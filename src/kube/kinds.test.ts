import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInKind, definedKinds, guessPlural, isServed, kindRegistry, kindsVersion } from './kinds.ts';

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  spec: {
    group: 'example.com',
    scope: 'Cluster',
    names: { kind: 'Datum', plural: 'data' },
    versions: [{ name: 'v1' }, { name: 'v1beta1' }, null, {}],
  },
};

test('built-in kinds are known in every version of their group', () => {
  assert.match(kindsVersion, /^1\.\d+$/);
  assert.deepEqual(builtInKind('v1', 'Pod'), {
    group: '',
    version: 'v1',
    kind: 'Pod',
    plural: 'pods',
    namespaced: true,
    source: 'built-in',
  });
  assert.equal(builtInKind('networking.k8s.io/v1', 'NetworkPolicy')?.plural, 'networkpolicies');
  assert.equal(builtInKind('apps/v1beta1', 'Deployment')?.version, 'v1beta1');
  assert.equal(builtInKind('extensions/v1beta1', 'Ingress')?.plural, 'ingresses');
  assert.equal(builtInKind('policy/v1beta1', 'PodSecurityPolicy')?.namespaced, false);
  assert.equal(builtInKind('example.com/v1', 'Pod'), undefined);
  assert.equal(builtInKind('a/b/c', 'Pod'), undefined);
});

test('only default versions are served', () => {
  assert.ok(isServed('apps/v1', 'Deployment'));
  assert.ok(!isServed('apps/v1beta1', 'Deployment'));
});

test('definitions in the input give plural and scope', () => {
  const registry = kindRegistry([definition, {}, { spec: { names: 1 } }]);
  const datum = registry.resolve('example.com/v1beta1', 'Datum');
  assert.deepEqual([datum.plural, datum.namespaced, datum.source], ['data', false, 'crd']);
  assert.equal(registry.resolve('apps/v1', 'Deployment').source, 'built-in');
  assert.equal(definedKinds(definition).length, 2);
  assert.equal(
    definedKinds({ spec: { group: 'g', version: 'v1', names: { kind: 'K', plural: 'ks' } } }).length,
    1,
  );
});

test('a kind that nobody defines gets the plural of the language', () => {
  const registry = kindRegistry();
  const plurals = { Gateway: 'gateways', Mesh: 'meshes', Proxy: 'proxies', TLSOption: 'tlsoptions' };
  for (const [kind, plural] of Object.entries(plurals)) {
    assert.equal(registry.resolve('example.com/v1', kind).plural, plural);
  }
});

test('everything else is guessed and says so', () => {
  const guessed = kindRegistry().resolve('example.com/v1', 'Datum');
  assert.deepEqual([guessed.plural, guessed.namespaced, guessed.source], ['datums', undefined, 'guessed']);
  assert.equal(kindRegistry().resolve('a/b/c', 'X').version, 'a/b/c');
  assert.equal(kindRegistry().resolve('v1', 'pod').plural, 'pod', 'not the resource of Pod');
  assert.equal(kindRegistry().resolve('apps/v1', 'deployment').plural, 'deployment');
  const plurals = { Proxy: 'proxies', Class: 'classes', Foo: 'foos', Endpoints: 'endpoints', '': '' };
  for (const [kind, plural] of Object.entries(plurals)) assert.equal(guessPlural(kind), plural);
});
