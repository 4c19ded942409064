import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from '../index.ts';
import { kubernetesEnvironment, kubernetesFunctions } from '../kubernetes/environment.ts';
import { Program } from '../program.ts';
import { type Plan } from './node.ts';
import { comparable } from './plan-comparison.ts';
import type { ValueMap } from '../value.ts';
import { readPlan, storePlan, TypeTable } from './stored.ts';

const environment = kubernetesEnvironment('1.36', { mode: 'stored', hasPatchTypes: true });
const functions = kubernetesFunctions('1.36', 'stored');

function program(text: string): Program {
  const compiled = compile(text, environment);
  if ('issues' in compiled) throw new Error(`${text}: ${compiled.message}`);
  return compiled.program;
}

/** Through JSON and back. */
function again(plan: Plan, types = new TypeTable()): Plan {
  const stored = storePlan(plan, types);
  assert.ok(stored !== undefined);
  const [slots, nodes, globals, root] = JSON.parse(JSON.stringify(stored)) as typeof stored;
  const read = JSON.parse(JSON.stringify(types.types)) as typeof types.types;
  return readPlan({
    frame: [slots, nodes, globals],
    root: () => root,
    types: read,
    functions: () => functions,
  });
}

const texts = [
  'object.a.b.?c.orValue(1) == 1',
  'object["a"][?"b"].or(optional.of(2)).value()',
  'has(object.a) && !has(object.b) || object.c',
  'object.a ? object.b : "none"',
  'object.kind in ["a", "b"]',
  'object.items.all(x, x.a > 1 && object.items.exists(y, y == x))',
  'object.items.map(x, x.a > 1, x.a + 1).size() > 2',
  'object.items.filter(x, x.name.matches("^a+$"))',
  'object.?a.optMap(v, v + 1).orValue(0)',
  'object.?a.optFlatMap(v, v.?b)',
  'object.items.transformMap(i, x, x.n > 1, x.n)',
  '[dyn(1), ?object.?a, dyn(3)]',
  '{"a": object.a, ?"b": object.?b}',
  'object.a.sort().join(",")',
  'dyn(object.a) < 1.5',
  'quantity(object.a).isGreaterThan(quantity("1Gi"))',
  '"%s of %d".format([object.a, 2])',
  'object.a.find("[0-9]+")',
  '-object.a + 3 * 2 % object.b',
  'object.a != null && object.b == b"\\x00\\xff"',
  '[duration("1h"), duration("2m")] == object.a',
  'timestamp("2024-01-01T00:00:00+02:00") == object.a',
  '[1.0, -0.0, 2.5, double("NaN"), double("-Infinity")] == object.a',
  '[1u, 18446744073709551615u] == object.a',
  '[9223372036854775807, -9223372036854775808] == object.a',
  '{1: dyn("a"), 2: dyn([dyn(null), dyn(true)])} == object.a',
  '{"__proto__": dyn(1), "a": dyn({"b": 2})} == object.a',
  'type(object.a) == int',
  'JSONPatch{op: "add", path: "/a", ?value: object.?a}',
  'Object{spec: Object.spec{a: object.a}}',
];

test('a plan that is stored and read is the same plan', () => {
  const types = new TypeTable();
  const kinds = new Set<string>();
  for (const text of texts) {
    const { plan } = program(text);
    const read = again(plan, types);
    assert.deepEqual(comparable(read), comparable(plan), text);
    JSON.stringify(plan.root, (key, value: unknown) => {
      if (key === 'kind') kinds.add(value as string);
      return typeof value === 'bigint' ? String(value) : value;
    });
  }
  const expected = ['constant', 'variable', 'select', 'index', 'call', 'logical', 'conditional'];
  for (const kind of [...expected, 'membership', 'or-else', 'list', 'map', 'struct', 'macro']) {
    assert.ok(kinds.has(kind), kind);
  }
});

test('a plan that was read evaluates to the same, and is explained the same', () => {
  const objects: readonly ValueMap[] = [
    {},
    { a: 1, b: true, kind: 'a', items: [{ a: 2, n: 3, name: 'aa' }] },
    { a: { b: { c: 1 } } },
    { a: '2Gi', items: { x: 1 } },
    { a: [3, 1, 2] },
    { a: ['b', 'a'] },
    { a: 'x12', b: 5 },
  ];
  for (const text of texts) {
    const fresh = program(text);
    const read = new Program(text, fresh.type, again(fresh.plan));
    for (const object of objects) {
      assert.deepEqual(read.evaluate({ object }), fresh.evaluate({ object }), text);
      const [one, other] = [read.origin({ object }), fresh.origin({ object })];
      assert.deepEqual([one.result, one.cost, one.paths], [other.result, other.cost, other.paths], text);
    }
  }
});

test('types stand in the table once', () => {
  const types = new TypeTable();
  storePlan(program('object.a + object.b == 1').plan, types);
  const count = types.types.length;
  storePlan(program('object.c + object.d == 2').plan, types);
  assert.equal(types.types.length, count);
  const continued = new TypeTable(types.types);
  assert.equal(continued.number(types.types[1]!), 1);
});

test('nodes are read when they are asked for, and once', () => {
  const { plan } = program('object.a == 1');
  const stored = storePlan(plan, new TypeTable())!;
  let reads = 0;
  const types = new TypeTable();
  storePlan(plan, types);
  const lazy = readPlan({
    frame: [stored[0], stored[1], stored[2]],
    root: () => (reads++, stored[3]),
    types: types.types,
    functions: () => functions,
  });
  assert.deepEqual([lazy.slots, lazy.nodes, lazy.globals], [plan.slots, plan.nodes, plan.globals]);
  assert.equal(reads, 0);
  assert.equal(lazy.root, lazy.root);
  assert.equal(reads, 1);
});

test('a plan for functions that are not there is refused', () => {
  const types = new TypeTable();
  const [slots, nodes, globals, root] = storePlan(program('object.a.size() == 1').plan, types)!;
  const read = readPlan({
    frame: [slots, nodes, globals],
    root: () => root,
    types: types.types,
    functions: () => ({ overloads: () => undefined }),
  });
  assert.throws(() => read.root, /stored plan: no overload/);
});
