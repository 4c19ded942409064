import { goQuote } from '../../cel/go-quote.ts';
import { isPatchObject, type PatchValue } from './go-value.ts';
import type { ListShape } from './shape.ts';

/** What tells an item of a set or map list apart: as it stands in paths, `[name="a"]`, `[="b"]`. */
export type ItemKey = string;

/**
 * The key of an item, or why it has none. A key field that is not there counts as its default; where that has none either,
 * the item is told apart by its other key fields.
 *
 * Source: structured-merge-diff `typed/helpers.go`, `listItemToPathElement`; `fieldpath/element.go`.
 */
export function itemKey(list: ListShape, item: PatchValue): { key: ItemKey } | { problem: string } {
  return list.merge === 'map' ? keyedItem(list, item) : setItem(item);
}

function keyedItem({ keys }: ListShape, item: PatchValue): { key: ItemKey } | { problem: string } {
  if (item === null) return { problem: 'associative list with keys may not have a null element' };
  if (!isPatchObject(item)) return { problem: 'associative list with keys may not have non-map elements' };
  const parts: string[] = [];
  for (const { name, default: assumed } of keys) {
    const value = Object.hasOwn(item, name) ? item[name] : (assumed as PatchValue | undefined);
    if (value !== undefined) parts.push(`${name}=${valueText(value)}`);
  }
  if (parts.length > 0) return { key: `[${parts.toSorted().join(',')}]` };
  const names = keys.map(({ name }) => goQuote(name)).join(' ');
  return {
    problem: `associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`,
  };
}

function setItem(item: PatchValue): { key: ItemKey } | { problem: string } {
  if (isPatchObject(item))
    return { problem: "associative list without keys has an element that's a map type" };
  if (Array.isArray(item)) return { problem: 'not supported: associative list with lists as elements' };
  if (item === null)
    return { problem: "associative list without keys has an element that's an explicit null" };
  return { key: `[=${valueText(item)}]` };
}

/** Source: structured-merge-diff `value/value.go`, `ToString`. */
function valueText(value: PatchValue): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return goQuote(value);
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${value.map(valueText).join(',')}]`;
  if (!isPatchObject(value)) return '{{undefined}}';
  return Object.entries(value)
    .map(([name, part]) => `${name}=${valueText(part)}`)
    .join('');
}
