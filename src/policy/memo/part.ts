import type { Plan, PlanNode } from '../../cel/plan/node.ts';
import type { Value } from '../../cel/value.ts';
import { isPlain } from './interner.ts';

/** A part in the objects of one kind. */
export interface Whereabouts {
  /** The fields that lead to it; none where it is the same in all objects of the kind. */
  readonly fields: readonly string[];
  /** Finds it in an object; undefined where it takes more than following fields to tell what the expression makes of that. */
  readonly find: (object: unknown) => FoundPart | undefined;
}

/** A part of an object. */
export interface FoundPart {
  /** What the expression makes of the object. */
  readonly value: unknown;
  /** How many of the fields are missing, for which the value stands. */
  readonly missing: number;
}

/**
 * Where a part is that objects of several kinds have in a place of its own each, for one kind; undefined where the expression
 * does anything but look for the part by `object.kind`:
 * `object.kind == 'Pod' ? object.spec : object.spec.template.spec`. What it looks for may be missing
 * (`object.?data.orValue({})`), and some kinds may not have it (`object.kind == 'Service' ? [] : object.spec.ports`).
 */
export function whereaboutsOf({ root }: Plan, kind: string): Whereabouts | undefined {
  if (root.kind !== 'conditional') return undefined;
  let chosen: Whereabouts | undefined;
  let node: PlanNode = root;
  while (node.kind === 'conditional') {
    const named = kindAskedFor(node.condition);
    const found = branch(node.whenTrue);
    if (named === undefined || found === undefined) return undefined;
    if (named === kind) chosen ??= found;
    node = node.whenFalse;
  }
  const last = branch(node);
  return last === undefined ? undefined : (chosen ?? last);
}

/** The text in `object.kind == 'text'`. */
function kindAskedFor(node: PlanNode): string | undefined {
  if (node.kind !== 'call' || node.function !== '_==_') return undefined;
  const [left, right] = node.args as [PlanNode, PlanNode];
  if (right.kind !== 'constant' || typeof right.value !== 'string') return undefined;
  const way = wayTo(left);
  return way?.fields.join('.') === 'kind' && !isOptional(way) ? right.value : undefined;
}

/** `object.a.b`, `object.a.?b.orValue([])`, or `[]`. */
function branch(node: PlanNode): Whereabouts | undefined {
  const constant = literal(node);
  if (constant !== undefined) return { fields: [], find: () => ({ value: constant, missing: 0 }) };
  if (node.kind !== 'or-else') {
    const way = wayTo(node);
    if (way === undefined || isOptional(way)) return undefined;
    return { fields: way.fields, find: (object) => follow(way, object, undefined) };
  }
  const way = wayTo(node.left);
  const otherwise = literal(node.right);
  if (!node.unwrap || otherwise === undefined || way === undefined || !isOptional(way)) return undefined;
  return { fields: way.fields, find: (object) => follow(way, object, otherwise) };
}

interface Way {
  readonly fields: readonly string[];
  /** From which field on there may be nothing; `Infinity` where all have to be there. */
  readonly optionalFrom: number;
}

function isOptional({ optionalFrom }: Way): boolean {
  return optionalFrom !== Infinity;
}

/** `object.a.?b.c` as `a`, `b` and `c`, of which there may be nothing from `b` on. */
function wayTo(node: PlanNode): Way | undefined {
  if (node.kind === 'variable')
    return !node.local && node.name === 'object' ? { fields: [], optionalFrom: Infinity } : undefined;
  if (node.kind !== 'select' || node.test) return undefined;
  const before = wayTo(node.operand);
  if (before === undefined) return undefined;
  const { fields, optionalFrom } = before;
  const from = node.optional ? Math.min(optionalFrom, fields.length) : optionalFrom;
  return { fields: [...fields, node.field], optionalFrom: from };
}

/** A constant; undefined where it is none. */
function literal(node: PlanNode): Value | undefined {
  if (node.kind === 'constant') return node.value;
  if (node.kind === 'list' && node.elements.length === 0) return [];
  return node.kind === 'map' && node.entries.length === 0 ? {} : undefined;
}

/** What stands at the end of a way; undefined where something on it is no map of JSON, or is missing that has to be there. */
function follow(
  { fields, optionalFrom }: Way,
  object: unknown,
  otherwise: Value | undefined,
): FoundPart | undefined {
  let value = object;
  for (const [i, field] of fields.entries()) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !isPlain(value))
      return undefined;
    if (!Object.hasOwn(value, field))
      return i >= optionalFrom ? { value: otherwise, missing: fields.length - i } : undefined;
    value = (value as Readonly<Record<string, unknown>>)[field];
  }
  // Of an optional field that is null it takes more to tell.
  if (value === undefined || (value === null && optionalFrom !== Infinity)) return undefined;
  return { value, missing: 0 };
}
