import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PolicyCompiler } from '../compiler.ts';
import { bindMutations } from './bind.ts';
import { bound, mutationOf, policy, policyObject } from './sample.fixture.ts';

const compiler = new PolicyCompiler({ version: '1.36' });
const good = 'Object{metadata: Object.metadata{labels: {"a": "b"}}}';

/** What is said against a policy with this in its spec. */
function reasons(spec: object, expressions: readonly string[] = [good]): string[] {
  const { problems } = compiler.compileMutatingPolicy(policyObject(expressions, spec));
  return problems.map(({ reason }) => reason);
}

test('a policy that the server stores', () => {
  assert.deepEqual(reasons({}), []);
  const { policy } = compiler.compileMutatingPolicy(policyObject([good]));
  assert.equal(policy?.definition.failurePolicy, 'Fail');
  assert.equal(policy.mutations[0]?.patchType, 'ApplyConfiguration');
  assert.equal(policy.refused, false);
});

test('what is missing or none of a closed list', () => {
  assert.deepEqual(reasons({ reinvocationPolicy: undefined }), ['spec.reinvocationPolicy: Required value']);
  assert.deepEqual(reasons({ reinvocationPolicy: 'Always' }), [
    'spec.reinvocationPolicy: Unsupported value: "Always": supported values: "IfNeeded", "Never"',
  ]);
  assert.deepEqual(reasons({ mutations: [] }), [
    'spec.mutations: Required value: mutations must contain at least one item',
  ]);
  assert.deepEqual(reasons({ mutations: [{}] }), ['spec.mutations[0].patchType: Required value']);
  assert.deepEqual(reasons({ mutations: [{ patchType: 'Nope' }] }), [
    'spec.mutations[0].patchType: Unsupported value: "Nope": supported values: "ApplyConfiguration", "JSONPatch"',
  ]);
});

test('patch type and expression belong together', () => {
  assert.deepEqual(reasons({ mutations: [{ ...mutationOf('[]'), patchType: 'ApplyConfiguration' }] }), [
    'spec.mutations[0].applyConfiguration: Required value: must be specified when patchType is ApplyConfiguration',
    'spec.mutations[0].jsonPatch: Invalid value: "{jsonPatch}": must not be specified when patchType is ApplyConfiguration',
  ]);
  assert.deepEqual(reasons({ mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: ' ' } }] }), [
    'spec.mutations[0].jsonPatch.expression: Required value',
  ]);
});

test('a deletion cannot be mutated', () => {
  const rule = {
    apiGroups: [''],
    apiVersions: ['v1'],
    operations: ['CREATE', 'DELETE'],
    resources: ['pods'],
  };
  assert.deepEqual(reasons({ matchConstraints: { resourceRules: [rule] } }), [
    'spec.matchConstraints.resourceRules.operations: Unsupported value: "DELETE": supported values: "*", "CONNECT", "CREATE", "UPDATE"',
  ]);
});

test('expressions must yield an Object or a list of JSONPatch', () => {
  const said = (expression: string) => reasons({}, [expression]).join();
  assert.match(said('dyn(Object{})'), /must evaluate to Object but got dyn/);
  assert.match(said('[]'), /must evaluate to list\(JSONPatch\) but got list\(dyn\)/);
  assert.match(said('["a"]'), /must evaluate to list\(JSONPatch\) but got list\(string\)/);
  assert.match(said('Object{a: nope}'), /undeclared reference to 'nope'/);
  assert.equal(said('[JSONPatch{op: "add"}].filter(p, false)'), '');
});

test('Object exists in mutations only', () => {
  const variables = [{ name: 'v', expression: 'Object{}' }];
  const matchConditions = [{ name: 'm', expression: 'Object{} == Object{}' }];
  assert.match(reasons({ variables }).join(), /undeclared reference to 'Object'/);
  assert.match(reasons({ matchConditions }).join(), /undeclared reference to 'Object'/);
});

test('what validating policies are refused for as well', () => {
  assert.deepEqual(reasons({ failurePolicy: 'Maybe', matchConstraints: undefined }), [
    'spec.failurePolicy: Unsupported value: "Maybe": supported values: "Fail", "Ignore"',
    'spec.matchConstraints: Required value',
  ]);
  assert.match(
    reasons({ variables: [{ name: 'a b', expression: '1' }] }).join(),
    /must be a valid CEL identifier/,
  );
});

test('unknown fields and wrong types', () => {
  assert.deepEqual(reasons({ validations: [] }), ['unknown field "spec.validations"']);
  assert.deepEqual(reasons({ mutations: 'x' }), ['spec.mutations must be a list, not the text "x"']);
});

test('bindings', () => {
  const binding = (spec: object) =>
    compiler
      .compileMutatingBinding({
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'MutatingAdmissionPolicyBinding',
        metadata: { name: 'b' },
        spec: spec as never,
      })
      .problems.map(({ reason }) => reason);
  assert.deepEqual(binding({ policyName: 'p' }), []);
  assert.deepEqual(binding({}), ['spec.policyName: Required value']);
  assert.deepEqual(binding({ policyName: 'p', validationActions: ['Deny'] }), [
    'unknown field "spec.validationActions"',
  ]);
  const rule = { apiGroups: ['*'], apiVersions: ['*'], operations: ['DELETE'], resources: ['*'] };
  assert.match(
    binding({ policyName: 'p', matchResources: { resourceRules: [rule] } }).join(),
    /Unsupported value: "DELETE"/,
  );
});

test('policies are paired with the bindings that name them', () => {
  const [one, two] = [policy([good], {}, 'one'), policy([good], {}, 'two')];
  const binding = bound(one).binding!;
  const stray = { ...binding, name: 'stray', definition: { ...binding.definition, policyName: 'three' } };
  const paired = bindMutations([one, two], [binding, stray]);
  assert.deepEqual(
    paired.bound.map(({ policy, binding }) => [policy.name, binding?.name]),
    [
      ['one', 'one-b'],
      ['two', undefined],
    ],
  );
  assert.deepEqual(paired.unbound, [two]);
  assert.deepEqual(paired.dangling, [stray]);
});
