import type { Call, Expr, Identifier, ListLiteral, Literal, Macro, MapLiteral, Node } from './ast.ts';

/**
 * A comprehension as cel-go has it after macro expansion: fold `step` over the elements of `range` while `condition`
 * holds, then `result`.
 */
export interface Comprehension extends Node {
  readonly kind: 'comprehension';
  readonly range: ExpandedExpr;
  readonly variables: readonly string[];
  readonly accumulator: string;
  readonly initial: ExpandedExpr;
  readonly condition: ExpandedExpr;
  readonly step: ExpandedExpr;
  readonly result: ExpandedExpr;
}

/** A tree in which comprehensions may stand where `Expr` has macros. */
export type ExpandedExpr = Expr | Comprehension;

/** The accumulator's name in cel-go, which no expression can write. */
const accumulator = '@result';
/** The iteration variable of comprehensions that bind a name and never iterate. */
const unused = '#unused';

/**
 * Expands one macro as cel-go does; its own operands (range, filter, body) are shared, not copied, and not expanded.
 *
 * Every node made here reports errors where the macro's opening parenthesis is.
 * Source: cel-go `parser/macro.go`, `ext/comprehensions.go`, `ext/lists.go` (sortBy), `cel/library.go` (optMap).
 */
export function expand(macro: Macro): ExpandedExpr {
  return new Expansion(macro).run();
}

class Expansion {
  readonly #macro: Macro;
  constructor(macro: Macro) {
    this.#macro = macro;
  }

  run(): ExpandedExpr {
    const { name, body } = this.#macro;
    switch (name) {
      case 'all': {
        const condition = this.#call('@not_strictly_false', this.#accumulated());
        return this.#fold(this.#literal(true), condition, this.#call('_&&_', this.#accumulated(), body));
      }
      case 'exists': {
        const condition = this.#call('@not_strictly_false', this.#call('!_', this.#accumulated()));
        return this.#fold(this.#literal(false), condition, this.#call('_||_', this.#accumulated(), body));
      }
      case 'exists_one':
        return this.#existsOne();
      case 'filter':
        return this.#collect(this.#identifier(this.#macro.variables[0]!), body);
      case 'map':
      case 'transformList':
        return this.#collect(body, this.#macro.filter);
      case 'transformMap':
        return this.#insert(this.#identifier(this.#macro.variables[0]!), body);
      case 'transformMapEntry':
        return this.#insert(body);
      case 'optMap':
        return this.#whenPresent(this.#call('optional.of', this.#bind()));
      case 'optFlatMap':
        return this.#whenPresent(this.#bind());
      case 'sortBy':
        return this.#sortBy();
    }
  }

  #existsOne(): Comprehension {
    const increment = this.#call('_+_', this.#accumulated(), this.#literal(1));
    const step = this.#call('_?_:_', this.#macro.body, increment, this.#accumulated());
    const result = this.#call('_==_', this.#accumulated(), this.#literal(1));
    return this.#fold(this.#literal(0), this.#literal(true), step, result);
  }

  #collect(element: Expr, filter: Expr | undefined): Comprehension {
    const append = this.#call('_+_', this.#accumulated(), this.#list(element));
    return this.#fold(this.#list(), this.#literal(true), this.#filtered(append, filter));
  }

  #insert(...entry: Expr[]): Comprehension {
    const insert = this.#call('cel.@mapInsert', this.#accumulated(), ...entry);
    return this.#fold(this.#emptyMap(), this.#literal(true), this.#filtered(insert, this.#macro.filter));
  }

  #filtered(step: Expr, filter: Expr | undefined): Expr {
    return filter === undefined ? step : this.#call('_?_:_', filter, step, this.#accumulated());
  }

  #whenPresent(mapped: ExpandedExpr): Call {
    const present = this.#method(this.#macro.range, 'hasValue');
    return this.#call('_?_:_', present, mapped, this.#call('optional.none'));
  }

  /** The body with the variable bound to the optional's value. */
  #bind(): Comprehension {
    const variable = this.#macro.variables[0]!;
    const value = this.#method(this.#macro.range, 'value');
    return this.#binding(variable, value, this.#macro.body);
  }

  #sortBy(): Comprehension {
    const input = '@__sortBy_input__';
    const keys: Comprehension = {
      ...this.#collect(this.#macro.body, undefined),
      range: this.#identifier(input),
    };
    const sorted = this.#method(this.#identifier(input), '@sortByAssociatedKeys', keys);
    return this.#binding(input, this.#macro.range, sorted);
  }

  #binding(variable: string, value: Expr, body: Expr): Comprehension {
    return {
      ...this.#place(),
      kind: 'comprehension',
      range: this.#list(),
      variables: [unused],
      accumulator: variable,
      initial: value,
      condition: this.#literal(false),
      step: this.#identifier(variable),
      result: body,
    };
  }

  #fold(initial: Expr, condition: Expr, step: Expr, result?: Expr): Comprehension {
    return {
      ...this.#place(),
      kind: 'comprehension',
      range: this.#macro.range,
      variables: this.#macro.variables,
      accumulator,
      initial,
      condition,
      step,
      result: result ?? this.#accumulated(),
    };
  }

  #accumulated(): Identifier {
    return this.#identifier(accumulator);
  }

  #identifier(name: string): Identifier {
    return { ...this.#place(), kind: 'identifier', name };
  }

  #literal(value: boolean | number): Literal {
    return { ...this.#place(), kind: 'literal', value };
  }

  #list(...elements: Expr[]): ListLiteral {
    return { ...this.#place(), kind: 'list', elements, optional: [] };
  }

  #emptyMap(): MapLiteral {
    return { ...this.#place(), kind: 'map', entries: [] };
  }

  #call(name: string, ...args: ExpandedExpr[]): Call {
    return {
      ...this.#place(),
      kind: 'call',
      function: name,
      target: undefined,
      args: args as readonly ExpandedExpr[] as readonly Expr[], // readers of expansions know comprehensions
    };
  }

  #method(target: Expr, name: string, ...args: ExpandedExpr[]): Call {
    return { ...this.#call(name, ...args), target };
  }

  #place(): { start: number; end: number; at: number } {
    return { start: this.#macro.start, end: this.#macro.end, at: this.#macro.at };
  }
}
