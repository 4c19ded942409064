import type { Issue } from '../issue.ts';
import type { Overload } from '../library.ts';
import { mapFrom } from '../map.ts';
import type {
  Call,
  Expr,
  Identifier,
  ListLiteral,
  Macro,
  MapLiteral,
  Select,
  StructLiteral,
} from '../syntax/ast.ts';
import { dynType } from '../type.ts';
import { CelError, Double, TypeValue, Uint, type Value } from '../value.ts';
import { bindCall, conversions } from './call-binding.ts';
import type {
  CallNode,
  ConstantNode,
  Functions,
  IndexNode,
  ListNode,
  MapNode,
  Plan,
  PlanBase,
  PlanNode,
} from './node.ts';

/**
 * Plans a checked expression for evaluation.
 *
 * As in cel-go, conversions of constants are computed while planning, so an impossible one (`int('x')`) is an issue
 * here and not an error of the evaluation. Works on unchecked trees too; calls then dispatch among all overloads of
 * their name. Source: cel-go `interpreter/planner.go` and, for what is folded, `interpreter/decorators.go`.
 */
export function buildPlan(expr: Expr, functions: Functions): { plan: Plan } | { issues: Issue[] } {
  const builder = new Builder(functions);
  const root = builder.node(expr);
  if (builder.issues.length > 0) return { issues: builder.issues };
  return { plan: { root, globals: builder.globals, slots: builder.slots, nodes: builder.nodes } };
}

/** Names that Kubernetes declares as types but that have no value: expressions with them pass the checker only. */
const undefinedTypes: ReadonlySet<string> = new Set(['duration', 'timestamp']);

/** The variables of macros around an expression. */
type Scope = ReadonlyMap<string, { readonly slot: number; readonly due: number | undefined }>;

class Builder {
  readonly issues: Issue[] = [];
  readonly globals: { name: string; slot: number }[] = [];
  slots = 0;
  nodes = 0;
  readonly #functions: Functions;
  #scope: Scope = new Map();

  constructor(functions: Functions) {
    this.#functions = functions;
  }

  node(expr: Expr): PlanNode {
    switch (expr.kind) {
      case 'literal':
        return this.#constant(expr, expr.value);
      case 'identifier':
        return this.#identifier(expr);
      case 'select':
        return this.#select(expr);
      case 'call':
        return this.#call(expr);
      case 'list':
        return this.#list(expr);
      case 'map':
        return this.#map(expr);
      case 'struct':
        return this.#struct(expr);
      case 'macro':
        return this.#macro(expr);
    }
  }

  #base(expr: Expr): PlanBase {
    const { at, start, end } = expr;
    return { id: this.nodes++, at, start, end, type: expr.type ?? dynType };
  }

  #constant(expr: Expr, value: Value): ConstantNode {
    return { kind: 'constant', ...this.#base(expr), value };
  }

  #identifier(expr: Identifier): PlanNode {
    const local = this.#scope.get(expr.name);
    if (local !== undefined) {
      return { kind: 'variable', ...this.#base(expr), name: expr.name, ...local, local: true, charge: 1 };
    }
    return this.#name(expr, expr.resolved, expr.name.replace(/^\./, ''));
  }

  /** A name of the environment: a constant, a type, or a variable of the activation. */
  #name(expr: Expr, resolved: { name: string; value?: Value } | undefined, written: string): PlanNode {
    const name = resolved?.name ?? written;
    if (resolved?.value !== undefined) return this.#constant(expr, resolved.value);
    if (expr.type?.kind === 'type') {
      if (undefinedTypes.has(name)) this.#undefinedType(expr, name);
      return this.#constant(expr, new TypeValue(name));
    }
    const slot = this.#global(name);
    return { kind: 'variable', ...this.#base(expr), name, slot, due: undefined, local: false, charge: 1 };
  }

  #undefinedType(expr: Expr, name: string): void {
    const message = `program instantiation failed: reference to undefined type: ${name}`;
    this.issues.push({ message, offset: expr.at });
  }

  #global(name: string): number {
    const known = this.globals.find((global) => global.name === name);
    if (known !== undefined) return known.slot;
    const slot = this.slots++;
    this.globals.push({ name, slot });
    return slot;
  }

  #select(expr: Select): PlanNode {
    if (expr.resolved !== undefined) return this.#name(expr, expr.resolved, expr.resolved.name);
    const operand = this.node(expr.operand);
    const { field, optional, test } = expr;
    const charge = isAttribute(operand) || test ? 0 : 1;
    if (test) uncharge(operand);
    return { kind: 'select', ...this.#base(expr), operand, field, optional, test, charge };
  }

  #index(expr: Call, optional: boolean): PlanNode {
    const operand = this.node(expr.args[0]!);
    const key = this.node(expr.args[1]!);
    const problem = key.kind === 'constant' ? refusedKey(key.value) : undefined;
    if (problem !== undefined) this.issues.push({ message: problem, offset: key.at });
    uncharge(key);
    const charge = isAttribute(operand) ? 0 : 1;
    const node: IndexNode = { kind: 'index', ...this.#base(expr), operand, key, optional, charge };
    return node;
  }

  #call(expr: Call): PlanNode {
    const args = expr.args;
    switch (expr.function) {
      case '_&&_':
      case '_||_':
        return {
          kind: 'logical',
          ...this.#base(expr),
          operator: expr.function === '_&&_' ? '&&' : '||',
          left: this.node(args[0]!),
          right: this.node(args[1]!),
        };
      case '_?_:_':
        return this.#conditional(expr);
      case '_[_]':
        return this.#index(expr, false);
      case '_[?_]':
        return this.#index(expr, true);
      case 'or':
      case 'orValue':
        if (expr.target !== undefined && args.length === 1) return this.#orElse(expr);
    }
    return this.#plainCall(expr);
  }

  #conditional(expr: Call): PlanNode {
    const [condition, whenTrue, whenFalse] = expr.args.map((arg) => this.node(arg));
    uncharge(whenTrue!);
    uncharge(whenFalse!);
    return {
      kind: 'conditional',
      ...this.#base(expr),
      condition: condition!,
      whenTrue: whenTrue!,
      whenFalse: whenFalse!,
    };
  }

  #orElse(expr: Call): PlanNode {
    return {
      kind: 'or-else',
      ...this.#base(expr),
      left: this.node(expr.target!),
      right: this.node(expr.args[0]!),
      unwrap: expr.function === 'orValue',
    };
  }

  #plainCall(expr: Call): PlanNode {
    const parts = this.#qualified(expr) ?? {
      name: expr.function,
      args: expr.target === undefined ? [...expr.args] : [expr.target, ...expr.args],
    };
    const args = parts.args.map((arg) => this.node(arg));
    const all = this.#functions.overloads(parts.name) ?? [];
    const ids = expr.overloads;
    const chosen = ids === undefined ? all : all.filter(({ id }) => ids.includes(id));
    if (parts.name === '@in' && ids?.length === 1 && ids[0] === 'in_list') {
      const membership = this.#membership(expr, args);
      if (membership !== undefined) return membership;
    }
    return this.#fold(this.#callNode(expr, parts.name, args, chosen.length === 1 ? chosen : all));
  }

  /** In an unchecked tree `optional.of(x)` still looks like a method of a variable called `optional`. */
  #qualified(expr: Call): { name: string; args: Expr[] } | undefined {
    if (expr.overloads !== undefined || expr.target === undefined) return undefined;
    const prefix = qualifiedName(expr.target);
    const name = `${prefix}.${expr.function}`;
    if (prefix === undefined || this.#functions.overloads(name) === undefined) return undefined;
    return { name, args: [...expr.args] };
  }

  #callNode(expr: Call, name: string, args: PlanNode[], overloads: readonly Overload[]): CallNode {
    return { kind: 'call', ...this.#base(expr), function: name, args, ...bindCall(name, args, overloads) };
  }

  #fold(call: CallNode): PlanNode {
    const [arg] = call.args;
    if (call.args.length !== 1 || arg!.kind !== 'constant' || !conversions.has(call.function)) return call;
    const value = call.invoke(arg!.value);
    if (!(value instanceof CelError)) {
      const { at, start, end, type } = call;
      return { kind: 'constant', id: call.id, at, start, end, type, value };
    }
    this.issues.push({ message: `program instantiation failed: ${value.message}`, offset: call.at });
    return call;
  }

  /** Lists of constants that cel-go turns into a set: nothing to charge but the element. */
  #membership(expr: Call, args: readonly PlanNode[]): PlanNode | undefined {
    const [element, list] = args;
    if (list!.kind !== 'constant' || !Array.isArray(list!.value)) return undefined;
    const values = list!.value as readonly Value[];
    if (values.length === 0) return this.#constant(expr, false);
    if (!values.every(isPrimitive)) return undefined;
    return { kind: 'membership', ...this.#base(expr), element: element!, values };
  }

  #list(expr: ListLiteral): PlanNode {
    const elements = expr.elements.map((element, i) => ({
      value: this.node(element),
      optional: expr.optional.includes(i),
    }));
    if (elements.every(({ value, optional }) => value.kind === 'constant' && !optional)) {
      return this.#constant(
        expr,
        elements.map(({ value }) => (value as ConstantNode).value),
      );
    }
    const node: ListNode = { kind: 'list', ...this.#base(expr), elements };
    return node;
  }

  #map(expr: MapLiteral): PlanNode {
    const entries = expr.entries.map(({ key, value, optional }) => ({
      key: this.node(key),
      value: this.node(value),
      optional,
    }));
    const constant = entries.every(
      ({ key, value, optional }) => key.kind === 'constant' && value.kind === 'constant' && !optional,
    );
    if (constant) {
      const pairs = entries.map(
        ({ key, value }) => [(key as ConstantNode).value, (value as ConstantNode).value] as const,
      );
      return this.#constant(expr, mapFrom(pairs));
    }
    const node: MapNode = { kind: 'map', ...this.#base(expr), entries };
    return node;
  }

  #struct(expr: StructLiteral): PlanNode {
    const fields = expr.fields.map(({ name, value, optional }) => ({
      name,
      value: this.node(value),
      optional,
    }));
    return { kind: 'struct', ...this.#base(expr), typeName: expr.typeName, fields };
  }

  #macro(expr: Macro): PlanNode {
    const range = this.node(expr.range);
    const slots = expr.variables.map(() => this.slots++);
    const due = expr.name === 'optMap' || expr.name === 'optFlatMap' ? this.slots++ : undefined;
    const outer = this.#scope;
    this.#scope = new Map([
      ...outer,
      ...expr.variables.map((name, i) => [name, { slot: slots[i]!, due }] as const),
    ]);
    const filter = expr.filter === undefined ? undefined : this.node(expr.filter);
    const body = this.node(expr.body);
    this.#scope = outer;
    const { name, variables } = expr;
    return { kind: 'macro', ...this.#base(expr), name, range, variables, slots, due, filter, body };
  }
}

/** What cel-go resolves as one attribute, charging its root once: names, selections, indexes and conditionals of them. */
export function isAttribute(node: PlanNode): boolean {
  if (node.kind === 'macro') return node.name === 'optMap' || node.name === 'optFlatMap'; // conditionals, in cel-go
  return (
    node.kind === 'variable' || node.kind === 'select' || node.kind === 'index' || node.kind === 'conditional'
  );
}

/** Takes away the charge for an attribute's root, where the attribute becomes part of a larger one. */
function uncharge(node: PlanNode): void {
  if (node.kind === 'variable') node.charge = 0;
  else if (node.kind === 'select' || node.kind === 'index') {
    if (node.charge === 1) node.charge = 0;
    else if (isAttribute(node.operand)) uncharge(node.operand);
  }
}

function isPrimitive(value: Value): boolean {
  return (
    typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'boolean' ||
    typeof value === 'bigint' ||
    value instanceof Double ||
    value instanceof Uint
  );
}

/** The text with which cel-go refuses a constant that can never be a key. */
function refusedKey(value: Value): string | undefined {
  if (isPrimitive(value)) return undefined;
  return `program instantiation failed: invalid qualifier type: ${goTypeName(value)}`;
}

function goTypeName(value: Value): string {
  if (value === null) return 'types.Null';
  if (Array.isArray(value)) return '*types.baseList';
  if (value instanceof Uint8Array) return 'types.Bytes';
  return value instanceof TypeValue ? '*types.Type' : '*types.baseMap';
}

function qualifiedName(expr: Expr): string | undefined {
  if (expr.kind === 'identifier') return expr.name;
  if (expr.kind !== 'select' || expr.test || expr.optional) return undefined;
  const prefix = qualifiedName(expr.operand);
  return prefix === undefined ? undefined : `${prefix}.${expr.field}`;
}
