import type { Library } from '../library.ts';
import { refuseLongText } from '../limit.ts';
import { overload } from '../signature.ts';
import { CelError, type Value } from '../value.ts';
import { readCost, resultCost, rewriteCost, walkCost } from './call-cost.ts';
import { format } from './format.ts';
import { goText } from './go-text.ts';
import { quote } from './quote.ts';

/** A CEL int as an argument. */
type Int = number | bigint;

/** A string by code points: itself where every code point is one UTF-16 unit, else an array. */
type Characters = string | string[];

const surrogate = /[\ud800-\udfff]/;

function characters(text: string): Characters {
  return surrogate.test(text) ? Array.from(text) : text;
}

function slice(text: Characters, start: number, end?: number): string {
  return typeof text === 'string' ? text.slice(start, end) : text.slice(start, end).join('');
}

const outOfRange = (index: Int) => new CelError(`index out of range: ${index}`);

function charAt(text: string, index: Int): string | CelError {
  const all = characters(text);
  const at = Number(index);
  return at < 0 || at > all.length ? outOfRange(index) : (all[at] ?? '');
}

function indexOf(text: string, part: string, offset: Int = 0): Int | CelError {
  // An empty part is found wherever one looks, even outside the text.
  if (part === '') return offset;
  if (offset < 0) return outOfRange(offset);
  const all = characters(text);
  const from = Number(offset);
  if (typeof all === 'string') return all.indexOf(part, from);
  const parts = Array.from(part);
  for (let i = from; i <= all.length - parts.length; i++) if (startsAt(all, parts, i)) return i;
  return -1;
}

function lastIndexOf(text: string, part: string, offset?: Int): Int | CelError {
  const all = characters(text);
  if (part === '') return offset ?? all.length;
  if (offset === undefined) return lastFrom(all, part, all.length - 1);
  return offset < 0 ? outOfRange(offset) : lastFrom(all, part, Number(offset));
}

function lastFrom(all: Characters, part: string, offset: number): number {
  if (offset < 0 || offset >= all.length) return -1;
  if (typeof all === 'string') return all.lastIndexOf(part, offset);
  const parts = Array.from(part);
  for (let i = Math.min(offset, all.length - parts.length); i >= 0; i--) {
    if (startsAt(all, parts, i)) return i;
  }
  return -1;
}

function startsAt(all: readonly string[], part: readonly string[], at: number): boolean {
  for (let i = 0; i < part.length; i++) if (all[at + i] !== part[i]) return false;
  return true;
}

const notAscii = /[^\0-\x7f]/;

function lowerAscii(text: string): string {
  if (!/[A-Z]/.test(text)) return text;
  if (!notAscii.test(text)) return text.toLowerCase();
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function upperAscii(text: string): string {
  if (!/[a-z]/.test(text)) return text;
  if (!notAscii.test(text)) return text.toUpperCase();
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

function replace(text: string, old: string, replacement: string, limit: Int = -1): string {
  const longest = text.length + (text.length / Math.max(1, old.length) + 1) * replacement.length;
  if (longest > 1_000_000)
    refuseLongText(text.length + (text.split(old).length - 1) * (replacement.length - old.length));
  if (limit < 0 && old !== '') return text.replaceAll(old, () => replacement);
  const most = limit < 0 ? Infinity : Number(limit);
  return old === '' ? interleave(text, replacement, most) : split(text, old, most + 1).join(replacement);
}

/** Go's replacement of nothing: before the first `limit` code points, and after the last. */
function interleave(text: string, inserted: string, limit: number): string {
  const all = Array.from(text);
  const written = all.map((character, i) => (i < limit ? inserted + character : character)).join('');
  return all.length < limit ? written + inserted : written;
}

/** Go's `strings.SplitN`: at most `limit` pieces, the last one unsplit; all of them where it is negative. */
function split(text: string, separator: string, limit: Int = -1): string[] {
  const most = limit < 0 ? Infinity : Number(limit);
  if (most === 0) return [];
  const pieces = separator === '' ? Array.from(text) : text.split(separator);
  if (pieces.length <= most) return pieces;
  return [...pieces.slice(0, most - 1), pieces.slice(most - 1).join(separator)];
}

function substring(text: string, start: Int, end?: Int): string | CelError {
  const all = characters(text);
  if (end !== undefined && start > end) {
    return new CelError(`invalid substring range. start: ${start}, end: ${end}`);
  }
  if (start < 0 || start > all.length) return outOfRange(start);
  if (end !== undefined && end > all.length) return outOfRange(end);
  return slice(all, Number(start), end === undefined ? undefined : Number(end));
}

/** Unicode's White_Space, which is neither what JavaScript's `trim` nor its `\s` takes. */
const space = '[\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const leadingSpace = new RegExp(`^${space}+`);
const isSpace = new RegExp(space);

function trim(text: string): string {
  // A pattern anchored at the end would try every run of spaces inside.
  let end = text.length;
  while (end > 0 && isSpace.test(text[end - 1]!)) end--;
  return text.slice(0, end).replace(leadingSpace, '');
}

function join(list: readonly Value[], separator = ''): string | CelError {
  let length = separator.length * list.length;
  for (const element of list) {
    if (typeof element !== 'string') return new CelError(`join: invalid input: ${goText(element)}`);
    length += element.length;
  }
  refuseLongText(length);
  return list.join(separator);
}

/** cel-go's string functions, version 2. Positions count code points. Source: cel-go `ext/strings.go`. */
export const stringsV2: Library = {
  name: 'cel.lib.ext.strings',
  overloads: [
    overload('string_char_at_int', 'string.charAt(int) -> string', charAt),
    overload('string_index_of_string', 'string.indexOf(string) -> int', indexOf, walkCost),
    overload('string_index_of_string_int', 'string.indexOf(string, int) -> int', indexOf, walkCost),
    overload('string_last_index_of_string', 'string.lastIndexOf(string) -> int', lastIndexOf, walkCost),
    overload(
      'string_last_index_of_string_int',
      'string.lastIndexOf(string, int) -> int',
      lastIndexOf,
      walkCost,
    ),
    overload('string_lower_ascii', 'string.lowerAscii() -> string', lowerAscii, readCost),
    overload(
      'string_replace_string_string',
      'string.replace(string, string) -> string',
      replace,
      rewriteCost,
    ),
    overload(
      'string_replace_string_string_int',
      'string.replace(string, string, int) -> string',
      replace,
      rewriteCost,
    ),
    overload('string_split_string', 'string.split(string) -> list(string)', split, rewriteCost),
    overload('string_split_string_int', 'string.split(string, int) -> list(string)', split, rewriteCost),
    overload('string_substring_int', 'string.substring(int) -> string', substring, readCost),
    overload('string_substring_int_int', 'string.substring(int, int) -> string', substring, readCost),
    overload('string_trim', 'string.trim() -> string', trim, readCost),
    overload('string_upper_ascii', 'string.upperAscii() -> string', upperAscii, readCost),
    overload('list_join', 'list(string).join() -> string', join, resultCost),
    overload('list_join_string', 'list(string).join(string) -> string', join, resultCost),
    overload('string_format', 'string.format(list(dyn)) -> string', format, readCost),
    overload('strings_quote', 'function strings.quote(string) -> string', quote, readCost),
  ],
};
