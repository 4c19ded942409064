import { compileClosure } from './closure/closure.ts';
import type { Evaluate, Frame } from './closure/frame.ts';
import { explain, type Explanation, type Origin, traceOrigin } from './explain/explain.ts';
import { endCount, limitError, recount, startCount } from './limit.ts';
import type { Plan } from './plan/node.ts';
import type { Type } from './type.ts';
import type { Result, Value } from './value.ts';
import type { Variables } from './variables.ts';

/** The values of an expression's variables by name; `Variables` hold others that are computed when first read. */
export type Activation = Readonly<Record<string, Result | Variables>>;

/** A checked expression, ready to be evaluated any number of times. */
export class Program {
  /** The expression's text, which the offsets of errors refer to. */
  readonly text: string;
  /** The static type of its result. */
  readonly type: Type;
  readonly plan: Plan;
  private readonly blank: Frame;
  private compiled: Evaluate | undefined;

  constructor(text: string, type: Type, plan: Plan) {
    this.text = text;
    this.type = type;
    this.plan = plan;
    this.blank = Array.from({ length: plan.slots });
  }

  /**
   * The expression's value, an error, or an unknown; the API server's error where the evaluation costs more than it
   * allows. Afterwards `lastCost` and `lastCostOfVariables` of `limit.ts` say exactly what it has cost. Never throws.
   */
  evaluate(activation: Activation): Result {
    const compiled = (this.compiled ??= compileClosure(this.plan));
    startCount();
    try {
      return compiled(this.frame(activation));
    } catch (problem) {
      const error = limitError(problem);
      // The closures add up charges, so where exactly the server stopped only `explain` knows.
      recount(() => this.origin(activation).cost);
      return error;
    } finally {
      endCount();
    }
  }

  /** Why the expression has the value it has, with its exact cost; much slower than `evaluate`. Never throws. */
  explain(activation: Activation): Explanation {
    return explain(this.plan, activation);
  }

  /** The expression's value with where it comes from and its exact cost, without the nodes on the way. Never throws. */
  origin(activation: Activation): Origin {
    return traceOrigin(this.plan, activation);
  }

  private frame(activation: Activation): Frame {
    const { globals } = this.plan;
    const frame = this.blank.slice();
    for (let i = 0; i < globals.length; i++) {
      const { name, slot } = globals[i]!;
      const value = activation[name];
      if (value !== undefined && (!(name in Object.prototype) || Object.hasOwn(activation, name))) {
        frame[slot] = value as Value;
      }
    }
    return frame;
  }
}
