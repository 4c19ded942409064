import type { PlanNode, StructNode } from '../../cel/plan/node.ts';
import { partsOf } from '../../cel/plan/parts.ts';
import type { CompiledMutation } from './policy.ts';

/** An `Object{}` that makes the API server panic when it gets into a patch. */
export interface CrashingObject {
  readonly typeName: string;
  /** Where the literal starts and ends in the mutation's expression, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

/**
 * The `Object{}` literals of a JSONPatch mutation that end up inside of a list or map in the patch: the API server's
 * request handler panics on them, the client's connection is reset and `failurePolicy: Ignore` does not help. Whether
 * an expression gets there at all is not asked. Empty for an expression that does not compile.
 *
 * Source: seen on kube-apiserver 1.36; cel-go `common/types/list.go` and `map.go`, `ConvertToNative`.
 */
export function crashingObjects({ program, patchType }: CompiledMutation): CrashingObject[] {
  const found = new Map<number, CrashingObject>();
  if (program === undefined || patchType !== 'JSONPatch') return [];
  eachNode(program.plan.root, (node) => {
    if (node.kind !== 'struct' || node.typeName !== 'JSONPatch') return;
    for (const { name, value } of node.fields) {
      if (name !== 'value') continue;
      for (const struct of yielded(value, true)) {
        const { id, typeName, start, end } = struct;
        found.set(id, { typeName, start, end });
      }
    }
  });
  return [...found.values()];
}

/** The structs that a value may be (unless it is `outermost`) or may hold in lists and maps. */
function yielded(node: PlanNode, outermost: boolean): StructNode[] {
  const inside = (nodes: readonly (PlanNode | undefined)[]): StructNode[] =>
    nodes.flatMap((part) => (part === undefined ? [] : yielded(part, false)));
  switch (node.kind) {
    case 'struct':
      return outermost || node.typeName === 'JSONPatch' ? [] : [node];
    case 'list':
      return inside(node.elements.map(({ value }) => value));
    case 'map':
      return inside(node.entries.map(({ value }) => value));
    case 'conditional':
      return [...yielded(node.whenTrue, outermost), ...yielded(node.whenFalse, outermost)];
    case 'or-else':
      return [...yielded(node.left, outermost), ...yielded(node.right, outermost)];
    case 'macro':
      return node.name === 'filter'
        ? yielded(node.range, outermost)
        : inside(producesParts(node.name) ? [node.body] : []);
    case 'call':
      if (isFilled(node)) return filledItems(node).flatMap((item) => yielded(item, true));
      // Lists are joined, sorted and sliced, optionals made and unwrapped: what goes in comes out.
      return node.type.kind === 'scalar' ? [] : node.args.flatMap((argument) => yielded(argument, outermost));
    default:
      return [];
  }
}

/**
 * Whether a list surely has items from both sides of a `+`: then the server takes its items for values of their own, and
 * only what they hold in lists and maps crashes.
 */
function isFilled(node: PlanNode): boolean {
  return node.kind === 'call' && node.function === '_+_' && node.args.every((side) => isFull(side));
}

const isFull = (node: PlanNode): boolean =>
  isFilled(node) || (node.kind === 'list' && node.elements.some(({ optional }) => !optional));

function filledItems(node: PlanNode): PlanNode[] {
  if (node.kind === 'call') return node.args.flatMap(filledItems);
  return node.kind === 'list' ? node.elements.map(({ value }) => value) : [];
}

const producesParts = (name: string): boolean => name === 'map' || name.startsWith('transform');

function eachNode(node: PlanNode, visit: (node: PlanNode) => void): void {
  visit(node);
  for (const part of partsOf(node)) eachNode(part, visit);
}
