import { ALIAS } from '../grammar.ts';
import type { ChangeTree } from './change.ts';
import type { RefusedChange } from './rewrite.ts';
import type { Places } from './places.ts';
import type { Style } from './render.ts';
import type { Splice } from './splice.ts';
import { styleOf } from './style.ts';

/** The changes of one document while they are worked out; offsets count in the document. */
export class Draft {
  readonly splices: Splice[] = [];
  readonly refused: RefusedChange[] = [];
  readonly places: Places;
  readonly style: Style;
  /** Anchored nodes that an alias repeats. */
  private readonly repeated: ReadonlySet<number>;

  constructor(places: Places) {
    const { layout, parents, text } = places;
    this.places = places;
    this.style = styleOf(text, layout, parents);
    this.repeated = new Set(
      layout.events.flatMap(({ type }, i) => (type === ALIAS ? [layout.target(i)] : [])),
    );
  }

  put(start: number, end: number, text: string): void {
    if (start !== end || text !== '') this.splices.push({ start, end, text });
  }

  /** Leaves a change out; what it is about is shown to the end of its line. */
  refuse(tree: ChangeTree, reason: string, node: number): void {
    const { start, end } = this.places.span(node);
    const last = Math.min(end, this.places.lineEnd(start));
    this.refused.push({ path: tree.path, reason, at: { start, end: Math.max(last, start) } });
  }

  /** Why the inside of a node cannot be changed on its own; undefined where it can. */
  shared(node: number): string | undefined {
    const event = this.places.event(node);
    if (event.type === ALIAS) return `it is written elsewhere: ${this.places.shown(node)}`;
    if (!this.repeated.has(node)) return undefined;
    return `an alias repeats it, which would change too: &${this.places.anchor(event)}`;
  }
}
