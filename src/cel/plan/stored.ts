import { type AnyMap, isMap, mapEntries, mapFrom } from '../map.ts';
import type { MacroName } from '../syntax/ast.ts';
import type { Type } from '../type.ts';
import { Double, Duration, Timestamp, TypeValue, Uint, type Value } from '../value.ts';
import { rebindCall } from './call-binding.ts';
import type { Functions, Plan, PlanBase, PlanNode } from './node.ts';

export type { Functions } from './node.ts';

/**
 * A plan as JSON, for programs that are compiled when the product is built and run when it starts.
 *
 * Nodes are arrays that begin with their kind; types are numbers of a table that many plans share. Functions are not
 * stored: calls are bound again to what the environment has under their name, so a plan may be read only in an
 * environment whose functions are those it was planned with.
 */
export type StoredPlan = readonly [
  slots: number,
  nodes: number,
  globals: readonly (string | number)[],
  root: StoredNode,
];

type StoredNode = readonly Stored[];
type Stored = string | number | boolean | null | readonly Stored[] | { readonly [key: string]: Stored };

/** The types of stored plans; each stands in it once. */
export class TypeTable {
  readonly types: Type[];
  readonly #numbers = new Map<string, number>();

  constructor(types: readonly Type[] = []) {
    this.types = [...types];
    for (const [number, type] of this.types.entries()) this.#numbers.set(JSON.stringify(type), number);
  }

  /** The number of a type, which is added where it is new. */
  number(type: Type): number {
    const text = JSON.stringify(type);
    let number = this.#numbers.get(text);
    if (number === undefined) this.#numbers.set(text, (number = this.types.push(type) - 1));
    return number;
  }
}

/** Stores a plan; undefined where a constant of it has no stored form. */
export function storePlan({ slots, nodes, globals, root }: Plan, types: TypeTable): StoredPlan | undefined {
  try {
    const names = globals.flatMap(({ name, slot }) => [name, slot]);
    return [slots, nodes, names, storeNode(root, types)];
  } catch (problem) {
    if (problem instanceof NotStorable) return undefined;
    throw problem;
  }
}

/** A stored plan whose nodes are fetched when they are needed. */
export interface FetchedPlan {
  readonly frame: readonly [slots: StoredPlan[0], nodes: StoredPlan[1], globals: StoredPlan[2]];
  readonly root: () => StoredPlan[3];
  readonly types: readonly Type[];
  readonly functions: () => Functions;
}

/**
 * Reads a stored plan. What a frame holds is read at once, the nodes when they are first asked for; that throws an Error
 * where a function is not there, because the plan was stored for another environment.
 */
export function readPlan({ frame, root, types, functions }: FetchedPlan): Plan {
  const [slots, nodes, names] = frame;
  const globals: { name: string; slot: number }[] = [];
  for (let i = 0; i < names.length; i += 2) {
    globals.push({ name: names[i] as string, slot: names[i + 1] as number });
  }
  let read: PlanNode | undefined;
  return {
    slots,
    nodes,
    globals,
    get root() {
      return (read ??= new NodeReader(types, functions()).node(root()));
    },
  };
}

class NotStorable extends Error {}

/** Kinds by number; the order is that of the readers below. */
const kinds = [
  'constant',
  'variable',
  'select',
  'index',
  'call',
  'logical',
  'conditional',
  'membership',
  'or-else',
  'list',
  'map',
  'struct',
  'macro',
] as const satisfies readonly PlanNode['kind'][];

function storeNode(node: PlanNode, types: TypeTable): StoredNode {
  const { kind, id, at, start, end, type } = node;
  return [kinds.indexOf(kind), id, at, start, end, types.number(type), ...storeParts(node, types)];
}

function storeParts(node: PlanNode, types: TypeTable): Stored[] {
  const store = (child: PlanNode): StoredNode => storeNode(child, types);
  switch (node.kind) {
    case 'constant':
      return [storeValue(node.value)];
    case 'variable':
      return [node.name, node.slot, node.local, node.charge, node.due ?? null];
    case 'select':
      return [store(node.operand), node.field, node.optional, node.test, node.charge];
    case 'index':
      return [store(node.operand), store(node.key), node.optional, node.charge];
    case 'call':
      return [node.function, node.overload ?? null, ...node.args.map(store)];
    case 'logical':
      return [node.operator, store(node.left), store(node.right)];
    case 'conditional':
      return [store(node.condition), store(node.whenTrue), store(node.whenFalse)];
    case 'membership':
      return [store(node.element), node.values.map(storeValue)];
    case 'or-else':
      return [store(node.left), store(node.right), node.unwrap];
    case 'list':
      return node.elements.flatMap(({ value, optional }) => [store(value), optional]);
    case 'map':
      return node.entries.flatMap(({ key, value, optional }) => [store(key), store(value), optional]);
    case 'struct':
      return [
        node.typeName,
        ...node.fields.flatMap(({ name, value, optional }) => [name, store(value), optional]),
      ];
    case 'macro': {
      const { name, variables, slots, due, filter } = node;
      const range = store(node.range);
      return [name, range, variables, slots, due ?? null, filter ? store(filter) : null, store(node.body)];
    }
  }
}

class NodeReader {
  readonly #types: readonly Type[];
  readonly #functions: Functions;

  constructor(types: readonly Type[], functions: Functions) {
    this.#types = types;
    this.#functions = functions;
  }

  node(stored: StoredNode): PlanNode {
    const [kind, id, at, start, end, type] = stored as readonly number[];
    const base = { id: id!, at: at!, start: start!, end: end!, type: this.#types[type!]! };
    return this.#parts(kinds[kind!]!, base, stored.slice(6));
  }

  #parts(kind: PlanNode['kind'], base: PlanBase, parts: readonly Stored[]): PlanNode {
    // What each part is, storeParts says.
    const [a, b, c, d, e, f, g] = parts as readonly any[];
    switch (kind) {
      case 'constant':
        return { kind, ...base, value: readValue(a) };
      case 'variable':
        return { kind, ...base, name: a, slot: b, local: c, charge: d, due: e ?? undefined };
      case 'select':
        return { kind, ...base, operand: this.node(a), field: b, optional: c, test: d, charge: e };
      case 'index':
        return { kind, ...base, operand: this.node(a), key: this.node(b), optional: c, charge: d };
      case 'call':
        return this.#call(base, a, b ?? undefined, parts.slice(2) as StoredNode[]);
      case 'logical':
        return { kind, ...base, operator: a, left: this.node(b), right: this.node(c) };
      case 'conditional':
        return {
          kind,
          ...base,
          condition: this.node(a),
          whenTrue: this.node(b),
          whenFalse: this.node(c),
        };
      case 'membership':
        return { kind, ...base, element: this.node(a), values: b.map(readValue) };
      case 'or-else':
        return { kind, ...base, left: this.node(a), right: this.node(b), unwrap: c };
      case 'list':
        return {
          kind,
          ...base,
          elements: groups(parts, 2).map(([value, optional]) => ({ value: this.node(value), optional })),
        };
      case 'map':
        return {
          kind,
          ...base,
          entries: groups(parts, 3).map(([key, value, optional]) => ({
            key: this.node(key),
            value: this.node(value),
            optional,
          })),
        };
      case 'struct':
        return {
          kind,
          ...base,
          typeName: a,
          fields: groups(parts.slice(1), 3).map(([name, value, optional]) => ({
            name,
            value: this.node(value),
            optional,
          })),
        };
      case 'macro':
        return {
          kind,
          ...base,
          name: a as MacroName,
          range: this.node(b),
          variables: c,
          slots: d,
          due: e ?? undefined,
          filter: f === null ? undefined : this.node(f),
          body: this.node(g),
        };
    }
  }

  #call(base: PlanBase, name: string, overload: string | undefined, stored: readonly StoredNode[]): PlanNode {
    const args = stored.map((arg) => this.node(arg));
    const binding = rebindCall(name, args, overload, this.#functions.overloads(name) ?? []);
    if (binding === undefined) throw new Error(`stored plan: no overload ${overload} of ${name}`);
    return { kind: 'call', ...base, function: name, args, ...binding };
  }
}

function groups(parts: readonly Stored[], size: number): any[][] {
  const found: any[][] = [];
  for (let i = 0; i < parts.length; i += size) found.push(parts.slice(i, i + size));
  return found;
}

/** JSON values are themselves, but for objects, whose only key tells what they stand for. */
function storeValue(value: Value): Stored {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : { number: String(value) };
  if (typeof value === 'bigint') return { bigint: String(value) };
  if (Array.isArray(value)) return value.map(storeValue);
  if (value instanceof Double) {
    return { double: Object.is(value.value, -0) ? '-0' : String(value.value) };
  }
  if (value instanceof Uint) return { uint: String(value.value) };
  if (value instanceof Uint8Array) return { bytes: [...value] };
  if (value instanceof TypeValue) return { type: value.name };
  if (value instanceof Duration) return { duration: String(value.nanos) };
  if (value instanceof Timestamp) return { timestamp: [String(value.nanos), value.offset] };
  if (isMap(value)) {
    return { map: mapEntries(value as AnyMap).map(([key, item]) => [storeValue(key), storeValue(item)]) };
  }
  throw new NotStorable();
}

function readValue(stored: Stored): Value {
  if (stored === null || typeof stored !== 'object') return stored;
  if (Array.isArray(stored)) return (stored as Stored[]).map(readValue);
  const [[kind, part]] = Object.entries(stored as Record<string, any>) as [[string, any]];
  switch (kind) {
    case 'number':
      return Number(part);
    case 'bigint':
      return BigInt(part);
    case 'double':
      return new Double(Number(part));
    case 'uint':
      return new Uint(BigInt(part));
    case 'bytes':
      return Uint8Array.from(part as number[]);
    case 'type':
      return new TypeValue(part);
    case 'duration':
      return new Duration(BigInt(part));
    case 'timestamp':
      return new Timestamp(BigInt(part[0]), part[1]);
    default:
      return mapFrom((part as [Stored, Stored][]).map(([key, item]) => [readValue(key), readValue(item)]));
  }
}
