import type { MacroName } from '../syntax/ast.ts';
import type { Type } from '../type.ts';
import { rebindCall } from './call-binding.ts';
import type { Functions, Plan, PlanBase, PlanNode } from './node.ts';
import { NotStorable, readValue, type Stored, storeValue } from './stored-value.ts';

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

  /**
   * What each part is, `storeNode` and `storeParts` say. Written out, without patterns and spreads: thousands of nodes are read at
   * the start of a process, before the engine has made any of this fast.
   */
  node(stored: StoredNode): PlanNode {
    const parts = stored as readonly any[];
    const kind = kinds[parts[0] as number]!;
    const id: number = parts[1];
    const at: number = parts[2];
    const start: number = parts[3];
    const end: number = parts[4];
    const type = this.#types[parts[5] as number]!;
    const a = parts[6];
    switch (kind) {
      case 'constant':
        return { kind, id, at, start, end, type, value: readValue(a) };
      case 'variable': {
        const due: number | undefined = parts[10] ?? undefined;
        return {
          kind,
          id,
          at,
          start,
          end,
          type,
          name: a,
          slot: parts[7],
          local: parts[8],
          charge: parts[9],
          due,
        };
      }
      case 'select': {
        const operand = this.node(a);
        const field: string = parts[7];
        return {
          kind,
          id,
          at,
          start,
          end,
          type,
          operand,
          field,
          optional: parts[8],
          test: parts[9],
          charge: parts[10],
        };
      }
      case 'index': {
        const operand = this.node(a);
        const key = this.node(parts[7]);
        return { kind, id, at, start, end, type, operand, key, optional: parts[8], charge: parts[9] };
      }
      case 'call':
        return this.#call({ id, at, start, end, type }, a, parts[7] ?? undefined, parts);
      case 'logical': {
        const left = this.node(parts[7]);
        return { kind, id, at, start, end, type, operator: a, left, right: this.node(parts[8]) };
      }
      case 'conditional': {
        const condition = this.node(a);
        const whenTrue = this.node(parts[7]);
        return { kind, id, at, start, end, type, condition, whenTrue, whenFalse: this.node(parts[8]) };
      }
      case 'membership':
        return { kind, id, at, start, end, type, element: this.node(a), values: parts[7].map(readValue) };
      case 'or-else': {
        const left = this.node(a);
        return { kind, id, at, start, end, type, left, right: this.node(parts[7]), unwrap: parts[8] };
      }
      case 'list': {
        const elements = [];
        for (let i = 6; i < parts.length; i += 2)
          elements.push({ value: this.node(parts[i]), optional: parts[i + 1] as boolean });
        return { kind, id, at, start, end, type, elements };
      }
      case 'map': {
        const entries = [];
        for (let i = 6; i < parts.length; i += 3) {
          const key = this.node(parts[i]);
          entries.push({ key, value: this.node(parts[i + 1]), optional: parts[i + 2] as boolean });
        }
        return { kind, id, at, start, end, type, entries };
      }
      case 'struct': {
        const fields = [];
        for (let i = 7; i < parts.length; i += 3) {
          const name: string = parts[i];
          fields.push({ name, value: this.node(parts[i + 1]), optional: parts[i + 2] as boolean });
        }
        return { kind, id, at, start, end, type, typeName: a, fields };
      }
      case 'macro': {
        const name: MacroName = a;
        const range = this.node(parts[7]);
        const due: number | undefined = parts[10] ?? undefined;
        const filter = parts[11] === null ? undefined : this.node(parts[11]);
        const body = this.node(parts[12]);
        return {
          kind,
          id,
          at,
          start,
          end,
          type,
          name,
          range,
          variables: parts[8],
          slots: parts[9],
          due,
          filter,
          body,
        };
      }
    }
  }

  /** The arguments stand behind the function's name and overload. */
  #call(base: PlanBase, name: string, overload: string | undefined, parts: readonly any[]): PlanNode {
    const args: PlanNode[] = [];
    for (let i = 8; i < parts.length; i++) args.push(this.node(parts[i]));
    const binding = rebindCall(name, args, overload, this.#functions.overloads(name) ?? []);
    if (binding === undefined) throw new Error(`stored plan: no overload ${overload} of ${name}`);
    return { kind: 'call', ...base, function: name, args, ...binding };
  }
}
