import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from 'scantling/cel';
import { kubernetesEnvironment } from 'scantling/cel/kubernetes';
import { bindMutations, judge, mutate, noParams, PolicyCompiler } from 'scantling/policy';
import { locate, position, readDocuments } from 'scantling/yaml';

test('an expression is compiled, evaluated and explained', () => {
  const environment = kubernetesEnvironment('1.36', {});
  const compiled = compile('object.spec.replicas > 3', environment);
  assert.ok('program' in compiled);
  const object = { spec: { replicas: 2 } };
  assert.equal(compiled.program.evaluate({ object }), false);
  assert.deepEqual(compiled.program.explain({ object }).paths, [['object', 'spec', 'replicas']]);
});

test('a policy judges a request', () => {
  const resourceRules = [
    { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
  ];
  const { policy } = new PolicyCompiler({ version: '1.36' }).compilePolicy({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'named' },
    spec: {
      matchConstraints: { resourceRules },
      validations: [{ expression: "object.metadata.name != 'x'" }],
    },
  });
  const request = {
    operation: 'CREATE' as const,
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    subresource: '',
    name: 'x',
    namespace: 'default',
    scope: 'Namespaced' as const,
    object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' } },
    oldObject: null,
  };
  const context = { findNamespace: () => undefined, params: noParams };
  const [judgement] = judge([{ policy: policy!, binding: undefined }], request, context);
  assert.equal(judgement!.verdict, 'fail');
  assert.equal(judgement!.validations[0]!.message, "failed expression: object.metadata.name != 'x'");
});

test('a mutating policy changes an object', () => {
  const compiler = new PolicyCompiler({ version: '1.36' });
  const resourceRules = [
    { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
  ];
  const expression = 'Object{metadata: Object.metadata{labels: {"team": "blue"}}}';
  const { policy } = compiler.compileMutatingPolicy({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingAdmissionPolicy',
    metadata: { name: 'team' },
    spec: {
      reinvocationPolicy: 'Never',
      matchConstraints: { resourceRules },
      mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression } }],
    },
  });
  const request = {
    operation: 'CREATE' as const,
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    subresource: '',
    name: 'x',
    namespace: 'default',
    scope: 'Namespaced' as const,
    object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', namespace: 'default' } },
    oldObject: null,
  };
  const context = { findNamespace: () => undefined, params: noParams };
  const { allowed, patch } = mutate(bindMutations([policy!], []).bound, request, context);
  assert.equal(allowed, true);
  assert.deepEqual(patch[0], { op: 'add', path: '/metadata/labels', value: { team: 'blue' } });
});

test('a document is read, and a field found in it', () => {
  const [document] = [...readDocuments('spec:\n  hostPID: yes\n')];
  assert.deepEqual(document!.value, { spec: { hostPID: true } });
  const [place] = locate(document!, [['spec', 'hostPID']]);
  assert.deepEqual(position(document!, place!.span.start), { line: 2, column: 3 });
});
