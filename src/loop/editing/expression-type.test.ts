import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { collectText } from '../../collect/manifests.ts';
import type { JsonObject } from '../../model/object.ts';
import { expressionTypeAt } from './expression-type.ts';

const policy = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: replicas}
spec:
  paramKind: {apiVersion: v1, kind: ConfigMap}
  matchConstraints:
    resourceRules:
    - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments, daemonsets]}
  matchConditions:
  - {name: "🛒 shop", expression: "request.namespace != 'kube-system'"}
  variables:
  - name: names
    expression: >-
      object.spec.template.spec.containers
        .map(c, c.name)
  validations:
  - expression: "variables.names.all(n, n.startsWith(\\"a\\")) && object.spec.replicas < 5"
    messageExpression: |
      'too many in ' + string(object.metadata.name)
`;

function at(
  text: string,
  word: string,
  into = 0,
  definitions: readonly JsonObject[] = [],
): string | undefined {
  const { manifests } = collectText('/a.yaml', Buffer.from(text));
  const found = expressionTypeAt(manifests, text.indexOf(word) + into, '1.36', definitions);
  if (found === undefined) return undefined;
  const shown = found.types.map(({ kinds, type }) => `${type} ${kinds.join('|')}`.trimEnd());
  return `${text.slice(found.start, found.end).replaceAll(/\s+/g, ' ')} -> ${shown.join(', ')}`;
}

describe('the type under a pointer', () => {
  test('in a quoted expression, escapes and all', () => {
    assert.equal(at(policy, '< 5', 2), '5 -> int DaemonSet|Deployment');
    assert.equal(
      at(policy, '< 5'),
      'object.spec.replicas < 5 -> bool Deployment, bool DaemonSet'.replace(
        'bool Deployment, bool DaemonSet',
        'bool DaemonSet|Deployment',
      ),
    );
    assert.equal(at(policy, 'n.startsWith'), 'n -> string DaemonSet|Deployment');
    assert.equal(at(policy, 'variables.names', 12), 'variables.names -> list(string) DaemonSet|Deployment');
  });

  test('in a folded one', () => {
    assert.equal(
      at(policy, 'template.spec', 10),
      'object.spec.template.spec -> DaemonSet.spec.template.spec DaemonSet, Deployment.spec.template.spec Deployment',
    );
    assert.equal(at(policy, '(c, c.name)', 6), 'c.name -> string DaemonSet|Deployment');
  });

  test('in a block and behind astral characters', () => {
    assert.equal(at(policy, "'too many", 2), "'too many in ' -> string DaemonSet|Deployment");
    assert.equal(at(policy, 'request.namespace', 9), 'request.namespace -> string DaemonSet|Deployment');
  });

  test('where a rule names no kind that is known', () => {
    const wide = policy.replace('[deployments, daemonsets]', '["*"]');
    assert.equal(at(wide, 'object.spec.replicas', 13), 'object.spec.replicas -> dyn');
  });

  test('of a custom resource whose definition is there', () => {
    const custom = policy
      .replace('apiGroups: [apps]', 'apiGroups: [example.com]')
      .replace('[deployments, daemonsets]', '[shops]');
    const definition: JsonObject = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'shops.example.com' },
      spec: {
        group: 'example.com',
        names: { kind: 'Shop', plural: 'shops' },
        scope: 'Namespaced',
        versions: [
          {
            name: 'v1',
            served: true,
            schema: {
              openAPIV3Schema: {
                type: 'object',
                properties: { spec: { type: 'object', properties: { replicas: { type: 'integer' } } } },
              },
            },
          },
        ],
      },
    };
    assert.equal(at(custom, 'object.spec.replicas', 13, [definition]), 'object.spec.replicas -> int Shop');
  });

  test('is nowhere but in expressions that can be read', () => {
    assert.equal(at(policy, 'metadata'), undefined);
    assert.equal(at(policy, 'matchConstraints'), undefined);
    assert.equal(at(policy.replace('< 5', '<'), 'object.spec.replicas'), undefined);
    assert.equal(at('apiVersion: v1\nkind: Pod\n', 'Pod'), undefined);
  });

  test('in a mutation', () => {
    const mutation = `apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata: {name: a}
spec:
  reinvocationPolicy: Never
  matchConstraints: {resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments]}]}
  mutations:
  - patchType: JSONPatch
    jsonPatch:
      expression: '[JSONPatch{op: "add", path: "/spec/replicas", value: object.spec.replicas + 1}]'
`;
    assert.match(at(mutation, 'object.spec.replicas', 13)!, /^object.spec.replicas -> int Deployment$/);
  });
});
