import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compile, type Program } from '../../cel/index.ts';
import { kubernetesEnvironment } from '../../cel/kubernetes/environment.ts';
import type { Value } from '../../cel/value.ts';
import { whereaboutsOf } from './part.ts';

const environment = kubernetesEnvironment('1.36', { hasParams: false });

function programOf(expression: string): Program {
  const compiled = compile(expression, environment);
  assert.ok('program' in compiled, expression);
  return compiled.program;
}

function find(expression: string, kind: string, object: Value): unknown {
  const program = programOf(expression);
  const part = whereaboutsOf(program.plan, kind)?.find({ kind, ...(object as object) });
  const found = part?.value;
  // What is found is what the expression itself makes of the object.
  if (found !== undefined)
    assert.deepEqual(found, program.evaluate({ object: { kind, ...(object as object) } }));
  return found;
}

const pod =
  "object.kind == 'Pod' ? object.spec : object.kind == 'CronJob' ? object.spec.job.spec : object.spec.template.spec";
const notes =
  "object.kind == 'Pod' ? object.metadata.?annotations.orValue({}) : object.spec.template.?metadata.annotations.orValue({})";

describe('a part that objects of several kinds have', () => {
  test('is where the kind says', () => {
    assert.deepEqual(find(pod, 'Pod', { spec: { a: 1.5 } }), { a: 1.5 });
    assert.deepEqual(find(pod, 'CronJob', { spec: { job: { spec: { a: 2.5 } } } }), { a: 2.5 });
    assert.deepEqual(find(pod, 'Job', { spec: { template: { spec: { a: 3.5 } } } }), { a: 3.5 });
    assert.deepEqual(find("'Pod' == object.kind ? object.a : object.b", 'Pod', { a: 'x' }), undefined);
  });

  test('may be anything', () => {
    for (const spec of [null, [], 'text', true, [{}]]) assert.deepEqual(find(pod, 'Pod', { spec }), spec);
  });

  test('is not found where something is missing on the way, or is no map', () => {
    assert.equal(find(pod, 'Job', { spec: {} }), undefined);
    assert.equal(find(pod, 'Job', {}), undefined);
    for (const template of [null, [], 'text', 1.5])
      assert.equal(find(pod, 'Job', { spec: { template } }), undefined);
    assert.equal(find(pod, 'Job', { spec: { constructor: {} } }), undefined);
    assert.equal(find("object.kind == 'A' ? object.toString : object.b", 'A', {}), undefined);
  });

  test('may be missing where the expression says what then', () => {
    assert.deepEqual(find(notes, 'Pod', { metadata: {} }), {});
    assert.deepEqual(find(notes, 'Pod', { metadata: { annotations: { a: 'b' } } }), { a: 'b' });
    assert.equal(find(notes, 'Pod', {}), undefined);
    assert.deepEqual(find(notes, 'Job', { spec: { template: {} } }), {});
    assert.deepEqual(find(notes, 'Job', { spec: { template: { metadata: {} } } }), {});
    assert.equal(find(notes, 'Job', { spec: {} }), undefined);
    for (const metadata of [null, [], 'text'])
      assert.equal(find(notes, 'Job', { spec: { template: { metadata } } }), undefined);
    assert.equal(find(notes, 'Pod', { metadata: { annotations: null } }), undefined);
  });

  test('or some kinds do not have it', () => {
    const ports = "object.kind == 'Service' ? object.spec.?ports.orValue([]) : []";
    assert.deepEqual(find(ports, 'Service', { spec: { ports: ['a'] } }), ['a']);
    assert.deepEqual(find(ports, 'Service', { spec: {} }), []);
    assert.deepEqual(find(ports, 'Pod', {}), []);
  });

  test('of two answers for a kind the first counts', () => {
    assert.equal(
      find("object.kind == 'A' ? object.x : object.kind == 'A' ? object.y : object.z", 'A', {
        x: 'x',
        y: 'y',
      }),
      'x',
    );
  });
});

test('the fields that lead to it are named, and how many are missing', () => {
  const { plan } = programOf(notes);
  const { find: inPod } = whereaboutsOf(plan, 'Pod')!;
  assert.equal(inPod({ metadata: { annotations: {} } })?.missing, 0);
  assert.equal(inPod({ metadata: {} })?.missing, 1);
  assert.deepEqual(whereaboutsOf(plan, 'Pod')?.fields, ['metadata', 'annotations']);
  assert.deepEqual(whereaboutsOf(plan, 'Job')?.fields, ['spec', 'template', 'metadata', 'annotations']);
});

test('expressions that do more than look for a part are none', () => {
  const none = [
    'object.spec',
    "object.kind != 'Pod' ? object.spec : object.x",
    "object.?kind == optional.of('Pod') ? object.spec : object.x",
    "object.kind == 'Pod' ? object.spec : object.x + object.y",
    "object.kind == 'Pod' ? object.spec.size() : object.x",
    "object.kind == 'Pod' ? object.?spec : object.?x",
    "object.kind == 'Pod' ? has(object.spec) : has(object.x)",
    "object.kind == 'Pod' ? object.?a.orValue(object.b) : object.x",
    "object.kind == 'Pod' ? oldObject.spec : object.x",
    "object.kind == 'Pod' ? object.items[0] : object.x",
    "object.spec.kind == 'Pod' ? object.spec : object.x",
    'object.kind == object.other ? object.spec : object.x',
    "object.kind == 'Pod' ? [object].map(object, object.spec) : object.x",
    "object.kind == 'Pod' ? (object.a ? object.b : object.c) : object.x",
  ];
  for (const expression of none) {
    assert.equal(whereaboutsOf(programOf(expression).plan, 'Pod'), undefined, expression);
  }
});
