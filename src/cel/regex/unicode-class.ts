import type { CodePointSet } from './code-point-set.ts';
import { difference, maxCodePoint, negated, normalized, union } from './code-point-set.ts';
import { assignedAfterUnicode15 } from './unicode-version.ts';

/** General categories by short name, as in Go's `unicode.Categories`. */
const categories =
  'C Cc Cf Cn Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs';

/** Long names of general categories; Go compares them without case, underscores, spaces and hyphens. */
const categoryAliases =
  'Cased_Letter Close_Punctuation Combining_Mark Connector_Punctuation Control Currency_Symbol Dash_Punctuation ' +
  'Decimal_Number Enclosing_Mark Final_Punctuation Format Initial_Punctuation Letter Letter_Number Line_Separator ' +
  'Lowercase_Letter Mark Math_Symbol Modifier_Letter Modifier_Symbol Nonspacing_Mark Number Open_Punctuation Other ' +
  'Other_Letter Other_Number Other_Punctuation Other_Symbol Paragraph_Separator Private_Use Punctuation Separator ' +
  'Space_Separator Spacing_Mark Surrogate Symbol Titlecase_Letter Unassigned Uppercase_Letter cntrl digit punct';

/** Scripts whose name is as short as an ISO 15924 code, which the JavaScript engine takes for a script too but Go does not. */
const shortScripts = 'Ahom Cham Han Kawi Lao Lisu Miao Modi Mro Newa Nko Thai Toto Vai Yi'.split(' ');

/** Code points whose category changed after Unicode 15.0: U+0295 was Ll, U+1171E was Mn. */
const recategorized: Readonly<Record<string, { added?: number; removed?: number }>> = {
  Cased_Letter: { added: 0x295 },
  Ll: { added: 0x295 },
  Lo: { removed: 0x295 },
  Mc: { removed: 0x1171e },
  Mn: { added: 0x1171e },
};

/**
 * The ranges read character by character. The surrogates between them are one category; planes 4 to 13 hold no
 * character; from plane 15 on everything but the last two of a plane is private use.
 */
const scannedRanges: readonly number[] = [0, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x3ffff, 0xe0000, 0xe0fff];

/** Code points that are matched in one go. */
const chunkSize = 0x1000;

let nativeNames: Map<string, string> | undefined;
const classes = new Map<string, CodePointSet>();

/**
 * The code points that Go's `\p{name}` matches, without folding; `undefined` where Go knows no such name.
 * Read from the JavaScript engine's own tables and set back to Unicode 15.0.
 */
export function unicodeClass(name: string): CodePointSet | undefined {
  const canonical = canonicalName(name);
  if (canonical === 'Any') return [0, maxCodePoint];
  if (canonical === 'Ascii') return [0, 0x7f];
  if (canonical === 'Assigned') return negated(classOf('Cn'));
  if (canonical === 'Lc') return classOf('Cased_Letter');
  nativeNames ??= collectNativeNames();
  const native = nativeNames.get(canonical);
  return native === undefined ? scriptOf(canonical) : classOf(native);
}

/**
 * The script of that name. Go removes underscores before it looks a script up, so names of several words (`Old_Italic`,
 * `SignWriting`) are never found there and are errors here too; scripts younger than Unicode 15.0 have no characters left.
 */
function scriptOf(name: string): CodePointSet | undefined {
  if (name === 'Unknown' || !/^[A-Z][a-z]+$/.test(name) || (name.length < 5 && !shortScripts.includes(name)))
    return undefined;
  try {
    const found = classOf(`Script=${name}`);
    return found.length === 0 ? undefined : found;
  } catch {
    return undefined;
  }
}

function classOf(native: string): CodePointSet {
  let found = classes.get(native);
  if (!found) {
    found = readClass(native);
    classes.set(native, found);
  }
  return found;
}

function readClass(native: string): CodePointSet {
  const scanned = scanNative(new RegExp(`\\p{${native}}+`, 'gu'));
  const unassigned = ['C', 'Other', 'Cn', 'Unassigned'].includes(native);
  const aged = unassigned
    ? union(scanned, assignedAfterUnicode15)
    : difference(scanned, assignedAfterUnicode15);
  const { added, removed } = recategorized[shortName(native)] ?? {};
  if (added !== undefined) return union(aged, [added, added]);
  return removed === undefined ? aged : difference(aged, [removed, removed]);
}

/** The few long names that {@link recategorized} needs under their short one. */
function shortName(native: string): string {
  const short: Readonly<Record<string, string>> = {
    Lowercase_Letter: 'Ll',
    Other_Letter: 'Lo',
    Spacing_Mark: 'Mc',
    Nonspacing_Mark: 'Mn',
  };
  return short[native] ?? native;
}

function scanNative(pattern: RegExp): CodePointSet {
  const ranges: number[] = [];
  for (let block = 0; block < scannedRanges.length; block += 2) {
    for (let low = scannedRanges[block]!; low <= scannedRanges[block + 1]!; low += chunkSize) {
      scanChunk(pattern, low, Math.min(low + chunkSize, scannedRanges[block + 1]! + 1), ranges);
    }
  }
  if (matches(pattern, 0xd800)) ranges.push(0xd800, 0xdfff);
  if (matches(pattern, 0x40000))
    ranges.push(0x40000, 0xdffff, 0xe1000, 0xeffff, 0xffffe, 0xfffff, 0x10fffe, 0x10ffff);
  if (matches(pattern, 0xf0000)) ranges.push(0xf0000, 0xffffd, 0x100000, 0x10fffd);
  return normalized(ranges);
}

/** Adds the runs of members from `low` up to but not including `end`, which are all in the BMP or all above. */
function scanChunk(pattern: RegExp, low: number, end: number, ranges: number[]): void {
  const unitsEach = low > 0xffff ? 2 : 1;
  const text = String.fromCodePoint(...Array.from({ length: end - low }, (_, index) => low + index));
  for (const run of text.matchAll(pattern)) {
    const first = low + run.index / unitsEach;
    ranges.push(first, first + run[0].length / unitsEach - 1);
  }
}

function matches(pattern: RegExp, codePoint: number): boolean {
  return String.fromCodePoint(codePoint).search(pattern) === 0;
}

function collectNativeNames(): Map<string, string> {
  const names = new Map<string, string>();
  for (const name of categoryAliases.split(' ')) names.set(canonicalName(name), name);
  for (const name of categories.split(' ')) names.set(name, name);
  return names;
}

/** First letter upper case, the rest lower case, without underscores, hyphens and spaces (ASCII only, as in Go). */
function canonicalName(name: string): string {
  const letters = name.replace(/[_\- ]/g, '').replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  return letters.replace(/^[a-z]/, (letter) => letter.toUpperCase());
}
