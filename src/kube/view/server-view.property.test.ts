import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { goStruct, servedKinds } from '../go-type.ts';
import type { GoType, ServedKind } from '../go-type.ts';
import { serverViewChanges } from './changes.ts';
import { serverView } from './server-view.ts';
import type { JsonObject } from './server-view.ts';

/** What the server does again whenever an object is written, so that a view's view may differ. */
const notIdempotent = new Set(['batch/v1/Job', 'autoscaling/v2/HorizontalPodAutoscaler']);

const kinds = [...servedKinds().entries()];
const scalars = {
  string: fc.constantFrom('', 'a', 'Always', 'RollingUpdate', 'ClusterIP', 'nginx:1'),
  bool: fc.boolean(),
  int32: fc.constantFrom(0, 1, 80, -1),
  int64: fc.constantFrom<unknown>(0, 30, 2n ** 60n),
  float64: fc.constantFrom(0.5, 1),
  bytes: fc.constantFrom('', 'aGk=', 'aG\nk='),
  quantity: fc.constantFrom<unknown>('1', '100m', 2, '1.5Gi', '0', '1e3'),
  time: fc.constantFrom('2020-01-01T00:00:00Z', '2020-01-01T00:00:00.5+02:00'),
  microTime: fc.constantFrom('2020-01-01T00:00:00.000000Z'),
  intOrString: fc.constantFrom<unknown>(80, 'http', '25%', 0),
  any: fc.jsonValue({ maxDepth: 1 }),
};

/** Values of a Go type, sparse, with a null or a value of the wrong type now and then (`wrong` per thousand). */
function valueOf(type: GoType, depth: number, wrong: number): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 1000 - wrong - 20, arbitrary: rightValue(type, depth, wrong) },
    { weight: 20, arbitrary: fc.constant(null) },
    { weight: wrong, arbitrary: fc.jsonValue({ maxDepth: 1 }) },
  );
}

function rightValue(type: GoType, depth: number, wrong: number): fc.Arbitrary<unknown> {
  if (type.kind === 'list')
    return fc
      .array(fc.constant(0), { maxLength: 2 })
      .chain((items) => fc.tuple(...items.map(() => valueOf(type.item, depth - 1, wrong))));
  if (type.kind === 'map')
    return fc.dictionary(
      fc.constantFrom('a', 'cpu', 'memory', '__proto__'),
      valueOf(type.value, depth - 1, wrong),
      { maxKeys: 2 },
    );
  if (type.kind === 'struct') return depth <= 0 ? fc.constant({}) : structOf(type.line, depth, wrong);
  return scalars[type.kind];
}

function structOf(line: number, depth: number, wrong: number): fc.Arbitrary<JsonObject> {
  const { fields } = goStruct(line);
  const named = new Set(['name', 'spec', 'template', 'jobTemplate', 'containers', 'metadata']);
  return fc
    .subarray([...fields], { maxLength: Math.min(5, fields.length) })
    .map((chosen) => [...new Set([...chosen, ...fields.filter(({ name }) => named.has(name))])])
    .chain((chosen) =>
      fc.tuple(
        ...chosen.map(({ name, type }) => fc.tuple(fc.constant(name), valueOf(type, depth - 1, wrong))),
      ),
    )
    .map((entries) => Object.fromEntries(entries) as JsonObject);
}

function objectOf([, served]: [string, ServedKind], wrong: number): fc.Arbitrary<JsonObject> {
  return structOf(served.type, 7, wrong).map((object) => ({
    ...object,
    apiVersion: served.apiVersion,
    kind: served.kind,
  }));
}

function objects(wrong: number): fc.Arbitrary<JsonObject> {
  return fc.constantFrom(...kinds).chain((kind) => objectOf(kind, wrong));
}

/** Texts of JSON, where big integers would be lost. */
function text(value: unknown): string {
  return (
    JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item)) ?? 'undefined'
  );
}

function hasUndefined(value: unknown): boolean {
  if (value === undefined) return true;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(hasUndefined);
}

test('a view is either an object without undefined or a located problem, and the input stays as it was', () => {
  let refused = 0;
  let accepted = 0;
  fc.assert(
    fc.property(objects(15), (object) => {
      const before = text(object);
      const view = serverView(object, { namespace: 'shop' });
      assert.equal(text(object), before);
      assert.equal(view.object === null, view.problems.length > 0);
      assert.ok(view.problems.every(({ message, path }) => message !== '' && path.length > 0));
      if (view.object === null) refused++;
      else accepted++;
      assert.ok(!hasUndefined(view.object));
      serverViewChanges(object, view);
    }),
    { numRuns: 600 },
  );
  assert.ok(refused > 20 && accepted > 50, `${refused} refused, ${accepted} accepted`);
});

test('a view of a view is that view', () => {
  let compared = 0;
  fc.assert(
    fc.property(objects(0), (object) => {
      if (notIdempotent.has(`${object.apiVersion as string}/${object.kind as string}`)) return;
      const once = serverView(object).object;
      if (once === null || text(once).includes('atchLabelKeys')) return;
      compared++;
      const twice = serverView(once as JsonObject);
      assert.deepEqual(twice.object, once, twice.problems[0]?.message);
      assert.deepEqual(twice.unknownFields, []);
    }),
    { numRuns: 400 },
  );
  assert.ok(compared > 200, `${compared}`);
});

test('the input is never changed', () => {
  fc.assert(
    fc.property(objects(0), (object) => {
      const before = text(object);
      // A write to what is frozen throws.
      const { object: seen } = serverView(frozen(object));
      assert.equal(text(object), before);
      assert.doesNotThrow(() => text(seen));
    }),
    { numRuns: 400 },
  );
});

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}

test('nothing throws, whatever stands where', () => {
  const anything = fc.jsonValue({ maxDepth: 4 });
  const nested = fc.dictionary(
    fc.constantFrom('metadata', 'spec', 'status', 'data', 'template', 'containers', 'rules'),
    anything,
  );
  fc.assert(
    fc.property(fc.constantFrom(...kinds), nested, nested, ([, { apiVersion, kind }], outer, inner) => {
      serverView({ ...outer, apiVersion, kind });
      serverView({ ...outer, spec: { template: { spec: inner }, ...inner }, apiVersion, kind });
    }),
    { numRuns: 1000 },
  );
});
