import type { CodePointSet } from './code-point-set.ts';
import { contains, intersects, union } from './code-point-set.ts';
import type { Assertion, Node } from './syntax-tree.ts';

/** Programs larger than this are not given to the native engine, which refuses large expressions when it runs them. */
const maxNativeSize = 2000;

/** How far a pattern without `^` may read from each place it is tried at. */
const maxUnanchoredLength = 64;

/** Ranges beyond which a class is not written out. */
const maxRanges = 32;

/** Repetitions inside repetitions that are looked at; deeper ones are left to our own engines. */
const maxRepeatDepth = 3;

/**
 * The assertions that mean the same. Not the line ones, which natively hold at U+2028 too, and not `\B`, which V8
 * finds between the halves of a surrogate pair.
 */
const nativeAssertions: ReadonlyMap<Assertion, string> = new Map([
  ['begin-text', '^'],
  ['end-text', '$'],
  ['word-boundary', '\\b'],
]);

/** A translated node together with what follows it: its source, what it can begin with, how much it can read. */
interface Translation {
  readonly source: string;
  readonly first: CodePointSet;
  readonly maxLength: number;
}

/**
 * The native equivalent of a pattern whose next character always tells which way to go, so that backtracking
 * never has more than one way left to try and stays linear; `undefined` for every other pattern. Only
 * constructs that mean the same in both worlds are translated, under the `u` flag (code points), with every
 * class and special character written out as numbers.
 */
export function nativeRegExp(root: Node): RegExp | undefined {
  if (root.size > maxNativeSize) return undefined;
  const translation = translate(root, [], 0);
  if (!translation) return undefined;
  if (!beginsAnchored(root) && translation.maxLength > maxUnanchoredLength) return undefined;
  return new RegExp(translation.source, 'gu');
}

/** Translates `node`; `follow` is what can come after it, `depth` how many repetitions it is in. */
function translate(node: Node, follow: CodePointSet, depth: number): Translation | undefined {
  switch (node.kind) {
    case 'empty':
      return { source: '(?:)', first: follow, maxLength: 0 };
    case 'literal':
      return translateLiteral(node.codePoints, node.fold);
    case 'class':
      return translateClass(node.set);
    case 'assertion': {
      const source = nativeAssertions.get(node.assertion);
      return source === undefined ? undefined : { source, first: follow, maxLength: 0 };
    }
    case 'capture': {
      const item = translate(node.item, follow, depth);
      return item && { ...item, source: `(?:${item.source})` };
    }
    case 'sequence':
      return translateSequence(node.items, follow, depth);
    case 'alternation':
      return translateAlternation(node.items, follow, depth);
    case 'optional':
      return translateRepeat(node.item, 0, 1, node.greedy, follow, depth);
    case 'star':
      return translateRepeat(node.item, 0, Infinity, node.greedy, follow, depth);
    case 'plus':
      return translateRepeat(node.item, 1, Infinity, node.greedy, follow, depth);
    case 'repeat':
      return translateRepeat(
        node.item,
        node.min,
        node.max < 0 ? Infinity : node.max,
        node.greedy,
        follow,
        depth,
      );
  }
}

function translateLiteral(codePoints: readonly number[], fold: boolean): Translation | undefined {
  if (fold || codePoints.some(isSurrogateLike)) return undefined;
  const first = [codePoints[0]!, codePoints[0]!];
  return { source: codePoints.map(escaped).join(''), first, maxLength: codePoints.length };
}

function translateClass(set: CodePointSet): Translation | undefined {
  if (set.length === 0 || set.length > 2 * maxRanges || !treatsSurrogatesAlike(set)) return undefined;
  let source = '';
  for (let index = 0; index < set.length; index += 2)
    source += `${escaped(set[index]!)}-${escaped(set[index + 1]!)}`;
  return { source: `[${source}]`, first: set, maxLength: 1 };
}

function translateSequence(
  items: readonly Node[],
  follow: CodePointSet,
  depth: number,
): Translation | undefined {
  let result: Translation = { source: '', first: follow, maxLength: 0 };
  for (const item of items.toReversed()) {
    const translated = translate(item, result.first, depth);
    if (!translated) return undefined;
    const source = item.kind === 'alternation' ? `(?:${translated.source})` : translated.source;
    result = {
      source: source + result.source,
      first: translated.first,
      maxLength: translated.maxLength + result.maxLength,
    };
  }
  return result;
}

function translateAlternation(
  items: readonly Node[],
  follow: CodePointSet,
  depth: number,
): Translation | undefined {
  const sources: string[] = [];
  let first: CodePointSet = [];
  let maxLength = 0;
  for (const item of items) {
    const translated = translate(item, follow, depth);
    if (!translated || intersects(first, translated.first)) return undefined;
    sources.push(translated.source);
    first = union(first, translated.first);
    maxLength = Math.max(maxLength, translated.maxLength);
  }
  return { source: sources.join('|'), first, maxLength };
}

/** A repetition is translated if one look at the next character decides between another round and going on. */
function translateRepeat(
  item: Node,
  min: number,
  max: number,
  greedy: boolean,
  follow: CodePointSet,
  depth: number,
): Translation | undefined {
  if (item.nullable || max === 0 || depth === maxRepeatDepth) return undefined;
  const alone = translate(item, [], depth + 1);
  if (!alone || (min !== max && intersects(alone.first, follow))) return undefined;
  const repeated = translate(item, max > 1 ? union(alone.first, follow) : follow, depth + 1);
  if (!repeated) return undefined;
  const count = `{${min},${max === Infinity ? '' : max}}`;
  return {
    source: `(?:${repeated.source})${count}${greedy ? '' : '?'}`,
    first: min === 0 ? union(alone.first, follow) : alone.first,
    maxLength: repeated.maxLength * max,
  };
}

function beginsAnchored(node: Node): boolean {
  if (node.kind === 'assertion') return node.assertion === 'begin-text';
  if (node.kind === 'capture') return beginsAnchored(node.item);
  if (node.kind === 'sequence') return beginsAnchored(node.items[0]!);
  return node.kind === 'alternation' && node.items.every(beginsAnchored);
}

function escaped(codePoint: number): string {
  const character = String.fromCodePoint(codePoint);
  return /[A-Za-z0-9]/.test(character) ? character : `\\u{${codePoint.toString(16)}}`;
}

/** Surrogates and the character that stands for a lone one. */
function isSurrogateLike(codePoint: number): boolean {
  return codePoint === 0xfffd || (codePoint >= 0xd800 && codePoint <= 0xdfff);
}

/** A lone surrogate is itself for the native engine and U+FFFD for ours: a class must not tell them apart. */
function treatsSurrogatesAlike(set: CodePointSet): boolean {
  if (!contains(set, 0xfffd)) return !intersects(set, [0xd800, 0xdfff]);
  return contains(set, 0xd800) && !set.some((end) => end >= 0xd800 && end < 0xdfff);
}
