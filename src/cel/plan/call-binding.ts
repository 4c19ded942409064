import type { Implementation, Overload } from '../library.ts';
import { CelError, Optional, TypeValue, type Value } from '../value.ts';
import { accepts, dispatcher, isUntyped } from './dispatch.ts';
import type { CallNode, PlanNode } from './node.ts';

/** What a call has of its function. */
export type CallBinding = Pick<CallNode, 'overload' | 'invoke' | 'yields' | 'cost' | 'stepwise'>;

/** Binds a call to the overloads that the checker left open: the only one, or all of the function's. */
export function bindCall(
  name: string,
  args: readonly PlanNode[],
  overloads: readonly Overload[],
): CallBinding {
  const only = overloads.length === 1 ? overloads[0] : equality(name, overloads);
  const [, pattern] = args;
  const isText = pattern?.kind === 'constant' && typeof pattern.value === 'string';
  const patterned = isText && /^(?:matches|find|findAll)$/.test(name);
  return {
    overload: only?.id,
    invoke: patterned ? forPattern(overloads) : dispatcher(name, overloads, args),
    yields: isUntyped(name) ? undefined : only?.result,
    cost: only === undefined ? ambiguousCost(name, overloads) : only.cost,
    stepwise: args.length > 2 || name === 'format' || patterned || (only === undefined && !isUntyped(name)),
  };
}

/**
 * The same from the overload that was found when the call was bound first: see `CallBinding`. Undefined where the function
 * or the overload does not exist here.
 */
export function rebindCall(
  name: string,
  args: readonly PlanNode[],
  overload: string | undefined,
  all: readonly Overload[],
): CallBinding | undefined {
  if (overload === undefined || equality(name, all) !== undefined) return bindCall(name, args, all);
  const only = all.find(({ id }) => id === overload);
  return only && bindCall(name, args, [only]);
}

/** cel-go's conversion functions, which it folds over constants. */
export const conversions: ReadonlySet<string> = new Set([
  'bool',
  'bytes',
  'double',
  'duration',
  'dyn',
  'int',
  'string',
  'timestamp',
  'type',
  'uint',
]);

/** Equality has one overload whatever its arguments. */
function equality(name: string, overloads: readonly Overload[]): Overload | undefined {
  return name === '_==_' || name === '_!=_' ? overloads[0] : undefined;
}

/**
 * With a constant pattern cel-go replaces the function, and with it the name in the error. What that takes for a text is
 * whatever Go holds as one: the name of a type too, and what an optional holds.
 * Source: cel-go `interpreter/optimizations.go`, `MatchesRegexOptimization`.
 */
function forPattern(overloads: readonly Overload[]): Implementation {
  return (subject: Value, ...others: Value[]) => {
    const values = [heldByGo(subject), ...others];
    const overload = overloads.find(({ args }) => args.length === values.length);
    const fits = overload?.args.every((type, i) => accepts(type, values[i]!));
    return fits ? overload!.implementation(...values) : new CelError('no such overload');
  };
}

function heldByGo(value: Value): Value {
  if (value instanceof Optional) return value.value === undefined ? null : heldByGo(value.value as Value);
  return value instanceof TypeValue ? value.name : value;
}

/** The cost of a call whose overload only its arguments decide: cel-go then knows no overload, only the function. */
function ambiguousCost(name: string, overloads: readonly Overload[]): Overload['cost'] {
  if (isUntyped(name) || conversions.has(name) || name === 'sort') return undefined;
  return overloads.findLast(({ cost }) => cost !== undefined)?.cost;
}
