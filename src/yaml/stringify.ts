import type { Value } from './build.ts';
import { resolvePlain } from './scalar.ts';

/**
 * What may stand without quotes, wherever it stands: a letter, digit, `_`, `/` or `.` first, or the dashes of a flag before
 * a letter; nothing that starts a token.
 */
const PLAIN = /^(?:--?(?=[A-Za-z]))?[A-Za-z0-9_/.](?:[\w./@%+=,;()^$~#-]| (?=[^ #])|:(?=[^ ]))*$/;
/** Strings that some YAML reader takes for a number, date, time or end of document. */
const TAKEN =
  /^(?:[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?|\d{4}-\d\d?-\d\d?.*|\.\.\..*|[-+.0-9eE][-+.0-9_]*(?:[eE][-+.0-9_]*)*|0[xob][0-9a-fA-F_]*)$/;
const WORD = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf)$/i;
/** Longest text before a colon; YAML allows 1024 characters, quotes included. */
const MAX_IMPLICIT_KEY = 1000;
/** Longest text without quotes. */
const MAX_PLAIN = 2 ** 16;

/**
 * YAML text of a JSON value in the style of `kubectl get -o yaml`: block collections, lists not indented below their key,
 * texts of several lines as literal blocks. Strings that a YAML 1.1 or 1.2 reader would take for something else are
 * quoted, so every reader gets the same value; keys keep their order. Properties with an undefined value are left out.
 * Ends with a line break. Throws a TypeError on what JSON cannot hold.
 */
export function stringify(value: Value): string {
  const out: string[] = [];
  if (isCollection(value)) writeCollection(out, value, 0, '');
  else out.push(`${inline(value, '')}\n`);
  return out.join('');
}

type Collection = Value[] | { [key: string]: Value };

function isCollection(value: Value): value is Collection {
  return value !== null && typeof value === 'object' && sizeOf(value) > 0;
}

function sizeOf(value: Collection): number {
  return Array.isArray(value)
    ? value.length
    : Object.values(value).filter((item) => item !== undefined).length;
}

/** `first` is what stands already on the first line (`- ` of an enclosing list), instead of the indentation. */
function writeCollection(out: string[], value: Collection, depth: number, first: string): void {
  const indent = '  '.repeat(depth);
  let lead = first;
  if (Array.isArray(value)) {
    for (const item of value) {
      if (isCollection(item)) writeCollection(out, item, depth + 1, `${lead === '' ? indent : lead}- `);
      else out.push(`${lead === '' ? indent : lead}- ${inline(item, indent)}\n`);
      lead = '';
    }
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    const name = quoteIfNeeded(key);
    const start = lead === '' ? indent : lead;
    out.push(name.length > MAX_IMPLICIT_KEY ? `${start}? ${name}\n${indent}:` : `${start}${name}:`);
    lead = '';
    if (!isCollection(item)) out.push(` ${inline(item, indent)}\n`);
    else {
      out.push('\n');
      writeCollection(out, item, Array.isArray(item) ? depth : depth + 1, '');
    }
  }
}

/** A scalar or an empty collection; `indent` is that of the line it stands on. */
function inline(value: Value, indent: string): string {
  switch (typeof value) {
    case 'string':
      return isBlock(value) ? literal(value, `${indent}  `) : quoteIfNeeded(value);
    case 'number':
      return Number.isFinite(value)
        ? String(value)
        : Number.isNaN(value)
          ? '.nan'
          : value > 0
            ? '.inf'
            : '-.inf';
    case 'boolean':
    case 'bigint':
      return String(value);
    case 'object':
      return value === null ? 'null' : Array.isArray(value) ? '[]' : '{}';
    default:
      throw new TypeError(`a ${typeof value} has no form in YAML`);
  }
}

/** True for a text that a literal block shows as it is. */
function isBlock(text: string): boolean {
  return (
    text.includes('\n') &&
    !/^[\s]/.test(text) &&
    // Carriage returns, other YAML 1.1 line breaks and unprintable characters need escapes; a line of blanks may get lost.
    !/[^\t\n\x20-\x7e\u00a0-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u.test(
      text,
    ) &&
    !/^[ \t]+$/m.test(text)
  );
}

function literal(text: string, indent: string): string {
  const body = text.replace(/\n+$/, '');
  const breaks = text.length - body.length;
  const lines = body.split('\n').map((line) => (line === '' ? '' : indent + line));
  const chomping = breaks === 0 ? '-' : breaks === 1 ? '' : '+';
  return `|${chomping}\n${lines.join('\n')}${'\n'.repeat(Math.max(breaks - 1, 0))}`;
}

function quoteIfNeeded(text: string): string {
  // The patterns take more stack than there is for a text of megabytes.
  if (text.length > MAX_PLAIN) return quote(text);
  return PLAIN.test(text) && !TAKEN.test(text) && !WORD.test(text) && resolvePlain(text) === text
    ? text
    : quote(text);
}

/** JSON's quoting, with the escapes YAML 1.1 wants for what JSON leaves bare and vice versa. */
function quote(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll(
    /[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
