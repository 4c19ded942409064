import type { ExcerptLine } from './excerpt.ts';
import { h, type Markup, type Tag } from './markup.ts';

/** Lines of code with their numbers and the span that is meant marked. `caption` names the field. */
export function codeView(lines: readonly ExcerptLine[], caption: string): Tag {
  return h(
    'figure',
    {},
    caption === '' ? undefined : h('figcaption', {}, h('bdi', {}, caption)),
    h('pre', { class: 'code' }, ...lines.map(codeLine)),
  );
}

function codeLine({ from, number, text, to }: ExcerptLine): Tag {
  const marked: readonly Markup[] =
    to > from ? [text.slice(0, from), h('mark', {}, text.slice(from, to)), text.slice(to)] : [text];
  return h('span', { class: 'line', 'data-n': number }, ...marked, '\n');
}

/** The hunks of a unified diff; its two lines of file names are left out. */
export function diffView(diff: string): Tag {
  const lines = diff.split('\n').slice(2);
  if (lines.at(-1) === '') lines.pop();
  return h('pre', { class: 'code diff' }, ...lines.map(diffLine));
}

const marks: Readonly<Record<string, string>> = { '-': 'del', '+': 'ins' };

function diffLine(line: string): Tag {
  const hunk = /^@@ -\d+(?:,\d+)? \+(\d+)/.exec(line);
  if (hunk !== null) return h('span', { class: 'hunk' }, `from line ${hunk[1]}`, '\n');
  return h(marks[line[0]!] ?? 'span', { class: 'line' }, line, '\n');
}
