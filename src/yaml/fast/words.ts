const SLOTS = 4096;
/** Longer keys are rare. */
const LONGEST_KEY = 40;
/** The engine copies slices up to this length; longer ones keep their whole source alive. */
const LONGEST_VALUE = 12;

/** Texts seen before, so that the same word in a thousand objects is one string. Collisions replace. */
const words: string[] = Array.from({ length: SLOTS }, () => '');

/**
 * `text.slice(start, end)` for a key of an object. Takes no copy of a key it has met before, which saves the engine
 * from looking up its name each time.
 */
export function keyAt(text: string, start: number, end: number): string {
  return end - start > LONGEST_KEY ? text.slice(start, end) : word(text, start, end);
}

/** `text.slice(start, end)` for a value. */
export function valueAt(text: string, start: number, end: number): string {
  return end - start > LONGEST_VALUE ? text.slice(start, end) : word(text, start, end);
}

function word(text: string, start: number, end: number): string {
  const length = end - start;
  if (length === 0) return '';
  const slot =
    (length * 5 +
      text.charCodeAt(start) * 31 +
      text.charCodeAt(start + (length >> 1)) * 113 +
      text.charCodeAt(end - 1) * 601 +
      text.charCodeAt(start + (length >> 2)) * 1201) &
    (SLOTS - 1);
  const candidate = words[slot]!;
  if (candidate.length === length && text.startsWith(candidate, start)) return candidate;
  const added = text.slice(start, end);
  if (length > LONGEST_VALUE) detach(added);
  return (words[slot] = added);
}

/** Lets a slice no longer hold its source: used as a name, it becomes the engine's own copy. */
function detach(slice: string): void {
  const names: Record<string, boolean> = {};
  names[slice] = true;
}
