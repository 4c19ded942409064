import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ParamRef } from './definition.ts';
import { collectParams, type ParamSource } from './params.ts';

const kind = { apiVersion: 'v1', kind: 'ConfigMap' };
const configMap = (name: string, namespace?: string, labels: Record<string, string> = {}) => ({
  ...kind,
  metadata: { name, labels, ...(namespace === undefined ? {} : { namespace }) },
});
const source = (objects: ReturnType<typeof configMap>[], complete: boolean): ParamSource => ({
  objects,
  complete,
  scopeOf: () => 'Namespaced',
});
const ref = (overrides: Partial<ParamRef> = {}): ParamRef => ({
  name: 'limits',
  namespace: '',
  selector: undefined,
  parameterNotFoundAction: 'Deny',
  ...overrides,
});
const names = (outcome: ReturnType<typeof collectParams>) =>
  outcome.kind === 'params'
    ? outcome.params.map((param) => (param?.['metadata'] as { name: string } | undefined)?.name ?? null)
    : outcome;

const objects = [
  configMap('limits', 'a', { use: 'yes' }),
  configMap('other', 'a', { use: 'yes' }),
  configMap('limits', 'b'),
  configMap('limits'),
];

test('no paramKind or no paramRef: one run with null', () => {
  assert.deepEqual(names(collectParams(undefined, ref(), 'a', source([], true))), [null]);
  assert.deepEqual(names(collectParams(kind, undefined, 'a', source([], true))), [null]);
});

test("by name in the request's namespace or the written one", () => {
  const found = (namespace: string, written = '') => {
    const outcome = collectParams(kind, ref({ namespace: written }), namespace, source(objects, true));
    return outcome.kind === 'params' ? outcome.params : outcome;
  };
  assert.deepEqual(found('a'), [objects[0]]);
  assert.deepEqual(found('a', 'b'), [objects[2]]);
  assert.deepEqual(found('default'), [objects[3]]);
});

test('by selector', () => {
  const selector = { matchLabels: { use: 'yes' }, matchExpressions: [] };
  const by = ref({ name: '', selector });
  assert.deepEqual(names(collectParams(kind, by, 'a', source(objects, true))), ['limits', 'other']);
  assert.deepEqual(
    names(collectParams(kind, { ...by, parameterNotFoundAction: 'Allow' }, 'b', source(objects, true))),
    [],
  );
});

test('not found: what the binding says, with the words of the server', () => {
  assert.deepEqual(collectParams(kind, ref(), 'c', source(objects, true)), {
    kind: 'error',
    message: 'no params found for policy binding with `Deny` parameterNotFoundAction',
  });
  assert.deepEqual(
    names(collectParams(kind, ref({ parameterNotFoundAction: 'Allow' }), 'c', source(objects, true))),
    [],
  );
});

test('not found among files is unknown, whatever the binding says', () => {
  for (const parameterNotFoundAction of ['Allow', 'Deny']) {
    assert.deepEqual(collectParams(kind, ref({ parameterNotFoundAction }), 'c', source(objects, false)), {
      kind: 'unknown',
      reason: 'the parameter ConfigMap "limits" of namespace "c" is not in the input',
    });
  }
});

test("a namespaced parameter and a request whose namespace is nobody's or not known", () => {
  assert.deepEqual(collectParams(kind, ref(), '', source(objects, true)), {
    kind: 'error',
    message: 'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources',
  });
  assert.equal(collectParams(kind, ref(), undefined, source(objects, true)).kind, 'unknown');
  assert.equal(collectParams(kind, ref({ namespace: 'a' }), undefined, source(objects, true)).kind, 'params');
});

test('a cluster-scoped parameter', () => {
  const cluster: ParamSource = { ...source([configMap('limits')], true), scopeOf: () => 'Cluster' };
  assert.deepEqual(names(collectParams(kind, ref(), '', cluster)), ['limits']);
  assert.deepEqual(collectParams(kind, ref({ namespace: 'a' }), '', cluster), {
    kind: 'error',
    message: 'paramRef.namespace must not be provided for a cluster-scoped `paramKind`',
  });
});

test('a kind of unknown scope is told by its objects', () => {
  const guessing = (given: ReturnType<typeof configMap>[]): ParamSource => ({
    objects: given,
    complete: true,
    scopeOf: () => undefined,
  });
  assert.deepEqual(names(collectParams(kind, ref(), '', guessing([configMap('limits')]))), ['limits']);
  assert.equal(collectParams(kind, ref(), '', guessing([configMap('limits', 'a')])).kind, 'error');
});
