import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foreignPolicy } from './foreign-policy.ts';

test('policies of other engines are known by their group', () => {
  const rows: readonly [apiVersion: string, kind: string, owner: string][] = [
    ['kyverno.io/v1', 'ClusterPolicy', 'Kyverno'],
    ['kyverno.io/v2beta1', 'CleanupPolicy', 'Kyverno'],
    ['policies.kyverno.io/v1alpha1', 'ValidatingPolicy', 'Kyverno'],
    ['templates.gatekeeper.sh/v1', 'ConstraintTemplate', 'Gatekeeper'],
    ['constraints.gatekeeper.sh/v1beta1', 'K8sAllowedRepos', 'Gatekeeper'],
    ['mutations.gatekeeper.sh/v1', 'Assign', 'Gatekeeper'],
    ['policies.kubewarden.io/v1', 'ClusterAdmissionPolicy', 'Kubewarden'],
  ];
  for (const [apiVersion, kind, owner] of rows) {
    assert.equal(
      foreignPolicy({ apiVersion, kind }),
      `a ${kind} of ${owner} is not run here: only admission policies of Kubernetes are`,
    );
  }
});

test('everything else is no policy of anybody', () => {
  for (const [apiVersion, kind] of [
    ['admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy'],
    ['v1', 'Pod'],
    ['networking.k8s.io/v1', 'NetworkPolicy'],
    ['kyverno.io/v2', 'PolicyException'],
    ['cli.kyverno.io/v1alpha1', 'Test'],
    ['example.com/v1', 'ClusterPolicy'],
  ]) {
    assert.equal(foreignPolicy({ apiVersion: apiVersion!, kind: kind! }), undefined);
  }
  assert.equal(foreignPolicy({}), undefined);
});
