import { evaluateByClosures } from './closure/evaluation.ts';
import { explain, type Explanation, type Origin, traceCost, traceOrigin } from './explain/explain.ts';
import { compileJavaScript, type EvaluateActivation } from './javascript/compile.ts';
import { metered, recount } from './limit.ts';
import type { Plan } from './plan/node.ts';
import type { Type } from './type.ts';
import type { CelError, Result } from './value.ts';
import type { Variables } from './variables.ts';

/** The values of an expression's variables by name; `Variables` hold others that are computed when first read. */
export type Activation = Readonly<Record<string, Result | Variables>>;

/**
 * What evaluates a program: closures, which start fast and need no leave, or generated JavaScript, which is several times
 * faster once the engine has warmed up to it. `automatic` goes over to the second for what is evaluated often.
 */
export type BackEnd = 'automatic' | 'closures' | 'generated';

/** How many evaluations it takes until code is generated; none ever with closures alone. */
const evaluationsBefore: Readonly<Record<BackEnd, number>> = { automatic: 64, closures: 0, generated: 1 };

/** A checked expression, ready to be evaluated any number of times. */
export class Program {
  /** The expression's text, which the offsets of errors refer to. */
  readonly text: string;
  /** The static type of its result. */
  readonly type: Type;
  readonly plan: Plan;
  private run: EvaluateActivation;

  constructor(text: string, type: Type, plan: Plan, backEnd: BackEnd = 'automatic') {
    this.text = text;
    this.type = type;
    this.plan = plan;
    this.run = this.closures(evaluationsBefore[backEnd]);
  }

  /**
   * The expression's value, an error, or an unknown; the API server's error where the evaluation costs more than it
   * allows. Afterwards `lastCost` and `lastCostOfVariables` of `limit.ts` say exactly what it has cost. Never throws.
   */
  evaluate(activation: Activation): Result {
    return metered(this.run, activation, remeasured, this.plan);
  }

  /** Evaluates by closures until code is generated, which the evaluation of that number does. */
  private closures(number: number): EvaluateActivation {
    const evaluate = evaluateByClosures(this.plan);
    let left = number;
    return (activation) => {
      if (--left === 0) {
        const generated = compileJavaScript(this.plan);
        if (generated !== undefined) return (this.run = generated)(activation);
      }
      return evaluate(activation);
    };
  }

  /** Why the expression has the value it has, with its exact cost; much slower than `evaluate`. Never throws. */
  explain(activation: Activation): Explanation {
    return explain(this.plan, activation);
  }

  /** The expression's value with where it comes from and its exact cost, without the nodes on the way. Never throws. */
  origin(activation: Activation): Origin {
    return traceOrigin(this.plan, activation);
  }
}

/** The error of an evaluation that was ended. Back ends add up charges, so where exactly the server stopped only `explain` knows. */
function remeasured(error: CelError, activation: Activation, plan: Plan): CelError {
  recount(() => traceCost(plan, activation));
  return error;
}
