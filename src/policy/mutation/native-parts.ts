import type { Json } from '../../model/object.ts';

/**
 * The lists and maps of the objects a mutation can read. The server keeps these in another form than lists and maps that
 * an expression builds, and only the former may stand anywhere in what a mutation yields.
 */
export class NativeParts {
  private readonly roots: readonly unknown[];
  private known: WeakSet<object> | undefined;

  constructor(roots: readonly unknown[]) {
    this.roots = roots;
  }

  /** Whether a list or map is a part of one of the objects, the very same. */
  has(value: object): boolean {
    if (this.known === undefined) {
      this.known = new WeakSet();
      for (const root of this.roots) this.add(root as Json | undefined, this.known);
    }
    return this.known.has(value);
  }

  private add(value: Json | undefined, known: WeakSet<object>): void {
    if (typeof value !== 'object' || value === null || known.has(value)) return;
    known.add(value);
    for (const part of Object.values(value)) this.add(part as Json, known);
  }
}
