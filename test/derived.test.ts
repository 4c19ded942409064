import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readCases } from '../src/catalogue/case.ts';
import { checkout, checkoutCatalogue, readYaml } from '../src/catalogue/load.ts';
import { derivationNames, derivations } from '../src/derive/derivation.ts';
import { extract, keep } from '../src/derive/extract.ts';
import { type Entry, type Given, Inventory } from '../src/derive/inventory.ts';
import type { JsonObject } from '../src/model/object.ts';
import { formatPath, valueAt } from '../src/model/path.ts';

const schema = JSON.parse(readFileSync(path.join(checkout, 'schemas/derived.schema.json'), 'utf8'));
const validate = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema);

/** The objects of every case of every control on what is derived. */
function* casesOf(): Generator<readonly JsonObject[]> {
  for (const { id, derivation } of checkoutCatalogue().controls.values()) {
    if (derivation === undefined) continue;
    const { cases } = readCases(readYaml(path.join(checkout, 'controls', id, 'tests.yaml'), []));
    for (const { objects } of cases) if (objects !== undefined) yield objects;
  }
}

const inventoryOf = (objects: readonly JsonObject[], given: Given, isKept: boolean): Inventory =>
  new Inventory(
    objects.map((object): Entry => {
      const whole = extract(object);
      const kept = isKept ? keep(whole) : { extract: whole, isPartial: false };
      return { ...kept, file: 'a.yaml', reload: () => whole };
    }),
    given,
  );

test('what derivations yield is what the schema says, and stands in the object', () => {
  const kinds = new Set<string>();
  for (const objects of casesOf()) {
    for (const given of ['cluster', 'folder', 'files'] as const) {
      const inventory = inventoryOf(objects, given, false);
      for (const name of derivationNames) {
        for (const { seen, assumed, entry, toObject } of derivations[name].derive(inventory)) {
          kinds.add(String(seen['kind']));
          for (const one of [seen, assumed]) {
            assert.ok(validate(one), `${name}: ${JSON.stringify(validate.errors)} ${JSON.stringify(one)}`);
          }
          if (given === 'cluster') assert.deepEqual(assumed, seen);
          const object = objects[inventory.entries.indexOf(entry)];
          for (const [list, items] of Object.entries(seen)) {
            if (!Array.isArray(items) || ['images', 'roles', 'boundBy'].includes(list)) continue;
            for (const [i, item] of (items as { field: string }[]).entries()) {
              const at = toObject([list, i, 'found']);
              assert.equal(formatPath(at), item.field);
              // How many pods a workload makes is a fact of it, written or not.
              if (list !== 'sizes')
                assert.notEqual(valueAt(object, at), undefined, `${name}: nothing stands at ${item.field}`);
            }
          }
        }
      }
    }
  }
  assert.deepEqual(
    [...kinds].sort(),
    Object.values(derivations)
      .map(({ kind }) => kind)
      .sort(),
  );
});

test('what a scan keeps is enough for the same objects', () => {
  for (const objects of casesOf()) {
    const of = (isKept: boolean): unknown =>
      derivationNames.map((name) =>
        [...derivations[name].derive(inventoryOf(objects, 'folder', isKept))].map(({ seen, assumed }) => [
          seen,
          assumed,
        ]),
      );
    assert.deepEqual(of(true), of(false));
  }
});

test('the order of the input changes nothing but who is the earlier of two', () => {
  for (const objects of casesOf()) {
    const of = (given: readonly JsonObject[]): string[] =>
      derivationNames
        .filter((name) => name !== 'duplicates')
        .flatMap((name) =>
          [...derivations[name].derive(inventoryOf(given, 'folder', false))].map((one) =>
            JSON.stringify([sorted(one.seen), sorted(one.assumed)]),
          ),
        )
        .sort();
    assert.deepEqual(of([...objects].reverse()), of(objects));
  }
});

/** Images and roles come in the order of the input. */
function sorted(object: JsonObject): JsonObject {
  const sort = (list: unknown): unknown =>
    Array.isArray(list) ? [...list].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : list;
  return { ...object, images: sort(object['images']) as never, roles: sort(object['roles']) as never };
}
