import type { Path } from '../model/object.ts';
import { formatPath } from '../model/path.ts';
import type { Alike } from '../policy/index.ts';

/** By what a rule looked at in an object, and by the rule: the places at which such objects fail it. */
const known = new WeakMap<object, Map<string, readonly string[]>>();

/** The same for objects of any kind, with where the parts were in the kind of the first. */
const elsewhere = new WeakMap<object, Map<string, Found>>();

interface Found {
  readonly paths: readonly string[];
  readonly parts: readonly Path[];
}

/** The places at which objects that look `alike` to a rule fail it, in the order of its findings; undefined where nobody has asked. */
export function knownPaths(alike: Alike, rule: string): readonly string[] | undefined {
  return known.get(alike)?.get(rule);
}

/** The same, worked out by `find` for the first of them. */
export function failingPaths(alike: Alike, rule: string, find: () => readonly string[]): readonly string[] {
  const before = knownPaths(alike, rule);
  if (before !== undefined) return before;
  const paths = pathsElsewhere(alike, rule) ?? find();
  remember(known, alike, rule, paths);
  if (alike.elsewhere === undefined) return paths;
  const { said, parts } = alike.elsewhere;
  remember(elsewhere, said, rule, { paths, parts });
  return paths;
}

/** The places at which an object of another kind failed the rule, as they are called in this kind. */
function pathsElsewhere({ elsewhere: alike }: Alike, rule: string): readonly string[] | undefined {
  const found = alike === undefined ? undefined : elsewhere.get(alike.said)?.get(rule);
  if (alike === undefined || found === undefined) return undefined;
  const [from, to] = [found.parts.map(formatPath), alike.parts.map(formatPath)];
  // What has no place in one of the kinds, a constant there, fails somewhere in the other only.
  if (from.includes('') || to.includes('')) return undefined;
  const moved: string[] = [];
  for (const path of found.paths) {
    const places = from.flatMap((part, i) => (isBelow(path, part) ? [i] : []));
    const [place] = places;
    // Metadata is in the same place in all kinds, and what belongs to two parts could be in either.
    if (place === undefined || places.length > 1 || isBelow(path, 'metadata')) return undefined;
    moved.push(to[place]! + path.slice(from[place]!.length));
  }
  return moved;
}

function isBelow(path: string, part: string): boolean {
  return path.startsWith(part) && (path.length === part.length || '.['.includes(path[part.length]!));
}

function remember<T>(all: WeakMap<object, Map<string, T>>, key: object, rule: string, value: T): void {
  const others = all.get(key);
  if (others === undefined) all.set(key, new Map([[rule, value]]));
  else others.set(rule, value);
}
