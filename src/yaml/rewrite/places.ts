import {
  type Event,
  FLOW,
  KEEP,
  LITERAL_BLOCK,
  MAPPING,
  POP,
  SCALAR,
  type ScalarEvent,
  SEQUENCE,
} from '../grammar.ts';
import type { Layout } from '../layout.ts';
import type { Span } from '../problem.ts';
import { parentsOf } from './parents.ts';

/** Where things stand in the text of a document; nodes are named as in its layout, offsets count in the document. */
export class Places {
  readonly text: string;
  readonly layout: Layout;
  readonly parents: Int32Array;

  constructor(text: string, layout: Layout) {
    this.text = text;
    this.layout = layout;
    this.parents = parentsOf(layout.events);
  }

  event(node: number): Event {
    return this.layout.events[node]!;
  }

  span(node: number): Span {
    return this.layout.span(node);
  }

  /** The keys that a mapping writes itself, in order. */
  keys(mapping: number): number[] {
    const keys: number[] = [];
    for (let i = mapping + 1; this.layout.events[i]!.type !== POP;) {
      keys.push(i);
      i = this.layout.behind(this.layout.behind(i));
    }
    return keys;
  }

  isFlow(node: number): boolean {
    const event = this.event(node);
    return (event.type === MAPPING || event.type === SEQUENCE) && event.style === FLOW;
  }

  shown(node: number): string {
    const { start, end } = this.span(node);
    return this.text.slice(start, end);
  }

  anchor(event: Event): string {
    if (!('anchorStart' in event) || event.anchorStart === -1) return '';
    return this.text.slice(event.anchorStart, event.anchorEnd);
  }

  column(offset: number): number {
    return offset - this.lineStart(offset);
  }

  indentation(offset: number): string {
    const start = this.lineStart(offset);
    return /^[ \t]*/.exec(this.text.slice(start, offset))![0];
  }

  lineStart(offset: number): number {
    let at = offset;
    while (at > 0 && !'\r\n'.includes(this.text[at - 1]!)) at--;
    return at;
  }

  lineEnd(offset: number): number {
    let at = offset;
    while (at < this.text.length && !'\r\n'.includes(this.text[at]!)) at++;
    return at;
  }

  /** The end of the last line of a value, its comment included. */
  endOfEntry(value: number): number {
    const { end } = this.span(value);
    const event = this.lastScalar(value);
    if (event !== undefined && event.style >= LITERAL_BLOCK && event.chomping === KEEP) {
      // A text that keeps its empty lines: what comes in between them would become part of it.
      return this.lineEnd(Math.max(end, event.valueEnd - 1));
    }
    return this.lineEnd(end);
  }

  /** The last scalar of a value: itself, or of its last entry. */
  lastScalar(value: number): ScalarEvent | undefined {
    for (let i = this.layout.behind(value) - 1; i >= value; i--) {
      const event = this.layout.events[i]!;
      if (event.type === SCALAR) return event;
      if (event.type !== POP) return undefined;
    }
    return undefined;
  }

  /** The end of what is written before a value: its key's colon, its anchor or tag. */
  lastWritten(start: number): number {
    let at = start;
    while (at > 0 && /[ \r\n]/.test(this.text[at - 1]!)) at--;
    return at;
  }

  needsSpace(offset: number): boolean {
    return offset > 0 && !/[\s]/.test(this.text[offset - 1]!);
  }

  isItem(node: number): boolean {
    const parent = this.parent(node);
    return parent !== undefined && this.layout.events[parent]!.type === SEQUENCE;
  }

  /** Whether the node stands behind a key or dash of a block. */
  isPlaced(node: number): boolean {
    return this.parent(node) !== undefined;
  }

  /** Whether an enclosing collection is in flow style. */
  isInsideFlow(node: number): boolean {
    for (let at = this.parent(node); at !== undefined; at = this.parent(at)) {
      if (this.isFlow(at)) return true;
    }
    return false;
  }

  parent(node: number): number | undefined {
    const parent = this.parents[node]!;
    return parent < 0 ? undefined : parent;
  }

  /** The column of the key or dash that holds the node. */
  parentColumn(node: number): number {
    const parent = this.parent(node);
    if (parent === undefined) return 0;
    if (this.layout.events[parent]!.type === SEQUENCE) {
      const items = this.layout.items(parent);
      const dash = this.dash(parent, items, items.indexOf(node));
      return dash === undefined ? 0 : this.column(dash);
    }
    const key = this.keys(parent).find((one) => this.layout.behind(one) === node);
    return key === undefined ? 0 : this.column(this.span(key).start);
  }

  /** Where the dash of a block list's item stands. */
  dash(sequence: number, items: readonly number[], index: number): number | undefined {
    const from = index === 0 ? this.span(sequence).start : this.span(items[index - 1]!).end;
    const to = this.span(items[index]!).start;
    for (let at = from; at <= to; at++) {
      const c = this.text[at];
      if (
        c === '-' &&
        /^[ ]*(?:- +)*$/.test(this.text.slice(this.lineStart(at), at)) &&
        /[\s]|$/.test(this.text[at + 1] ?? ' ')
      )
        return at;
      if (c === '#') at = this.lineEnd(at);
    }
    return undefined;
  }
}
