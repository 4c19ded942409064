import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile, type Program, type Type, Variables } from './index.ts';
import { kubernetesEnvironment } from './kubernetes/environment.ts';
import {
  aside,
  chargeVariable,
  grow,
  lastCost,
  lastCostOfVariables,
  limited,
  recount,
  refuse,
  spend,
  spentSoFar,
} from './limit.ts';
import { CelError, type Result, type Value } from './value.ts';

const exceeded = 'operation cancelled: actual cost limit exceeded';
const containers = Array.from({ length: 60 }, (_, i) => ({ name: `c${i}`, image: 'nginx' }));
const object = {
  spec: { containers },
  text: 'x'.repeat(100_000),
  label: 'x'.repeat(10_000),
} as unknown as Value;

function programOf(text: string, variables: Readonly<Record<string, Type>> = {}): Program {
  const environment = kubernetesEnvironment('1.36', { mode: 'stored', hasParams: false, variables });
  const compiled = compile(text, environment);
  if ('issues' in compiled) throw new Error(`${text}: ${compiled.message}`);
  return compiled.program;
}

const message = (result: Result): unknown => (result instanceof CelError ? result.message : result);

/** What both ways of evaluating say, at the same cost. */
function both(text: string): unknown[] {
  const program = programOf(text);
  const result = program.evaluate({ object });
  const counted = lastCost();
  const { result: explained, cost } = program.explain({ object });
  assert.equal(counted, cost, `cost of ${text}`);
  return [message(result), message(explained)];
}

/** A condition that is true and costs about 1,000, so that a thousand rounds reach the limit. */
const dear = "!object.label.contains('y')";

/** `depth` macros inside each other over 60 containers. */
function nested(macro: string, depth: number, condition = dear): string {
  const range = 'object.spec.containers';
  const call = (level: number): string =>
    level === depth ? condition : `${range}.${macro}(c${level}, ${call(level + 1)})`;
  return call(0);
}

test('nested macros end where the API server stops them', () => {
  const pairs = `object.spec.containers.all(i, a, ${nested('all', 4).replaceAll('.all(c', '.all(i, c')})`;
  const keys = (inner: string): string => `object.spec.containers.sortBy(a, ${inner}.size()).size() > 0`;
  for (const text of [
    nested('all', 5, 'c0.name == c0.name'),
    nested('all', 5),
    `object.spec.containers.exists(x, !${nested('all', 4)})`,
    nested('exists_one', 1, nested('all', 4)),
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
  assert.deepEqual(both(nested('all', 2, 'c0.name == c0.name')), [true, true]);
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

test('the cost of the last evaluation and of the variables it was the first to read', () => {
  const types: Record<string, Type> = {};
  const programs = new Map<string, Program>();
  for (const [name, text] of [
    ['list', 'object.spec.containers'],
    ['size', 'variables.list.size()'],
    ['bad', 'object.missing'],
  ] as const) {
    const program = programOf(text, types);
    types[name] = program.type;
    programs.set(name, program);
  }
  const inputs = { object };
  const activation = { object, variables: new Variables(programs, inputs) };
  const costs = (text: string): readonly number[] => {
    programOf(text, types).evaluate(activation);
    return [lastCost(), lastCostOfVariables()];
  };
  assert.deepEqual(costs('object.spec'), [2, 0]);
  // `variables.size` is 2; `size` is 3 and reads `list`, which is 3.
  assert.deepEqual(costs('variables.size'), [2, 6]);
  assert.deepEqual(costs('variables.size + variables.list.size()'), [6, 0]);
  assert.deepEqual(costs('variables.bad || true'), [2, 2]);
  assert.deepEqual(costs('variables.bad || true'), [2, 0]);
  assert.deepEqual(costs('true'), [0, 0]);
});

test('what is known from elsewhere can be charged; what runs aside nobody pays for', () => {
  limited(
    () => {
      spend(5);
      chargeVariable(40);
      assert.equal(
        aside(() => spend(300)),
        300,
      );
      assert.equal(
        aside(() => spend(3_000_000)),
        3_000_000,
      );
      limited(() => spend(2), assert.ifError);
      assert.equal(spentSoFar(), 5);
    },
    (error) => assert.fail(error.message),
  );
  assert.deepEqual([lastCost(), lastCostOfVariables()], [5, 42]);
});

test('charges that were too early are taken back; a count can be replaced', () => {
  limited(
    () => {
      spend(1_000_000);
      spend(-10);
      spend(10);
      recount(() => {
        chargeVariable(7);
        return 1_000_003;
      });
    },
    (error) => assert.fail(error.message),
  );
  assert.deepEqual([lastCost(), lastCostOfVariables()], [1_000_003, 0]);
});

test('work beyond the limit is refused beforehand and counted', () => {
  const caught: string[] = [];
  const note = (error: CelError): void => void caught.push(error.message);
  limited(() => {
    spend(400_000);
    refuse(600_000);
  }, note);
  assert.deepEqual([caught, lastCost()], [[], 400_000]);
  limited(() => {
    spend(400_000);
    refuse(600_001);
  }, note);
  assert.deepEqual([caught, lastCost()], [[exceeded], 1_000_001]);
});

test('outside of an evaluation nothing is counted', () => {
  for (let i = 0; i < 5; i++) {
    spend(900_000);
    grow(1_900_000);
    refuse(900_000);
  }
});

test('rounds that cost nothing are bounded all the same', () => {
  const wide = { spec: { list: Array.from({ length: 20_000 }, (_, i) => i) } } as unknown as Value;
  const program = programOf('object.spec.list.exists_one(a, object.spec.list.exists_one(b, false))');
  assert.equal(message(program.evaluate({ object: wide })), exceeded);
  assert.equal(message(program.explain({ object: wide }).result), exceeded);
});
