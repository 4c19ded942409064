import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile, lastCost } from '../index.ts';
import { kubernetesEnvironment } from '../kubernetes/environment.ts';
import { CelError, Unknown, type Value } from '../value.ts';

const environment = kubernetesEnvironment('1.36', { mode: 'stored' });
const object = {
  kind: 'Pod',
  metadata: { name: 'web', labels: { app: 'web', note: 'a text of twenty-nine letters' } },
  spec: {
    replicas: 3,
    empty: '',
    list: [3, 1, 2],
    containers: [
      { name: 'app', image: 'registry.example.com/app:1', securityContext: { privileged: false } },
      { name: 'side' },
    ],
  },
} as unknown as Value;

/** What the API server 1.36 was asked to evaluate over that object, and what it charged. */
const charges: readonly (readonly [text: string, cost: number])[] = [
  ['true', 0],
  ['object', 1],
  ['object.spec', 2],
  ['object.spec.replicas', 3],
  ["object['spec'].list[1]", 4],
  ['object.spec.list[object.spec.replicas]', 6],
  ['object.missing.deeper.still', 2],
  ['object.kind.name', 3],
  ['object.spec.list.first', 4],
  ['oldObject.metadata', 2],
  ['has(object.spec)', 1],
  ['has(object.spec.missing)', 2],
  ['has(object.missing.deeper)', 1],
  ['has(object.?missing.deeper)', 0],
  ['has(object.?spec.list)', 2],
  ['object.?spec.?list', 3],
  ['object.?missing.?list.first', 1],
  ["object.?metadata.labels['app']", 4],
  ['object.spec.list[?7]', 3],
  ['object.spec.?list[?0].hasValue()', 5],
  ['object.?spec.missing.orValue(object.spec.replicas)', 5],
  ['object.?spec.replicas.orValue(object.kind.size())', 3],
  ["object.kind == 'Pod'", 3],
  ["object.spec.empty == 'Pod'", 3],
  ["object.kind == ''", 2],
  ["object.metadata.labels.note == 'a text of twenty-nine lettert'", 7],
  ['object.spec.list == []', 3],
  ['object.spec.list == [1, 2, 3]', 4],
  ['object.missing == 1', 3],
  ['object.metadata.labels.note != object.metadata.labels.note', 11],
  ['object.metadata == object.metadata', 5],
  ['object.spec.replicas == object.kind', 6],
  ['object.spec.replicas < 5', 4],
  ["object.kind < 'x'", 3],
  ["'abcdefghijklm' < 'abcdefghijkln'", 2],
  ['object.missing < object.kind', 5],
  ['object.kind < object.missing.deeper', 5],
  ["object.kind.startsWith('P')", 3],
  ["object.metadata.labels.note.endsWith('x')", 7],
  ["object.metadata.labels.note.contains('twenty-nine')", 10],
  ["object.missing.startsWith('P')", 3],
  ['object.kind.startsWith(object.missing.deeper)', 5],
  ["object.metadata.labels.note.matches('^[a-z ]+$')", 13],
  ["object.missing.matches('^a$')", 2],
  ['object.kind.matches(object.kind)', 5],
  ['object.kind + object.kind', 5],
  ['object.spec.list + object.spec.list', 7],
  ['object.missing + object.spec.replicas', 6],
  ['object.kind.substring(object.missing, 1)', 4],
  ['object.kind.substring(0, object.missing)', 5],
  ["object.kind.replace('P', 'R')", 3],
  ["object.kind in ['Pod', 'Node']", 2],
  ['3 in object.spec.list', 4],
  ["'app' in object.metadata.labels", 4],
  ['object.missing in [1, 2]', 2],
  ['true || object.missing', 0],
  ['object.missing || true', 2],
  ['object.missing || object.kind', 4],
  ['object.spec.replicas && false', 3],
  ["object.missing == 1 && object.kind == 'x' && object.spec.replicas == 4 && true", 6],
  ['!(object.missing)', 3],
  ["object.kind == 'Pod' ? object.spec.replicas : object.metadata.name.size()", 5],
  ['object.missing ? 1 : 2', 2],
  ["object.kind == 'x' ? 1 : object.spec.list.size()", 7],
  ['[object.kind, object.missing, object.spec]', 14],
  ['{object.missing: object.kind}', 32],
  ['[?object.?kind, ?object.?missing]', 13],
  ["{?'a': object.?kind}", 32],
  ['[?optional.none()]', 11],
  ['object.spec.list.all(x, x > 0)', 19],
  ['object.spec.list.all(x, x > 1)', 16],
  ['object.spec.list.exists(x, x == 1)', 19],
  ['object.spec.list.exists(x, x == 2)', 22],
  ['object.spec.list.all(x, x.y == 1)', 22],
  ['object.spec.list.exists(x, x.y == 1 || x == 2)', 31],
  ['object.spec.list.exists_one(x, x > 1)', 15],
  ['object.spec.list.exists_one(x, x.y)', 11],
  ['object.spec.list.filter(x, x > 1)', 36],
  ['object.spec.list.map(x, x * 2)', 46],
  ['object.spec.list.map(x, 1)', 10],
  ['object.spec.list.map(x, object.missing)', 46],
  ['object.spec.list.map(x, x > 1, x + 1)', 38],
  ['object.spec.list.map(x, x.y, x + 1)', 10],
  ['object.spec.list.map(x, x > 1, x.y)', 38],
  ['object.metadata.labels.all(k, k.size() > 2)', 16],
  ['object.metadata.labels.all(k, v, k != v)', 16],
  ['object.missing.all(x, x)', 2],
  ['object.kind.all(x, x)', 2],
  ['[].all(x, x)', 1],
  ['object.spec.list.transformList(i, x, i + x)', 49],
  ['object.metadata.labels.transformMap(k, v, v.size())', 14],
  ['object.metadata.labels.transformMap(k, v, k == v.x, v)', 12],
  ['object.metadata.labels.transformMap(k, v, v.x)', 10],
  ['object.spec.list.transformMapEntry(i, x, {string(i): x})', 109],
  ["object.spec.list.transformMapEntry(i, x, {'a': x})", 103],
  ['object.?kind.optMap(k, k + k)', 10],
  ['object.?missing.optMap(k, k + k)', 3],
  ['object.?kind.optMap(k, 1)', 4],
  ['object.?metadata.name.optMap(k, object.?kind.optMap(l, k + l + k))', 21],
  ['object.?spec.optFlatMap(s, s.?replicas)', 8],
  ['object.kind.optMap(k, k)', 3],
  ['object.?metadata.labels.optMap(l, l.all(k, l[k] != k))', 25],
  ['object.spec.list.sortBy(x, -x)', 49],
  ['object.spec.list.sortBy(x, x)', 46],
  ['object.spec.list.sortBy(x, object.missing)', 49],
  ['object.kind.sortBy(x, x)', 5],
  ["object.spec.list.sortBy(x, 'a')", 41],
  ['optional.of(object.kind).or(object.?spec)', 3],
  ['optional.none().or(object.?spec)', 3],
  ['object.spec.list.size() == size(object.kind)', 8],
  ['lists.range(5).map(x, x).size()', 83],
  ['[3, 1, 2].sort()', 29],
  ["quantity('1Gi').isLessThan(quantity('2Gi'))", 3],
  ["ip('10.0.0.1').family()", 2],
  ["'a,b,c'.split(',')", 1],
  ['object.spec.list.distinct()', 32],
  [
    'object.spec.containers.all(c, has(c.securityContext) && has(c.securityContext.privileged) && c.securityContext.privileged == false)',
    18,
  ],
  [
    "(object.spec.?initContainers.orValue([]) + object.spec.containers).filter(c, c.?image.orValue('').startsWith('registry'))[0].name",
    29,
  ],
];

function programOf(text: string) {
  const compiled = compile(text, environment);
  if ('issues' in compiled) throw new Error(`${text}: ${compiled.message}`);
  return compiled.program;
}

test('an evaluation costs what the API server charges, whatever becomes of it', () => {
  for (const [text, cost] of charges) {
    const program = programOf(text);
    program.evaluate({ object, oldObject: null });
    assert.equal(lastCost(), cost, text);
    assert.equal(program.explain({ object, oldObject: null }).cost, cost, `${text}, explained`);
  }
});

test('a second evaluation costs the same', () => {
  const program = programOf('object.?spec.optMap(s, s.list.filter(x, x > 1)).orValue([]).size()');
  const costs = [1, 2, 3].map(() => {
    program.evaluate({ object, oldObject: null });
    return lastCost();
  });
  assert.deepEqual(costs, [costs[0], costs[0], costs[0]]);
});

test('of what is not known both ways of evaluating charge the same', () => {
  const inputs = [
    { object: new Unknown(['object']), oldObject: null },
    {
      object: { ...(object as object), spec: new Unknown(['object.spec']) } as unknown as Value,
      oldObject: null,
    },
    {
      object: { ...(object as object), kind: new Unknown(['object.kind']) } as unknown as Value,
      oldObject: null,
    },
  ];
  for (const [text] of charges) {
    const program = programOf(text);
    for (const input of inputs) {
      program.evaluate(input);
      const cost = lastCost();
      assert.equal(program.explain(input).cost, cost, text);
    }
  }
});

test('a call beyond the limit ends the evaluation, with the whole charge counted', () => {
  for (const text of [
    '[[1]].flatten(9223372036854775807)',
    'lists.range(2000000).size()',
    'lists.range(1000).distinct().size()',
    '[1].exists(x, [[1]].flatten(9223372036854775807).size() > 0) || true',
  ]) {
    const program = programOf(text);
    const result = program.evaluate({ object, oldObject: null });
    assert.equal((result as CelError).message, 'operation cancelled: actual cost limit exceeded', text);
    const cost = lastCost();
    assert.ok(cost > 1_000_000, text);
    assert.equal(program.explain({ object, oldObject: null }).cost, cost, text);
  }
});
