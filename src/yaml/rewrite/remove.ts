import type { Span } from '../problem.ts';
import type { ChangeTree } from './change.ts';
import type { Draft } from './draft.ts';

/** Takes keys out of a mapping that keeps others; in a block the whole lines. */
export function removeKeys(
  draft: Draft,
  node: number,
  own: readonly number[],
  removed: readonly number[],
  tree: ChangeTree,
): void {
  const { places } = draft;
  if (places.isFlow(node)) {
    const ends = (i: number): Span => ({
      start: places.span(own[i]!).start,
      end: places.span(places.layout.behind(own[i]!)).end,
    });
    return removeFromFlow(draft, node, own.length, ends, (i) => removed.includes(own[i]!));
  }
  const gone = (i: number): boolean => removed.includes(own[i]!);
  for (let i = 0; i < own.length; i++) {
    if (!gone(i)) continue;
    const { start } = places.span(own[i]!);
    const lineStart = places.lineStart(start);
    if (/^[ ]*$/.test(places.text.slice(lineStart, start))) {
      removeLines(draft, lineStart, places.endOfEntry(places.layout.behind(own[i]!)));
      continue;
    }
    // The first entry behind a dash: the next one that stays moves up.
    let next = i + 1;
    while (next < own.length && gone(next)) next++;
    if (i !== 0 || next === own.length) {
      draft.refuse(tree, 'the line holds something else', own[i]!);
      return;
    }
    const to = places.span(own[next]!).start;
    const cut = places.text.slice(start, to);
    if (/(?:^|\s)#/.test(cut)) {
      draft.refuse(tree, 'a comment stands behind what would be removed', own[i]!);
      return;
    }
    draft.put(start, to, '');
    i = next - 1;
  }
}

/** Takes items out of a list that keeps others; in a block the whole lines. */
export function removeItems(
  draft: Draft,
  node: number,
  items: readonly number[],
  removed: readonly number[],
  tree: ChangeTree,
): void {
  const { places } = draft;
  if (places.isFlow(node)) {
    return removeFromFlow(
      draft,
      node,
      items.length,
      (i) => places.span(items[i]!),
      (i) => removed.includes(items[i]!),
    );
  }
  for (const item of removed) {
    const dash = places.dash(node, items, items.indexOf(item));
    if (dash === undefined || !/^[ ]*$/.test(places.text.slice(places.lineStart(dash), dash))) {
      draft.refuse(tree, 'the line holds something else', item);
      continue;
    }
    removeLines(draft, places.lineStart(dash), places.endOfEntry(item));
  }
}

function removeFromFlow(
  draft: Draft,
  node: number,
  count: number,
  span: (i: number) => Span,
  gone: (i: number) => boolean,
): void {
  const { places } = draft;
  const stay = Array.from({ length: count }, (_, i) => i).filter((i) => !gone(i));
  if (stay.length === 0) {
    const whole = places.span(node);
    draft.put(whole.start + 1, whole.end - 1, '');
    return;
  }
  for (let i = 0; i < count; i++) {
    if (!gone(i)) continue;
    let last = i;
    while (last + 1 < count && gone(last + 1)) last++;
    if (last + 1 < count) draft.put(span(i).start, span(last + 1).start, '');
    else draft.put(span(i - 1).end, span(last).end, '');
    i = last;
  }
}

function removeLines(draft: Draft, start: number, end: number): void {
  const { places } = draft;
  let to = end;
  if (places.text.startsWith('\r\n', to)) to += 2;
  else if (to < places.text.length) to += 1;
  else {
    // The last line has no break of its own, so the one before goes.
    let from = start;
    if (places.text[from - 1] === '\n') from--;
    if (places.text[from - 1] === '\r') from--;
    draft.put(from, to, '');
    return;
  }
  draft.put(start, to, '');
}
