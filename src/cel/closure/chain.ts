import { spend } from '../limit.ts';
import type { SelectNode, VariableNode } from '../plan/node.ts';
import { CelError, type Result, type Value } from '../value.ts';
import { type Layout, Variables } from '../variables.ts';
import type { Compiled, Evaluate } from './frame.ts';
import { type Load, loadOf, type Loose } from './property.ts';
import { ambiguousNames, closed, countedStep, isPlain, type Step } from './step.ts';

/** `variable.a.b.c`, where every step may be a mere property load. */
interface Chain {
  readonly root: VariableNode;
  readonly steps: readonly Step[];
  /** The error of each step that finds nothing in a map. */
  readonly missing: readonly CelError[];
}

/**
 * A chain of selections from a variable as property loads, which is nearly all that policies do; undefined for other
 * selections. A load that finds nothing, for whatever reason, goes on in the exact way.
 */
export function compileChain(node: SelectNode): Compiled | undefined {
  const chain = chainOf(node);
  if (chain === undefined) return undefined;
  const { root, steps } = chain;
  const run = root.type.kind === 'struct' && !root.local ? fromStruct(chain) : direct(chain);
  return { run, fixed: root.charge + steps.length };
}

function chainOf(node: SelectNode): Chain | undefined {
  const steps: Step[] = [];
  let operand: SelectNode['operand'] = node;
  while (operand.kind === 'select' && !operand.optional && !operand.test) {
    if (ambiguousNames.has(operand.field)) return undefined;
    steps.unshift({ field: operand.field, at: operand.at });
    operand = operand.operand;
  }
  if (operand.kind !== 'variable' || operand.type.kind === 'opaque' || operand.due !== undefined) {
    return undefined;
  }
  const missing = steps.map(({ field, at }) => new CelError(`no such key: ${field}`, at));
  return { root: operand, steps, missing };
}

function direct(chain: Chain): Evaluate {
  const { root, steps } = chain;
  const loads = steps.map(({ field }) => loadOf(field));
  const { slot } = root;
  const [first, second, third, fourth] = loads as [Load, Load, Load, Load];
  switch (loads.length) {
    case 1:
      return (frame) => {
        const value = first(frame[slot]);
        return value === undefined ? exactly(frame[slot], chain) : value;
      };
    case 2:
      return (frame) => {
        const value = second(first(frame[slot]));
        return value === undefined ? exactly(frame[slot], chain) : value;
      };
    case 3:
      return (frame) => {
        const value = third(second(first(frame[slot])));
        return value === undefined ? exactly(frame[slot], chain) : value;
      };
    case 4:
      return (frame) => {
        const value = fourth(third(second(first(frame[slot]))));
        return value === undefined ? exactly(frame[slot], chain) : value;
      };
    default:
      return (frame) => {
        let value = frame[slot] as Loose;
        for (let i = 0; i < loads.length; i++) value = loads[i]!(value);
        return value === undefined ? exactly(frame[slot], chain) : value;
      };
  }
}

/** All steps have been counted. */
function exactly(value: Result | undefined, { root, steps, missing }: Chain): Result {
  if (value === undefined) {
    spend(-steps.length);
    return new CelError(`no such attribute(s): ${root.name}`, root.at);
  }
  let result: Result = value;
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i]!;
    const found = isPlain(result) ? (result as Record<string, Value>)[step.field] : countedStep(result, step);
    if (found === undefined) {
      spend(i + 1 - steps.length);
      return missing[i]!;
    }
    result = found;
  }
  return result;
}

/** A chain from a variable with declared fields: a policy's `variables`, or an input such as `request`. */
function fromStruct(chain: Chain): Evaluate {
  const { root, steps } = chain;
  const { slot } = root;
  const { field } = steps[0]!;
  const rest = steps.slice(1);
  const loads = rest.map((step) => loadOf(step.field));
  const missing = chain.missing[0]!;
  let layout: Layout | undefined;
  let index = -1;
  return (frame) => {
    const input = frame[slot] as Result | Variables | undefined;
    if (!(input instanceof Variables)) return exactly(input, chain);
    if (input.layout !== layout) {
      layout = input.layout;
      index = layout.indexOf(field);
    }
    const value = index < 0 ? missing : input.at(index);
    return rest.length === 0 ? value : along(value, rest, loads);
  };
}

function along(value: Result, steps: readonly Step[], loads: readonly Load[]): Result {
  let result = value as Loose;
  for (let i = 0; i < steps.length; i++) {
    const next: Loose = loads[i]!(result);
    result = next === undefined ? countedStep(i === 0 ? closed(result) : result, steps[i]!) : next;
  }
  return result;
}
