import type { Overload } from '../library.ts';
import { overload } from '../signature.ts';

/** Functions that only expansions of macros call; back ends run the macros themselves and never get here. */
function neverCalled(): never {
  throw new Error('an expansion of a macro was evaluated');
}

/** The element types by which `sortBy` can order; cel-go's `ext/lists.go`, comparableTypes. */
const sortable = 'int uint double bool duration timestamp string bytes'.split(' ');

const declared: readonly Overload[] = [
  overload('not_strictly_false', 'function @not_strictly_false(bool) -> bool', neverCalled),
  overload('@mapInsert_key_value', 'function cel.@mapInsert(map(K, V), K, V) -> map(K, V)', neverCalled),
  overload('@mapInsert_map', 'function cel.@mapInsert(map(K, V), map(K, V)) -> map(K, V)', neverCalled),
  ...sortable.map((type) =>
    overload(
      `list_${type}_sortByAssociatedKeys`,
      `list(T).@sortByAssociatedKeys(list(${type})) -> list(T)`,
      neverCalled,
    ),
  ),
];

/** The overloads of the functions that expansions of macros call, by name. */
export const internalFunctions: ReadonlyMap<string, readonly Overload[]> = new Map(
  declared.map(({ name }) => [name, declared.filter((other) => other.name === name)]),
);
