import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../model/object.ts';
import { builtInSchema } from '../schema/built-in.ts';
import { applyConfiguration } from './apply-configuration.ts';
import { GoValue, type PatchObject } from './go-value.ts';

const schema = builtInSchema('v1', 'Pod')!;
const pod = (spec: object, metadata: object = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'x', ...metadata },
  spec: spec as JsonObject,
});

function applied(live: JsonObject, patch: PatchObject): JsonObject {
  const result = applyConfiguration(schema, live, patch);
  assert.ok('object' in result, 'error' in result ? result.error : '');
  return result.object;
}

function refused(patch: PatchObject, live = pod({ containers: [{ name: 'a' }] })): string {
  const result = applyConfiguration(schema, live, patch);
  assert.ok('error' in result, JSON.stringify(result));
  return result.error;
}

const specOf = (object: JsonObject) => object['spec'] as JsonObject;
const named = (names: string) => names.split('').map((name) => ({ name }));

test('items keep the order of the patch, the others their place', () => {
  for (const [live, patch, expected] of [
    ['abc', 'n', 'abcn'],
    ['abc', 'na', 'nabc'],
    ['abc', 'an', 'abcn'],
    ['abc', 'anb', 'anbc'],
    ['abc', 'nc', 'abnc'],
    ['abc', 'ba', 'bca'],
    ['abc', 'cnb', 'acnb'],
    ['abc', 'abc', 'abc'],
    ['abc', 'cba', 'cba'],
    ['', 'ab', 'ab'],
    ['ab', '', 'ab'],
  ] as const) {
    const merged = applied(pod({ containers: named(live) }), { spec: { containers: named(patch) } });
    const names = (specOf(merged)['containers'] as { name: string }[]).map(({ name }) => name).join('');
    assert.equal(names, expected, `${live} and ${patch}`);
  }
});

test('items with one key are merged, structs and maps as well', () => {
  const live = pod(
    { containers: [{ name: 'a', image: 'i', env: [{ name: 'A', value: '1' }] }] },
    { labels: { a: '1' } },
  );
  const merged = applied(live, {
    metadata: { labels: { b: '2' } },
    spec: {
      hostNetwork: true,
      containers: [
        {
          name: 'a',
          env: [
            { name: 'B', value: '2' },
            { name: 'A', value: '3' },
          ],
        },
      ],
    },
  });
  assert.deepEqual(merged, {
    ...pod(
      {
        containers: [
          {
            name: 'a',
            image: 'i',
            env: [
              { name: 'B', value: '2' },
              { name: 'A', value: '3' },
            ],
          },
        ],
        hostNetwork: true,
      },
      { labels: { a: '1', b: '2' } },
    ),
  });
});

test('a key that is absent counts as its default', () => {
  const live = pod({ containers: [{ name: 'a', ports: [{ containerPort: 80, protocol: 'TCP' }] }] });
  const merged = applied(live, {
    spec: { containers: [{ name: 'a', ports: [{ containerPort: 80, name: 'http' }] }] },
  });
  const expected = [{ containerPort: 80, protocol: 'TCP', name: 'http' }];
  assert.deepEqual((specOf(merged)['containers'] as { ports: unknown }[])[0]?.ports, expected);
});

test('live duplicates collapse into the item of the patch, and stay where it names none', () => {
  const env = [{ name: 'A', value: '1' }, { name: 'B' }, { name: 'A', value: '2' }];
  const live = pod({ containers: [{ name: 'a', env }] });
  const merged = (patch: PatchObject) =>
    (
      specOf(applied(live, { spec: { containers: [{ name: 'a', env: [patch] }] } }))['containers'] as {
        env: unknown;
      }[]
    )[0]?.env;
  assert.deepEqual(merged({ name: 'A', value: '9' }), [{ name: 'A', value: '9' }, { name: 'B' }]);
  assert.deepEqual(merged({ name: 'B', value: '9' }), [env[0], { name: 'B', value: '9' }, env[2]]);
});

test('sets take what is new', () => {
  const merged = applied(pod({}, { finalizers: ['a/x', 'b/y'] }), {
    metadata: { finalizers: ['c/z', 'a/x'] },
  });
  assert.deepEqual((merged['metadata'] as JsonObject)['finalizers'], ['c/z', 'a/x', 'b/y']);
});

test('empty lists and maps change nothing, an empty struct is made', () => {
  const live = pod({ containers: named('a') }, { labels: { a: '1' } });
  assert.deepEqual(applied(live, { metadata: { labels: {} }, spec: { containers: [] } }), live);
  const made = applied(live, { spec: { containers: [{ name: 'a', securityContext: {} }] } });
  assert.deepEqual(specOf(made)['containers'], [{ name: 'a', securityContext: {} }]);
});

test('the inputs are not changed', () => {
  const live = pod({ containers: named('ab') }, { labels: { a: '1' } });
  const patch = { metadata: { labels: { b: '2' } }, spec: { containers: [{ name: 'b', image: 'x' }] } };
  const before = JSON.stringify([live, patch]);
  applied(live, patch);
  assert.equal(JSON.stringify([live, patch]), before);
});

test('atomic parts are refused, all of them, even empty ones', () => {
  const text = 'invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ';
  assert.equal(refused({ spec: { tolerations: [] } }), `${text}.spec.tolerations`);
  assert.equal(
    refused({
      spec: {
        containers: [
          { name: 'a', args: ['x'] },
          { name: 'b', command: ['y'] },
        ],
      },
    }),
    `${text}.spec.containers[0].args, .spec.containers[1].command`,
  );
  assert.equal(refused({ spec: { nodeSelector: { a: 'b' } } }), `${text}.spec.nodeSelector`);
  assert.equal(refused({ spec: { imagePullSecrets: [{ name: 's' }] } }), `${text}.spec.imagePullSecrets[0]`);
  const role = builtInSchema('rbac.authorization.k8s.io/v1', 'Role')!;
  const result = applyConfiguration(role, {}, { rules: [{ verbs: ['get'] }] });
  assert.deepEqual(result, { error: `${text}.rules, .rules[0].verbs` });
});

test('what does not conform is refused in the words of the server', () => {
  const text = 'failed to convert patch object to typed object: ';
  assert.equal(refused({ spec: { nope: 1 } }), `${text}.spec.nope: field not declared in schema`);
  assert.equal(
    refused({ spec: { containers: [{ name: 'a', nope: 1 }] } }),
    `${text}.spec.containers[name="a"].nope: field not declared in schema`,
  );
  const nothing = new GoValue('structpb.NullValue', 'NULL_VALUE', '0');
  assert.equal(
    refused({ spec: { volumes: nothing } }),
    `${text}.spec.volumes: expected list, got &{NULL_VALUE}`,
  );
  assert.equal(
    refused({ spec: { hostNetwork: 'yes', nodeName: 5 } }),
    `${text}errors:
  .spec.hostNetwork: expected boolean, got &{yes}
  .spec.nodeName: expected string, got &value.valueUnstructured{Value:5}`,
  );
});

test('a live object that does not conform is told apart from the patch', () => {
  const live = pod({ hostNetwork: 'yes' });
  assert.equal(
    refused({ spec: { hostPID: true } }, live),
    'failed to convert original object to typed object: .spec.hostNetwork: expected boolean, got &{yes}',
  );
});

test('prototype names are names like any other', () => {
  const labels = JSON.parse('{"__proto__": "a", "constructor": "b"}') as PatchObject;
  const merged = applied(pod({}, { labels: { c: 'd' } }), { metadata: { labels } });
  assert.deepEqual(Object.entries((merged['metadata'] as JsonObject)['labels'] as JsonObject), [
    ['c', 'd'],
    ['__proto__', 'a'],
    ['constructor', 'b'],
  ]);
  const spec = JSON.parse('{"spec": {"__proto__": 1}}') as PatchObject;
  assert.match(refused(spec), /\.spec\.__proto__: field not declared in schema$/);
});
