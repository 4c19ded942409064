import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '../../../model/object.ts';
import { binding, object, policy, rule, sightings } from '../lint.fixture.ts';

const configMap = { apiVersion: 'v1', kind: 'ConfigMap' };
const reads = (change: JsonObject = {}): JsonObject =>
  policy({ paramKind: configMap, validations: [{ expression: "params.data.x != 'y'" }], ...change });
const named = (change: JsonObject = {}): JsonObject => ({
  name: 'limits',
  namespace: 'policies',
  parameterNotFoundAction: 'Deny',
  ...change,
});
const parameter = (kind: string, namespace = 'policies'): JsonObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'limits', namespace },
});

describe('missing parameters', () => {
  test('Deny is undone by Ignore', () => {
    assert.deepEqual(
      sightings('missing-params-ignored', reads({ failurePolicy: 'Ignore' }), binding({ paramRef: named() })),
      [
        'spec.paramRef.parameterNotFoundAction: policy "p" has failurePolicy Ignore: where no parameter is found requests are allowed, not denied',
      ],
    );
  });

  test('no alarm with Fail, with Allow, or for another policy', () => {
    const ignore = reads({ failurePolicy: 'Ignore' });
    assert.deepEqual(sightings('missing-params-ignored', reads(), binding({ paramRef: named() })), []);
    const allow = binding({ paramRef: named({ parameterNotFoundAction: 'Allow' }) });
    assert.deepEqual(sightings('missing-params-ignored', ignore, allow), []);
    const other = binding({ policyName: 'q', paramRef: named() });
    assert.deepEqual(sightings('missing-params-ignored', ignore, other), []);
  });
});

describe('parameters that are not bound', () => {
  test('a read of null', () => {
    assert.deepEqual(sightings('params-not-bound', reads(), binding()), [
      'spec: policy "p" reads params.data, and this binding has no paramRef: "no such key: data"',
    ]);
  });

  test('no alarm with a guard, with a paramRef, without a read', () => {
    const guarded = reads({ validations: [{ expression: "params == null || params.data.x != 'y'" }] });
    assert.deepEqual(sightings('params-not-bound', guarded, binding()), []);
    assert.deepEqual(sightings('params-not-bound', reads(), binding({ paramRef: named() })), []);
    const unread = reads({ validations: [{ expression: "request.name != 'y'" }] });
    assert.deepEqual(sightings('params-not-bound', unread, binding()), []);
  });
});

describe('a paramRef that fits nothing', () => {
  test('without paramKind it is ignored', () => {
    assert.deepEqual(
      sightings('param-ref-ignored', policy("request.name != 'x'"), binding({ paramRef: named() })),
      ['spec.paramRef: policy "p" has no paramKind, so this paramRef is ignored'],
    );
    assert.deepEqual(sightings('param-ref-ignored', reads(), binding({ paramRef: named() })), []);
  });

  test('an object of another kind', () => {
    assert.deepEqual(
      sightings('param-ref-mismatch', reads(), binding({ paramRef: named() }), parameter('Secret')),
      ['spec.paramRef.name: "limits" is a Secret here, and the policy\'s paramKind is v1 ConfigMap'],
    );
  });

  test('an object in another namespace', () => {
    assert.deepEqual(
      sightings('param-ref-mismatch', reads(), binding({ paramRef: named() }), parameter('ConfigMap', 'web')),
      ['spec.paramRef.namespace: ConfigMap "limits" is in namespace "web", not in "policies"'],
    );
  });

  test('no namespace for a cluster-scoped request', () => {
    const wide = policy({
      paramKind: configMap,
      matchConstraints: { resourceRules: [rule('', 'nodes')] },
      validations: [{ expression: 'params == null' }],
    });
    const [found] = sightings(
      'param-ref-mismatch',
      wide,
      binding({ paramRef: { name: 'x', parameterNotFoundAction: 'Deny' } }),
    );
    assert.match(
      found!,
      /^spec.paramRef: the policy matches nodes, .*: cannot use namespaced paramRef in policy binding that matches cluster-scoped resources$/,
    );
  });

  test('a namespace for a cluster-scoped kind', () => {
    const cluster = reads({ paramKind: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole' } });
    const [found] = sightings('param-ref-mismatch', cluster, binding({ paramRef: named() }));
    assert.match(found!, /^spec.paramRef.namespace: ClusterRole is cluster-scoped/);
  });

  test('no alarm for the right object, for one that is not here, for an unrelated one', () => {
    const bound = binding({ paramRef: named() });
    assert.deepEqual(
      sightings('param-ref-mismatch', reads(), bound, parameter('ConfigMap'), parameter('Secret')),
      [],
    );
    assert.deepEqual(sightings('param-ref-mismatch', reads(), bound), []);
    assert.deepEqual(sightings('param-ref-mismatch', reads(), bound, parameter('Service')), []);
    const namespaces = policy({
      paramKind: configMap,
      matchConstraints: { resourceRules: [rule('', 'namespaces')] },
      validations: [{ expression: 'params == null' }],
    });
    const own = binding({ paramRef: { name: 'x', parameterNotFoundAction: 'Deny' } });
    assert.deepEqual(sightings('param-ref-mismatch', namespaces, own), []);
  });
});

describe('a paramKind that is not served', () => {
  const of = (apiVersion: string, kind: string): string[] =>
    sightings('param-kind-unknown', reads({ paramKind: { apiVersion, kind } }));

  test('a wrong version or spelling', () => {
    assert.deepEqual(of('apps/v1', 'ConfigMap'), [
      'spec.paramKind.kind: there is no ConfigMap in apps/v1; ConfigMap is in v1',
    ]);
    assert.deepEqual(of('v1', 'configmap').length, 1);
    assert.deepEqual(of('v1', 'Confmap'), ['spec.paramKind.kind: there is no Confmap in v1; not Confmap']);
  });

  test('no alarm for kinds of others', () => {
    assert.deepEqual(of('example.com/v1', 'Limit'), []);
    assert.deepEqual(of('v1', 'ConfigMap'), []);
  });
});

describe('bindings and names', () => {
  const right = policy("request.name != 'x'");

  test('a binding without its policy, a policy without its binding', () => {
    const stray = binding({ policyName: 'pp' });
    assert.deepEqual(sightings('binding-without-policy', right, stray), [
      'spec.policyName: there is no policy "pp" among what is linted; not pp',
    ]);
    assert.match(
      sightings('policy-without-binding', right, stray)[0]!,
      /^metadata.name: no binding names policy "p"/,
    );
  });

  test('no alarm where they belong together, or bindings are kept elsewhere', () => {
    for (const trap of ['binding-without-policy', 'policy-without-binding']) {
      assert.deepEqual(sightings(trap, right, binding()), []);
    }
    assert.deepEqual(sightings('policy-without-binding', right), []);
  });

  test('two of one name', () => {
    assert.equal(sightings('duplicate-name', right, right).length, 1);
    assert.equal(sightings('duplicate-name', right, binding(), binding()).length, 1);
    const other = object('ValidatingAdmissionPolicy', 'q', right['spec'] as JsonObject);
    assert.deepEqual(sightings('duplicate-name', right, other, binding()), []);
  });
});
