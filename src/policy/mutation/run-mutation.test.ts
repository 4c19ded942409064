import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../model/object.ts';
import { mutate } from './mutate.ts';
import { bound, creation, labels, nothingKnown, policy, run } from './sample.fixture.ts';

/** The error without the words around it; empty where there is none. */
function error(expression: string, spec: object = {}, podSpec: object = {}): string {
  const { denial, crash, unknown } = run([expression], spec, creation(podSpec));
  assert.deepEqual([crash, unknown], [undefined, []]);
  return (denial?.message ?? '').replace("policy 'p' with binding 'p-b' denied request: ", '');
}

const specOf = ({ object }: { object: JsonObject | null }) => object!['spec'] as JsonObject;

test('type names must follow the fields', () => {
  assert.equal(
    error('Object{spec: Object.wrong{}}'),
    'type mismatch: unexpected type name "Object.wrong", expected "Object.spec", which matches field name path from root Object type',
  );
});

test('in a list that `+` makes, type names are not looked at', () => {
  const environment = (type: string) => `Object.spec.containers.env{name: "N", value: ${type}{a: "1"}.a}`;
  const containers = (env: string) =>
    `Object{spec: Object.spec{containers: [Object.spec.containers{name: "a", env: ${env}}]}}`;
  const sum = `[Object.wrong{name: "A", value: "1"}] + [Object.wrong{name: "B", value: "2"}]`;
  const [container] = specOf(run([containers(sum)]))['containers'] as JsonObject[];
  assert.deepEqual(container!['env'], [
    { name: 'A', value: '1' },
    { name: 'B', value: '2' },
  ]);
  const one = 'unexpected type name "Object.wrong", expected "Object.spec.containers.env"';
  for (const other of [
    '[Object.wrong{name: "A"}]',
    '[Object.wrong{name: "A"}] + []',
    `(${sum}).slice(0, 1)`,
  ]) {
    assert.match(error(containers(other)), new RegExp(one));
  }
  assert.equal(error(containers(`[${environment('Object.any')}]`)), '');
  assert.equal(
    error('Object{spec: {"tolerations": [{"key": "a"}] + [{"key": "b"}]}}'),
    'error applying patch: failed to convert patch object to typed object: errors:\n' +
      '  .spec.tolerations[0]: expected map, got &{map[key:a]}\n  .spec.tolerations[1]: expected map, got &{map[key:b]}',
  );
});

test('a mutation that ran often, and is generated code by then, does the same', () => {
  const sum = '[Object.wrong{key: "a", operator: "Exists"}] + [Object.wrong{key: "b", operator: "Exists"}]';
  const often = bound(policy([`[JSONPatch{op: "add", path: "/spec/tolerations", value: ${sum}}]`]));
  for (let i = 0; i < 3000; i++) {
    assert.equal(mutate([often], creation(), nothingKnown).crash, undefined, `run ${i}`);
  }
});

test('a JSON patch may have an Object in a list that `+` makes', () => {
  const add = (field: string, value: string) =>
    specOf(run([`[JSONPatch{op: "add", path: "/spec/${field}", value: ${value}}]`]));
  const exists = (key: string) => `Object.x{key: "${key}", operator: "Exists", tolerationSeconds: 5}`;
  const { tolerations } = add('tolerations', `[${exists('a')}] + [${exists('b')}]`);
  assert.deepEqual(
    tolerations,
    ['a', 'b'].map((key) => ({ key, operator: 'Exists', tolerationSeconds: 5 })),
  );
  const command = (value: string): unknown =>
    (add('containers/0/command', value)['containers'] as JsonObject[])[0]!['command'];
  assert.deepEqual(command('[type(1)] + [type("")]'), ['int', 'string']);
  assert.deepEqual(command('[optional.none()] + [optional.of("b")]'), ['', 'b']);
  const hosts = 'Object.x{ip: "::1", hostnames: ["a"] + ["b"]}';
  assert.deepEqual(
    add('hostAliases', `[${hosts}] + [Object.x{ip: "::2", hostnames: ["c"]}]`)['hostAliases'],
    [
      { ip: '::1', hostnames: ['a', 'b'] },
      { ip: '::2', hostnames: ['c'] },
    ],
  );
  const wrong = '[JSONPatch{op: "add", path: "/spec/tolerations", value: [[Object.x{}]] + [[Object.x{}]]}]';
  assert.match(run([wrong]).crash ?? '', /panic/);
});

test('apiVersion and kind of an Object are overwritten', () => {
  const { object } = run(['Object{apiVersion: "v9", kind: "Nope"}']);
  assert.deepEqual([object!['apiVersion'], object!['kind']], ['v1', 'Pod']);
});

test('map literals: one level deep, in their place', () => {
  assert.equal(specOf(run(['Object{spec: {"hostNetwork": true}}']))['hostNetwork'], true);
  assert.equal(
    error('Object{spec: {"securityContext": {"runAsNonRoot": true}}}'),
    'error applying patch: failed to convert patch object to typed object: .spec.securityContext: expected map, got &{map[runAsNonRoot:true]}',
  );
});

test('parts of the object may stand anywhere', () => {
  const copied = run(
    ['Object{spec: {"securityContext": object.spec.securityContext}}'],
    {},
    creation({ securityContext: { runAsUser: 1 } }),
  );
  assert.equal(copied.allowed, true);
  assert.deepEqual(
    labels(run(['Object{metadata: object.metadata}'], {}, creation({}, { labels: { a: 'b' } }))),
    { a: 'b' },
  );
});

test('parts of the namespace and of the request may stand anywhere too', () => {
  const known = {
    ...nothingKnown,
    findNamespace: (name: string) => ({ metadata: { name, labels: { team: 'x' } } }),
  };
  const copied = run(
    ['Object{metadata: {"labels": namespaceObject.metadata.labels}}'],
    {},
    creation(),
    known,
  );
  assert.deepEqual(labels(copied), { team: 'x' });
  const userInfo = { username: 'u', uid: '', groups: ['a.io/g'], extra: {} };
  const { object } = run(
    ['Object{metadata: {"finalizers": request.userInfo.groups}}'],
    {},
    { ...creation(), userInfo },
  );
  assert.deepEqual((object!['metadata'] as JsonObject)['finalizers'], ['a.io/g']);
});

test('values that Go cannot convert', () => {
  const text = 'unable to convert unstructured object to /v1, Kind=Pod: ';
  assert.equal(
    error('Object{spec: Object.spec{activeDeadlineSeconds: 5.5}}'),
    `${text}cannot convert float64 to int64`,
  );
  const limits = (cpu: string) =>
    `Object{spec: Object.spec{containers: [Object.spec.containers{name: "a", resources: Object.spec.containers.resources{limits: {"cpu": ${cpu}}}}]}}`;
  assert.match(
    error(limits('"lots"')),
    /^unable to convert unstructured object to \/v1, Kind=Pod: quantities must match/,
  );
  const [container] = specOf(run([limits('0.5')]))['containers'] as JsonObject[];
  assert.deepEqual(container!['resources'], { limits: { cpu: '500m' }, requests: { cpu: '500m' } });
});

test('a JSON patch is decoded strictly', () => {
  const add = (path: string, value: string) => `[JSONPatch{op: "add", path: "${path}", value: ${value}}]`;
  const internal = 'Internal error occurred: ';
  assert.equal(
    error(add('/spec/containers/0/securityContext', '{"nope": true}')),
    `${internal}strict decoding error: unknown field "spec.containers[0].securityContext.nope"`,
  );
  assert.equal(
    error(add('/spec/activeDeadlineSeconds', '"5"')),
    `${internal}json: cannot unmarshal string into Go struct field PodSpec.spec.activeDeadlineSeconds of type int64`,
  );
  assert.equal(
    error(add('/apiVersion', '"v9"')),
    `${internal}no kind "Pod" is registered for version "v9" in scheme "pkg/runtime/scheme.go:111"`,
  );
  assert.match(
    error(add('/kind', '{"a": "b"}')),
    /^Internal error occurred: couldn't get version\/kind; json parse error/,
  );
});

test('fields of a JSONPatch', () => {
  const text = '[JSONPatch{op: dyn(1), path: "/a"}]';
  assert.equal(
    error(text),
    `expression '${text}' resulted in error: unexpected type int64 for JSONPatchType 'op' field`,
  );
  const other = '[JSONPatch{op: "add", path: "/a", nope: dyn(1)}]';
  assert.equal(error(other), `expression '${other}' resulted in error: unexpected JSONPatchType field: nope`);
});

test('a test that does not hold skips the patch silently', () => {
  const result = run([
    '[JSONPatch{op: "test", path: "/metadata/name", value: "y"}, JSONPatch{op: "add", path: "/metadata/labels", value: {"a": "b"}}]',
    'Object{metadata: Object.metadata{labels: {"c": "d"}}}',
  ]);
  assert.equal(result.allowed, true);
  assert.deepEqual(labels(result), { c: 'd' });
});

test('kinds without a schema cannot be applied to, but patched', () => {
  const scale = {
    ...creation(),
    kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
    object: {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'x', namespace: 'default' },
      spec: { replicas: 1 },
    },
  };
  const applied = run(['Object{spec: Object.spec{replicas: 3}}'], {}, scale);
  assert.match(applied.denial?.message ?? '', /: no corresponding type for autoscaling\/v1, Kind=Scale$/);
  const patched = run(['[JSONPatch{op: "add", path: "/spec/replicas", value: 3}]'], {}, scale);
  assert.deepEqual(specOf(patched), { replicas: 3 });
});

test('a custom resource: what needs its schema is unknown', () => {
  const custom = {
    ...creation(),
    object: { apiVersion: 'e.com/v1', kind: 'Thing', metadata: { name: 'x', namespace: 'default' } },
  };
  const applied = run(['Object{spec: Object.spec{a: 1}}'], {}, custom);
  assert.deepEqual(applied.unknown, ["policy 'p': the schema of Thing (e.com/v1) is not known"]);
  assert.equal(applied.allowed, undefined);
});

test('an expression beyond the cost limit is an error like others', () => {
  const ten = '[0,1,2,3,4,5,6,7,8,9]';
  const nested = 'abcdef'.split('').reduceRight((body, name) => `${ten}.map(${name}, ${body})`, 'a');
  const text = error(`Object{metadata: Object.metadata{labels: {"n": string(${nested}.size())}}}`);
  assert.match(text, /resulted in error: operation cancelled: actual cost limit exceeded$/);
});

test('the whole object replaced by nothing is a panic, by null an error', () => {
  assert.match(run(['[JSONPatch{op: "replace", path: ""}]']).crash ?? '', /the API server panics/);
  assert.match(error('[JSONPatch{op: "replace", path: "", value: null}]'), /must be object or array/);
});
