import type { Node } from './syntax-tree.ts';

export function nativeRegExp(_root: Node): RegExp | undefined {
  return undefined;
}
