import { spend } from '../limit.ts';
import type { Plan } from '../plan/node.ts';
import type { Activation } from '../program.ts';
import type { Result, Value } from '../value.ts';
import type { Variables } from '../variables.ts';
import { compileClosure } from './closure.ts';
import type { Compiled, Frame } from './frame.ts';

/** Evaluates a plan by closures, which are made by the first evaluation. Spends what that costs. */
export function evaluateByClosures(plan: Plan): (activation: Activation) => Result {
  const blank: Frame = Array.from({ length: plan.slots });
  const inputs = plan.globals.map(({ name, slot }) => ({ slot, read: readInput(name) }));
  let compiled: Compiled | undefined;
  return (activation) => {
    const { run, fixed } = (compiled ??= compileClosure(plan));
    const frame = blank.slice();
    for (let i = 0; i < inputs.length; i++) {
      const { slot, read } = inputs[i]!;
      frame[slot] = read(activation) as Value | undefined;
    }
    const result = run(frame);
    spend(fixed);
    return result;
  };
}

/** Reads a variable from an activation. */
type ReadInput = (activation: Activation) => Result | Variables | undefined;

/** The inputs of admission policies, each written out for the reason given in `property.ts`. */
const common: Readonly<Record<string, ReadInput>> = {
  object: ({ object }) => object,
  oldObject: ({ oldObject }) => oldObject,
  request: ({ request }) => request,
  params: ({ params }) => params,
  namespaceObject: ({ namespaceObject }) => namespaceObject,
  variables: ({ variables }) => variables,
};

/** Reads a variable of any name from an activation, in which names of `Object.prototype` are names like any other. */
function readInput(name: string): ReadInput {
  if (Object.hasOwn(common, name)) return common[name]!;
  if (!(name in Object.prototype)) return (activation) => activation[name];
  return (activation) => (Object.hasOwn(activation, name) ? activation[name] : undefined);
}
