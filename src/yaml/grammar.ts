import { parseEvents } from 'js-yaml';
import type { AliasEvent, Event, MappingEvent, ScalarEvent, SequenceEvent, YAMLException } from 'js-yaml';
import { flowLines, indentLines, lineStart } from './indentation.ts';
import type { Indented } from './indentation.ts';
import { Refusal } from './problem.ts';

/**
 * The grammar of YAML: text in, flat list of events out. js-yaml does the work; this file is the only one that knows,
 * so that another reader can take its place. Event offsets are UTF-16 code units in the text handed in, `-1` is absent.
 */
export type { AliasEvent, Event, MappingEvent, ScalarEvent, SequenceEvent };

/*
 * js-yaml's numbers for the kinds of events and styles, written down here so that js-yaml itself is needed only when
 * something is parsed with it; its types and a test say that they are right.
 */
export const DOCUMENT = 1;
export const SEQUENCE = 2;
export const MAPPING = 3;
export const SCALAR = 4;
export const ALIAS = 5;
export const POP = 6;
export const PLAIN = 1;
export const SINGLE_QUOTED = 2;
export const DOUBLE_QUOTED = 3;
export const LITERAL_BLOCK = 4;
export const FOLDED_BLOCK = 5;
export const CLIP = 1;
export const STRIP = 2;
export const KEEP = 3;
export const FLOW = 2;

/** YAML 1.1, hence Kubernetes, ends a line at NEL, LS and PS too; one unit each, so offsets stay. */
const OTHER_BREAKS = /[\u0085\u2028\u2029]/;
const INDENTATION = 'deficient indentation';
/** Rounds of {@link readIndented}; each reads the document again. */
const MAX_INDENTED = 64;
const MARKER_EXPECTED = 'end of the stream or a document separator is expected';

/** The events of one document and where the reader stopped: text behind `end` is not part of the document. */
export interface Grammar {
  readonly events: readonly Event[];
  readonly end: number;
}

/**
 * Events of the first document in `text`. Throws {@link Refusal} where the text is not YAML, or nests collections
 * deeper than `maxDepth`.
 *
 * The API server reads one document and never looks at what follows it, so `  a: 1\n b: 2` is an object with one key;
 * where the grammar stops early, `end` says so and the caller warns.
 */
export function readGrammar(text: string, maxDepth: number): Grammar {
  const readable = asLineBreaks(text);
  const attempt = read(readable, maxDepth);
  if (attempt.events !== undefined) return { events: attempt.events, end: text.length };
  const spaced = withoutSeparatingTabs(readable);
  if (spaced !== readable) {
    try {
      return readGrammar(spaced, maxDepth);
    } catch (error) {
      // What is wrong is told of the text as it is.
      if (!(error instanceof Refusal)) throw error;
    }
  }
  if (attempt.reason === INDENTATION) return readIndented(readable, attempt.at, maxDepth);
  if (attempt.reason === MARKER_EXPECTED && attempt.at > 0 && attempt.at < text.length)
    return readUpTo(readable, attempt.at, maxDepth);
  throw new Refusal(attempt.at, attempt.at, attempt.reason);
}

/**
 * With spaces for the tabs that are no indentation. js-yaml takes one before a flow collection for indentation, the API
 * server for a space. Texts are read from the document as it is, where the events say.
 */
function withoutSeparatingTabs(text: string): string {
  if (!text.includes('\t')) return text;
  return text.replace(/^( *(?:- +)*-?\t+)|\t/gm, (_, indenting: string | undefined) => indenting ?? ' ');
}

/** Told by name: the class would have to be loaded to ask for it. */
function isYamlException(error: unknown): error is YAMLException {
  return error instanceof Error && error.name === 'YAMLException';
}

interface Attempt {
  readonly events?: readonly Event[];
  readonly at: number;
  readonly reason: string;
}

function read(text: string, maxDepth: number): Attempt {
  try {
    return { events: parseEvents(text, { maxDepth: maxDepth + 1 }), at: 0, reason: '' };
  } catch (error) {
    if (error instanceof RangeError)
      return { at: 0, reason: `nesting is too deep for this machine; the limit is ${maxDepth} levels` };
    if (!isYamlException(error)) throw error;
    const at = error.mark?.position ?? 0;
    if (error.reason.startsWith('nesting exceeded'))
      return { at, reason: `nesting is deeper than ${maxDepth} levels` };
    return { at, reason: error.reason };
  }
}

/**
 * What ends early may be ignored when it is a flow collection, or a block that is indented deeper than what follows:
 * there libyaml closes the document too. Anything else is an error of its own.
 */
function readUpTo(text: string, end: number, maxDepth: number): Grammar {
  const attempt = read(text.slice(0, end), maxDepth);
  const root = attempt.events?.[1];
  const isCollection = root?.type === MAPPING || root?.type === SEQUENCE;
  if (attempt.events === undefined || !isCollection) throw new Refusal(end, end, MARKER_EXPECTED);
  const isOutside = root.style === FLOW || column(text, root.start) > column(text, end);
  if (!isOutside) throw new Refusal(end, end, 'did not find expected key');
  if ('@`%\t'.includes(text.charAt(end)))
    throw new Refusal(end, end, 'found character that cannot start any token');
  return { events: attempt.events, end };
}

function column(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

/** Reads with ever more lines indented until the grammar is content or refuses for another reason. */
function readIndented(text: string, at: number, maxDepth: number): Grammar {
  let starts: readonly number[] = [];
  let failed = at;
  for (let round = 0; round < MAX_INDENTED; round++) {
    const whole = tryIndented(text, union(starts, flowLines(text, failed)), maxDepth);
    // A quoted scalar is no flow collection; then only the line itself is moved.
    const next =
      whole.events !== undefined || (whole.at > failed && whole.reason === INDENTATION)
        ? whole
        : tryIndented(text, union(starts, [lineStart(text, failed)]), maxDepth);
    if (next.events !== undefined) return { events: next.events, end: text.length };
    if (next.reason !== INDENTATION || next.at <= failed) throw new Refusal(next.at, next.at, next.reason);
    starts = next.starts;
    failed = next.at;
  }
  throw new Refusal(failed, failed, INDENTATION);
}

function tryIndented(
  text: string,
  starts: readonly number[],
  maxDepth: number,
): Attempt & { starts: readonly number[] } {
  const indented = indentLines(text, starts);
  const attempt = read(indented.text, maxDepth);
  if (attempt.events !== undefined) shift(attempt.events, indented);
  return { ...attempt, at: indented.original(attempt.at), starts };
}

function union(a: readonly number[], b: readonly number[]): number[] {
  return [...new Set([...a, ...b])].sort((x, y) => x - y);
}

function shift(events: readonly Event[], indented: Indented): void {
  for (const event of events) {
    if ('start' in event) event.start = indented.original(event.start);
    if ('valueStart' in event) {
      event.valueStart = indented.original(event.valueStart);
      event.valueEnd = indented.original(event.valueEnd);
    }
    if ('tagStart' in event) {
      event.tagStart = indented.original(event.tagStart);
      event.tagEnd = indented.original(event.tagEnd);
    }
    if ('anchorStart' in event) {
      event.anchorStart = indented.original(event.anchorStart);
      event.anchorEnd = indented.original(event.anchorEnd);
    }
  }
}

function asLineBreaks(text: string): string {
  return OTHER_BREAKS.test(text) ? text.replaceAll(/[\u0085\u2028\u2029]/g, '\n') : text;
}
