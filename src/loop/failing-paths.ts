/** By what a rule looked at in an object, and by the rule: the places at which such objects fail it. */
const known = new WeakMap<object, Map<string, readonly string[]>>();

/**
 * The places at which an object fails a rule, in the order of its findings; worked out once for all objects that look `alike`
 * to the rule. Undefined where that has not been done and there is no `find` to do it.
 */
export function failingPaths(alike: object, rule: string): readonly string[] | undefined;
export function failingPaths(alike: object, rule: string, find: () => readonly string[]): readonly string[];
export function failingPaths(
  alike: object,
  rule: string,
  find?: () => readonly string[],
): readonly string[] | undefined {
  let paths = known.get(alike)?.get(rule);
  if (paths !== undefined || find === undefined) return paths;
  paths = find();
  const others = known.get(alike);
  if (others === undefined) known.set(alike, new Map([[rule, paths]]));
  else others.set(rule, paths);
  return paths;
}
