/** A step into a value: a field or map key, or an index. */
export type Segment = string | number;

/** A place in an input, from its root variable on: `['object', 'spec', 'containers', 1, 'name']`, present or not. */
export type Path = readonly Segment[];

/** Paths without repetition and without those that only lead to another one. */
export function longestPaths(paths: readonly Path[]): Path[] {
  const unique = new Map(paths.map((path) => [JSON.stringify(path), path]));
  const prefixes = new Set<string>();
  for (const path of unique.values()) {
    for (let length = path.length - 1; length > 0; length--)
      prefixes.add(JSON.stringify(path.slice(0, length)));
  }
  return [...unique].filter(([key]) => !prefixes.has(key)).map(([, path]) => path);
}

/** Whether a path leads through another, or is it. */
export function extendsPath(path: Path, prefix: Path): boolean {
  return path.length >= prefix.length && prefix.every((segment, i) => path[i] === segment);
}
