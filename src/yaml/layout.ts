import { isMerge, keyName, keyType } from './build.ts';
import { ALIAS, FLOW, LITERAL_BLOCK, MAPPING, PLAIN, POP, SCALAR, SEQUENCE } from './grammar.ts';
import type { Event, ScalarEvent } from './grammar.ts';
import type { Span } from './problem.ts';

/** Where a key of a mapping comes from: event indices of its key and value, and of the `<<` that merged it. */
export interface Entry {
  readonly key: number;
  readonly value: number;
  readonly merge?: number;
}

/**
 * The extent of every node of one document: a single pass over its events. Nodes are named by the index of their first
 * event; spans count from the start of the text.
 */
export class Layout {
  readonly events: readonly Event[];
  private readonly text: string;
  private readonly json: boolean;
  /** By event index: the index behind the node, start and end of its text. */
  private readonly after: Int32Array;
  private readonly starts: Int32Array;
  private readonly ends: Int32Array;
  private readonly targets = new Map<number, number>();
  private readonly entriesOf = new Map<number, Map<string, Entry>>();
  private readonly itemsOf = new Map<number, readonly number[]>();

  constructor(text: string, events: readonly Event[], json: boolean) {
    this.text = text;
    this.events = events;
    this.json = json;
    this.after = new Int32Array(events.length);
    this.starts = new Int32Array(events.length);
    this.ends = new Int32Array(events.length);
    this.measure();
  }

  /** Text range of a node, quotes, brackets and block header included, anchor and tag not. */
  span(node: number): Span {
    return { start: this.starts[node]!, end: this.ends[node]! };
  }

  /** Index of the event behind a node: of its value behind a key, of the next item, or of the end of what holds it. */
  behind(node: number): number {
    return this.after[node]!;
  }

  /** Index of the node that an alias stands for; the node itself when it is none. */
  target(node: number): number {
    return this.targets.get(node) ?? node;
  }

  /** Index of the document's content; undefined for a document without any. */
  get root(): number | undefined {
    const first = this.events[1];
    return first === undefined || first.type === POP ? undefined : 1;
  }

  /** Items of a sequence. */
  items(sequence: number): readonly number[] {
    const known = this.itemsOf.get(sequence);
    if (known !== undefined) return known;
    const items: number[] = [];
    this.itemsOf.set(sequence, items);
    for (let i = sequence + 1; this.events[i]!.type !== POP; i = this.after[i]!) items.push(i);
    return items;
  }

  /** Keys of a mapping as the server sees them: the last of equal keys, merged ones included. */
  entries(mapping: number): Map<string, Entry> {
    const known = this.entriesOf.get(mapping);
    if (known !== undefined) return known;
    const entries = new Map<string, Entry>();
    // Set before it is filled: an anchor that merges itself is refused by the reader, and must not loop here.
    this.entriesOf.set(mapping, entries);
    for (let i = mapping + 1; this.events[i]!.type !== POP;) {
      const value = this.after[i]!;
      const event = this.events[this.target(i)]!;
      if (event.type === SCALAR && isMerge(this.text, event)) this.addMerged(entries, i, value);
      else if (event.type === SCALAR) this.addEntry(entries, i, event, value);
      i = this.after[value]!;
    }
    return entries;
  }

  private addEntry(entries: Map<string, Entry>, key: number, event: ScalarEvent, value: number): void {
    const name = keyName(this.text, event, this.json);
    if (name === undefined) return;
    const earlier = entries.get(name);
    if (earlier !== undefined && earlier.merge === undefined) {
      const before = this.events[this.target(earlier.key)]!;
      // `1` and `"1"`: the reader keeps the first.
      if (before.type === SCALAR && keyType(this.text, before) !== keyType(this.text, event)) return;
    }
    entries.set(name, { key, value });
  }

  private addMerged(entries: Map<string, Entry>, merge: number, source: number): void {
    const sources = this.events[source]!.type === SEQUENCE ? this.items(source).toReversed() : [source];
    for (const one of sources) {
      const mapping = this.target(one);
      if (this.events[mapping]!.type !== MAPPING) continue;
      for (const [name, entry] of this.entries(mapping)) entries.set(name, { ...entry, merge });
    }
  }

  private measure(): void {
    const { events } = this;
    const open: number[] = [];
    const anchors = new Map<string, number>();
    let cursor = 0;
    for (let i = 0; i < events.length; i++) {
      const event = events[i]!;
      if (event.type === POP) {
        const node = open.pop();
        if (node === undefined) break;
        cursor = this.close(node, cursor);
        this.after[node] = i + 1;
        if (open.length === 0) break; // the rest belongs to other documents
        continue;
      }
      if ('anchorStart' in event && event.anchorStart !== -1) {
        const name = this.text.slice(event.anchorStart, event.anchorEnd);
        if (event.type === ALIAS) this.targets.set(i, anchors.get(name) ?? i);
        else anchors.set(name, i);
        cursor = event.anchorEnd;
      }
      if ('tagEnd' in event) cursor = Math.max(cursor, event.tagEnd);
      this.after[i] = i + 1;
      if (event.type === SCALAR) cursor = this.placeScalar(i, event, cursor);
      else if (event.type === ALIAS) {
        this.starts[i] = event.anchorStart - 1;
        this.ends[i] = event.anchorEnd;
      } else {
        if (event.type !== 1) this.starts[i] = cursor = event.start;
        open.push(i);
      }
    }
  }

  private placeScalar(node: number, event: ScalarEvent, cursor: number): number {
    let start = event.valueStart;
    let end = event.valueEnd;
    if (start === -1) start = end = this.placeEmpty(cursor);
    else if (event.style >= LITERAL_BLOCK) {
      start = this.blockHeader(cursor);
      while (end > event.valueStart && isBreak(this.text.charCodeAt(end - 1))) end--;
      end = Math.max(end, start + 1);
    } else if (event.style !== PLAIN) {
      start--;
      end++;
    }
    this.starts[node] = start;
    this.ends[node] = end;
    return Math.max(end, event.valueEnd);
  }

  /** An absent value stands behind the `:`, `-` or `?` that announces it. */
  private placeEmpty(cursor: number): number {
    let at = cursor;
    while (this.text.charCodeAt(at) === 32) at++;
    const c = this.text.charCodeAt(at);
    return c === 58 || c === 45 || c === 63 ? at + 1 : cursor;
  }

  /** Offset of the `|` or `>`, past separators and comments. */
  private blockHeader(cursor: number): number {
    for (let i = cursor; i < this.text.length; i++) {
      const c = this.text.charCodeAt(i);
      if (c === 124 || c === 62) return i;
      if (c === 35) while (i + 1 < this.text.length && !isBreak(this.text.charCodeAt(i + 1))) i++;
    }
    return cursor;
  }

  private close(node: number, cursor: number): number {
    const event = this.events[node]!;
    let end = cursor;
    while (end > this.starts[node]! && isBreak(this.text.charCodeAt(end - 1))) end--;
    if ((event.type === MAPPING || event.type === SEQUENCE) && event.style === FLOW) {
      const bracket = this.text.charCodeAt(event.start);
      // A pair inside `[a: b]` is a mapping without brackets of its own.
      if (bracket === 91 || bracket === 123) end = this.closingBracket(Math.max(cursor, event.start + 1));
    }
    this.ends[node] = end;
    return end;
  }

  private closingBracket(cursor: number): number {
    for (let i = cursor; i < this.text.length; i++) {
      const c = this.text.charCodeAt(i);
      if (c === 93 || c === 125) return i + 1;
      if (c === 35) while (i + 1 < this.text.length && !isBreak(this.text.charCodeAt(i + 1))) i++;
    }
    return cursor;
  }
}

function isBreak(c: number): boolean {
  return c === 10 || c === 13;
}
