/** A step into a value: a field or map key, or an index. */
export type Segment = string | number;

/** A place in an input, from its root variable on: `['object', 'spec', 'containers', 1, 'name']`, present or not. */
export type Path = readonly Segment[];

/** Up to here comparing each with each is cheaper than a tree. */
const few = 8;

/** Paths without repetition and without those that only lead to another one, in their order. */
export function longestPaths(paths: readonly Path[]): readonly Path[] {
  if (paths.length < 2) return paths;
  if (paths.length > few) return longestOfMany(paths);
  return paths.filter((path, i) => !paths.some((other, j) => i !== j && yields(path, i, other, j)));
}

/** Whether `path` gives way to `other`: it only leads there, or repeats it. */
function yields(path: Path, i: number, other: Path, j: number): boolean {
  return extendsPath(other, path) && (other.length > path.length || j < i);
}

/** A step of the tree of paths; `path` is set where one ends. */
interface PathNode {
  readonly next: Map<Segment, PathNode>;
  path: Path | undefined;
}

function longestOfMany(paths: readonly Path[]): readonly Path[] {
  const root: PathNode = { next: new Map(), path: undefined };
  const ends = new Set<PathNode>();
  for (const path of paths) {
    let node = root;
    for (const segment of path) {
      let next = node.next.get(segment);
      if (next === undefined) node.next.set(segment, (next = { next: new Map(), path: undefined }));
      node = next;
    }
    node.path ??= path;
    ends.add(node);
  }
  return [...ends].filter(({ next }) => next.size === 0).map(({ path }) => path!);
}

/** Whether a path leads through another, or is it. */
export function extendsPath(path: Path, prefix: Path): boolean {
  if (path.length < prefix.length) return false;
  // Paths differ at their ends first: they share the way to the container.
  for (let i = prefix.length - 1; i >= 0; i--) if (path[i] !== prefix[i]) return false;
  return true;
}
