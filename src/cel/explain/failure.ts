import { CelError, Failure, Unknown } from '../value.ts';
import { longestPaths, type Path } from './path.ts';
import { reasons, type Traced } from './traced.ts';

/** The places of several values. */
export function union(parts: readonly Traced[]): readonly Path[] {
  return longestPaths(parts.flatMap(reasons));
}

/** The value if it is a bool or a failure, else the failure of a condition that is none. */
export function boolOrFailure(traced: Traced, at: number): Traced {
  if (typeof traced.value === 'boolean' || traced.value instanceof Failure) return traced;
  return { value: new CelError('no such overload', at), from: reasons(traced) };
}

/** Two failures that could each have been absorbed: unknowns add up and outweigh errors. */
export function mergeTraced(a: Traced, b: Traced): Traced {
  if (!(a.value instanceof Unknown)) return b.value instanceof Unknown ? b : a;
  if (!(b.value instanceof Unknown)) return a;
  const value = new Unknown([...new Set([...a.value.attributes, ...b.value.attributes])]);
  return { value, from: union([a, b]) };
}
