import { isDeepStrictEqual } from 'node:util';
import { compile } from '../../src/cel/index.ts';
import { kubernetesEnvironment } from '../../src/cel/kubernetes/environment.ts';
import { kubernetesLibraries } from '../../src/cel/kubernetes/libraries.ts';
import type { Overload } from '../../src/cel/library.ts';
import type { Type } from '../../src/cel/type.ts';
import { CelError, type Value } from '../../src/cel/value.ts';
import { comparable, printed } from './cel-printed.ts';
import { report } from './differential-report.ts';
import { type Answer, oracleTest, type Question } from './oracle.ts';
import { Random } from './random.ts';
import { sampleSize, seed } from './sample-size.ts';

const environment = kubernetesEnvironment('1.36', { mode: 'stored' });
const overloads = kubernetesLibraries
  .filter(({ since }) => since <= 36)
  .flatMap(({ library }) => library.overloads)
  .filter(({ args }) => !args.some((type) => type.kind === 'opaque' && type.name.includes('authorization')));

const words = ['', 'a', 'b,c', 'é', '10.0.0.0/8', '1.2.3.4', '1Gi', '1.2.3', '/a?b=c', '%s %d', 'http://h/'];

function scalar(random: Random): Value {
  const make = random.pick<() => Value>([
    () => random.between(-2, 5),
    () => random.pick([0.5, -1.5, 2.25]),
    () => random.pick(words),
    () => random.chance(0.5),
    () => null,
  ]);
  return make();
}

function json(random: Random, depth = 2): Value {
  if (depth === 0 || random.chance(0.5)) return scalar(random);
  if (random.chance(0.7)) return random.list(4, () => json(random, depth - 1));
  return Object.fromEntries(random.list(2, () => [random.pick(['a', 'b', 'c']), json(random, depth - 1)]));
}

/** JSON that mostly suits a parameter. */
function argument(random: Random, type: Type): Value {
  if (random.chance(0.3)) return json(random);
  if (type.kind === 'list')
    return random.list(4, () => (random.chance(0.8) ? random.between(0, 4) : json(random, 1)));
  if (type.kind === 'scalar' && type.name === 'string') return random.pick(words);
  return type.kind === 'scalar' && type.name === 'int' ? random.between(-1, 4) : scalar(random);
}

/** A call whose arguments are fields of the object, so that nothing is known of their types beforehand. */
function dynamicCall(random: Random, { name, member, args }: Overload): Question {
  const object = Object.fromEntries(args.map((type, i) => [`a${i}`, argument(random, type)]));
  const fields = args.map((_, i) => `object.a${i}`);
  const expr = member
    ? `${fields[0]}.${name}(${fields.slice(1).join(', ')})`
    : `${name}(${fields.join(', ')})`;
  return { expr, mode: 'stored', vars: { object } };
}

function ours({ expr, vars }: Question): unknown {
  const compiled = compile(expr, environment);
  if ('issues' in compiled) return 'does not compile';
  const result = compiled.program.evaluate(vars as Record<string, Value>);
  return result instanceof CelError ? { error: result.message } : { value: printed(result as Value) };
}

function theirs(answer: Answer): unknown {
  if (answer.issues !== undefined) return 'does not compile';
  return answer.error === undefined ? { value: comparable(answer.value) } : { error: answer.error };
}

/** A panic of the server while it counts the cost of a failed call; ours must only fail as well. */
function bothFail(mine: unknown, { error = '' }: Answer): boolean {
  return error.startsWith('internal error') && typeof mine === 'object' && 'error' in (mine ?? {});
}

oracleTest(
  'functions tell their arguments apart at run time as the API server does',
  async (oracle, context) => {
    const random = new Random(seed);
    const questions = Array.from({ length: sampleSize(3000) }, () =>
      dynamicCall(random, random.pick(overloads)),
    );
    const answers = await oracle.askAll(questions);
    const wrong = questions.flatMap((question, i) => {
      const mine = ours(question);
      const answer = answers[i]!;
      if (isDeepStrictEqual(mine, theirs(answer)) || bothFail(mine, answer)) return [];
      const texts = [question.vars, mine, theirs(answer)].map((value) => JSON.stringify(value));
      return [`${question.expr}\n  ${texts.join('\n  ')}`];
    });
    report(context, { cases: questions.length, disagreements: wrong });
  },
);
