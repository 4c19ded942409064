import type { CallCost } from '../library.ts';
import { isMap, mapEntries } from '../map.ts';
import { costSize } from '../standard/size.ts';
import type { Value } from '../value.ts';

/** Reading a character of a string costs a tenth. Source: cel-go `common/cost.go`, StringTraversalCostFactor. */
const perCharacter = 0.1;

/** One unit, whatever the arguments. */
export const unitCost: CallCost = () => 1;

/** Reading the first argument once: a tenth of its characters, rounded up. */
export const readCost: CallCost = ([text]) => Math.ceil(costSize(text!) * perCharacter);

/** Reading the first argument and writing a result of its size. */
export const rewriteCost: CallCost = ([text]) => Math.ceil(costSize(text!) * 2 * perCharacter);

/** Reading and writing what the call returns. */
export const resultCost: CallCost = (_args, result) => Math.ceil(costSize(result) * 2 * perCharacter);

/**
 * Walking through the first argument as a tree: one unit per scalar, a tenth per byte of a string.
 * Source: k8s.io/apiserver `pkg/cel/library/cost.go`, traversalCost.
 */
export const walkCost: CallCost = ([value]) => walk(value!);

function walk(value: Value): number {
  if (typeof value === 'string') return Math.trunc(utf8Length(value) * perCharacter);
  if (value instanceof Uint8Array) return Math.trunc(value.length * perCharacter);
  if (Array.isArray(value)) return value.reduce((sum: number, element: Value) => sum + walk(element), 0);
  if (isMap(value)) return mapEntries(value).reduce((sum, [key, item]) => sum + walk(key) + walk(item), 0);
  return 1;
}

/** Matching the first argument against a pattern of that length. */
export function matchCost(text: Value, patternLength: number): number {
  return Math.ceil((1 + costSize(text)) * perCharacter) * Math.ceil(patternLength * 0.25);
}

/** A call that allocates a list: cel-go `ext/lists.go`, trackAllocatingListCall. */
export function listCost(factor: number, size: number): number {
  return Math.trunc(size * factor) + 11;
}

/** The bytes of a string in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    // Either half of a surrogate pair stands for two of its four bytes.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return bytes;
}
