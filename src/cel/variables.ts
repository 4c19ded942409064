import type { Origin } from './explain/explain.ts';
import { tooDeep } from './limit.ts';
import type { Activation, Program } from './program.ts';
import { CelError, type Result } from './value.ts';

/** Words the error of a variable for the expression that uses it. */
export type DescribeError = (name: string, message: string) => string;

/** The names that variables have had, each with its number. */
const numbers = new Map<string, number>();

/**
 * The number of a variable's name, by which code that several policies share finds the variable in the layout of each.
 */
export function numberOf(name: string): number {
  const known = numbers.get(name);
  if (known !== undefined) return known;
  numbers.set(name, numbers.size);
  return numbers.size - 1;
}

/** The programs of a policy by position, so that an expression finds its variable without a search. */
export class Layout {
  readonly names: readonly string[];
  readonly programs: readonly Program[];
  /** The position of a variable by the number of its name; a hole where none has that name. */
  readonly places: readonly (number | undefined)[];
  /** No result for any of them. */
  readonly unread: readonly undefined[];

  constructor(programs: ReadonlyMap<string, Program>) {
    this.names = [...programs.keys()];
    this.programs = [...programs.values()];
    const places: number[] = [];
    this.names.forEach((name, index) => (places[numberOf(name)] = index));
    this.places = places;
    this.unread = this.names.map(() => undefined);
  }

  /** The position of a variable, or -1. */
  indexOf(name: string): number {
    return this.names.indexOf(name);
  }
}

/** One layout for all evaluations of a policy; its map of programs is taken not to change. */
const layouts = new WeakMap<ReadonlyMap<string, Program>, Layout>();

function layoutOf(programs: ReadonlyMap<string, Program>): Layout {
  const known = layouts.get(programs);
  if (known !== undefined) return known;
  const layout = new Layout(programs);
  layouts.set(programs, layout);
  return layout;
}

/**
 * A map whose entries are computed when they are first read: the `variables` of a policy.
 *
 * Selecting a field evaluates that program once and remembers the result, an error as well. The programs see the
 * given activation, into which they are put as `variables`, and so each other; whoever compiles them sees to it that
 * there is no cycle.
 */
export class Variables {
  readonly layout: Layout;
  readonly #activation: Activation;
  readonly #describe: DescribeError | undefined;
  readonly #results: (Result | undefined)[];
  #origins: Map<string, Origin> | undefined;

  constructor(programs: ReadonlyMap<string, Program>, activation: Activation, describe?: DescribeError) {
    this.layout = layoutOf(programs);
    this.#results = this.layout.unread.slice();
    this.#activation = activation;
    (activation as Record<string, unknown>)['variables'] = this;
    this.#describe = describe;
  }

  /** The variable's value, or undefined where none has that name. */
  get(name: string): Result | undefined {
    const index = this.layout.indexOf(name);
    return index < 0 ? undefined : this.at(index);
  }

  /** The value of the variable at a position of the layout. */
  at(index: number): Result {
    const known = this.#results[index];
    if (known !== undefined) return known;
    const { names, programs } = this.layout;
    const result = this.described(names[index]!, programs[index]!.evaluate(this.#activation));
    this.#results[index] = result;
    return result;
  }

  /** Whether a variable has that name; asking does not evaluate it, unlike `has` in an expression. */
  has(name: string): boolean {
    return this.layout.indexOf(name) >= 0;
  }

  /** The variable's value with its origin and cost, computed once as well. */
  origin(name: string): Origin | undefined {
    const known = this.#origins?.get(name);
    if (known !== undefined) return known;
    const origin = this.layout.programs[this.layout.indexOf(name)]?.origin(this.#activation);
    if (origin === undefined) return undefined;
    const result = this.described(name, origin.result);
    const described = { ...origin, result, traced: { ...origin.traced, value: result } };
    this.#origins ??= new Map();
    this.#origins.set(name, described);
    return described;
  }

  /** What the variables explained so far have cost. */
  get cost(): number {
    return [...(this.#origins?.values() ?? [])].reduce((sum, { cost }) => sum + cost, 0);
  }

  private described(name: string, result: Result): Result {
    if (!(result instanceof CelError)) return result;
    // It would be told once more for each variable of the chain.
    return result.message === tooDeep ? result : new CelError(this.describe(name, result.message));
  }

  /** Words the error of a variable. */
  protected describe(name: string, message: string): string {
    return this.#describe === undefined ? message : this.#describe(name, message);
  }
}
