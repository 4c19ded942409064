import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '../../../model/object.ts';
import { binding, object, policy, rule, sightings } from '../lint.fixture.ts';

const find = (...rules: readonly JsonObject[]): string[] =>
  sightings('matches-nothing', policy("request.name != 'x'", ...rules));
const at = 'spec.matchConstraints.resourceRules.0';

describe('matches nothing', () => {
  test('a resource in the wrong group', () => {
    assert.deepEqual(find(rule('', 'deployments')), [
      `${at}.resources.0: there is no resource "deployments" in the core group ""; deployments are in group "apps" (apps/v1)`,
    ]);
    assert.deepEqual(find(rule('apps', 'pods,deployments')), [
      `${at}.resources.0: there is no resource "pods" in group "apps"; pods are in the core group ""`,
    ]);
  });

  test('a kind or a singular in place of a resource', () => {
    for (const written of ['Pod', 'pod', 'Pods']) {
      assert.deepEqual(find(rule('', written)), [
        `${at}.resources.0: there is no resource "${written}" in the core group ""; the resource of Pod is "pods" in the core group ""`,
      ]);
    }
  });

  test('a slip of the finger is looked up by the caller', () => {
    assert.deepEqual(find(rule('apps', 'deploiments')), [
      `${at}.resources.0: there is no resource "deploiments" in group "apps"; not deploiments`,
    ]);
  });

  test('a version that is not served', () => {
    assert.deepEqual(find({ ...rule('apps', 'deployments'), apiVersions: ['v1beta1', 'v1beta2'] }), [
      `${at}.apiVersions: deployments of group "apps" are served as v1, not as v1beta1, v1beta2`,
    ]);
  });

  test('an operation that a subresource does not have', () => {
    assert.deepEqual(find(rule('', 'pods/exec', 'CREATE')), [
      `${at}.operations.0: requests for pods/exec meet admission as CONNECT only, not as CREATE`,
    ]);
    assert.deepEqual(find(rule('', 'pods/log', 'CONNECT')), [
      `${at}.resources.0: requests for pods/log never meet admission, not as CONNECT`,
    ]);
    assert.deepEqual(find(rule('', 'pods', 'CONNECT')).length, 1);
    assert.deepEqual(find(rule('', 'pods/ephemeralcontainers', 'CREATE')).length, 1);
  });

  test('a scope that leaves nothing', () => {
    assert.deepEqual(find({ ...rule('', 'nodes'), scope: 'Namespaced' }), [
      `${at}.scope: nodes are cluster-scoped: scope Namespaced leaves none of them`,
    ]);
    assert.deepEqual(find({ ...rule('', 'pods'), scope: 'Cluster' }).length, 1);
  });

  test('excluded resources and those of bindings', () => {
    const match = { resourceRules: [rule('', 'pods')], excludeResourceRules: [rule('', 'deployments')] };
    const spec = { matchConstraints: match, validations: [{ expression: 'true' }] };
    assert.match(
      sightings('matches-nothing', policy(spec))[0]!,
      /^spec\.matchConstraints\.excludeResourceRules\.0/,
    );
    const narrow = binding({ matchResources: { resourceRules: [rule('', 'deployments')] } });
    assert.match(
      sightings('matches-nothing', policy("request.name != 'x'"), narrow)[0]!,
      /^spec\.matchResources\.resourceRules\.0/,
    );
  });

  test('no alarm for what fits', () => {
    assert.deepEqual(
      find(
        rule('', 'pods,pods/status,pods/ephemeralcontainers', 'CREATE', 'UPDATE'),
        rule('', 'pods/exec,pods/attach', 'CONNECT'),
        rule('', 'pods/eviction,serviceaccounts/token'),
        rule('apps', 'deployments/scale,*/scale,*', '*'),
        { ...rule('', 'namespaces,nodes'), scope: 'Cluster' },
        { ...rule('autoscaling', 'horizontalpodautoscalers'), apiVersions: ['v1', 'v2beta2'] },
        { ...rule('apps', 'deployments'), apiVersions: ['*'] },
      ),
      [],
    );
  });

  test('no alarm for groups of others, unless their definition is here', () => {
    assert.deepEqual(
      find(
        rule('example.com', 'anything'),
        rule('*', 'anything'),
        rule('snapshot.storage.k8s.io', 'volumesnapshots'),
      ),
      [],
    );
  });

  test('a group may be mixed with others', () => {
    assert.deepEqual(find({ ...rule('', 'deployments'), apiGroups: ['', 'apps'] }), []);
    assert.deepEqual(find({ ...rule('', 'anything'), apiGroups: ['', 'example.com'] }), []);
  });

  test('no alarm for subresources that are not known', () => {
    assert.deepEqual(find(rule('', 'services/future')), []);
    const definition = object('CustomResourceDefinition', 'things.example.com', {});
    assert.deepEqual(
      sightings(
        'matches-nothing',
        definition,
        policy("request.name != 'x'", rule('example.com', 'things/scale')),
      ),
      [],
    );
  });
});

describe('selector that is ignored', () => {
  const selector = { matchLabels: { team: 'a' } };
  const ignored = (...rules: readonly JsonObject[]): string[] =>
    sightings(
      'selector-ignored',
      policy({
        matchConstraints: { resourceRules: rules, namespaceSelector: selector },
        validations: [{ expression: 'true' }],
      }),
    );

  test('for cluster-scoped resources', () => {
    assert.deepEqual(ignored(rule('', 'pods,nodes,persistentvolumes')), [
      'spec.matchConstraints.namespaceSelector: nodes, persistentvolumes are in no namespace: this selector does not narrow them',
    ]);
  });

  test('in a binding, of what the policy matches', () => {
    const bound = binding({ matchResources: { namespaceSelector: selector } });
    assert.equal(
      sightings('selector-ignored', policy("request.name != 'x'", rule('', 'nodes')), bound).length,
      1,
    );
    assert.equal(sightings('selector-ignored', policy("request.name != 'x'"), bound).length, 0);
  });

  test('no alarm for namespaces, which are matched by their own labels, for wildcards and for a scope', () => {
    assert.deepEqual(ignored(rule('', 'pods,namespaces')), []);
    assert.deepEqual(ignored(rule('*', '*')), []);
    assert.deepEqual(ignored({ ...rule('', 'pods,nodes'), scope: 'Namespaced' }), []);
  });
});
