import type { CodePointSet } from './code-point-set.ts';
import { contains, normalized } from './code-point-set.ts';
import { assignedAfterUnicode15 } from './unicode-version.ts';

/** The blocks that hold every code point with a simple case folding (Unicode 15.0). */
const casedBlocks: readonly number[] = [
  0x41, 0x29e, 0x345, 0x586, 0x10a0, 0x10ff, 0x13a0, 0x13fd, 0x1c80, 0x1cbf, 0x1d79, 0x1d8e, 0x1e00, 0x1ffc,
  0x2126, 0x2184, 0x24b6, 0x24e9, 0x2c00, 0x2d2d, 0xa640, 0xa69b, 0xa722, 0xa7f6, 0xab53, 0xabbf, 0xff21,
  0xff5a, 0x10400, 0x1044f, 0x104b0, 0x104fb, 0x10570, 0x105bc, 0x10c80, 0x10cf2, 0x118a0, 0x118df, 0x16e40,
  0x16e7f, 0x1e900, 0x1e943,
];

/** LATIN SMALL LETTER DOTLESS I: its upper case is I, but simple folding keeps it apart from i. */
const dotlessI = 0x131;

let orbits: Map<number, readonly number[]> | undefined;
const closures = new WeakMap<CodePointSet, CodePointSet>();

/**
 * Every code point equal to `codePoint` under simple case folding, itself included; Go's
 * `unicode.SimpleFold` walks the same orbit (K, k and the KELVIN SIGN are one).
 */
export function caseOrbit(codePoint: number): readonly number[] {
  if (codePoint < 0x80) return asciiOrbit(codePoint);
  orbits ??= collectOrbits();
  return orbits.get(codePoint) ?? [codePoint];
}

/** The members of `set` and everything that differs from a member only in case; remembered by the identity of `set`. */
export function caseClosure(set: CodePointSet): CodePointSet {
  let closure = closures.get(set);
  if (!closure) {
    closure = closureOf(set);
    closures.set(set, closure);
  }
  return closure;
}

function closureOf(set: CodePointSet): CodePointSet {
  const ranges = [...set];
  if (set.length === 0 || set.at(-1)! < 0x80) {
    for (let codePoint = set[0] ?? 0x80; codePoint < 0x80; codePoint++) {
      if (!contains(set, codePoint)) continue;
      for (const equivalent of asciiOrbit(codePoint)) ranges.push(equivalent, equivalent);
    }
    return normalized(ranges);
  }
  orbits ??= collectOrbits();
  for (const [codePoint, orbit] of orbits) {
    if (!contains(set, codePoint)) continue;
    for (const equivalent of orbit) ranges.push(equivalent, equivalent);
  }
  return normalized(ranges);
}

/** Saves most patterns from collecting all orbits, which takes a few milliseconds. */
function asciiOrbit(codePoint: number): readonly number[] {
  const lower = codePoint | 0x20;
  if (lower < 0x61 || lower > 0x7a) return [codePoint];
  const orbit = [lower - 0x20, lower];
  if (lower === 0x6b) orbit.push(0x212a);
  if (lower === 0x73) orbit.push(0x17f);
  return orbit;
}

function collectOrbits(): Map<number, readonly number[]> {
  const byKey = new Map<number, number[]>();
  for (let block = 0; block < casedBlocks.length; block += 2) {
    for (let codePoint = casedBlocks[block]!; codePoint <= casedBlocks[block + 1]!; codePoint++) {
      if (codePoint === dotlessI || contains(assignedAfterUnicode15, codePoint)) continue;
      const key = foldKey(codePoint);
      const orbit = byKey.get(key);
      if (orbit) orbit.push(codePoint);
      else byKey.set(key, [codePoint]);
    }
  }
  const found = new Map<number, readonly number[]>();
  for (const orbit of byKey.values()) {
    if (orbit.length < 2) continue;
    for (const codePoint of orbit) found.set(codePoint, orbit);
  }
  return found;
}

/** The lower case of the upper case: equal for exactly the members of an orbit, but for {@link dotlessI}. */
function foldKey(codePoint: number): number {
  const character = String.fromCodePoint(codePoint);
  const upper = single(character.toUpperCase()) ?? character;
  const lower = single(upper.toLowerCase()) ?? upper;
  return lower.codePointAt(0)!;
}

/** `mapped` if it is one code point: mappings to several (sharp s to SS) are full foldings, which do not count. */
function single(mapped: string): string | undefined {
  const length = mapped.codePointAt(0)! > 0xffff ? 2 : 1;
  return mapped.length === length ? mapped : undefined;
}
