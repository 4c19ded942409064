/** Text to put in the place of a stretch of the source; offsets are UTF-16 code units of the whole source. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The source with all splices made. They must not overlap; of several at one place the first comes first. Throws a
 * RangeError for splices that overlap: both would be half lost.
 */
export function applySplices(source: string, splices: readonly Splice[]): string {
  const sorted = [...splices].sort((a, b) => a.start - b.start || a.end - b.end);
  let text = '';
  let at = 0;
  for (const { start, end, text: inserted } of sorted) {
    if (start < at) throw new RangeError(`two changes overlap at ${start}`);
    text += source.slice(at, start) + inserted;
    at = end;
  }
  return text + source.slice(at);
}

/**
 * Splices that were worked out one by one, as they can be made together: what is written behind a line that goes stands in
 * its place, and lines that go together leave no line break behind at the end of the text.
 */
export function together(source: string, splices: readonly Splice[]): Splice[] {
  const sorted = [...splices].sort((a, b) => a.start - b.start || a.end - b.end);
  const out: Splice[] = [];
  let removal: Splice | undefined;
  for (const splice of sorted) {
    const { start, end, text } = splice;
    if (removal === undefined || start >= removal.end) {
      out.push(splice);
      removal = text === '' ? splice : undefined;
      continue;
    }
    const joined = start === end ? inPlaceOf(source, removal, out.at(-1)!, splice) : union(removal, splice);
    if (joined === undefined) out.push(splice);
    else {
      out[out.length - 1] = joined;
      if (start !== end) removal = joined;
    }
  }
  return out;
}

/** A line that is added behind the last of the lines that `removal` takes away. */
function inPlaceOf(
  source: string,
  removal: Splice,
  soFar: Splice,
  { start, text }: Splice,
): Splice | undefined {
  const lineBreak = source.slice(start, removal.end);
  const isWhole = removal.start === 0 || '\r\n'.includes(source[removal.start - 1]!);
  if (!isWhole || !/^(?:\r\n|\n|\r)$/.test(lineBreak) || !/^[\r\n]/.test(text)) return undefined;
  return { ...soFar, text: soFar.text + text.replace(/^(?:\r\n|\n|\r)/, '') + lineBreak };
}

/** Two removals of which the later one starts inside of the earlier: with the break before the last line of a text. */
function union(removal: Splice, { start, end, text }: Splice): Splice | undefined {
  if (text !== '' || removal.text !== '' || end < removal.end) return undefined;
  return { start: Math.max(0, removal.start - (removal.end - start)), end, text: '' };
}
