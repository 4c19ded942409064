import assert from 'node:assert/strict';
import { test } from 'node:test';

import { analyze, typeText } from '../check/analyze.ts';
import { intType } from '../type.ts';
import {
  type AdmissionVariables,
  kubernetesEnvironment,
  kubernetesFunctions,
  type KubernetesVersion,
  kubernetesVersions,
} from './environment.ts';

function compiles(text: string, version: KubernetesVersion, variables: AdmissionVariables = {}): boolean {
  return 'type' in analyze(text, kubernetesEnvironment(version, variables));
}

const message = (text: string, variables: AdmissionVariables = {}): string => {
  const result = analyze(text, kubernetesEnvironment('1.36', variables));
  assert.ok('message' in result, text);
  return result.message;
};

test('libraries appear with their version: stored at once, new one version later', () => {
  for (const [text, since] of [
    ["isURL('x')", 29],
    ["quantity('1').isInteger()", 29],
    ['sets.contains([1], [1])', 29],
    ["isIP('x')", 30],
    ["isCIDR('x')", 30],
    ["format.dns1123Label().validate('x').hasValue()", 31],
    ['[1].all(i, v, i < v)', 32],
    ["isSemver('x')", 33],
    ['[1].sort() == [1]', 34],
    ['[1].sortBy(x, -x) == [1]', 34],
    ['[1].includes(1)', 37],
  ] as const) {
    for (const minor of [30, 31, 32, 33, 34, 35, 36, 37]) {
      const version = `1.${minor}` as KubernetesVersion;
      assert.equal(
        compiles(text, version, { mode: 'stored' }),
        minor >= since,
        `${text} stored in ${version}`,
      );
      assert.equal(compiles(text, version), minor > since, `${text} new in ${version}`);
    }
  }
});

test('selectors of the authorizer follow their feature gate', () => {
  const text = "authorizer.group('').resource('pods').labelSelector('a=b').check('list').allowed()";
  const variables = { hasAuthorizer: true } as const;
  assert.equal(compiles(text, '1.30', { ...variables, mode: 'stored' }), false);
  assert.equal(compiles(text, '1.31', { ...variables, mode: 'stored' }), true);
  assert.equal(compiles(text, '1.31', variables), false);
  assert.equal(compiles(text, '1.32', variables), true);
});

test('what Kubernetes never switches on', () => {
  for (const text of [
    'cel.bind(x, 1, x)',
    'math.greatest(1, 2)',
    "base64.encode(b'a')",
    "'ab'.reverse()",
    'object.`a-b`',
    '[1].existsOne(x, x > 0)',
  ]) {
    assert.equal(compiles(text, '1.37', { mode: 'stored' }), false, text);
  }
});

test('variables', () => {
  assert.match(message('params'), /undeclared reference to 'params'/);
  assert.equal(compiles('params == null', '1.36', { hasParams: true }), true);
  assert.match(message('authorizer'), /undeclared reference to 'authorizer'/);
  assert.equal(
    compiles("authorizer.requestResource.check('get').allowed()", '1.36', { hasAuthorizer: true }),
    true,
  );
  assert.match(message('variables.a'), /undeclared reference to 'variables'/);
  assert.match(message('variables.b', { variables: { a: intType } }), /undefined field 'b'/);
  const result = analyze('variables.a + 1', kubernetesEnvironment('1.36', { variables: { a: intType } }));
  assert.ok('type' in result && typeText(result.type) === 'int');
});

test('request and namespaceObject have exactly the fields of the server', () => {
  for (const [text, type] of [
    ['request.kind.group', 'string'],
    ['request.resource.resource', 'string'],
    ['request.requestKind.kind', 'string'],
    ['request.subResource + request.requestSubResource + request.namespace + request.operation', 'string'],
    ['request.userInfo.groups', 'list(string)'],
    ['request.userInfo.extra', 'map(string, list(string))'],
    ['request.dryRun', 'bool'],
    ['request.options.x', 'dyn'],
    ['namespaceObject.metadata.labels.x', 'string'],
    ['namespaceObject.metadata.UID', 'string'],
    ['namespaceObject.metadata.creationTimestamp', 'google.protobuf.Timestamp'],
    ['namespaceObject.spec.finalizers', 'list(string)'],
    ['namespaceObject.status.conditions[0].reason', 'string'],
  ] as const) {
    const result = analyze(text, kubernetesEnvironment('1.36'));
    assert.ok('type' in result, text);
    assert.equal(typeText(result.type), type, text);
  }
  for (const field of [
    'request.uid',
    'request.object',
    'request.oldObject',
    'namespaceObject.kind',
    'namespaceObject.metadata.ownerReferences',
  ]) {
    assert.match(message(field), /undefined field/, field);
  }
});

test('mutations have Object, JSONPatch and jsonpatch.escapeKey, nothing else has', () => {
  for (const text of [
    'Object{spec: Object.spec{a: 1, b: [Object.spec.b{}]}}',
    '[JSONPatch{op: "add", path: "/metadata/labels/" + jsonpatch.escapeKey("a/b"), value: 1}]',
    'Object{}.anything',
  ]) {
    assert.ok(compiles(text, '1.36', { hasPatchTypes: true }), text);
    assert.ok(!compiles(text, '1.36'), text);
  }
  const wrong = message('JSONPatch{op: "add", vale: 1}', { hasPatchTypes: true });
  assert.match(wrong, /expected type of field 'vale' is '' but provided type is 'int'/);
  assert.match(message('Objects{}', { hasPatchTypes: true }), /undeclared reference to 'Objects'/);
});

test('the functions alone are those of the environment', () => {
  for (const version of kubernetesVersions) {
    for (const mode of ['new', 'stored'] as const) {
      const environment = kubernetesEnvironment(version, { mode });
      const functions = kubernetesFunctions(version, mode);
      for (const name of environment.functionNames()) {
        assert.deepEqual(functions.overloads(name), environment.overloads(name), `${version} ${name}`);
      }
      assert.equal(functions.overloads('noSuchFunction'), undefined);
    }
  }
});
