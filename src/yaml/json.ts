import type { Value } from './build.ts';

/** Digits or exponents that JSON.parse would round or turn into Infinity, and `-0`, which the server reads as 0. */
const INEXACT = /\d{16}|\d[eE][-+]?\d{3}|[:,[]\s*-0\b|^-0\b/;

/**
 * The value of a JSON document by the engine's own parser, four times as fast as reading it as YAML. Undefined where the
 * text is not JSON, or holds something that JSON.parse reads otherwise than the API server: an integer beyond 2^53, two
 * equal keys in an object (worth a warning), a lone surrogate.
 */
export function parseJson(text: string): Value | undefined {
  const first = firstLetter(text);
  if ((first !== 123 && first !== 91) || INEXACT.test(text)) return undefined;
  let value: Value;
  try {
    value = JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
  return countKeys(value) === keysInText(text) ? value : undefined;
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
