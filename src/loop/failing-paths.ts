/** By what a rule looked at in an object, and by the rule: the places at which such objects fail it. */
const known = new WeakMap<object, Map<string, readonly string[]>>();

/** The places at which objects that look `alike` to a rule fail it, in the order of its findings; undefined where nobody has asked. */
export function knownPaths(alike: object, rule: string): readonly string[] | undefined {
  return known.get(alike)?.get(rule);
}

/** The same, worked out by `find` for the first of them. */
export function failingPaths(alike: object, rule: string, find: () => readonly string[]): readonly string[] {
  const before = knownPaths(alike, rule);
  if (before !== undefined) return before;
  const paths = find();
  const others = known.get(alike);
  if (others === undefined) known.set(alike, new Map([[rule, paths]]));
  else others.set(rule, paths);
  return paths;
}
