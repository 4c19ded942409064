import { operands } from '../../../cel/check/walk.ts';
import { costLimit } from '../../../cel/limit.ts';
import type { Expr } from '../../../cel/syntax/ast.ts';
import { CelError } from '../../../cel/value.ts';
import type { Json, JsonObject, Path } from '../../../model/object.ts';
import { groupBy } from '../../../model/group-by.ts';
import { valueAt } from '../../../model/path.ts';
import type { CompiledValidation } from '../../policy.ts';
import type { LintedPolicy } from '../linted-policy.ts';
import { seen } from '../samples.ts';
import type { Sighting, Trap } from '../trap.ts';
import type { Witness } from '../witnesses.ts';

/** The largest object that etcd keeps by default, in bytes. */
const largestObject = 1.5 * 1024 * 1024;
/** Lists are first tried with this many elements, then twice and as far as it takes. */
const firstLength = 16;
/** Objects with longer lists than this are not built here. */
const longestTried = 2048;

/** An expression that an object which fits into a cluster makes too expensive. */
export const tooExpensive: Trap = {
  id: 'too-expensive',
  title: 'a large object makes the API server give up the expression',
  severity: 'low',
  why: 'An expression may cost 1,000,000 units; loops inside of loops reach that with lists of some hundred elements. The API server then aborts it: with failurePolicy Ignore whoever makes an object large enough is not judged at all, with Fail it is denied.',
  fix: 'Loop once: collect what is looked for in a variable and use `in`, or compare sizes. Set failurePolicy Fail.',
  *inPolicy(linted) {
    for (const validation of linted.policy.validations) {
      if (!mayNest(linted, validation)) continue;
      for (const witness of mostLists(linted.witnesses, validation)) {
        const large = tooLarge(linted, witness, validation);
        if (large === undefined) continue;
        yield sighting(linted, validation, witness, large);
        break;
      }
    }
  },
};

/** An object that is too large for an expression. */
interface Large {
  readonly length: number;
  readonly lists: readonly Path[];
  readonly bytes: number;
}

function sighting(
  { policy }: LintedPolicy,
  { path }: CompiledValidation,
  { object }: Witness,
  { bytes, length, lists }: Large,
): Sighting {
  const skips = policy.definition.failurePolicy === 'Ignore';
  const names = [...new Set(lists.map((list) => String(list.at(-1))))].join(' and ');
  const size = `${Math.ceil(bytes / 1024)} KiB`;
  const kind = String(object['kind']);
  return {
    path,
    message: `a ${kind} of ${size} with ${length} ${names} costs more than ${costLimit.toLocaleString('en-US')} and is ${skips ? 'let through' : 'denied'}`,
    severity: skips ? 'high' : 'low',
  };
}

/** Of the first two kinds the object of which an expression reads the most lists. */
function mostLists(witnesses: readonly Witness[], validation: CompiledValidation): readonly Witness[] {
  const kinds = groupBy(witnesses, ({ reach }) => reach.resource);
  return [...kinds.values()].slice(0, 2).map((ofKind) => {
    const tried = ofKind.slice(0, 16).map((one) => ({ one, lists: listsRead(one, validation).length }));
    return tried.reduce((best, next) => (next.lists > best.lists ? next : best)).one;
  });
}

/** Only loops that run inside of others grow faster than the object that they read. */
function mayNest(linted: LintedPolicy, validation: CompiledValidation): boolean {
  const texts = [validation, ...linted.policy.variables.values()];
  return texts.some((one) => {
    const tree = linted.tree(one);
    return tree !== undefined && nesting(tree) > 1;
  });
}

function nesting(node: Expr): number {
  const inside = Math.max(0, ...operands(node).map(nesting));
  const isLoop = node.kind === 'macro' && node.name !== 'optMap' && node.name !== 'optFlatMap';
  return isLoop ? 1 + inside : inside;
}

/** Lengthens every list that an expression reads until its evaluation is aborted; undefined where the object outgrows etcd. */
function tooLarge(linted: LintedPolicy, witness: Witness, validation: CompiledValidation): Large | undefined {
  const lists = listsRead(witness, validation);
  if (lists.length === 0) return undefined;
  for (let length = firstLength; length <= longestTried; length *= 2) {
    const object = lengthened(witness.object, lists, length);
    if (object === undefined) return undefined;
    const bytes = JSON.stringify(object).length;
    if (bytes > largestObject) return undefined;
    const oldObject = witness.reach.operation === 'UPDATE' ? object : null;
    const probe = linted.probeWith(witness.reach, { object, oldObject });
    if (probe.conditions().kind === 'not-met') return undefined;
    const result = probe.result(validation);
    if (result instanceof CelError && /cost limit exceeded/.test(result.message))
      return { length, lists, bytes };
  }
  return undefined;
}

/** The lists of the object that an evaluation led to. */
function listsRead({ object, probe }: Witness, validation: CompiledValidation): readonly Path[] {
  const found = new Map<string, Path>();
  const visit = (node: ReturnType<typeof probe.explain>['tree']): void => {
    for (const [root, ...path] of node.paths) {
      if (root !== 'object') continue;
      for (let end = 1; end <= path.length; end++) {
        const list = path.slice(0, end);
        const value = valueAt(object, list);
        if (Array.isArray(value) && value.length > 0) found.set(JSON.stringify(list), list);
      }
    }
    node.children.forEach(visit);
  };
  visit(probe.explain(validation).tree);
  return [...found.values()];
}

/** The object with lists of the given length: copies of their first element, named apart. Inner lists first. */
function lengthened(object: JsonObject, lists: readonly Path[], length: number): JsonObject | undefined {
  let changed: Json = object;
  for (const path of lists.toSorted((a, b) => b.length - a.length)) {
    const value = valueAt(changed, path);
    if (!Array.isArray(value)) continue;
    // Lists inside of lists multiply; their product is what counts.
    const own = path.some((segment) => typeof segment === 'number') ? Math.min(length, 16) : length;
    const [first] = value as readonly Json[];
    changed = replaced(
      changed,
      path,
      Array.from({ length: own }, (_, index) => renamed(first!, index)),
    );
  }
  return seen(changed as JsonObject);
}

function renamed(item: Json, index: number): Json {
  if (typeof item === 'string') return `${item}${index}`;
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
  const { name } = item as JsonObject;
  return typeof name === 'string' ? { ...item, name: `${name}${index}` } : item;
}

function replaced(at: Json, path: Path, value: Json): Json {
  const [segment, ...rest] = path;
  if (segment === undefined) return value;
  if (Array.isArray(at)) {
    const list = at as readonly Json[];
    return list.with(segment as number, replaced(list[segment as number]!, rest, value));
  }
  const fields = at as JsonObject;
  return { ...fields, [segment]: replaced(fields[segment]!, rest, value) };
}

/** Source: apiserver `pkg/cel/library/cost.go`: each check of the authorizer costs 350,000. */
const mostChecks = 2;

/** More questions to the authorizer than one expression can pay for. */
export const tooManyChecks: Trap = {
  id: 'too-many-checks',
  title: 'more authorizer checks than one expression can pay for',
  severity: 'medium',
  why: 'A check of the authorizer costs 350,000 of the 1,000,000 units that an expression may cost: the third one aborts it, and with failurePolicy Ignore the request passes.',
  fix: 'Put each check into a variable of its own: every expression has its own limit.',
  *inPolicy(linted) {
    for (const expression of linted.expressions) {
      const tree = linted.tree(expression);
      if (tree === undefined) continue;
      const checks = checksOn(tree);
      if (checks <= mostChecks) continue;
      const times = checks === Infinity ? 'once for every element' : `${checks} times`;
      yield {
        path: expression.path,
        message: `asks the authorizer ${times} in one expression, which can pay for ${mostChecks}`,
        severity: linted.policy.definition.failurePolicy === 'Ignore' ? 'high' : 'medium',
      };
    }
  },
};

/** The most checks on any way through an expression. */
function checksOn(node: Expr): number {
  if (node.kind === 'call' && node.function === '_?_:_') {
    const [condition, yes, no] = node.args.map(checksOn);
    return condition! + Math.max(yes!, no!);
  }
  if (node.kind === 'macro') {
    const perElement = checksOn(node.body) + (node.filter === undefined ? 0 : checksOn(node.filter));
    const isOnce = node.name === 'optMap' || node.name === 'optFlatMap';
    return checksOn(node.range) + (perElement === 0 || isOnce ? perElement : Infinity);
  }
  const own = node.kind === 'call' && node.function === 'check' && node.target !== undefined ? 1 : 0;
  return operands(node).reduce((sum, operand) => sum + checksOn(operand), own);
}
