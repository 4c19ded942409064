import { Failure, type Result, Unknown } from '../value.ts';
import type { CallNode, MacroNode } from './node.ts';

/**
 * What cel-go charges for a call. A failed argument counts as of size 1; a cost function that cannot make sense of the
 * arguments, which the call has refused then, counts 1.
 */
export function callCost({ cost }: CallNode, args: readonly Result[], result: Result): number {
  if (cost === undefined) return 1;
  const values = args.some((arg) => arg instanceof Failure)
    ? args.map((arg) => (arg instanceof Failure ? 0 : arg))
    : args;
  try {
    const units = cost(values as Parameters<typeof cost>[0], result instanceof Unknown ? 0 : result);
    return Number.isFinite(units) ? units : 1;
  } catch {
    return 1;
  }
}

/**
 * Whether cel-go knows from its types which overload a `sortBy` calls; only then it charges for the comparisons. There is
 * one for each scalar type but null.
 */
export function knowsSortKeys({ body, range }: MacroNode): boolean {
  if (body.type.kind !== 'scalar' || body.type.name === 'null_type') return false;
  return range.type.kind === 'list' || range.type.kind === 'dyn';
}
