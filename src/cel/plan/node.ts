import type { CallCost, Implementation, Overload } from '../library.ts';
import type { MacroName } from '../syntax/ast.ts';
import type { Type } from '../type.ts';
import type { Value } from '../value.ts';

/**
 * The intermediate form: what every back end (closures, explain, generated JavaScript) starts from.
 *
 * Made once from the checked tree: names are slots, calls carry their implementation, what cel-go folds while planning
 * is folded, macros stay whole. Every node knows its place, its static type and what cel-go's cost tracker charges
 * for it, so that no back end needs the syntax tree again.
 */
export interface Plan {
  readonly root: PlanNode;
  /** The variables the expression reads from its activation, each with its slot. */
  readonly globals: readonly { readonly name: string; readonly slot: number }[];
  /** How many slots a frame needs: globals and the variables of macros. */
  readonly slots: number;
  /** How many nodes there are; their ids count from 0. */
  readonly nodes: number;
}

/** What every node has. */
export interface PlanBase {
  readonly id: number;
  /** Offset of the node's operator, where an error in it is reported; UTF-16 units into the expression. */
  readonly at: number;
  readonly start: number;
  readonly end: number;
  readonly type: Type;
}

/** A literal, or what folds to a constant (`[1, 2]`, `dyn(1)`, a type's name); costs nothing. */
export interface ConstantNode extends PlanBase {
  readonly kind: 'constant';
  readonly value: Value;
}

/** A variable of the activation or of an enclosing macro. */
export interface VariableNode extends PlanBase {
  readonly kind: 'variable';
  readonly name: string;
  readonly slot: number;
  readonly local: boolean;
  /** 1, or 0 where cel-go resolves it as part of a larger attribute (a branch, an index, inside `has`). */
  charge: number;
  /**
   * The slot of what the first reading of an `optMap` variable costs on top, 0 after that: cel-go evaluates the optional
   * once more there. Undefined for all other variables.
   */
  readonly due: number | undefined;
}

/** `operand.field`, `operand.?field`, `has(operand.field)`. */
export interface SelectNode extends PlanBase {
  readonly kind: 'select';
  readonly operand: PlanNode;
  readonly field: string;
  readonly optional: boolean;
  readonly test: boolean;
  /** 1 where this is the first step on a value that is no attribute itself (a call, a list), which cel-go charges. */
  charge: number;
}

/** `operand[key]`, `operand[?key]`. */
export interface IndexNode extends PlanBase {
  readonly kind: 'index';
  readonly operand: PlanNode;
  readonly key: PlanNode;
  readonly optional: boolean;
  /** As in a selection. */
  charge: number;
}

/** A function, method or strict operator; the target is the first argument. */
export interface CallNode extends PlanBase {
  readonly kind: 'call';
  readonly function: string;
  /** The overload, where the checker found exactly one. */
  readonly overload: string | undefined;
  readonly args: readonly PlanNode[];
  /** Takes arguments of any type and yields a value or an error without an offset. */
  readonly invoke: Implementation;
  /** The type of what `invoke` yields, where its only overload tells; unlike the static type it holds at run time. */
  readonly yields: Type | undefined;
  /** Undefined stands for the default of 1. */
  readonly cost: CallCost | undefined;
  /** Whether cel-go stops at the first argument that fails, and then charges nothing for the call. */
  readonly stepwise: boolean;
}

/** `left && right`, `left || right`. */
export interface LogicalNode extends PlanBase {
  readonly kind: 'logical';
  readonly operator: '&&' | '||';
  readonly left: PlanNode;
  readonly right: PlanNode;
}

/** `condition ? whenTrue : whenFalse`. */
export interface ConditionalNode extends PlanBase {
  readonly kind: 'conditional';
  readonly condition: PlanNode;
  readonly whenTrue: PlanNode;
  readonly whenFalse: PlanNode;
}

/** `element in ['a', 'b']`: a test against constants, which cel-go does not charge. */
export interface MembershipNode extends PlanBase {
  readonly kind: 'membership';
  readonly element: PlanNode;
  readonly values: readonly Value[];
}

/** `left.or(right)`, and with `unwrap` `left.orValue(right)`; the right side is evaluated only where needed. */
export interface OrElseNode extends PlanBase {
  readonly kind: 'or-else';
  readonly left: PlanNode;
  readonly right: PlanNode;
  readonly unwrap: boolean;
}

/** `[a, ?b]`. */
export interface ListNode extends PlanBase {
  readonly kind: 'list';
  readonly elements: readonly { readonly value: PlanNode; readonly optional: boolean }[];
}

/** `{k: v, ?k: v}`. */
export interface MapNode extends PlanBase {
  readonly kind: 'map';
  readonly entries: readonly {
    readonly key: PlanNode;
    readonly value: PlanNode;
    readonly optional: boolean;
  }[];
}

/** `Type{field: v, ?field: v}`. */
export interface StructNode extends PlanBase {
  readonly kind: 'struct';
  readonly typeName: string;
  readonly fields: readonly { readonly name: string; readonly value: PlanNode; readonly optional: boolean }[];
}

/** A macro over a range; `slots` holds the slot of each of its variables, `due` is that of the variable node. */
export interface MacroNode extends PlanBase {
  readonly kind: 'macro';
  readonly name: MacroName;
  readonly range: PlanNode;
  readonly variables: readonly string[];
  readonly slots: readonly number[];
  readonly due: number | undefined;
  readonly filter: PlanNode | undefined;
  readonly body: PlanNode;
}

/** A node of the intermediate form: one operation whose overloads and charges are settled. */
export type PlanNode =
  | ConstantNode
  | VariableNode
  | SelectNode
  | IndexNode
  | CallNode
  | LogicalNode
  | ConditionalNode
  | MembershipNode
  | OrElseNode
  | ListNode
  | MapNode
  | StructNode
  | MacroNode;

/** What the plan needs to know of the environment: a function's overloads in order of declaration. */
export interface Functions {
  overloads(name: string): readonly Overload[] | undefined;
}
