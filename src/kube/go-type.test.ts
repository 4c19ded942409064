import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldOf, goStruct, printGoType, servedKinds } from './go-type.ts';
import type { GoField, GoType } from './go-type.ts';

function field(kind: string, ...path: string[]): GoField {
  let line = servedKinds().get(kind)?.type ?? -1;
  let found: GoField | undefined;
  for (const name of path) {
    found = fieldOf(goStruct(line), name);
    assert.ok(found, `${kind} ${path.join('.')}`);
    let type: GoType = found.type;
    while (type.kind === 'list') type = type.item;
    if (type.kind === 'struct') line = type.line;
  }
  assert.ok(found);
  return found;
}

test('the table knows the kinds that are served', () => {
  const deployment = servedKinds().get('apps/v1/Deployment');
  assert.equal(deployment?.plural, 'deployments');
  assert.equal(deployment?.namespaced, true);
  assert.equal(servedKinds().get('v1/Node')?.namespaced, false);
  assert.equal(servedKinds().get('extensions/v1beta1/Deployment'), undefined);
  assert.ok(servedKinds().size > 60);
});

test('fields know their types, pointers and omission', () => {
  const replicas = field('apps/v1/Deployment', 'spec', 'replicas');
  assert.deepEqual([replicas.type.kind, replicas.pointer, replicas.omit], ['int32', true, 'empty']);
  const rules = field('rbac.authorization.k8s.io/v1/Role', 'rules');
  assert.deepEqual([rules.type.kind, rules.omit], ['list', 'never']);
  const created = field('v1/Pod', 'metadata', 'creationTimestamp');
  assert.deepEqual([created.type.kind, created.omit], ['time', 'zero']);
});

test('types print as in Go', () => {
  const printed = (kind: string, ...path: string[]): string => printGoType(field(kind, ...path).type);
  assert.equal(printed('v1/Pod', 'spec', 'dnsPolicy'), 'v1.DNSPolicy');
  assert.equal(printed('v1/Pod', 'spec', 'affinity'), 'v1.Affinity');
  assert.equal(printed('v1/Pod', 'spec', 'containers', 'args'), '[]string');
  assert.equal(printed('v1/Pod', 'spec', 'containers', 'volumeMounts'), '[]v1.VolumeMount');
  assert.equal(printed('v1/Pod', 'spec', 'nodeSelector'), 'map[string]string');
  assert.equal(printed('v1/Pod', 'spec', 'overhead'), 'v1.ResourceList');
  assert.equal(printed('v1/Pod', 'metadata', 'uid'), 'types.UID');
  assert.equal(printed('v1/Secret', 'data'), 'map[string][]uint8');
  assert.equal(printed('v1/PersistentVolumeClaim', 'spec', 'accessModes'), '[]v1.PersistentVolumeAccessMode');
  assert.equal(printed('v1/Service', 'spec', 'ports', 'targetPort'), 'int32');
});

test('embedded structs lend their fields and keep their names', () => {
  assert.deepEqual(field('v1/Pod', 'spec', 'volumes', 'emptyDir').embedded, ['VolumeSource']);
  assert.deepEqual(field('networking.k8s.io/v1/Ingress', 'spec', 'rules', 'http').embedded, [
    'IngressRuleValue',
  ]);
  assert.deepEqual(field('v1/Pod', 'spec', 'containers').embedded, []);
});

test('every type of the table can be read', () => {
  const seen = new Set<number>();
  const visit = (line: number): void => {
    if (seen.has(line)) return;
    seen.add(line);
    for (const { type, name } of goStruct(line).fields) {
      assert.notEqual(printGoType(type), '', name);
      let inner = type;
      while (inner.kind === 'list' || inner.kind === 'map')
        inner = inner.kind === 'list' ? inner.item : inner.value;
      if (inner.kind === 'struct') visit(inner.line);
    }
  };
  for (const { type } of servedKinds().values()) visit(type);
  assert.ok(seen.size > 400);
});
