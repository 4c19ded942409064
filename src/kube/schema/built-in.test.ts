import assert from 'node:assert/strict';
import test from 'node:test';
import { servedKinds } from '../go-type.ts';
import { builtInSchema } from './built-in.ts';
import { type Schema, schemaAt, type StructSchema } from './schema.ts';

const pod = builtInSchema('v1', 'Pod') as Schema;
const at = (...path: (string | number)[]) => schemaAt(pod, path);

test('fields have their types', () => {
  assert.equal(at('spec', 'nodeName')?.kind, 'string');
  assert.equal(at('spec', 'hostNetwork')?.kind, 'boolean');
  assert.deepEqual(at('spec', 'activeDeadlineSeconds'), { kind: 'integer', format: 'int64' });
  assert.deepEqual(at('spec', 'containers', 0, 'ports', 0, 'containerPort'), {
    kind: 'integer',
    format: 'int32',
  });
  assert.equal(at('spec', 'containers', 0, 'livenessProbe', 'httpGet', 'port')?.kind, 'intOrString');
  assert.equal(at('spec', 'containers', 0, 'resources', 'limits', 'cpu')?.kind, 'quantity');
  assert.equal(at('metadata', 'creationTimestamp')?.kind, 'time');
  assert.equal(schemaAt(builtInSchema('v1', 'Secret') as Schema, ['data', 'x'])?.kind, 'bytes');
});

test('what is not there is undefined', () => {
  assert.equal(at('spec', 'nope'), undefined);
  assert.equal(at('spec', 'nope', 'deeper'), undefined);
  assert.equal(at('spec', 'nodeName', 'x'), undefined);
  assert.equal(at('spec', 'containers', 'x'), undefined);
  assert.equal(at('metadata', 'labels', 0), undefined);
  assert.equal(at('spec', '__proto__'), undefined);
  assert.equal(builtInSchema('v1', 'Nope'), undefined);
  assert.equal(builtInSchema('apps/v1beta1', 'Deployment'), undefined);
});

test('lists know their keys and the defaults of these', () => {
  const containers = at('spec', 'containers');
  assert.ok(containers?.kind === 'list');
  assert.equal(containers.merge, 'map');
  assert.deepEqual(containers.keys, [{ name: 'name', default: '' }]);
  const ports = at('spec', 'containers', 0, 'ports');
  assert.ok(ports?.kind === 'list');
  assert.deepEqual(ports.keys, [
    { name: 'containerPort', default: 0 },
    { name: 'protocol', default: 'TCP' },
  ]);
  const finalizers = at('metadata', 'finalizers');
  assert.ok(finalizers?.kind === 'list');
  assert.equal(finalizers.merge, 'set');
  const args = at('spec', 'containers', 0, 'args');
  assert.ok(args?.kind === 'list');
  assert.equal(args.merge, 'atomic');
});

test('atomic structs and maps', () => {
  const selector = at('spec', 'nodeSelector');
  assert.ok(selector?.kind === 'map' && selector.atomic);
  const labels = at('metadata', 'labels');
  assert.ok(labels?.kind === 'map' && !labels.atomic);
  const reference = at('spec', 'imagePullSecrets', 0);
  assert.ok(reference?.kind === 'struct' && reference.atomic);
  assert.equal(reference.name, 'LocalObjectReference');
});

test('a field may make an atomic type granular', () => {
  const volume = builtInSchema('v1', 'PersistentVolume') as Schema;
  const claim = schemaAt(volume, ['spec', 'claimRef']);
  assert.ok(claim?.kind === 'struct' && !claim.atomic);
  const binding = schemaAt(builtInSchema('v1', 'Binding') as Schema, ['target']);
  assert.ok(binding?.kind === 'struct' && binding.atomic);
});

test('types that contain themselves end', () => {
  const definition = builtInSchema('apiextensions.k8s.io/v1', 'CustomResourceDefinition') as Schema;
  const deep = ['spec', 'versions', 0, 'schema', 'openAPIV3Schema', 'not', 'not', 'not', 'maximum'];
  assert.equal(schemaAt(definition, deep)?.kind, 'number');
});

test('anything is any', () => {
  const revision = builtInSchema('apps/v1', 'ControllerRevision') as Schema;
  assert.equal(schemaAt(revision, ['data', 'a', 3, 'b'])?.kind, 'any');
  assert.deepEqual(schemaAt(revision, ['data']), { kind: 'any', atomic: true });
});

test('every served kind has a schema with metadata, read to the last field', () => {
  const seen = new Set<StructSchema>();
  const visit = (schema: Schema): void => {
    if (schema.kind === 'list') visit(schema.item);
    else if (schema.kind === 'map') visit(schema.value);
    else if (schema.kind === 'struct' && !seen.has(schema)) {
      seen.add(schema);
      for (const field of schema.fields.values()) visit(field);
    }
  };
  for (const { apiVersion, kind } of servedKinds().values()) {
    const schema = builtInSchema(apiVersion, kind);
    assert.ok(schema !== undefined && schema.fields.has('metadata'), kind);
    visit(schema);
  }
  assert.ok(seen.size > 400, `${seen.size} types`);
});
