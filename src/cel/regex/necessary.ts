import { caseOrbit } from './case-folding.ts';
import type { CodePointSet } from './code-point-set.ts';
import { normalized } from './code-point-set.ts';
import type { Node } from './syntax-tree.ts';

/** Characters that stand one after the other in a match, each one of a set. */
type Factor = readonly CodePointSet[];

/** What is known of the matches of a node. */
interface Known {
  /** Every match is exactly this; undefined where matches differ in length. */
  readonly exact: Factor | undefined;
  /** Every match contains one of these; undefined where nothing is known that is worth looking for. */
  readonly factors: readonly Factor[] | undefined;
}

/** Longer factors are cut: what is left is necessary all the same. */
const longestFactor = 12;
/** So many different factors are looked for at most; each is tried at every place of a text. */
const mostFactors = 48;
/** Members beyond which a set tells hardly any text from another. */
const narrowest = 8;
/** Narrow sets that a factor has at least. */
const leastNarrow = 3;

/**
 * Finds the texts that cannot match: what every match of the pattern contains, as a native expression without repetitions, which
 * takes time linear in the text. Most texts that a pattern is asked about are nothing like it, and the native engine says so many
 * times faster than an automaton that has to be built first. Undefined where matches have nothing in common.
 */
export function necessaryIn(root: Node): RegExp | undefined {
  const factors = best([known(root)]);
  if (factors === undefined) return undefined;
  const sources = new Set(factors.map((factor) => factor.map(sourceOf).join('')));
  return new RegExp([...sources].join('|'));
}

function known(node: Node): Known {
  switch (node.kind) {
    case 'empty':
    case 'assertion':
      return { exact: [], factors: undefined };
    case 'literal':
      return { exact: node.codePoints.map((one) => setOf(one, node.fold)), factors: undefined };
    case 'class':
      return { exact: [node.set], factors: undefined };
    case 'capture':
      return known(node.item);
    case 'sequence':
      return sequence(node.items.map(known));
    case 'alternation':
      return alternation(node.items.map(known));
    case 'plus':
      return { exact: undefined, factors: best([known(node.item)]) };
    case 'repeat': {
      if (node.min === 0) return nothing;
      const item = known(node.item);
      const times =
        node.min === node.max && node.min * (item.exact?.length ?? 1) <= longestFactor ? node.min : 1;
      const repeated = sequence(Array.from({ length: times }, () => item));
      return times === node.max ? repeated : { exact: undefined, factors: best([repeated]) };
    }
    case 'star':
    case 'optional':
      return nothing;
  }
}

const nothing: Known = { exact: undefined, factors: undefined };

function setOf(codePoint: number, fold: boolean): CodePointSet {
  return fold ? normalized(caseOrbit(codePoint).flatMap((one) => [one, one])) : [codePoint, codePoint];
}

/** What stands side by side with a fixed length goes together. */
function sequence(items: readonly Known[]): Known {
  const runs: Known[] = [];
  let run: CodePointSet[] = [];
  for (const { exact, factors } of items) {
    if (exact !== undefined) {
      run.push(...exact);
      continue;
    }
    runs.push({ exact: run, factors: undefined }, { exact: undefined, factors });
    run = [];
  }
  if (runs.length === 0) return { exact: run, factors: undefined };
  return { exact: undefined, factors: best([...runs, { exact: run, factors: undefined }]) };
}

/** One of them matches, so what is looked for has to be known of each. */
function alternation(items: readonly Known[]): Known {
  const factors: Factor[] = [];
  for (const item of items) {
    const ofItem = best([item]);
    if (ofItem === undefined) return nothing;
    factors.push(...ofItem);
  }
  return { exact: undefined, factors: factors.length > mostFactors ? undefined : factors };
}

/** Of several things that are all necessary, the one that the fewest texts have. */
function best(all: readonly Known[]): readonly Factor[] | undefined {
  let found: readonly Factor[] | undefined;
  let rank = leastNarrow;
  for (const { exact, factors } of all) {
    const candidates = exact === undefined ? (factors ?? []) : [narrowPart(exact)];
    if (candidates.length === 0) continue;
    const least = Math.min(...candidates.map(narrowSets));
    if (least < rank || (least === rank && found !== undefined && found.length <= candidates.length))
      continue;
    found = candidates;
    rank = least;
  }
  return found;
}

/** The longest part in which there are no wide sets but single ones in the middle. */
function narrowPart(factor: Factor): Factor {
  let longest: Factor = [];
  let part: CodePointSet[] = [];
  const close = (): void => {
    while (part.length > 0 && !isNarrow(part.at(-1)!)) part.pop();
    if (narrowSets(part) > narrowSets(longest)) longest = part;
    part = [];
  };
  for (const set of factor) {
    const isWide = !isNarrow(set);
    if (!isComparable(set) || (isWide && (part.length === 0 || !isNarrow(part.at(-1)!)))) close();
    else part.push(set);
    if (part.length === longestFactor) close();
  }
  close();
  return longest;
}

function narrowSets(factor: Factor): number {
  return factor.filter(isNarrow).length;
}

function isNarrow(set: CodePointSet): boolean {
  let members = 0;
  for (let i = 0; i < set.length; i += 2) members += set[i + 1]! - set[i]! + 1;
  return members <= narrowest;
}

/** Whether a set holds single UTF-16 units only, and not the character that a lone surrogate counts as. */
function isComparable(set: CodePointSet): boolean {
  for (let i = 0; i < set.length; i += 2) if (set[i]! <= 0xffff && set[i + 1]! >= 0xd800) return false;
  return set.length > 0 && set.at(-1)! <= 0xffff;
}

function sourceOf(set: CodePointSet): string {
  const unit = (codePoint: number): string => `\\u${codePoint.toString(16).padStart(4, '0')}`;
  if (set.length === 2 && set[0] === set[1]) return unit(set[0]!);
  const ranges = Array.from(
    { length: set.length / 2 },
    (_, i) => `${unit(set[2 * i]!)}-${unit(set[2 * i + 1]!)}`,
  );
  return `[${ranges.join('')}]`;
}
