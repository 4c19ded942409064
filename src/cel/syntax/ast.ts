import type { Type } from '../type.ts';
import type { Value } from '../value.ts';

/**
 * One node of the syntax tree.
 *
 * `start` and `end` are UTF-16 offsets into the expression's text; `at` is the offset cel-go would report an error at
 * (for a call the operator or the opening parenthesis, for a selection the dot). The checker fills `type` and, on calls,
 * `overloads`; on an identifier or selection that names a declaration or constant it fills `resolved`.
 */
export interface Node {
  readonly start: number;
  readonly end: number;
  readonly at: number;
  type?: Type;
}

/** `null`, `true`, `1`, `1u`, `1.0`, `'a'`, `b'a'`. */
export interface Literal extends Node {
  readonly kind: 'literal';
  readonly value: Value;
}

/** `x`, `.x` (absolute). */
export interface Identifier extends Node {
  readonly kind: 'identifier';
  readonly name: string;
  /** The full name of the declaration meant, or its value when it is a constant such as a type's name. */
  resolved?: { readonly name: string; readonly value?: Value };
}

/** `operand.field`; with `test` the macro `has(operand.field)`; with `optional` `operand.?field`. */
export interface Select extends Node {
  readonly kind: 'select';
  readonly operand: Expr;
  readonly field: string;
  readonly test: boolean;
  readonly optional: boolean;
  /** Set when the whole chain is one qualified name (`google.protobuf.Timestamp`). */
  resolved?: { readonly name: string; readonly value?: Value };
}

/**
 * A function call, a method call (with `target`) or an operator.
 *
 * Operators have cel-go's names: `_&&_ _||_ !_ -_ _+_ _-_ _*_ _/_ _%_ _==_ _!=_ _<_ _<=_ _>_ _>=_ @in _?_:_ _[_] _[?_]`.
 */
export interface Call extends Node {
  readonly kind: 'call';
  /** The checker turns `optional.of(x)` into function `optional.of` without target. */
  function: string;
  target: Expr | undefined;
  readonly args: readonly Expr[];
  /** Ids of the overloads that may apply, filled by the checker. */
  overloads?: readonly string[];
}

/** `[a, ?b]`; `optional` holds the indexes of the elements written with `?`. */
export interface ListLiteral extends Node {
  readonly kind: 'list';
  readonly elements: readonly Expr[];
  readonly optional: readonly number[];
}

/** `{k: v, ?k: v}`. */
export interface MapLiteral extends Node {
  readonly kind: 'map';
  readonly entries: readonly MapEntry[];
}

/** An entry of a map literal; with `?` it is left out where its value is an empty optional. */
export interface MapEntry {
  readonly at: number;
  readonly key: Expr;
  readonly value: Expr;
  readonly optional: boolean;
}

/** `Type{field: v, ?field: v}`. */
export interface StructLiteral extends Node {
  readonly kind: 'struct';
  typeName: string;
  readonly fields: readonly StructLiteralField[];
}

/** A field of a struct literal; `?` means the same there. */
export interface StructLiteralField {
  readonly at: number;
  readonly name: string;
  readonly value: Expr;
  readonly optional: boolean;
}

/** The macros that stay nodes; `has` is a `Select` with `test`. */
export type MacroName =
  | 'all'
  | 'exists'
  | 'exists_one'
  | 'filter'
  | 'map'
  | 'optFlatMap'
  | 'optMap'
  | 'sortBy'
  | 'transformList'
  | 'transformMap'
  | 'transformMapEntry';

/**
 * A macro over the elements of a range: `range.all(x, p)`, `range.exists(k, v, p)`, `o.optMap(x, e)`.
 *
 * `variables` holds one name, or two for the two-variable forms. `filter` is the middle argument of the forms that have
 * one (`map(x, p, t)`); `body` is the last. cel-go expands these to comprehensions; we keep them whole so that every
 * back end can run a plain loop, and print the expansion only where a test or a cost needs it.
 */
export interface Macro extends Node {
  readonly kind: 'macro';
  readonly name: MacroName;
  readonly range: Expr;
  readonly variables: readonly string[];
  readonly filter: Expr | undefined;
  readonly body: Expr;
}

/** A node of the syntax tree, macros not yet expanded. */
export type Expr = Literal | Identifier | Select | Call | ListLiteral | MapLiteral | StructLiteral | Macro;
