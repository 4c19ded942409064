import type { Value } from '../build.ts';
import type { Path } from '../locate.ts';

/** What a document should become at a path. */
export type Change =
  /** The value there, written anew or added; parents that are not there are made. An index behind the last item appends. */
  | { readonly op: 'set'; readonly path: Path; readonly value: Value }
  /** The key or item gone. */
  | { readonly op: 'remove'; readonly path: Path };

/** Changes by the step that leads to them, so that a node is looked at once for all that happens below it. */
export interface ChangeTree {
  readonly path: Path;
  /** What happens to the node itself; then nothing below it counts. */
  change?: Change;
  readonly below: Map<string | number, ChangeTree>;
}

/** Sorts changes into a tree; a later one about the same place wins over an earlier one. */
export function treeOf(changes: readonly Change[]): ChangeTree {
  const root: ChangeTree = { path: [], below: new Map() };
  for (const change of changes) {
    let at = root;
    for (const [depth, step] of change.path.entries()) {
      let next = at.below.get(step);
      if (next === undefined) {
        next = { path: change.path.slice(0, depth + 1), below: new Map() };
        at.below.set(step, next);
      }
      at = next;
    }
    at.change = change;
    at.below.clear();
  }
  return root;
}

/** The value of a tree whose node is not there yet; undefined where it only removes. */
export function valueOf(tree: ChangeTree): Value | undefined {
  if (tree.change !== undefined) return tree.change.op === 'set' ? tree.change.value : undefined;
  const steps = [...tree.below];
  const values = steps.flatMap(([step, below]): [string | number, Value][] => {
    const value = valueOf(below);
    return value === undefined ? [] : [[step, value]];
  });
  if (values.length === 0) return undefined;
  if (values.every(([step]) => typeof step === 'number')) return values.map(([, value]) => value);
  return Object.fromEntries(values.map(([step, value]) => [String(step), value]));
}

/** The value that `value` becomes by the changes; undefined where they take it away. The input stays as it is. */
export function changedBy(value: Value, changes: readonly Change[]): Value | undefined {
  return changedValue(value, treeOf(changes));
}

/** The same for a tree of changes. */
export function changedValue(value: Value, tree: ChangeTree): Value | undefined {
  if (tree.change !== undefined) return tree.change.op === 'set' ? tree.change.value : undefined;
  if (tree.below.size === 0) return value;
  if (Array.isArray(value)) return changedList(value, tree);
  if (value === null || typeof value !== 'object') return valueOf(tree) ?? value;
  const entries = new Map(Object.entries(value));
  for (const [step, below] of tree.below) {
    const key = String(step);
    const known = entries.get(key);
    const changed = known === undefined ? valueOf(below) : changedValue(known, below);
    if (changed === undefined) entries.delete(key);
    else entries.set(key, changed);
  }
  return Object.fromEntries(entries);
}

function changedList(list: readonly Value[], tree: ChangeTree): Value {
  const items: (Value | undefined)[] = [...list];
  for (const [step, below] of [...tree.below].sort(([a], [b]) => Number(a) - Number(b))) {
    const index = Number(step);
    if (index < list.length) items[index] = changedValue(list[index]!, below);
    else items.push(valueOf(below));
  }
  return items.filter((item) => item !== undefined);
}
