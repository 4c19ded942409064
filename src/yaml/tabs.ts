import { FLOW, LITERAL_BLOCK, MAPPING, PLAIN, POP, SCALAR, SEQUENCE } from './grammar.ts';
import type { Event } from './grammar.ts';
import { lineStart } from './indentation.ts';
import { Layout } from './layout.ts';
import { Refusal } from './problem.ts';

/** A tab before a line's first character, or between a `-` and what it announces. */
const INDENTING_TAB = /^ *(?:- +)*-?\t/gm;

const TAB_TOKEN = 'found character that cannot start any token (a tab; indent with spaces)';

/** Text in which tabs have a meaning of their own: a scalar or a flow collection. */
interface Island {
  readonly start: number;
  readonly end: number;
  readonly isPlain: boolean;
  /** Column (from 0) below which a block scalar has no content; undefined elsewhere. */
  readonly blockIndent?: number;
  /** Where the lines of a block begin that finds its own indentation; absent where a digit gives it. */
  readonly detectsFrom?: number;
  /** Column of the block collection around it, -1 at the root. */
  readonly column: number;
}

/**
 * Refuses tabs where libyaml, hence Kubernetes, refuses them and YAML 1.2 does not: in the indentation of a block, even
 * on an otherwise blank line or before a comment, and behind `-`. Flow collections, quoted and plain texts may have them.
 * Looks at the text before `end` only, the end of the document.
 */
export function checkTabs(text: string, events: readonly Event[], end: number): void {
  if (!text.includes('\t')) return;
  let islands: Island[] | undefined;
  let next = 0;
  for (const match of text.matchAll(INDENTING_TAB)) {
    islands ??= islandsOf(text, events);
    const line = match.index;
    if (line >= end) return;
    const tab = line + match[0].length - 1;
    while (next < islands.length && islands[next]!.end <= tab) next++;
    const island = islands[next];
    if (island !== undefined && island.start < line) {
      if (island.blockIndent === undefined) continue;
      const isFirst = island.detectsFrom !== undefined && /^\s*$/.test(text.slice(island.detectsFrom, tab));
      if (tab - line >= island.blockIndent && !isFirst) continue;
      throw new Refusal(tab, tab + 1, 'found a tab character where an indentation space is expected');
    }
    const before = islands[next - 1];
    if (before?.isPlain && /^\s*$/.test(text.slice(before.end, tab))) {
      if (tab - line > before.column && /^[ \t]*$/m.test(restOfLine(text, tab))) continue;
      throw new Refusal(tab, tab + 1, 'found a tab character that violates indentation');
    }
    throw new Refusal(
      tab,
      tab + 1,
      'found character that cannot start any token (a tab; indent with spaces)',
    );
  }
}

/** The grammar often stumbles behind a tab over something else: names the tab instead, where
 * the line, or a blank one before it, begins with one. */
export function blameTab(text: string, refusal: Refusal): Refusal {
  let from = lineStart(text, refusal.start);
  while (from > 0) {
    const before = lineStart(text, from - 1);
    if (/\S/.test(text.slice(before, from))) break;
    from = before;
  }
  const match = /^ *(?:- +)*-?\t/m.exec(text.slice(from, refusal.start + 1));
  if (match === null || !/indentation|separator|expected/.test(refusal.message)) return refusal;
  const tab = from + match.index + match[0].length - 1;
  return tab < refusal.start ? new Refusal(tab, tab + 1, TAB_TOKEN) : refusal;
}

function islandsOf(text: string, events: readonly Event[]): Island[] {
  const layout = new Layout(text, events, false);
  const islands: Island[] = [];
  const columns: number[] = [];
  let flow = 0;
  for (let i = 1; i < events.length; i++) {
    const event = events[i]!;
    const column = columns.at(-1) ?? -1;
    if (event.type === POP) {
      if (columns.pop() === undefined) break;
      if (flow > 0) flow--;
      continue;
    }
    const span = layout.span(i);
    if (event.type === MAPPING || event.type === SEQUENCE) {
      if (flow === 0 && event.style === FLOW) islands.push({ ...span, isPlain: false, column });
      if (flow > 0 || event.style === FLOW) flow++;
      // Columns inside a flow collection are never asked for; finding them in a long line would take quadratic time.
      columns.push(flow > 0 ? 0 : span.start - lineStart(text, span.start));
    } else if (event.type === SCALAR && flow === 0 && event.valueStart !== -1) {
      const isBlock = event.style >= LITERAL_BLOCK;
      const blockIndent = isBlock ? Math.max(event.indent, column + 1, 1) : undefined;
      const end = isBlock ? event.valueEnd : span.end;
      const isDetected = isBlock && !/^.[+-]?[1-9]/.test(text.slice(span.start, span.start + 3));
      const detectsFrom = isDetected ? event.valueStart : undefined;
      islands.push({
        start: span.start,
        end,
        isPlain: event.style === PLAIN,
        blockIndent,
        detectsFrom,
        column,
      });
    }
  }
  return islands;
}

function restOfLine(text: string, from: number): string {
  const length = text.slice(from).search(/[\r\n]/);
  return length === -1 ? text.slice(from) : text.slice(from, from + length);
}
