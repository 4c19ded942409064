import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { builtInSchema } from '../schema/built-in.ts';
import { schemaErrors } from './conformity.ts';
import type { PatchObject } from './go-value.ts';
import { merge } from './merge.ts';

const schema = builtInSchema('v1', 'Pod')!;
const text = fc.constantFrom('a', 'b', 'c', 'd', '__proto__');
const env = fc.uniqueArray(fc.record({ name: text, value: fc.option(text, { nil: undefined }) }), {
  selector: ({ name }) => name,
});
const containers = fc.uniqueArray(fc.record({ name: text, env, image: text }, { requiredKeys: ['name'] }), {
  selector: ({ name }) => name,
});
const object = fc
  .record({
    metadata: fc.record(
      { labels: fc.dictionary(text, text), finalizers: fc.uniqueArray(text) },
      { requiredKeys: [] },
    ),
    spec: fc.record({ hostPID: fc.boolean(), containers }, { requiredKeys: [] }),
  })
  .map((value) => JSON.parse(JSON.stringify(value)) as PatchObject);

interface Named {
  readonly name: string;
}

const containerNames = (value: unknown): string[] =>
  ((value as { spec: { containers?: Named[] } }).spec.containers ?? []).map(({ name }) => name);

test('the same twice, and nothing, change nothing', () => {
  fc.assert(
    fc.property(object, (live) => {
      assert.deepEqual(merge(schema, live, live), live);
      assert.deepEqual(merge(schema, live, {}), live);
    }),
  );
});

test('merging is idempotent, and what comes out conforms', () => {
  fc.assert(
    fc.property(object, object, (live, patch) => {
      const merged = merge(schema, live, patch);
      assert.deepEqual(schemaErrors(schema, merged), []);
      const again = merge(schema, merged, patch);
      assert.deepEqual(new Set(containerNames(again)), new Set(containerNames(merged)));
    }),
  );
});

test('every item of both is there once, the items of the patch in its order', () => {
  fc.assert(
    fc.property(object, object, (live, patch) => {
      const names = containerNames(merge(schema, live, patch));
      assert.deepEqual(
        names.toSorted(),
        [...new Set([...containerNames(live), ...containerNames(patch)])].toSorted(),
      );
      const wanted = new Set(containerNames(patch));
      assert.deepEqual(
        names.filter((name) => wanted.has(name)),
        containerNames(patch),
      );
    }),
  );
});
