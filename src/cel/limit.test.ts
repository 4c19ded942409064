import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile, type Program, type Type, Variables } from './index.ts';
import { kubernetesEnvironment } from './kubernetes/environment.ts';
import { grow, limited, spend } from './limit.ts';
import { CelError, type Result, type Value } from './value.ts';

const exceeded = 'operation cancelled: actual cost limit exceeded';
const containers = Array.from({ length: 60 }, (_, i) => ({ name: `c${i}`, image: 'nginx' }));
const object = { spec: { containers }, text: 'x'.repeat(100_000) } as unknown as Value;

function programOf(text: string, variables: Readonly<Record<string, Type>> = {}): Program {
  const environment = kubernetesEnvironment('1.36', { mode: 'stored', hasParams: false, variables });
  const compiled = compile(text, environment);
  if ('issues' in compiled) throw new Error(`${text}: ${compiled.message}`);
  return compiled.program;
}

const message = (result: Result): unknown => (result instanceof CelError ? result.message : result);

/** What both ways of evaluating say. */
function both(text: string): unknown[] {
  const program = programOf(text);
  return [message(program.evaluate({ object })), message(program.explain({ object }).result)];
}

/** `depth` macros inside each other over 60 containers. */
function nested(macro: string, depth: number): string {
  const range = 'object.spec.containers';
  const call = (level: number): string =>
    level === depth ? 'c0.name == c0.name' : `${range}.${macro}(c${level}, ${call(level + 1)})`;
  return call(0);
}

test('nested macros end where the API server stops them', () => {
  const pairs = `object.spec.containers.all(i, a, ${nested('all', 4).replaceAll('.all(c', '.all(i, c')})`;
  const keys = (inner: string): string => `object.spec.containers.sortBy(a, ${inner}.size()).size() > 0`;
  for (const text of [
    nested('all', 5),
    `object.spec.containers.exists(x, !${nested('all', 4)})`,
    nested('exists_one', 1).replace('c0.name == c0.name', nested('all', 4)),
    pairs,
    keys(`object.spec.containers.map(b, ${nested('all', 3)})`),
    'lists.range(1000).map(a, lists.range(1000).map(b, b)).size() > 0',
    `object.spec.containers.filter(f, ${nested('all', 4)}).size() > 0`,
    nested('all', 3),
    'lists.range(90000).map(a, a).size() == 90000',
    'lists.range(2000).map(a, true, lists.range(2000).exists(b, b < 0)).size() == 0'.replace(
      'a, a,',
      'a, true,',
    ),
    'lists.range(1000).transformMap(i, a, lists.range(1000).transformList(j, b, b)).size() > 0',
  ])
    assert.deepEqual(both(text), [exceeded, exceeded], text);
});

test('nothing absorbs the end, and what decides before it is not reached', () => {
  const runaway = nested('all', 5);
  for (const text of [
    `${runaway} || true`,
    `!(${runaway} && false)`,
    `[1].exists(x, ${runaway}) || true`,
    `[1].all(x, ${runaway}) || true`,
    `(${runaway} ? 1 : 2) == 1 || true`,
    'lists.range(2000000).size() > 0 || true',
  ])
    assert.deepEqual(both(text), [exceeded, exceeded], text);
  assert.deepEqual(both(`true || ${runaway}`), [true, true]);
  assert.deepEqual(both('false && lists.range(2000000).size() > 0'), [false, false]);
});

test('what stays below the limit is not disturbed', () => {
  assert.deepEqual(both(nested('all', 2)), [true, true]);
  assert.deepEqual(both('lists.range(999980).size()'), [999_980, 999_980]);
  assert.deepEqual(both('lists.range(100).map(a, lists.range(1000) + lists.range(1000)).size()'), [100, 100]);
});

test('evaluations one after the other do not add up', () => {
  const program = programOf('lists.range(900000).size()');
  for (let i = 0; i < 3; i++) assert.equal(program.evaluate({ object }), 900_000);
});

test('the exact cost ends an explanation at the limit, with a tree of one node', () => {
  const { result, cost, tree, paths } = programOf('lists.range(1000000).size()').explain({ object });
  assert.equal(message(result), exceeded);
  assert.ok(cost > 1_000_000 && cost < 1_000_020, String(cost));
  assert.deepEqual([tree.children, paths], [[], []]);
});

test('a variable has a count of its own; its end is an ordinary error for the caller', () => {
  const types: Record<string, Type> = {};
  const programs = new Map<string, Program>();
  const define = (name: string, text: string): void => {
    const program = programOf(text, types);
    types[name] = program.type;
    programs.set(name, program);
  };
  define('large', 'lists.range(900000)');
  define('runaway', nested('all', 5));
  const evaluate = (text: string): unknown[] => {
    const activation = () => {
      const inputs = { object };
      return { ...inputs, variables: new Variables(programs, inputs) };
    };
    const program = programOf(text, types);
    return [message(program.evaluate(activation())), message(program.explain(activation()).result)];
  };
  assert.deepEqual(evaluate('variables.large.size() + lists.range(900000).size()'), [1_800_000, 1_800_000]);
  assert.deepEqual(evaluate('variables.runaway'), [exceeded, exceeded]);
  assert.deepEqual(evaluate('variables.runaway || true'), [true, true]);
});

test('lists and texts that grow without rounds end before they fill the memory', () => {
  const doubled = (start: string, times: number): Program[] => {
    const types: Record<string, Type> = {};
    return Array.from({ length: times }, (_, i) => {
      const program = programOf(i === 0 ? start : `variables.v${i - 1} + variables.v${i - 1}`, types);
      types[`v${i}`] = program.type;
      return program;
    });
  };
  for (const start of ['[1, 2, 3]', "'xyz'"]) {
    const programs = doubled(start, 40);
    const named = new Map(programs.map((program, i) => [`v${i}`, program]));
    const inputs = { object };
    const variables = new Variables(named, inputs);
    assert.equal(message(variables.get('v39')!), exceeded, start);
  }
  assert.equal(both('lists.range(1000).map(a, lists.range(400) + lists.range(400)).size()')[0], 1000);
  assert.equal(
    both('lists.range(4000).map(a, object.spec.containers.map(x, 1) + lists.range(240)).size()')[0],
    exceeded,
  );
  assert.equal(both('lists.range(2000).map(a, object.text).join().size()')[0], exceeded);
  assert.equal(both("object.text.replace('x', object.text).size()")[0], exceeded);
});

test('counts: each evaluation its own, an inner one leaves the outer as it was', () => {
  const caught: string[] = [];
  const note = (error: CelError): void => void caught.push(error.message);
  limited(() => spend(1_000_000), note);
  assert.deepEqual(caught, []);
  limited(() => spend(1_000_001), note);
  limited(() => {
    spend(600_000);
    limited(() => spend(600_000), note);
    spend(400_000);
  }, note);
  assert.equal(caught.length, 1);
  limited(() => grow(2_000_001), note);
  assert.equal(caught.length, 2);
  assert.throws(() => limited(() => JSON.parse('{'), note), SyntaxError);
});
