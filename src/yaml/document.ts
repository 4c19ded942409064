import { build } from './build.ts';
import type { Value } from './build.ts';
import { decode } from './decode.ts';
import type { Decoded } from './decode.ts';
import { FastReader } from './fast/index.ts';
import { SCALAR, readGrammar } from './grammar.ts';
import type { Event } from './grammar.ts';
import { isJson, parseJson } from './json.ts';
import { LineIndex } from './lines.ts';
import type { Position } from './lines.ts';
import { Refusal } from './problem.ts';
import type { Problem } from './problem.ts';
import { splitJsonStream } from './json-stream.ts';
import { splitDocuments } from './split.ts';
import type { Chunk } from './split.ts';
import { blameTab, checkTabs } from './tabs.ts';

/** Limits of the reader. */
export interface ReadOptions {
  /** Deepest nesting of collections that is read; default 500. */
  readonly maxDepth?: number;
  /** Longest document in UTF-16 code units; default 2^29, about what a string of the engine can hold. */
  readonly maxLength?: number;
}

/** Collections inside of one another that are read unless somebody asks for more. */
export const DEFAULT_MAX_DEPTH = 500;
const DEFAULT_MAX_LENGTH = 2 ** 29;

/**
 * One document of a file. Offsets everywhere are UTF-16 code units in the whole source text, whose first unit is 0
 * (a byte order mark counts as one).
 */
export interface Document {
  /** Number among the file's documents, from 0, blank ones not counted. */
  readonly index: number;
  /** Range in the source, without the `---` lines. */
  readonly start: number;
  readonly end: number;
  /** The document's own text, `source.slice(start, end)`. */
  readonly text: string;
  /** Lines of the whole source, shared by all its documents. */
  readonly lines: LineIndex;
  /** What the API server reads; undefined when `problems` holds an error. */
  readonly value: Value | undefined;
  readonly problems: readonly Problem[];
  /** True where there is nothing but comments, or an explicit null: kubectl passes over such a document. */
  readonly isEmpty: boolean;
  /** Nesting allowed when it was read. */
  readonly maxDepth: number;
}

/**
 * Reads the documents of a YAML or JSON file one by one, as the iterator is advanced, so that a caller may drop each
 * before the next. Nothing throws, whatever the text: what the API server would refuse is a document with an error in
 * `problems` and no value, and the documents after it are still read.
 */
export function readDocuments(source: string | Uint8Array, options: ReadOptions = {}): Generator<Document> {
  // Decoded before the generator begins, which would keep the bytes of a huge file alive beside its text.
  const decoded =
    typeof source === 'string' ? { text: source, invalid: [], truncated: false } : tryDecode(source);
  return documentsOf(decoded, options);
}

function* documentsOf(decoded: Decoded | string, options: ReadOptions): Generator<Document> {
  if (typeof decoded === 'string') {
    yield unreadable(decoded);
    return;
  }
  const { text, invalid, truncated } = decoded;
  const lines = new LineIndex(text);
  const fast = readerOf(lines);
  let index = 0;
  let bad = 0;
  for (const chunk of chunksOf(text)) {
    const badStart = bad;
    while (bad < invalid.length && invalid[bad]! < chunk.end) bad++;
    const isLast = chunk.end === text.length;
    if (bad > badStart || (isLast && truncated)) {
      const at = invalid[badStart] ?? chunk.end;
      yield refuse(text, lines, index, chunk, [invalidBytes(at, bad - badStart)], options);
    } else
      yield readFast(fast, lines, index, chunk, options) ?? readDocument(text, lines, index, chunk, options);
    index++;
  }
}

/** Where a document stood in its source; every `Document` tells it. */
export type DocumentPlace = Pick<Document, 'index' | 'start' | 'end' | 'lines' | 'maxDepth'>;

/** Readers look through a whole text once, however many of its documents are read again. */
const readers = new WeakMap<LineIndex, FastReader>();

function readerOf(lines: LineIndex): FastReader {
  let reader = readers.get(lines);
  if (reader === undefined) readers.set(lines, (reader = new FastReader(lines.text)));
  return reader;
}

/** Reads one document of a text again that was read before. */
export function readDocumentAt({ index, start, end, lines, maxDepth }: DocumentPlace): Document {
  const chunk = { start, end };
  const options = { maxDepth };
  return (
    readFast(readerOf(lines), lines, index, chunk, options) ??
    readDocument(lines.text, lines, index, chunk, options)
  );
}

/** Between separators, and several JSON objects each on its own. */
function* chunksOf(text: string): Generator<Chunk> {
  for (const chunk of splitDocuments(text)) yield* splitJsonStream(text, chunk);
}

/** Text of a file, or why it cannot be had. */
function tryDecode(bytes: Uint8Array): Decoded | string {
  try {
    return decode(bytes);
  } catch {
    return `the file is too long to be read at once (${bytes.length} bytes)`;
  }
}

function unreadable(reason: string): Document {
  const problem: Problem = { start: 0, end: 0, severity: 'error', reason };
  return refuse('', new LineIndex(''), 0, { start: 0, end: 0 }, [problem], {});
}

function invalidBytes(at: number, count: number): Problem {
  const more = count > 1 ? ` (${count} bytes in this document)` : '';
  return { start: at, end: at + 1, severity: 'error', reason: `invalid UTF-8 byte${more}` };
}

function refuse(
  source: string,
  lines: LineIndex,
  index: number,
  chunk: Chunk,
  problems: readonly Problem[],
  options: ReadOptions,
): Document {
  const text = source.slice(chunk.start, chunk.end);
  const maxDepth = options.maxDepth ?? DEFAULT_MAX_DEPTH;
  return {
    index,
    start: chunk.start,
    end: chunk.end,
    text,
    lines,
    value: undefined,
    problems,
    isEmpty: false,
    maxDepth,
  };
}

/** The ordinary document, read at the speed of its text; undefined where {@link readDocument} has to look. */
function readFast(
  fast: FastReader,
  lines: LineIndex,
  index: number,
  chunk: Chunk,
  options: ReadOptions,
): Document | undefined {
  const { start, end } = chunk;
  if (end - start > (options.maxLength ?? DEFAULT_MAX_LENGTH)) return undefined;
  const maxDepth = options.maxDepth ?? DEFAULT_MAX_DEPTH;
  const read = fast.read(start, end, maxDepth);
  if (read === undefined) return undefined;
  const { value, warnings: problems } = read;
  const text = lines.text.slice(start, end);
  return { index, start, end, text, lines, value, problems, isEmpty: value === null, maxDepth };
}

/** Any document, by way of its events. Exported for the tests that compare both ways. */
export function readDocument(
  source: string,
  lines: LineIndex,
  index: number,
  chunk: Chunk,
  options: ReadOptions,
): Document {
  const { start, end } = chunk;
  const text = start === 0 && end === source.length ? source : source.slice(start, end);
  const maxDepth = options.maxDepth ?? DEFAULT_MAX_DEPTH;
  const maxLength = options.maxLength ?? DEFAULT_MAX_LENGTH;
  if (end - start > maxLength) {
    const reason = `the document is longer than ${maxLength} characters`;
    return refuse(source, lines, index, chunk, [{ start, end: start, severity: 'error', reason }], options);
  }
  const json = parseJson(text);
  if (json !== undefined && nestsAtMost(json, maxDepth))
    return { index, start, end, text, lines, value: json, problems: [], isEmpty: false, maxDepth };
  try {
    const { events, end: read } = readGrammar(text, maxDepth);
    checkTabs(text, events, read);
    const built = build(text, events, maxDepth, isJson(text));
    const problems = built.warnings.map((warning) => moved(warning, start));
    problems.push(...ignored(text, events, read, start));
    const isEmpty = built.value === null;
    return { index, start, end, text, lines, value: built.value, problems, isEmpty, maxDepth };
  } catch (error) {
    return refuse(source, lines, index, chunk, [asProblem(error, text, start)], options);
  }
}

function asProblem(error: unknown, text: string, start: number): Problem {
  if (error instanceof Refusal) {
    const refusal = blameTab(text, error);
    return {
      start: start + refusal.start,
      end: start + refusal.end,
      severity: 'error',
      reason: refusal.message,
    };
  }
  const reason =
    error instanceof RangeError ? 'the document is too large to be read' : `internal error: ${String(error)}`;
  return { start, end: start, severity: 'error', reason };
}

function moved(problem: Problem, by: number): Problem {
  const place = { start: problem.start + by, end: problem.end + by };
  if (problem.related === undefined) return { ...problem, ...place };
  const related = problem.related.map((span) => ({ start: span.start + by, end: span.end + by }));
  return { ...problem, ...place, related };
}

/** Text that the API server never looks at: behind `...`, or behind the first thing that is complete. */
function ignored(text: string, events: readonly Event[], read: number, start: number): Problem[] {
  let at = read < text.length ? read : -1;
  if (at === -1) {
    const second = events.findIndex((event, i) => i > 0 && event.type === 1);
    if (second === -1) return [];
    const first = events.slice(second).find((event) => event.type === SCALAR && event.valueStart !== -1);
    at = first?.type === SCALAR ? first.valueStart : text.length;
  }
  const reason = 'Kubernetes ignores everything from here to the next ---: the document has ended before';
  return [{ start: start + at, end: start + at, severity: 'warning', reason }];
}

function nestsAtMost(value: Value, depth: number): boolean {
  if (value === null || typeof value !== 'object') return true;
  if (depth === 0) return false;
  for (const item of Array.isArray(value) ? value : Object.values(value))
    if (!nestsAtMost(item, depth - 1)) return false;
  return true;
}

/** Line and column (from 1, UTF-16 code units) of an offset in the document's source. */
export function position(document: Document, offset: number): Position {
  return document.lines.position(offset);
}
