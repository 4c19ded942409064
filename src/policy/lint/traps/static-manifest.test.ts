import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { binding, findingsIn, object, policy } from '../lint.fixture.ts';
import type { JsonObject } from '../../../model/object.ts';

const found = (
  objects: readonly JsonObject[],
  staticManifests = true,
  version: '1.36' | '1.37' = '1.37',
): string[] =>
  findingsIn(objects, { staticManifests, version })
    .filter(({ trap }) => trap === 'not-static-manifest')
    .map(({ path, message }) => `${path.join('.')}: ${message}`);

const spec = policy("request.name != 'x'")['spec'] as JsonObject;
const named = (kind: string, name: string, own: JsonObject): JsonObject => object(kind, name, own);

describe('static manifests', () => {
  test('names need the suffix', () => {
    assert.deepEqual(found([policy("request.name != 'x'")]), [
      'metadata.name: "p" must have a name ending with ".static.k8s.io"',
    ]);
  });

  test('no parameters', () => {
    const own = { ...spec, paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } };
    assert.deepEqual(found([named('ValidatingAdmissionPolicy', 'p.static.k8s.io', own)], false), [
      'spec.paramKind: spec.paramKind is not supported for static manifests',
    ]);
    const bound = {
      policyName: 'p.static.k8s.io',
      validationActions: ['Deny'],
      paramRef: { name: 'x', parameterNotFoundAction: 'Deny' },
    };
    const [first] = found([named('ValidatingAdmissionPolicyBinding', 'b.static.k8s.io', bound)], false);
    assert.match(
      first!,
      /references policy "p.static.k8s.io" which does not exist in the manifest directory/,
    );
  });

  test('a binding of a policy that is none', () => {
    assert.deepEqual(found([binding()]), [
      'metadata.name: "b" must have a name ending with ".static.k8s.io"',
      'spec.policyName: spec.policyName "p" must end with ".static.k8s.io"',
    ]);
  });

  test('an API server that does not load any', () => {
    const [first] = found([named('ValidatingAdmissionPolicy', 'p.static.k8s.io', spec)], false, '1.36');
    assert.match(first!, /Kubernetes 1.36 loads no static manifests by default: it needs >= 1.37/);
  });

  test('no alarm for what loads, and for what is not meant to be one', () => {
    const right = [
      named('ValidatingAdmissionPolicy', 'p.static.k8s.io', spec),
      named('ValidatingAdmissionPolicyBinding', 'b.static.k8s.io', {
        policyName: 'p.static.k8s.io',
        validationActions: ['Deny'],
      }),
    ];
    assert.deepEqual(found(right), []);
    assert.deepEqual(found([policy("request.name != 'x'"), binding()], false), []);
  });
});
