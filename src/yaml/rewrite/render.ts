import type { Value } from '../build.ts';
import { DOUBLE_QUOTED, SINGLE_QUOTED } from '../grammar.ts';
import { stringify } from '../stringify.ts';

/** How the text around a change is written. */
export interface Style {
  /** What ends a line. */
  readonly newline: string;
  /** Columns by which a mapping is indented below its key. */
  readonly step: number;
  /** Columns by which a list is indented below its key. */
  readonly listStep: number;
  /** JSON, in which everything is quoted. */
  readonly json: boolean;
  /** JSON without blanks between its tokens. */
  readonly compact: boolean;
}

/** True for a list or a map that holds something; an empty one is written like a scalar. */
export function isCollection(value: Value): value is Value[] | { [key: string]: Value } {
  return (
    value !== null &&
    typeof value === 'object' &&
    (Array.isArray(value) ? value.length : Object.keys(value).length) > 0
  );
}

/** A value in one line: a scalar, or a flow collection. */
export function inFlow(value: Value, style: Pick<Style, 'json' | 'compact'>): string {
  if (style.json) return json(value, style.compact);
  if (!isCollection(value)) return scalar(value);
  if (Array.isArray(value)) return `[${value.map((item) => inFlow(item, style)).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, item]) => flowEntry(key, item, style))
    .join(', ')}}`;
}

/** `key: value` in one line. */
export function flowEntry(key: string, value: Value, style: Pick<Style, 'json' | 'compact'>): string {
  if (!style.json) return `${flowText(key)}: ${inFlow(value, style)}`;
  return `${JSON.stringify(key)}:${style.compact ? '' : ' '}${inFlow(value, style)}`;
}

function json(value: Value, compact: boolean): string {
  if (!isCollection(value)) return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
  const blank = compact ? '' : ' ';
  if (Array.isArray(value)) return `[${value.map((item) => json(item, compact)).join(`,${blank}`)}]`;
  const entries = Object.entries(value).map(([key, item]) => flowEntry(key, item, { json: true, compact }));
  return `{${blank}${entries.join(`,${blank}`)}${blank}}`;
}

/** JSON in lines, one an entry, as `JSON.stringify` breaks it: `indent` is that of its last line. */
export function jsonLines(value: Value, indent: string, step: string, newline: string): string {
  if (!isCollection(value)) return json(value, false);
  const inner = indent + step;
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const entries = Array.isArray(value)
    ? value.map((item) => jsonLines(item, inner, step, newline))
    : Object.entries(value).map(
        ([key, item]) => `${JSON.stringify(key)}: ${jsonLines(item, inner, step, newline)}`,
      );
  return `${open}${newline}${inner}${entries.join(`,${newline}${inner}`)}${newline}${indent}${close}`;
}

/** Plain text that holds nothing that ends a flow item. */
function flowText(text: string): string {
  const plain = oneLine(text);
  return /[,[\]{}]/.test(plain) && !plain.startsWith('"') ? JSON.stringify(text) : plain;
}

/** A scalar or empty collection in one line. */
export function scalar(value: Value): string {
  return typeof value === 'string' ? flowText(value) : stringify(value).trimEnd();
}

function oneLine(text: string): string {
  return text.includes('\n') ? JSON.stringify(text) : stringify(text).trimEnd();
}

/** A string in the quotes that stood there before, where these can hold it; inside a flow collection a comma needs some. */
export function inQuotesOf(style: number, value: Value, isInFlow: boolean): string {
  if (typeof value !== 'string') return scalar(value);
  if (style === DOUBLE_QUOTED) return JSON.stringify(value);
  // Single quotes know no escapes.
  const isPrintable = /^[\x20-\x7e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]*$/.test(value);
  if (style === SINGLE_QUOTED && isPrintable) return `'${value.replaceAll("'", "''")}'`;
  return isInFlow ? flowText(value) : oneLine(value);
}

/**
 * The lines of a collection as a block whose first line starts at `column`, without the indentation of that line and
 * without a line break at the end.
 */
export function block(value: Value, column: number, style: Style): string {
  return lines(value, style)
    .map((line, i) => (i === 0 || line === '' ? line : ' '.repeat(column) + line))
    .join(style.newline);
}

function lines(value: Value, style: Style): string[] {
  if (!isCollection(value)) return stringify(value).replace(/\n$/, '').split('\n');
  if (Array.isArray(value)) {
    return value.flatMap((item) => prefixed('- ', lines(item, style)));
  }
  return Object.entries(value).flatMap(([key, item]) => entryLines(key, item, style));
}

/** The lines of `key: value`. */
export function entryLines(key: string, value: Value, style: Style): string[] {
  const name = oneLine(key);
  if (!isCollection(value)) {
    const [first, ...more] = lines(value, style);
    return [`${name}: ${first}`, ...more];
  }
  const depth = Array.isArray(value) ? style.listStep : style.step;
  return [`${name}:`, ...lines(value, style).map((line) => (line === '' ? line : ' '.repeat(depth) + line))];
}

function prefixed(first: string, [head = '', ...rest]: readonly string[]): string[] {
  return [first + head, ...rest.map((line) => (line === '' ? line : ' '.repeat(first.length) + line))];
}
