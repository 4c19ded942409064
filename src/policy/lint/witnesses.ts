import type { ExplainedNode } from '../../cel/explain/explain.ts';
import { operands } from '../../cel/check/walk.ts';
import type { Expr } from '../../cel/syntax/ast.ts';
import { type Schema, schemaAt } from '../../kube/schema/schema.ts';
import type { Json, JsonObject, Path } from '../../model/object.ts';
import { valueAt } from '../../model/path.ts';
import type { CompiledExpression } from '../policy.ts';
import type { LintedPolicy, Reach } from './linted-policy.ts';
import { seen, smallest } from './samples.ts';
import type { Probe } from './scenario.ts';

/** A valid object and what the policy makes of a request with it. */
export interface Witness {
  readonly reach: Reach;
  /** As a person would write it. */
  readonly written: JsonObject;
  /** As the policy sees it. */
  readonly object: JsonObject;
  readonly probe: Probe;
  /** Whether the API server takes the object as far as can be told: nothing was written that it may refuse. */
  readonly isValid: boolean;
  /** Objects inside whose `type` or the like was given another value, with which other fields may be required. */
  readonly doubtful: readonly Path[];
}

/** How many objects are tried for one kind, and how many paths are followed from one of them. */
const mostObjects = 80;
const mostPaths = 24;
/** What the evaluations of one kind may cost together, in units of the API server: what costs more has other problems. */
const mostCost = 2_000_000;
/** Kinds that are explored beyond their smallest object; the others are mostly the same in another wrapping. */
const mostExplored = 2;

/**
 * Valid objects that lead a policy's expressions through different ways: the smallest object of each kind, then objects
 * that differ in what the expressions asked for. What they find wrong is certain, since the objects exist; that nothing
 * is found proves nothing.
 */
export function findWitnesses(linted: LintedPolicy): readonly Witness[] {
  const reaches = linted.reaches.filter(
    ({ operation, subresource }) => subresource === '' && operation !== 'DELETE',
  );
  const byKind = new Map<string, Reach>();
  for (const reach of reaches) {
    const key = `${reach.resource.group}/${reach.resource.kind}`;
    if (!byKind.has(key) || reach.operation === 'CREATE') byKind.set(key, reach);
  }
  const literals = literalsOf(linted);
  return [...byKind.values()].flatMap((reach, index) => {
    const first = smallest(reach.resource);
    return first === undefined
      ? []
      : new Explorer(linted, reach, literals, index < mostExplored ? mostObjects : 1).run(first);
  });
}

/** An object as a person would write it, made from the smallest one. */
interface Variant {
  readonly written: JsonObject;
  readonly isValid: boolean;
  readonly doubtful: readonly Path[];
}

/** Fields whose value decides which other fields an object must have. */
const discriminators = new Set(['kind', 'operator', 'phase', 'policy', 'type']);

/** Lists of which an item need not say anything. */
const emptyItems = new Set(['egress', 'ingress', 'rules']);
/** Fields that the server takes only with another one. */
const dependent = new Set([
  'allocateLoadBalancerNodePorts',
  'claims',
  'ephemeral',
  'fc',
  'livenessProbe',
  'manualSelector',
  'postStart',
  'preStop',
  'readinessProbe',
  'resourceClaims',
  'selector',
  'startupProbe',
]);

/** Labels and annotations stand for themselves, other maps such as selectors for something else. */
const isMetadata = (path: Path): boolean => path[0] === 'metadata' && path.length === 2;

const isMap = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether the server takes a value that was made up: a text or number it may refuse, a structure or a flag it takes. */
function mayStand(value: Json, path: Path): boolean {
  // They are added to a running pod, never created with one.
  if (path.includes('ephemeralContainers') || dependent.has(String(path.at(-1)))) return false;
  if (typeof value === 'boolean') return true;
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) {
    const mayBeEmpty = emptyItems.has(String(path.at(-1)));
    return value.every((item: Json) => isMap(item) && (mayBeEmpty || Object.keys(item).length > 0));
  }
  return Object.keys(value).every((key) =>
    /^(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*\/)?[a-zA-Z0-9]+(?:[-_.]\w+)*$/.test(key),
  );
}

/** Whether no field around a new value has to be written that is not: Go prints those that must be as empty. */
function isComplete(written: JsonObject | undefined, path: Path): boolean {
  const object = written && seen(written);
  if (object === undefined) return false;
  for (let end = path.length; end > 1; end--) {
    const value = valueAt(object, path.slice(0, end));
    for (const part of Array.isArray(value) ? (value as readonly Json[]) : [value]) {
      if (typeof part !== 'object' || part === null || Array.isArray(part)) continue;
      if (Object.values(part).some((field) => field === '' || field === 0 || field === null)) return false;
    }
  }
  return true;
}

/** Tries objects of one kind. */
class Explorer {
  private readonly linted: LintedPolicy;
  private readonly reach: Reach;
  private readonly literals: Literals;
  private readonly most: number;
  private readonly tried = new Set<string>();
  private spent = 0;

  constructor(linted: LintedPolicy, reach: Reach, literals: Literals, most: number) {
    this.linted = linted;
    this.reach = reach;
    this.literals = literals;
    this.most = most;
  }

  run(first: JsonObject): Witness[] {
    const queue: Variant[] = [{ written: first, isValid: true, doubtful: [] }];
    const witnesses: Witness[] = [];
    for (let i = 0; i < queue.length && witnesses.length < this.most; i++) {
      const { written, doubtful, isValid } = queue[i]!;
      const object = seen(written);
      const key = JSON.stringify(object, (_, value: unknown) =>
        typeof value === 'bigint' ? String(value) : value,
      );
      if (object === undefined || this.tried.has(key)) continue;
      this.tried.add(key);
      const oldObject = this.reach.operation === 'UPDATE' ? object : null;
      const probe = this.linted.probeWith(this.reach, { object, oldObject });
      witnesses.push({ reach: this.reach, written, object, probe, isValid, doubtful });
      if (queue.length > this.most * 4 || this.most === 1) continue;
      if (this.spent > mostCost) break;
      for (const path of this.pathsRead(probe)) queue.push(...this.variants(queue[i]!, object, path));
    }
    return witnesses;
  }

  /** Where the expressions looked, present or not. */
  private pathsRead(probe: Probe): readonly Path[] {
    const { matchConditions, variables } = this.linted.policy;
    const paths = new Map<string, Path>();
    const visit = (node: ExplainedNode): void => {
      for (const [root, ...path] of node.paths) {
        if (root === 'object' && path.length > 0) paths.set(JSON.stringify(path), path);
      }
      node.children.forEach(visit);
    };
    const read = [...matchConditions, ...variables.values(), ...this.linted.rules];
    for (const expression of read) {
      if (expression.program === undefined) continue;
      this.spent += probe.cost(expression);
      visit(probe.explain(expression).tree);
    }
    return [...paths.values()]
      .filter((path) => path[0] !== 'apiVersion' && path[0] !== 'kind')
      .slice(0, mostPaths);
  }

  /** The object with other values at a path. */
  private variants({ written, doubtful, isValid }: Variant, object: JsonObject, path: Path): Variant[] {
    const { schema } = this.reach.resource;
    if (schema === undefined) return [];
    const type = schemaAt(schema, path);
    if (type === undefined) return [];
    const present = valueAt(object, path);
    // What is there may have fields that it must have.
    if (present !== undefined && type.kind === 'struct') return [];
    const decides = discriminators.has(String(path.at(-1)));
    const doubts = decides ? [...doubtful, path.slice(0, -1)] : doubtful;
    return this.values(type)
      .filter((value) => JSON.stringify(value) !== JSON.stringify(present))
      .filter((value) => present === undefined || !isMap(value) || Object.keys(value).length > 0)
      .flatMap((value) => {
        const changed = withValue(written, path, value, schema);
        const isNew = present === undefined || !isMap(present) || isMetadata(path);
        const isFine = isValid && isNew && (decides || mayStand(value, path)) && isComplete(changed, path);
        return changed === undefined ? [] : [{ written: changed, isValid: isFine, doubtful: doubts }];
      });
  }

  private values(type: Schema): readonly Json[] {
    const { numbers, strings } = this.literals;
    switch (type.kind) {
      case 'boolean':
        return [true, false];
      case 'integer':
      case 'number':
        return [...numbers, 0, 1];
      case 'intOrString':
        return [...numbers, 1];
      case 'string':
        return [...strings, 'x'];
      case 'struct':
      case 'map':
        return type.kind === 'map' && type.value.kind === 'string'
          ? [{}, { app: 'x' }, ...strings.map((key) => ({ [key]: 'x' }))]
          : type.kind === 'struct'
            ? [smallestItem(type)]
            : [{}];
      case 'list':
        return this.itemsOf(type.item).map((item) => [item]);
      case 'quantity':
        return ['1'];
      default:
        return [];
    }
  }

  private itemsOf(item: Schema): readonly Json[] {
    if (item.kind === 'struct') return [smallestItem(item)];
    return this.values(item).slice(0, 6);
  }
}

/** An item of a list with what every item of its kind has: most are named, and containers have an image. */
function smallestItem(item: Extract<Schema, { kind: 'struct' }>): JsonObject {
  const value: Record<string, Json> = {};
  if (item.fields.get('name')?.kind === 'string') value['name'] = 'x';
  if (item.fields.has('image') && item.fields.has('command')) value['image'] = 'x';
  if (item.fields.has('tolerationSeconds')) value['operator'] = 'Exists';
  return value;
}

/** A copy with a value at a path; what is missing on the way is made. Undefined where the path leads nowhere. */
function withValue(root: JsonObject, path: Path, value: Json, schema: Schema): JsonObject | undefined {
  const set = (at: Json | undefined, depth: number): Json | undefined => {
    if (depth === path.length) return value;
    const segment = path[depth]!;
    if (typeof segment === 'number') {
      const list: readonly Json[] = Array.isArray(at) ? (at as readonly Json[]) : [];
      const part =
        segment > list.length
          ? undefined
          : set(list[segment] ?? itemAt(schema, path.slice(0, depth + 1)), depth + 1);
      return part === undefined ? undefined : list.toSpliced(segment, 1, part);
    }
    const fields: JsonObject =
      typeof at === 'object' && at !== null && !Array.isArray(at) ? (at as JsonObject) : {};
    const part = set(Object.hasOwn(fields, segment) ? fields[segment] : undefined, depth + 1);
    return part === undefined ? undefined : { ...fields, [segment]: part };
  };
  return set(root, 0) as JsonObject | undefined;
}

function itemAt(schema: Schema, path: Path): Json {
  const item = schemaAt(schema, path);
  return item?.kind === 'struct' ? smallestItem(item) : {};
}

/** What the expressions of a policy compare with. */
interface Literals {
  readonly strings: readonly string[];
  readonly numbers: readonly number[];
}

function literalsOf(linted: LintedPolicy): Literals {
  const strings = new Set<string>();
  const numbers = new Set<number>();
  const visit = (node: Expr): void => {
    if (node.kind === 'literal') {
      const { value } = node;
      if (typeof value === 'string' && value.length < 100) strings.add(value);
      const number = typeof value === 'bigint' ? Number(value) : value;
      if (typeof number === 'number' && Number.isSafeInteger(number))
        for (const near of [number, number + 1, number - 1]) numbers.add(near);
    }
    operands(node).forEach(visit);
  };
  for (const expression of linted.expressions as readonly CompiledExpression[]) {
    const tree = linted.tree(expression);
    if (tree !== undefined) visit(tree);
  }
  return { strings: [...strings].slice(0, 8), numbers: [...numbers].slice(0, 8) };
}
