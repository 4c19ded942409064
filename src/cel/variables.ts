import type { Explanation } from './explain/explain.ts';
import type { Activation, Program } from './program.ts';
import { CelError, type Result } from './value.ts';

/** Words the error of a variable for the expression that uses it. */
export type DescribeError = (name: string, message: string) => string;

/**
 * A map whose entries are computed when they are first read: the `variables` of a policy.
 *
 * Selecting a field evaluates that program once and remembers the result, an error as well. The programs see the
 * given activation and, as `variables`, each other; whoever compiles them sees to it that there is no cycle.
 */
export class Variables {
  private readonly programs: ReadonlyMap<string, Program>;
  private readonly activation: Activation;
  private readonly describe: DescribeError;
  private readonly results = new Map<string, Result>();
  private readonly explanations = new Map<string, Explanation>();

  constructor(
    programs: ReadonlyMap<string, Program>,
    activation: Activation,
    describe: DescribeError = (_, message) => message,
  ) {
    this.programs = programs;
    this.activation = { ...activation, variables: this };
    this.describe = describe;
  }

  /** The variable's value, or undefined where none has that name. */
  get(name: string): Result | undefined {
    const known = this.results.get(name);
    if (known !== undefined) return known;
    const program = this.programs.get(name);
    if (program === undefined) return undefined;
    const result = this.described(name, program.evaluate(this.activation));
    this.results.set(name, result);
    return result;
  }

  /** Whether a variable has that name; asking does not evaluate it. */
  has(name: string): boolean {
    return this.programs.has(name);
  }

  /** The variable's value with its origin and cost, computed once as well. */
  explain(name: string): Explanation | undefined {
    const known = this.explanations.get(name);
    if (known !== undefined) return known;
    const explanation = this.programs.get(name)?.explain(this.activation);
    if (explanation === undefined) return undefined;
    const result = this.described(name, explanation.result);
    const described = { ...explanation, result, traced: { ...explanation.traced, value: result } };
    this.explanations.set(name, described);
    return described;
  }

  /** What the variables explained so far have cost. */
  get cost(): number {
    return [...this.explanations.values()].reduce((sum, { cost }) => sum + cost, 0);
  }

  private described(name: string, result: Result): Result {
    return result instanceof CelError ? new CelError(this.describe(name, result.message)) : result;
  }
}
