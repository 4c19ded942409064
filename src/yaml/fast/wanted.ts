import type { Value } from '../build.ts';
import type { Span } from '../problem.ts';
import type { Reading } from './reading.ts';

/** Where a node stands that was asked for: its own text and, in an object, its key's; offsets count in the source. */
export interface Place {
  readonly value: Span;
  readonly key: Span | undefined;
  readonly kind: 'scalar' | 'object' | 'list';
}

/** What stands for every collection while places are looked for. */
export const SOME_OBJECT: Record<string, Value> = {};
export const SOME_LIST: Value[] = [];

type Path = readonly (string | number)[];

/** The paths that are asked for, as a tree, and the places found for its nodes. */
export class Wanted {
  /** By key, or by index written as a key. */
  private readonly children = new Map<string, Wanted>();
  place: Place | undefined;

  /** Asks for one more path. */
  add(path: Path): void {
    let children = this.children;
    for (const step of path) {
      let next = children.get(String(step));
      if (next === undefined) children.set(String(step), (next = new Wanted()));
      children = next.children;
    }
  }

  child(step: string): Wanted | undefined {
    return this.children.get(step);
  }

  /** The node of `path`, or its nearest ancestor that was found, and the number of steps to it. */
  nearest(path: Path): { readonly place: Place | undefined; readonly depth: number } {
    let { place, children } = this as Wanted;
    let depth = 0;
    for (const step of path) {
      const next = children.get(String(step));
      if (next?.place === undefined || (place?.kind === 'list' && typeof step !== 'number')) break;
      ({ place, children } = next);
      depth++;
    }
    return { place, depth };
  }

  /** Forgets what was found: an equal key takes the place of an earlier one. */
  forget(): void {
    if (this.place === undefined) return;
    this.place = undefined;
    for (const child of this.children.values()) child.forget();
  }
}

/** Turns to what is wanted below `step`; only called where something is wanted. */
export function enter(r: Reading, within: Wanted, step: string): void {
  r.wanted = within.child(step);
  r.wanted?.forget();
}

/** Notes the place of the value just read and turns back. */
export function leave(r: Reading, within: Wanted, value: Value, key?: Span): void {
  if (r.wanted !== undefined) note(r, r.wanted, value, key);
  r.wanted = within;
}

/** Notes the place of the value just read. */
export function note(r: Reading, wanted: Wanted, value: Value, key: Span | undefined): void {
  const kind = Array.isArray(value)
    ? 'list'
    : value !== null && typeof value === 'object'
      ? 'object'
      : 'scalar';
  wanted.place = { value: { start: r.from, end: r.to }, key, kind };
}
