import type { Value } from '../build.ts';
import { MAPPING } from '../grammar.ts';
import type { ChangeTree } from './change.ts';
import type { Draft } from './draft.ts';
import { block, entryLines, flowEntry, inFlow, jsonLines } from './render.ts';
import { blockInPlaceOf } from './replace.ts';

/** Writes keys behind the last one of a mapping; `own` are the keys it writes itself. */
export function addKeys(
  draft: Draft,
  node: number,
  own: readonly number[],
  removed: readonly number[],
  added: readonly [string, Value][],
  tree: ChangeTree,
): void {
  const { places } = draft;
  if (places.isFlow(node)) {
    const texts = added.map(
      ([key, value]) =>
        (lines: Lines | undefined) =>
          lines === undefined
            ? flowEntry(key, value, draft.style)
            : `${JSON.stringify(key)}: ${jsonLines(value, lines.indent, lines.step, draft.style.newline)}`,
    );
    return addToFlow(draft, node, own, removed, texts, Object.fromEntries(added));
  }
  const last = own.findLast((key) => !removed.includes(key));
  if (last === undefined) return draft.refuse(tree, 'nothing of the mapping would stay', node);
  const column = places.column(places.span(last).start);
  if (places.text[places.span(last).start - 2] === '?' || places.isInsideFlow(last)) {
    return draft.refuse(tree, 'the mapping is written with ? keys', node);
  }
  const at = places.endOfEntry(places.layout.behind(last));
  const indent = draft.style.newline + ' '.repeat(column);
  const lines = added.flatMap(([key, value]) => entryLines(key, value, draft.style));
  draft.put(at, at, lines.map((line) => (line === '' ? draft.style.newline : indent + line)).join(''));
}

/** Writes items behind the last one of a list. */
export function addItems(
  draft: Draft,
  node: number,
  items: readonly number[],
  removed: readonly number[],
  added: readonly Value[],
  tree: ChangeTree,
): void {
  const { places } = draft;
  if (places.isFlow(node)) {
    return addToFlow(
      draft,
      node,
      items,
      removed,
      added.map(
        (value) => (lines) =>
          lines === undefined
            ? inFlow(value, draft.style)
            : jsonLines(value, lines.indent, lines.step, draft.style.newline),
      ),
      [...added],
    );
  }
  const last = items.findLast((item) => !removed.includes(item));
  if (last === undefined) return draft.refuse(tree, 'nothing of the list would stay', node);
  const dash = places.dash(node, items, items.indexOf(last));
  if (dash === undefined) return draft.refuse(tree, 'the list is written in an unusual way', node);
  const at = places.endOfEntry(last);
  const column = places.column(dash);
  const text = added
    .map((value) => `${draft.style.newline}${' '.repeat(column)}- ${block(value, column + 2, draft.style)}`)
    .join('');
  draft.put(at, at, text);
}

/** How lines of JSON are indented: those of the entries, and by how much more those inside of one. */
interface Lines {
  readonly indent: string;
  readonly step: string;
}

function addToFlow(
  draft: Draft,
  node: number,
  own: readonly number[],
  removed: readonly number[],
  texts: readonly ((lines: Lines | undefined) => string)[],
  whole: Value,
): void {
  const { places } = draft;
  const { start, end } = places.span(node);
  if (own.length === removed.length) {
    if (own.length === 0 && !draft.style.json && !places.isInsideFlow(node) && places.isPlaced(node)) {
      blockInPlaceOf(draft, start, end, whole, node);
      return;
    }
    const [open, close] = [places.text[start]!, places.text[end - 1]!];
    const pad = draft.style.json && !draft.style.compact && open === '{' ? ' ' : '';
    const inside = texts.map((text) => text(undefined)).join(draft.style.compact ? ',' : ', ');
    draft.splices.push({ start, end, text: `${open}${pad}${inside}${pad}${close}` });
    return;
  }
  const last = own.findLast((one) => !removed.includes(one))!;
  const isMapping = places.event(node).type === MAPPING;
  const lastEnd = places.span(isMapping ? places.layout.behind(last) : last).end;
  const between = places.text.slice(lastEnd, end - 1);
  // Where entries behind it go, so does the comma before them.
  const comma = own.at(-1) === last ? between.indexOf(',') : -1;
  const breaks =
    /[\r\n]/.test(between) && /[\r\n]/.test(places.text.slice(start, places.span(own[0]!).start));
  const indent = places.indentation(places.span(last).start);
  const separator = breaks ? draft.style.newline + indent : draft.style.compact ? '' : ' ';
  const outer = places.indentation(end - 1);
  const isInLines = breaks && draft.style.json && indent.startsWith(outer) && indent !== outer;
  const lines = isInLines ? { indent, step: indent.slice(outer.length) } : undefined;
  const at = comma >= 0 && !between.slice(0, comma).includes('#') ? lastEnd + comma + 1 : lastEnd;
  const lead = at > lastEnd ? separator : `,${separator}`;
  draft.put(at, at, lead + texts.map((text) => text(lines)).join(`,${separator}`));
}
