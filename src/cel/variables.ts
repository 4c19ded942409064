import type { Result } from './value.ts';

/**
 * A map whose entries are computed when they are first read: the `variables` of a policy.
 *
 * Selecting a field of it evaluates that variable once and remembers the result, an error as well.
 */
export class Variables {
  private readonly compute: ReadonlyMap<string, () => Result>;
  private readonly results = new Map<string, Result>();

  constructor(compute: ReadonlyMap<string, () => Result>) {
    this.compute = compute;
  }

  /** The variable's value, or undefined where none has that name. */
  get(name: string): Result | undefined {
    const known = this.results.get(name);
    if (known !== undefined) return known;
    const result = this.compute.get(name)?.();
    if (result !== undefined) this.results.set(name, result);
    return result;
  }

  /** Whether a variable has that name; asking does not evaluate it. */
  has(name: string): boolean {
    return this.compute.has(name);
  }
}
