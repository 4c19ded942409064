import { equal } from '../equal.ts';
import { aside, costLimit, grow, lastCost, limited, spend } from '../limit.ts';
import { callCost } from '../plan/call-cost.ts';
import { isMap, mapFrom, mapGet } from '../map.ts';
import type {
  CallNode,
  ConditionalNode,
  ListNode,
  LogicalNode,
  MapNode,
  MembershipNode,
  OrElseNode,
  Plan,
  PlanNode,
  StructNode,
  VariableNode,
} from '../plan/node.ts';
import { settles } from '../closure/logic.ts';
import type { Activation } from '../program.ts';
import { contains } from '../standard/operators.ts';
import { CelError, Failure, Optional, type Result, Struct, type Value } from '../value.ts';
import type { Variables } from '../variables.ts';
import { explainIndex, explainSelect } from './attribute.ts';
import type { ExplainedNode } from './explain.ts';
import { boolOrFailure, mergeTraced, union } from './failure.ts';
import { explainMacro } from './macro.ts';
import { extendsPath, longestPaths, type Path } from './path.ts';
import { named } from '../type-name.ts';
import { elementsOf, reasons, reasonsOfElement, segmentOf, settledTrace, type Traced } from './traced.ts';

/** A variable of a macro; `due` is charged when it is first read. */
export interface Local extends Traced {
  due?: number | undefined;
}

const listCost = 10;
const mapCost = 30;
const structCost = 40;

/** A node of the explained tree; its places are put together when somebody looks at them. */
class ExplainedStep implements ExplainedNode {
  readonly start: number;
  readonly end: number;
  readonly children: readonly ExplainedNode[];
  readonly #traced: Traced;

  constructor(start: number, end: number, traced: Traced, children: readonly ExplainedNode[]) {
    this.start = start;
    this.end = end;
    this.#traced = traced;
    this.children = children;
  }

  get result(): Result {
    return this.#traced.value;
  }

  get paths(): readonly Path[] {
    return longestPaths(reasons(this.#traced));
  }
}

/** What an explanation is for: the value of every node, only where the result comes from, or only the cost. */
export type Purpose = 'tree' | 'origin' | 'cost';

/** One evaluation that keeps count and keeps track. */
export class Explainer {
  /** What cel-go charges, once it has run. */
  cost = 0;
  /** The explained root, once it has run. */
  tree: ExplainedNode | undefined;
  readonly locals = new Map<number, Local>();
  readonly #plan: Plan;
  readonly #activation: Activation;
  #children: ExplainedNode[] = [];
  readonly #purpose: Purpose;
  /** Above 0 while evaluating what cel-go would not: then nothing is charged or shown. */
  #hypothetical = 0;
  /** What the hypothetical evaluations would have cost; at the limit there are no more of them. */
  #supposed = 0;
  /** The places asked for during a hypothetical evaluation. */
  #asked: Path[] = [];

  /** What is not asked for is not kept, which is much less work. */
  constructor(plan: Plan, activation: Activation, purpose: Purpose) {
    this.#plan = plan;
    this.#activation = activation;
    this.#purpose = purpose;
  }

  run(): Traced {
    const { root } = this.#plan;
    const roots: ExplainedNode[] = [];
    this.#children = roots;
    const traced = limited(
      () => this.node(root),
      (value): Traced => ({ value }),
    );
    this.cost = lastCost();
    // An evaluation that was stopped has no nodes to show.
    this.tree = roots[0] ?? new ExplainedStep(root.start, root.end, traced, []);
    return traced;
  }

  /** Notes that a place was asked for. */
  ask(path: Path | undefined): void {
    if (this.#hypothetical > 0 && path !== undefined) this.#asked.push(path);
  }

  /** Evaluates what cel-go would skip, for the sake of paths; nobody pays for it. Returns the places it asked for. */
  suppose(evaluate: () => void): readonly Path[] {
    if (this.#supposed > costLimit || this.#purpose === 'cost') return [];
    const before = this.#asked;
    this.#asked = [];
    const depth = this.#hypothetical++;
    this.#supposed += aside(evaluate);
    this.#hypothetical = depth;
    const asked = this.#asked;
    this.#asked = this.#hypothetical > 0 ? [...before, ...asked] : [];
    return asked;
  }

  node(node: PlanNode): Traced {
    if (this.#purpose !== 'tree' || this.#hypothetical > 0) return this.#evaluate(node);
    const siblings = this.#children;
    this.#children = [];
    const traced = this.#evaluate(node);
    siblings.push(new ExplainedStep(node.start, node.end, traced, this.#children));
    this.#children = siblings;
    return traced;
  }

  #evaluate(node: PlanNode): Traced {
    switch (node.kind) {
      case 'constant':
        return { value: node.value };
      case 'variable':
        return this.#variable(node);
      case 'select':
        return explainSelect(this, node);
      case 'index':
        return explainIndex(this, node);
      case 'call':
        return this.#call(node);
      case 'logical':
        return this.#logical(node);
      case 'conditional':
        return this.#conditional(node);
      case 'membership':
        return this.#membership(node);
      case 'or-else':
        return this.#orElse(node);
      case 'list':
        return this.#list(node);
      case 'map':
        return this.#map(node);
      case 'struct':
        return this.#struct(node);
      case 'macro':
        return explainMacro(this, node);
    }
  }

  #variable(node: VariableNode): Traced {
    spend(node.charge);
    const local = node.local ? this.locals.get(node.slot) : undefined;
    if (local !== undefined) {
      if (local.due !== undefined) this.#pay(local);
      return node.type.kind === 'opaque' ? settledTrace(local) : local;
    }
    if (!Object.hasOwn(this.#activation, node.name)) {
      return { value: new CelError(`no such attribute(s): ${node.name}`, node.at) };
    }
    const value = this.#activation[node.name] as Result;
    // Without a path at its root no value has one.
    return this.#purpose === 'cost' ? { value } : { value, path: [node.name] };
  }

  /** A hypothetical reading is not the first one. */
  #pay(local: Local): void {
    spend(local.due!);
    if (this.#hypothetical === 0) local.due = undefined;
  }

  /** A policy's variable; for the cost of an expression alone it is not explained. */
  variable(variables: Variables, name: string): Traced | undefined {
    if (this.#purpose !== 'cost') return variables.origin(name)?.traced;
    const value = variables.get(name);
    return value === undefined ? undefined : { value };
  }

  /** The variables an expression selects from, where the value is that map. */
  variables(value: unknown): value is Variables {
    return (
      value === this.#activation['variables'] &&
      typeof value === 'object' &&
      value !== null &&
      'origin' in value
    );
  }

  #call(node: CallNode): Traced {
    const args: Traced[] = [];
    for (const arg of node.args) {
      args.push(this.node(arg));
      if (node.stepwise && args.at(-1)!.value instanceof Failure) break;
    }
    const failed = args.find(({ value }) => value instanceof Failure);
    const values = args.map(({ value }) => value);
    if (failed !== undefined) {
      if (args.length === node.args.length) spend(callCost(node, values, failed.value));
      return failed;
    }
    const result = node.invoke(...values) as Result;
    if (Array.isArray(result)) grow(result.length);
    spend(callCost(node, values, result));
    const value =
      result instanceof CelError && result.offset < 0 ? new CelError(result.message, node.at) : result;
    return traceCall(node, args, value);
  }

  #logical({ operator, left, right, at }: LogicalNode): Traced {
    const decisive = operator === '||';
    const a = this.node(left);
    if (a.value === decisive) return this.#extended(a, right);
    const b = this.node(right);
    if (b.value === decisive) return b;
    const [x, y] = [boolOrFailure(a, at), boolOrFailure(b, at)];
    if (!(x.value instanceof Failure))
      return y.value instanceof Failure ? y : { value: y.value, from: union([x, y]) };
    if (!(y.value instanceof Failure)) return x;
    return mergeTraced(x, y);
  }

  /**
   * A decision that made the rest superfluous: where the rest asks for more of what was missing, that longer path is what
   * the author looked for (`has(c.securityContext) && c.securityContext.privileged`).
   */
  #extended(decision: Traced, rest: PlanNode): Traced {
    const found = reasons(decision);
    if (found.length === 0) return decision;
    const longer = this.suppose(() => this.node(rest)).filter((path) =>
      found.some((prefix) => extendsPath(path, prefix)),
    );
    return longer.length === 0 ? decision : { value: decision.value, from: [...found, ...longer] };
  }

  #conditional({ condition, whenTrue, whenFalse, at }: ConditionalNode): Traced {
    const test = this.node(condition);
    if (typeof test.value !== 'boolean') return boolOrFailure(test, at);
    const [taken, other] = test.value ? [whenTrue, whenFalse] : [whenFalse, whenTrue];
    const result = this.node(taken);
    const branch = settles(taken) ? settledTrace(result) : result;
    if (reasons(branch).length > 0 || isParted(branch)) return branch;
    return { ...branch, from: reasons(this.#extended(test, other)) };
  }

  #membership({ element, values }: MembershipNode): Traced {
    const operand = this.node(element);
    if (operand.value instanceof Failure) return operand;
    return { value: contains(operand.value as Value, values as Value[]), from: reasons(operand) };
  }

  #orElse({ left, right, unwrap }: OrElseNode): Traced {
    const first = this.node(left);
    if (!(first.value instanceof Optional)) return first;
    if (first.value.value !== undefined) {
      if (!unwrap) return first;
      return first.held ?? { ...first, value: first.value.value };
    }
    const fallback = this.node(right);
    const asked = reasons(first);
    if (fallback.value instanceof Failure || asked.length === 0 || fallback.path !== undefined)
      return fallback;
    return asked.length === 1 ? { ...fallback, path: asked[0]! } : { ...fallback, from: asked };
  }

  #list({ elements, at }: ListNode): Traced {
    const parts: Traced[] = [];
    for (const { value: node, optional } of elements) {
      const part = this.node(node);
      const failure = part.value instanceof Failure ? part : undefined;
      if (failure === undefined && !optional) parts.push(part);
      else if (failure === undefined && part.value instanceof Optional) {
        if (part.value.value !== undefined) parts.push(part.held ?? { ...part, value: part.value.value });
      } else {
        spend(listCost);
        const text = `cannot initialize optional list element from non-optional value ${named(part.value)}`;
        return failure ?? { value: new CelError(text, at) };
      }
    }
    spend(listCost);
    return { value: parts.map(({ value }) => value as Value), elements: parts };
  }

  #map({ entries, at }: MapNode): Traced {
    const parts = new Map<Value, Traced>();
    for (const { key, value, optional } of entries) {
      const k = this.node(key);
      const v = k.value instanceof Failure ? k : this.node(value);
      const part = v.value instanceof Failure || !optional ? v : entry(k.value, v, at);
      if (part?.value instanceof Failure) {
        spend(mapCost);
        return part;
      }
      if (part === undefined) parts.delete(k.value as Value);
      else parts.set(k.value as Value, part);
    }
    spend(mapCost);
    return { value: mapFrom([...parts].map(([k, { value }]) => [k, value as Value])), entries: parts };
  }

  #struct({ fields, typeName, at }: StructNode): Traced {
    const parts = new Map<string, Traced>();
    for (const { name, value, optional } of fields) {
      const v = this.node(value);
      const part = v.value instanceof Failure || !optional ? v : entry(name, v, at);
      if (part?.value instanceof Failure) {
        spend(structCost);
        return part;
      }
      if (part === undefined) parts.delete(name);
      else parts.set(name, part);
    }
    spend(structCost);
    const values = new Map([...parts].map(([name, { value }]) => [name, value as Value]));
    return { value: new Struct(typeName, values), entries: parts };
  }
}

function entry(key: Result, value: Traced, at: number): Traced | undefined {
  if (!(value.value instanceof Optional)) {
    const text = `cannot initialize optional entry '${named(key)}' from non-optional value ${named(value.value)}`;
    return { value: new CelError(text, at) };
  }
  return value.value.value === undefined ? undefined : (value.held ?? { ...value, value: value.value.value });
}

function traceCall({ function: name }: CallNode, args: readonly Traced[], value: Result): Traced {
  const [a, b] = args;
  if (value instanceof Failure) return { value, from: union(args) };
  switch (name) {
    case '_+_':
      if (Array.isArray(value))
        return { value, elements: [...elementsOf(a!), ...elementsOf(b!)], from: union(args) };
      break;
    case 'size':
      return { value, from: sizeReasons(a!) };
    case '_==_':
    case '_!=_':
      return { value, from: equalityReasons(a!, b!) };
    case '@in':
      return { value, from: membershipReasons(a!, b!) };
    case 'dyn':
      return a!;
    case 'optional.of':
    case 'optional.ofNonZeroValue':
      return { value, held: a! };
    case 'value':
      if (a!.held !== undefined) return a!.held;
  }
  return { value, from: union(args) };
}

/** The size of a filtered list depends on why its elements were chosen. */
function sizeReasons(collection: Traced): readonly Path[] {
  const chosen = collection.elements?.filter(({ why }) => why !== undefined) ?? [];
  return chosen.length > 0 ? chosen.flatMap(reasonsOfElement) : reasons(collection);
}

/** Of two lists or maps without a place of their own only the elements that differ count. */
function equalityReasons(a: Traced, b: Traced): readonly Path[] {
  if (Array.isArray(a.value) && Array.isArray(b.value)) {
    const [x, y] = [differing(a, b.value), differing(b, a.value)];
    if (x.length + y.length > 0) return [...x, ...y];
  }
  if (isMap(a.value) && isMap(b.value)) {
    const [x, y] = [differingEntries(a, b.value), differingEntries(b, a.value)];
    if (x.length + y.length > 0) return [...x, ...y];
  }
  return union([a, b]);
}

function differingEntries(map: Traced, other: Value): readonly Path[] {
  if (map.path !== undefined || map.entries === undefined) return reasons(map);
  const parts = [...map.entries].filter(([key, { value }]) => {
    const counterpart = mapGet(other, key);
    return counterpart === undefined || !equal(value as Value, counterpart);
  });
  return parts.flatMap(([, part]) => reasons(part));
}

function differing(list: Traced, other: readonly Value[]): readonly Path[] {
  if (list.path !== undefined) return [list.path];
  if (list.elements === undefined) return reasons(list);
  const parts = list.elements.filter(
    ({ value }, i) => other[i] === undefined || !equal(value as Value, other[i]),
  );
  return parts.flatMap(reasonsOfElement);
}

/** A key looked up in a map asks for that entry; in a list it is the element found that counts, else the whole list. */
function membershipReasons(element: Traced, collection: Traced): readonly Path[] {
  if (Array.isArray(collection.value)) {
    const found = collection.value.findIndex((other) => equal(other, element.value as Value));
    if (found >= 0) {
      return longestPaths([...reasons(element), ...reasonsOfElement(elementsOf(collection)[found]!)]);
    }
    if (collection.path === undefined && collection.elements !== undefined) {
      return longestPaths([...reasons(element), ...collection.elements.flatMap(reasonsOfElement)]);
    }
  }
  const isKey = !Array.isArray(element.value) && !isMap(element.value);
  if (isKey && isMap(collection.value) && collection.path !== undefined) {
    return [...reasons(element), [...collection.path, segmentOf(element.value)]];
  }
  return union([element, collection]);
}

function isParted({ elements, entries, held }: Traced): boolean {
  return elements !== undefined || entries !== undefined || held !== undefined;
}
