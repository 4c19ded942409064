import { isMap, mapSize } from '../map.ts';
import { type CelError, Opaque, Optional, type Result, type Value } from '../value.ts';
import { unsupported } from './arithmetic.ts';

/** `size(x)`: code points of a string, bytes, elements of a list, entries of a map. */
export function size(value: Value): number | CelError {
  if (Array.isArray(value)) return value.length;
  if (typeof value === 'string') return codePoints(value);
  if (value instanceof Uint8Array) return value.length;
  if (isMap(value)) return mapSize(value);
  return unsupported('size', value);
}

/** What no text has that the JavaScript engine keeps at a byte for each character, so that it need not look at them. */
const beyondLatin1 = /[\u0100-\uffff]/;

/** The number of code points in a string. */
export function codePoints(text: string): number {
  let count = text.length;
  if (count > 8 && !beyondLatin1.test(text)) return count;
  for (let i = 0; i < text.length - 1; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0xd800 || unit > 0xdbff) continue;
    const next = text.charCodeAt(i + 1);
    if (next >= 0xdc00 && next <= 0xdfff) count--;
  }
  return count;
}

/** The texts counted last, each at a place that its length and some characters choose, their code points and a tenth of them. */
const texts: string[] = Array.from({ length: 512 }, () => '');
const counts = new Int32Array(texts.length);
const tenths = new Uint8Array(texts.length);
/** Longer texts are not kept. */
const longestKept = 256;

/**
 * The number of code points in a string, remembered for a while: a text is asked for by each prefix that it is compared
 * with and by each policy, and a label's key for each object.
 */
export function textSize(text: string): number {
  return text.length > longestKept ? codePoints(text) : counts[counted(text)]!;
}

/** The place of a text that is counted. */
function counted(text: string): number {
  const units = text.length;
  const place = units < 3 ? units : placeOf(text, units) & 511;
  if (texts[place] !== text) {
    texts[place] = text;
    counts[place] = codePoints(text);
    tenths[place] = tenth(counts[place]);
  }
  return place;
}

/** Rounded as cel-go rounds, which multiplies by a tenth. */
function tenth(size: number): number {
  return Math.ceil(size * 0.1);
}

/** Names of images and labels differ at their ends. */
function placeOf(text: string, units: number): number {
  return (
    units + 31 * text.charCodeAt(units - 1) + 67 * text.charCodeAt(units - 3) + text.charCodeAt(units >> 1)
  );
}

/** A tenth of the code points of a string, rounded up: what cel-go charges for reading it. */
export function readingCost(text: string): number {
  const units = text.length;
  if (units <= 10) return units > 0 ? 1 : 0;
  return units > longestKept ? tenth(codePoints(text)) : tenths[counted(text)]!;
}

/**
 * The size of a value as cel-go's cost tracker sees it: what has a size counts by it, an optional as what it holds,
 * everything else as 1. Source: cel-go `interpreter/runtimecost.go`, `actualSize`.
 */
export function costSize(value: Result): number {
  if (typeof value === 'string') return textSize(value);
  if (typeof value !== 'object' || value === null) return 1;
  if (Array.isArray(value)) return value.length;
  if (value instanceof Optional) return value.value === undefined ? 1 : costSize(value.value);
  if (value instanceof Opaque) return value.costSize();
  if (value instanceof Uint8Array) return value.length;
  return isMap(value) ? mapSize(value as Value) : 1;
}
