import type { Value } from './build.ts';
import { resolvePlain } from './scalar.ts';

/** Digits or exponents that JSON.parse would round or turn into Infinity, and `-0`, which the server reads as 0. */
const INEXACT = /\d{16}|\d[eE][-+]?\d{3}|[:,[]\s*-0\b|^-0\b/;

/**
 * The value of a JSON document by the engine's own parser, four times as fast as reading it as YAML. Undefined where the
 * text is not JSON, or holds what JSON.parse reads otherwise than the API server: two equal keys in an object (worth a
 * warning), a number beyond a double.
 */
export function parseJson(text: string): Value | undefined {
  const first = firstLetter(text);
  if (first !== 123 && first !== 91) return undefined;
  const inexact = INEXACT.test(text);
  if (inexact && !HAS_SOURCE) return undefined;
  let value: Value;
  let isLossy = false;
  const exact = (_key: string, item: unknown, context?: { source?: string }): unknown => {
    if (typeof item !== 'number') return item;
    if (Number.isSafeInteger(item)) return item === 0 ? 0 : item;
    const number = resolvePlain(context?.source ?? '');
    isLossy ||= typeof number !== 'number' && typeof number !== 'bigint';
    return number;
  };
  try {
    value = JSON.parse(
      text,
      inexact ? (exact as (key: string, item: unknown) => unknown) : undefined,
    ) as Value;
  } catch {
    return undefined;
  }
  return !isLossy && countKeys(value) === keysInText(text) ? value : undefined;
}

/** True where JSON.parse tells its reviver how a number was written (Node 22 and later). */
const HAS_SOURCE = hasSource();

function hasSource(): boolean {
  let seen = false;
  const look = (_key: string, item: unknown, context?: { source?: string }): unknown => {
    seen = context?.source === '1';
    return item;
  };
  JSON.parse('1', look as (key: string, item: unknown) => unknown);
  return seen;
}

/** True where the text is JSON, so that JSON's escapes are right even when the YAML reader has to read it. */
export function isJson(text: string): boolean {
  const first = firstLetter(text);
  if (first !== 123 && first !== 91) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function firstLetter(text: string): number {
  let i = 0;
  while (i < text.length && ' \t\r\n\ufeff'.includes(text.charAt(i))) i++;
  return text.charCodeAt(i);
}

function countKeys(value: Value): number {
  let count = 0;
  const open: Value[] = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === null || typeof next !== 'object') continue;
    if (Array.isArray(next)) {
      for (const item of next) if (item !== null && typeof item === 'object') open.push(item);
      continue;
    }
    for (const key in next) {
      count++;
      const item = next[key]!;
      if (item !== null && typeof item === 'object') open.push(item);
    }
  }
  return count;
}

/** Counts strings that stand before a colon; the text is known to be JSON. */
function keysInText(text: string): number {
  let count = 0;
  for (let i = text.indexOf('"'); i !== -1; i = text.indexOf('"', i + 1)) {
    i = text.indexOf('"', i + 1);
    while (isEscaped(text, i)) i = text.indexOf('"', i + 1);
    let after = i + 1;
    while (text.charCodeAt(after) <= 32) after++;
    if (text.charCodeAt(after) === 58) count++;
  }
  return count;
}

function isEscaped(text: string, quote: number): boolean {
  let slashes = 0;
  while (text.charCodeAt(quote - 1 - slashes) === 92) slashes++;
  return slashes % 2 === 1;
}
