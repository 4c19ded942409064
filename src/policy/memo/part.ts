import type { Plan, PlanNode } from '../../cel/plan/node.ts';
import type { Value } from '../../cel/value.ts';
import { isPlain } from './interner.ts';

/** Finds a part in an object: what the expression makes of it, or undefined where that takes more than following fields. */
export type PartFinder = (object: unknown) => unknown;

/**
 * Finds a part that objects of several kinds have, in a place of its own each, in objects of one kind; undefined where the expression
 * does anything but look for the part by `object.kind`:
 * `object.kind == 'Pod' ? object.spec : object.spec.template.spec`. What it looks for may be missing
 * (`object.?data.orValue({})`), and some kinds may not have it (`object.kind == 'Service' ? [] : object.spec.ports`).
 */
export function partFinder({ root }: Plan, kind: string): PartFinder | undefined {
  if (root.kind !== 'conditional') return undefined;
  let chosen: PartFinder | undefined;
  let node: PlanNode = root;
  while (node.kind === 'conditional') {
    const named = kindAskedFor(node.condition);
    const finder = finderOf(node.whenTrue);
    if (named === undefined || finder === undefined) return undefined;
    if (named === kind) chosen ??= finder;
    node = node.whenFalse;
  }
  const last = finderOf(node);
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

/** Finds `object.a.b`, `object.a.?b.orValue([])`, and `[]` everywhere. */
function finderOf(node: PlanNode): PartFinder | undefined {
  const constant = literal(node);
  if (constant !== undefined) return () => constant;
  if (node.kind !== 'or-else') {
    const way = wayTo(node);
    return way === undefined || isOptional(way) ? undefined : (object) => follow(way, object, undefined);
  }
  const way = wayTo(node.left);
  const otherwise = literal(node.right);
  if (!node.unwrap || otherwise === undefined || way === undefined || !isOptional(way)) return undefined;
  return (object) => follow(way, object, otherwise) ?? undefined;
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
function follow({ fields, optionalFrom }: Way, object: unknown, otherwise: Value | undefined): unknown {
  let value = object;
  for (const [i, field] of fields.entries()) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !isPlain(value))
      return undefined;
    if (!Object.hasOwn(value, field)) return i >= optionalFrom ? otherwise : undefined;
    value = (value as Readonly<Record<string, unknown>>)[field];
  }
  return value;
}
