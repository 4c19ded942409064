import type { Value } from '../build.ts';
import type { Path } from '../locate.ts';
import { type Change, type ChangeTree, treeOf, valueOf } from './change.ts';

/**
 * Changes that are made one after the other, each batch to what the batches before it left, as one batch of changes to
 * `value`: an index counts in `value` again, what was added behind a list follows the last item in the order in which it
 * came, and a change of something that an earlier batch added becomes part of that addition.
 */
export function composed(value: Value, batches: readonly (readonly Change[])[]): Change[] {
  const root = kept(value, undefined);
  for (const batch of batches) change(root, treeOf(batch));
  return [...changesOf(root, [])];
}

/** A value on its way through the batches. */
interface Shadow {
  /** Its step in the parent as the parent was at first; undefined for what a batch added. */
  readonly from: string | number | undefined;
  /** As it was at first or was last set; what is below counts instead where it has been looked into. */
  value: Value | undefined;
  /** Whether a batch has put it there: then it is written as a whole. */
  isNew: boolean;
  items: (Shadow | undefined)[] | undefined;
  entries: Map<string, Shadow> | undefined;
}

function kept(value: Value, from: string | number | undefined): Shadow {
  return { from, value, isNew: false, items: undefined, entries: undefined };
}

function added(value: Value): Shadow {
  return { ...kept(value, undefined), isNew: true };
}

/** Applies a batch; mirrors `changedValue`, which says what a tree of changes means. */
function change(shadow: Shadow, tree: ChangeTree): void {
  if (tree.change !== undefined) {
    shadow.value = tree.change.op === 'set' ? tree.change.value : undefined;
    shadow.isNew = true;
    shadow.items = shadow.entries = undefined;
    return;
  }
  if (tree.below.size === 0) return;
  const { value } = shadow;
  if (Array.isArray(value)) return changeItems(shadow, value, tree);
  if (value === null || typeof value !== 'object') {
    const made = valueOf(tree);
    if (made === undefined) return;
    shadow.value = made;
    shadow.isNew = true;
    return;
  }
  shadow.entries ??= new Map(Object.entries(value).map(([key, item]) => [key, kept(item, key)]));
  for (const [step, below] of tree.below) {
    const key = String(step);
    const known = shadow.entries.get(key);
    if (known !== undefined) {
      change(known, below);
      if (known.value === undefined) shadow.entries.delete(key);
      continue;
    }
    const made = valueOf(below);
    // A key that was there at first, went and came back is written over, not beside itself.
    if (made !== undefined) shadow.entries.set(key, { ...added(made), from: fromAtFirst(value, key) });
  }
}

function fromAtFirst(value: object, key: string): string | undefined {
  return Object.hasOwn(value, key) ? key : undefined;
}

function changeItems(shadow: Shadow, value: readonly Value[], tree: ChangeTree): void {
  const items = (shadow.items ??= value.map((item, i) => kept(item, i)));
  const { length } = items;
  for (const [step, below] of [...tree.below].sort(([a], [b]) => Number(a) - Number(b))) {
    const known = items[Number(step)];
    if (Number(step) < length && known !== undefined) change(known, below);
    else {
      const made = valueOf(below);
      if (made !== undefined) items.push(added(made));
    }
  }
  shadow.items = items.filter((item) => item?.value !== undefined);
}

/** The value that a shadow stands for now. */
function valueNow({ value, items, entries }: Shadow): Value {
  if (items !== undefined) return items.map((item) => valueNow(item!));
  if (entries === undefined) return value!;
  return Object.fromEntries([...entries].map(([key, item]) => [key, valueNow(item)]));
}

function* changesOf(shadow: Shadow, path: Path): Generator<Change> {
  if (shadow.isNew) {
    yield shadow.value === undefined ? { op: 'remove', path } : { op: 'set', path, value: valueNow(shadow) };
    return;
  }
  if (shadow.items !== undefined) {
    const first = shadow.value as readonly Value[];
    const left = new Set(shadow.items.map((item) => item!.from));
    for (const i of first.keys()) if (!left.has(i)) yield { op: 'remove', path: [...path, i] };
    let end = first.length;
    for (const item of shadow.items) yield* changesOf(item!, [...path, item!.from ?? end++]);
  }
  if (shadow.entries === undefined) return;
  for (const key of Object.keys(shadow.value as object)) {
    if (!shadow.entries.has(key)) yield { op: 'remove', path: [...path, key] };
  }
  for (const [key, item] of shadow.entries) yield* changesOf(item, [...path, key]);
}
