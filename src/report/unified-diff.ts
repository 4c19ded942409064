/** Lines of context around a change, as `diff -u` has them. */
const context = 3;

/** More steps than this are not looked for: the rest is then replaced as a whole. */
const mostEdits = 500;

/** One line of the comparison: in both texts, only in the first, only in the second. */
interface Line {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

/**
 * The difference of two texts in the form of `diff -u`: `---`, `+++`, then hunks with three lines of context. Empty where
 * they are equal. Lines are told apart by line breaks; a last line without one is marked as `diff` marks it.
 */
export function unifiedDiff(before: string, after: string, names: readonly [string, string]): string {
  if (before === after) return '';
  const lines = compare(split(before), split(after));
  return [`--- ${names[0]}\n`, `+++ ${names[1]}\n`, ...hunks(lines)].join('');
}

/**
 * A file name as `patch` and `git apply` read it in the lines above a difference: quoted as in C where it would end the line or
 * begin a quote; a name with spaces ends with a tab, as GNU diff has before the time, else it may be taken to end at a space.
 * Source: the manual of git-config, `core.quotePath`.
 */
export function patchName(name: string): string {
  if (!/["\\\0-\x1f\x7f]/.test(name)) return name.includes(' ') ? `${name}\t` : name;
  const quoted = name.replace(
    /["\\]|[\0-\x1f\x7f]/g,
    (one) => `\\${one === '"' || one === '\\' ? one : one.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
  return `"${quoted}"`;
}

function split(text: string): string[] {
  const lines = text.split('\n');
  const last = lines.pop()!;
  return last === '' ? lines : [...lines, `${last}\n\\ No newline at end of file`];
}

/** A shortest edit script (Myers 1986) of what is between the common start and the common end. */
function compare(before: readonly string[], after: readonly string[]): Line[] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const same = (text: string): Line => ({ mark: ' ', text });
  return [
    ...before.slice(0, start).map(same),
    ...shortestEdit(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...before.slice(before.length - end).map(same),
  ];
}

function shortestEdit(before: readonly string[], after: readonly string[]): Line[] {
  const [n, m] = [before.length, after.length];
  const trail: Map<number, number>[] = [];
  let furthest = new Map<number, number>([[1, 0]]);
  for (let edits = 0; edits <= Math.min(n + m, mostEdits); edits++) {
    trail.push(new Map(furthest));
    for (let k = -edits; k <= edits; k += 2) {
      const down = k === -edits || (k !== edits && furthest.get(k - 1)! < furthest.get(k + 1)!);
      let x = down ? furthest.get(k + 1)! : furthest.get(k - 1)! + 1;
      while (x < n && x - k < m && before[x] === after[x - k]) x++;
      furthest.set(k, x);
      if (x >= n && x - k >= m) return walkBack(trail, before, after);
    }
    furthest = new Map(furthest);
  }
  return [
    ...before.map((text): Line => ({ mark: '-', text })),
    ...after.map((text): Line => ({ mark: '+', text })),
  ];
}

function walkBack(
  trail: readonly ReadonlyMap<number, number>[],
  before: readonly string[],
  after: readonly string[],
): Line[] {
  const lines: Line[] = [];
  let [x, y] = [before.length, after.length];
  for (let edits = trail.length - 1; edits >= 0; edits--) {
    const furthest = trail[edits]!;
    const k = x - y;
    const down = k === -edits || (k !== edits && furthest.get(k - 1)! < furthest.get(k + 1)!);
    const previous = down ? k + 1 : k - 1;
    const startX = furthest.get(previous)!;
    const startY = startX - previous;
    while (x > startX && y > startY && x > 0 && y > 0) {
      x--;
      y--;
      lines.push({ mark: ' ', text: before[x]! });
    }
    if (edits === 0) break;
    if (down) lines.push({ mark: '+', text: after[--y]! });
    else lines.push({ mark: '-', text: before[--x]! });
  }
  return lines.reverse();
}

function* hunks(lines: readonly Line[]): Generator<string> {
  let before = 0;
  let after = 0;
  let at = 0;
  while (at < lines.length) {
    const change = lines.findIndex(({ mark }, index) => index >= at && mark !== ' ');
    if (change < 0) return;
    const first = Math.max(at, change - context);
    const last = endOfHunk(lines, change);
    before += first - at;
    after += first - at;
    const hunk = lines.slice(first, last);
    const removed = hunk.filter(({ mark }) => mark !== '+').length;
    const added = hunk.filter(({ mark }) => mark !== '-').length;
    yield `@@ -${range(before, removed)} +${range(after, added)} @@\n`;
    for (const { mark, text } of hunk) yield `${mark}${text}\n`;
    before += removed;
    after += added;
    at = last;
  }
}

/** Changes with at most twice the context between them are one hunk. */
function endOfHunk(lines: readonly Line[], change: number): number {
  let last = change;
  for (let index = change; index < lines.length && index - last <= 2 * context; index++) {
    if (lines[index]!.mark !== ' ') last = index;
  }
  return Math.min(lines.length, last + 1 + context);
}

function range(start: number, count: number): string {
  const line = count === 0 ? start : start + 1;
  return count === 1 ? `${line}` : `${line},${count}`;
}
