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
