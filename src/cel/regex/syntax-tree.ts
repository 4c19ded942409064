import type { CodePointSet } from './code-point-set.ts';

/** A zero-width test: `^`, `$`, `\A`, `\z` and the line and word variants. */
export type Assertion =
  | 'begin-text'
  | 'end-text'
  | 'begin-line'
  | 'end-line'
  | 'word-boundary'
  | 'no-word-boundary';

/**
 * A node of a parsed regular expression. `height` and `size` are what Go's limits count: levels of the tree,
 * and instructions of the compiled program. `nullable` tells whether the node can match the empty string.
 */
export type Node = { readonly height: number; readonly size: number; readonly nullable: boolean } & NodeShape;

/** The part of a {@link Node} that says what it matches. `max` of -1 means no upper bound. */
export type NodeShape =
  | { readonly kind: 'empty' }
  | { readonly kind: 'literal'; readonly codePoints: readonly number[]; readonly fold: boolean }
  | { readonly kind: 'class'; readonly set: CodePointSet }
  | { readonly kind: 'assertion'; readonly assertion: Assertion }
  | { readonly kind: 'capture'; readonly index: number; readonly item: Node }
  | { readonly kind: 'star' | 'plus' | 'optional'; readonly item: Node; readonly greedy: boolean }
  | {
      readonly kind: 'repeat';
      readonly item: Node;
      readonly min: number;
      readonly max: number;
      readonly greedy: boolean;
    }
  | { readonly kind: 'sequence' | 'alternation'; readonly items: readonly Node[] };

/** A parsed pattern: its tree, how many capturing groups it has, and the name of each that has one. */
export interface SyntaxTree {
  readonly root: Node;
  readonly groupCount: number;
  /** `groupNames[i]` is the name of group `i + 1`, `''` where it has none. */
  readonly groupNames: readonly string[];
}

/** Completes a node with its measures, which follow Go's `regexp/syntax` (`calcHeight`, `calcSize`). */
export function measured(shape: NodeShape): Node {
  const children = childrenOf(shape);
  let height = 1;
  for (const child of children) height = Math.max(height, child.height + 1);
  return { ...shape, height, size: Math.max(1, sizeOf(shape)), nullable: nullableOf(shape) };
}

/** The nodes directly below `shape`. */
export function childrenOf(shape: NodeShape): readonly Node[] {
  if ('items' in shape) return shape.items;
  return 'item' in shape ? [shape.item] : [];
}

function sizeOf(shape: NodeShape): number {
  switch (shape.kind) {
    case 'empty':
    case 'class':
    case 'assertion':
      return 1;
    case 'literal':
      return shape.codePoints.length;
    case 'capture':
    case 'star':
      return 2 + shape.item.size;
    case 'plus':
    case 'optional':
      return 1 + shape.item.size;
    case 'sequence':
      return sumOfSizes(shape.items);
    case 'alternation':
      return sumOfSizes(shape.items) + shape.items.length - 1;
    case 'repeat':
      if (shape.max >= 0) return shape.max * shape.item.size + shape.max - shape.min;
      return shape.min === 0 ? 2 + shape.item.size : 1 + shape.min * shape.item.size;
  }
}

function sumOfSizes(nodes: readonly Node[]): number {
  let sum = 0;
  for (const node of nodes) sum += node.size;
  return sum;
}

function nullableOf(shape: NodeShape): boolean {
  switch (shape.kind) {
    case 'empty':
    case 'assertion':
    case 'star':
    case 'optional':
      return true;
    case 'literal':
    case 'class':
      return false;
    case 'capture':
    case 'plus':
      return shape.item.nullable;
    case 'repeat':
      return shape.min === 0 || shape.item.nullable;
    case 'sequence':
      return shape.items.every((item) => item.nullable);
    case 'alternation':
      return shape.items.some((item) => item.nullable);
  }
}
