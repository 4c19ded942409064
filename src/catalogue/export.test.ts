import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../model/object.ts';
import { PolicyCompiler } from '../policy/index.ts';
import { exportControls, type Exported, type ExportOptions } from './export.ts';
import { checkoutCatalogue } from './load.ts';

const { controls } = checkoutCatalogue();
const defaults: ExportOptions = {
  to: 'native',
  version: 37,
  fixes: 'none',
  actions: ['Deny'],
  exempt: ['kube-system'],
  namespace: 'scantling',
  parameters: () => ({}),
};
const exported = (ids: readonly string[], options: Partial<ExportOptions> = {}): Exported =>
  exportControls(
    ids.map((id) => controls.get(id)!),
    { ...defaults, ...options },
  );
const names = ({ objects }: Exported): string[] =>
  objects.map(
    ({ object }) => `${String(object['kind'])} ${String((object['metadata'] as JsonObject)['name'])}`,
  );
const specOf = ({ objects }: Exported, kind: string): JsonObject =>
  objects.find(({ object }) => object['kind'] === kind)!.object['spec'] as JsonObject;
const withParameters = { parameters: () => ({ forbidden: ['evil.example'] }) };

test('a control is its policy as it stands and a binding that leaves kube-system alone', () => {
  const result = exported(['privileged-container']);
  assert.deepEqual(names(result), [
    'ValidatingAdmissionPolicy privileged-container',
    'ValidatingAdmissionPolicyBinding privileged-container',
  ]);
  const policy = controls.get('privileged-container')!.variants.at(-1)!.policy;
  assert.deepEqual(specOf(result, 'ValidatingAdmissionPolicy'), policy['spec']);
  assert.deepEqual(specOf(result, 'ValidatingAdmissionPolicyBinding'), {
    policyName: 'privileged-container',
    validationActions: ['Deny'],
    matchResources: {
      namespaceSelector: {
        matchExpressions: [
          { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system'] },
        ],
      },
    },
  });
  assert.deepEqual(result.leftOut, []);
});

test('the policy is that of the version', () => {
  const old = specOf(exported(['proc-mount'], { version: 30 }), 'ValidatingAdmissionPolicy');
  assert.deepEqual(old, controls.get('proc-mount')!.variants[0]!.policy['spec']);
  assert.deepEqual(exported(['probe-host'], { version: 30 }).leftOut, [
    { control: 'probe-host', what: 'control', reason: 'no rule in Kubernetes 1.30' },
  ]);
});

test('parameters come as a ConfigMap in a namespace that is made first', () => {
  const result = exported(['forbidden-registries'], { ...withParameters, namespace: 'rules' });
  assert.deepEqual(names(result), [
    'Namespace rules',
    'ConfigMap forbidden-registries',
    'ValidatingAdmissionPolicy forbidden-registries',
    'ValidatingAdmissionPolicyBinding forbidden-registries',
  ]);
  assert.deepEqual(specOf(result, 'ValidatingAdmissionPolicyBinding')['paramRef'], {
    name: 'forbidden-registries',
    namespace: 'rules',
    parameterNotFoundAction: 'Deny',
  });
  assert.match(exported(['forbidden-registries']).leftOut[0]!.reason, /^its parameters are not set/);
});

test('on the disk of an API server names have its suffix, and parameters are part of the policy', () => {
  const result = exported(['forbidden-registries', 'privileged-container'], {
    ...withParameters,
    to: 'static',
    fixes: 'all',
  });
  for (const { object } of result.objects) {
    assert.match(String((object['metadata'] as JsonObject)['name']), /\.static\.k8s\.io$/);
    assert.ok(
      !JSON.stringify(object).includes('"paramKind"') && !JSON.stringify(object).includes('"paramRef"'),
    );
    if (String(object['kind']).endsWith('Binding')) {
      assert.match(String((object['spec'] as JsonObject)['policyName']), /\.static\.k8s\.io$/);
    }
  }
  assert.ok(JSON.stringify(result.objects).includes('evil.example'));
});

test('fixes: safe ones, all, in the version that the cluster serves', () => {
  const kinds = (options: Partial<ExportOptions>): string[] =>
    exported(['privileged-container'], options).objects.map(
      ({ object }) => `${String(object['apiVersion'])} ${String(object['kind'])}`,
    );
  assert.equal(kinds({ fixes: 'safe' }).length, 2);
  assert.equal(exported(['privileged-container'], { fixes: 'safe' }).leftOut[0]!.what, 'unsafe fix');
  assert.deepEqual(kinds({ fixes: 'all' }).slice(2), [
    'admissionregistration.k8s.io/v1 MutatingAdmissionPolicy',
    'admissionregistration.k8s.io/v1 MutatingAdmissionPolicyBinding',
  ]);
  assert.deepEqual(kinds({ fixes: 'all', version: 34 }).slice(2), [
    'admissionregistration.k8s.io/v1beta1 MutatingAdmissionPolicy',
    'admissionregistration.k8s.io/v1beta1 MutatingAdmissionPolicyBinding',
  ]);
  assert.deepEqual(exported(['privileged-container'], { fixes: 'all', version: 33 }).leftOut, [
    { control: 'privileged-container', what: 'fix', reason: 'no mutating policies in Kubernetes 1.33' },
  ]);
});

test('rules on files are left out of a policy, and policies on nothing else out of the export', () => {
  for (const control of controls.values()) {
    const { leftOut, objects } = exportControls([control], defaults);
    assert.equal(leftOut.length, objects.length === 0 ? 1 : 0, control.id);
    if (control.derivation !== undefined) assert.match(leftOut[0]!.reason, /many objects/);
    assert.ok(!/"(kubeadm|kubelet\.config)\.k8s\.io"/.test(JSON.stringify(objects)), control.id);
  }
  assert.equal(
    exported(['kubeconfig-unverified'], {}).objects.length,
    0,
    'the core group has no such resource',
  );
});

test('whatever is exported compiles, in both forms', () => {
  const compiler = new PolicyCompiler({ version: '1.37' });
  for (const to of ['native', 'static'] as const) {
    const parameters = (id: string): JsonObject =>
      Object.fromEntries(
        Object.entries(controls.get(id)!.parameters).map(([name, { type }]) => [
          name,
          type === 'list' ? ['a'] : 'a',
        ]),
      );
    const { objects } = exportControls(controls.values(), { ...defaults, to, fixes: 'all', parameters });
    for (const { object } of objects) {
      const { problems } =
        object['kind'] === 'ValidatingAdmissionPolicy'
          ? compiler.compilePolicy(object)
          : object['kind'] === 'MutatingAdmissionPolicy'
            ? compiler.compileMutatingPolicy(object)
            : { problems: [] };
      assert.deepEqual(problems, [], JSON.stringify(object['metadata']));
    }
  }
});
