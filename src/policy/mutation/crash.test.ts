import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PolicyCompiler } from '../compiler.ts';
import { crashingObjects } from './crash.ts';

const compiler = new PolicyCompiler({ version: '1.36' });

/** The texts of the literals that crash. */
function crashing(expression: string, patchType = 'JSONPatch'): string[] {
  const field = patchType === 'JSONPatch' ? 'jsonPatch' : 'applyConfiguration';
  const { policy, problems } = compiler.compileMutatingPolicy({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingAdmissionPolicy',
    metadata: { name: 'p' },
    spec: {
      reinvocationPolicy: 'Never',
      matchConstraints: {
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
        ],
      },
      mutations: [{ patchType, [field]: { expression } }],
    },
  });
  assert.deepEqual(problems, [], expression);
  return policy!.mutations.flatMap((mutation) =>
    crashingObjects(mutation).map(({ start, end }) => expression.slice(start, end)),
  );
}

const patch = (value: string): string => `[JSONPatch{op: "add", path: "/spec/x", value: ${value}}]`;

test('an Object inside of a list or map crashes', () => {
  const literal = 'Object.spec.tolerations{operator: "Exists"}';
  for (const value of [
    `[${literal}]`,
    `{"a": ${literal}}`,
    `object.spec.?tolerations.orValue([]) + [${literal}]`,
    `["a"].map(k, ${literal})`,
    `true ? [${literal}] : []`,
    `[[${literal}]]`,
    `object.spec.?tolerations.orValue([${literal}])`,
    `[${literal}].filter(t, true)`,
    `[[${literal}]] + [[Object.x{}][0].list]`,
  ]) {
    assert.deepEqual(crashing(patch(value)), [literal], value);
  }
});

test('an Object as the whole value, and Objects inside of its fields, do not', () => {
  for (const value of [
    'Object.spec.tolerations{operator: "Exists"}',
    'Object.spec{containers: [Object.spec.containers{name: "a"}]}',
    'true ? Object.spec{} : Object.spec{a: 1}',
    '[{"operator": "Exists"}]',
    '[Object.spec{}][0]',
    'size([Object.spec{}])',
    '[Object.a{x: 1}] + [Object.a{x: 2}]',
    '[Object.a{x: [Object.b{}]}] + [Object.a{x: 2}] + [Object.a{}]',
  ]) {
    assert.deepEqual(crashing(patch(value)), [], value);
  }
});

test('an apply configuration crashes nothing', () => {
  assert.deepEqual(
    crashing('Object{spec: Object.spec{containers: [Object.spec.containers{}]}}', 'ApplyConfiguration'),
    [],
  );
});
