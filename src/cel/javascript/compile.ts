import { evaluateByClosures } from '../closure/evaluation.ts';
import { countAnew } from '../limit.ts';
import type { Plan } from '../plan/node.ts';
import type { Activation } from '../program.ts';
import type { Result } from '../value.ts';
import { Generator } from './generator.ts';
import { quote } from './quote.ts';
import * as runtime from './runtime.ts';

/** An expression ready to run on the values of its variables. */
export type EvaluateActivation = (activation: Activation) => Result;

/** Makes an evaluation from what it hands over beside the code. */
type Factory = (constants: readonly unknown[], parts: typeof runtime) => EvaluateActivation;

const parts = `const {${Object.keys(runtime).join(',')}}=R;`;

/** Larger expressions stay with the closures: the engine does not optimise functions of such a size. */
const largestPlan = 1000;

/**
 * Compiles a plan to JavaScript: the fastest way to evaluate an expression many times. It yields the same results as the
 * closures and `explain`, and the same exact cost; like them it throws nothing but the end at the cost limit.
 *
 * Undefined where the page or process forbids code from text (`script-src` without `unsafe-eval`), and for expressions
 * too large or too deep to gain from it.
 */
export function compileJavaScript(plan: Plan): EvaluateActivation | undefined {
  if (plan.nodes > largestPlan) return undefined;
  try {
    const { code, constants } = generate(plan);
    // oxlint-disable-next-line no-new-func, typescript/no-implied-eval
    const factory = new Function('K', 'R', code) as Factory;
    return factory(constants, runtime);
  } catch {
    return undefined;
  }
}

/** The code of a plan and the constants that go with it; no text of the expression is in the code but as quoted. */
export function generate(plan: Plan): { code: string; constants: readonly unknown[] } {
  const generator = new Generator(inAnotherWay(plan));
  const { emit } = generator;
  const whole = emit.fail;
  emit.block(whole, () => {
    const { code } = generator.value(plan.root);
    emit.flush();
    emit.line(`spend(c);return ${code};`);
  });
  if (whole.used) emit.line('spend(c);return E;');
  const globals = [...generator.globals].map(([slot, { name }]) => `const g${slot}=${read(name)};`);
  const temporaries = Array.from({ length: emit.temporaries }, (_, i) => `,t${i + 1}`).join('');
  const constants = emit.constants.map((_, i) => `k${i}=K[${i}]`);
  const lines = [
    '"use strict";',
    parts,
    constants.length > 0 ? `const ${constants.join(',')};` : '',
    emit.remembered.length > 0 ? `let ${emit.remembered.join(',')};` : '',
    'return function(A){',
    ...globals,
    `let c=0,E${temporaries};`,
    emit.code,
    '}',
  ];
  return { code: lines.join('\n'), constants: emit.constants };
}

/** Evaluates a plan by closures, from its beginning: the way out of code for what it was not generated for. */
function inAnotherWay(plan: Plan): EvaluateActivation {
  let evaluate: EvaluateActivation | undefined;
  return (activation) => {
    countAnew();
    return (evaluate ??= evaluateByClosures(plan))(activation);
  };
}

/** A variable of the activation, undefined where it is none of its own. */
function read(name: string): string {
  const load = `A[${quote(name)}]`;
  return name in Object.prototype ? `Object.hasOwn(A,${quote(name)})?${load}:undefined` : load;
}
