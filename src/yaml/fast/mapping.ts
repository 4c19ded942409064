import { define, duplicateReason } from '../build.ts';
import type { Value } from '../build.ts';
import type { Span } from '../problem.ts';
import { resolvePlain } from '../scalar.ts';
import { DUPLICATE_KEY, GIVE_UP } from './reading.ts';
import type { Reading } from './reading.ts';
import { quoted } from './scalar.ts';
import { keyAt } from './words.ts';

/** The key written in `[start, end)`, between the quotes where there are any. Keys that are no strings are refused. */
export function keyText(r: Reading, start: number, end: number, isQuoted: boolean): string {
  if (isQuoted) return quoted(r, start, end);
  const key = keyAt(r.text, start, end);
  if (resolvePlain(key) !== key || key === '<<') throw GIVE_UP;
  return key;
}

/** Places of an object's keys, the last of equal ones. */
export type Keys = Map<string, Span>;

/** Sets an entry whose key is written in `[start, end)`, over an earlier equal key, of which it warns. */
export function setEntry(
  r: Reading,
  into: Record<string, Value>,
  keys: Keys | undefined,
  key: string,
  value: Value,
  start: number,
  end: number,
): void {
  if (into[key] === undefined && keys === undefined) {
    into[key] = value;
    return;
  }
  if (Object.hasOwn(into, key)) {
    const first = keys?.get(key);
    if (first === undefined) throw DUPLICATE_KEY;
    r.warn({ start, end, severity: 'warning', reason: duplicateReason(key), related: [first] });
  }
  keys?.set(key, { start, end });
  define(into, key, value);
}
