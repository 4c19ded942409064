import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from '../index.ts';
import { kubernetesEnvironment } from '../kubernetes/environment.ts';
import { parse } from '../syntax/parse.ts';
import { accepts, noSuchOverload } from './dispatch.ts';
import { dynType, intType, listType, mapType, stringType } from '../type.ts';
import { buildPlan } from './build.ts';
import { MapBuilder } from './map-builder.ts';
import type { PlanNode } from './node.ts';
import { Double, Uint } from '../value.ts';

const environment = kubernetesEnvironment('1.36', { mode: 'stored' });

function root(text: string): PlanNode {
  const compiled = compile(text, environment);
  if ('issues' in compiled) throw new Error(compiled.message);
  return compiled.program.plan.root;
}

test('what cel-go folds is a constant', () => {
  for (const text of [
    '1',
    '[1, 2]',
    "{'a': [1]}",
    'dyn(1)',
    "int('5')",
    'type(1)',
    'int',
    "duration('1h')",
    '1 in []',
  ]) {
    assert.equal(root(text).kind, 'constant', text);
  }
  for (const text of ['1 + 1', '[object]', '!true', 'optional.of(1)', '[?optional.of(1)]']) {
    assert.notEqual(root(text).kind, 'constant', text);
  }
});

test('a test against constants is a membership', () => {
  assert.equal(root("object.kind in ['a', 'b']").kind, 'membership');
  assert.equal(root('object.kind in [[1], [2]]').kind, 'call');
  assert.equal(root('object.kind in [object.kind]').kind, 'call');
});

test('a call knows its only overload, and none where arguments decide', () => {
  const only = root("'a' + 'b'");
  assert.ok(only.kind === 'call');
  assert.equal(only.overload, 'add_string');
  const open = root('object.a + object.b');
  assert.ok(open.kind === 'call');
  assert.equal(open.overload, undefined);
});

test('globals and the variables of macros have slots of their own', () => {
  const compiled = compile('object.a.all(x, object.b.exists(x, x == 1) && x == 2)', environment);
  assert.ok('program' in compiled);
  const { globals, slots } = compiled.program.plan;
  assert.deepEqual(globals, [{ name: 'object', slot: 0 }]);
  assert.equal(slots, 3);
});

test('the root of an attribute is charged once, and not inside a larger one', () => {
  const charges = (text: string): number => {
    const all: number[] = [];
    const visit = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      if ('charge' in node) all.push(node.charge as number);
      for (const [name, value] of Object.entries(node)) if (name !== 'type') visit(value);
    };
    visit(root(text));
    return all.reduce((sum, charge) => sum + charge, 0);
  };
  assert.equal(charges('object.a.b'), 1);
  assert.equal(charges('has(object.a.b)'), 0);
  assert.equal(charges('true ? object.a : object.b'), 0);
  assert.equal(charges('object.a[object.b]'), 1);
  assert.equal(charges("{'a': object}.a"), 2);
});

test('an expression that was not checked is planned by names', () => {
  const parsed = parse("optional.of('a').value() + 'b'", environment.parseOptions);
  assert.ok('expr' in parsed);
  const planned = buildPlan(parsed.expr, environment);
  assert.ok('plan' in planned);
  assert.equal(planned.plan.root.kind, 'call');
});

test('parameters accept by the first element of lists and maps', () => {
  assert.equal(accepts(listType(intType), [1, 'a']), true);
  assert.equal(accepts(listType(intType), ['a', 1]), false);
  assert.equal(accepts(listType(intType), []), true);
  assert.equal(accepts(mapType(stringType, intType), { a: 1 }), true);
  assert.equal(accepts(mapType(stringType, intType), { a: 'b' }), false);
  assert.equal(accepts(dynType, null), true);
  assert.equal(accepts(intType, new Double(1)), false);
  assert.equal(
    noSuchOverload('f', [1, 'a', [], {}, null]).message,
    'no such overload: f(int, string, list, map, null_type)',
  );
});

test('a map being built refuses a key that is there', () => {
  const built = new MapBuilder(4);
  assert.equal(built.insert('a', 1), undefined);
  assert.equal(built.insert('a', 2)?.message, 'insert failed: key a already exists');
  assert.equal(built.insert(1, 1), undefined);
  assert.equal(built.insert(new Uint(1n), 1)?.message, 'insert failed: key 1 already exists');
  assert.equal(built.insertAll([])?.message, 'no such overload: cel.@mapInsert(map, list)');
  assert.equal(built.insertAll({ b: 1, a: 2 })?.offset, 4);
});

test('names that are types to the checker only are refused', () => {
  for (const name of ['duration', 'timestamp']) {
    const compiled = compile(`[1].map(x, ${name})`, environment);
    assert.ok('issues' in compiled);
    assert.deepEqual(compiled.issues, [
      { message: `program instantiation failed: reference to undefined type: ${name}`, offset: 11 },
    ]);
  }
  assert.equal(root('google.protobuf.Duration').kind, 'constant');
});
