import { FLOW, MAPPING, SEQUENCE } from '../grammar.ts';
import { isJson } from '../json.ts';
import type { Layout } from '../layout.ts';
import type { Style } from './render.ts';

/** How most of a document is written; the habits of `kubectl` where it does not tell. */
export function styleOf(text: string, layout: Layout, parents: Int32Array): Style {
  const steps = new Map<number, number>();
  const listSteps = new Map<number, number>();
  for (const [node, event] of layout.events.entries()) {
    if ((event.type !== MAPPING && event.type !== SEQUENCE) || event.style === FLOW) continue;
    const parent = parents[node]!;
    if (parent < 0 || layout.events[parent]!.type !== MAPPING) continue;
    const by = column(text, layout.span(node).start) - column(text, layout.span(parent).start);
    const counts = event.type === SEQUENCE ? listSteps : steps;
    if (by > 0 || event.type === SEQUENCE) counts.set(by, (counts.get(by) ?? 0) + 1);
  }
  return {
    newline: text.includes('\r\n') ? '\r\n' : text.includes('\n') || !text.includes('\r') ? '\n' : '\r',
    step: mostFrequent(steps) ?? 2,
    listStep: mostFrequent(listSteps) ?? 0,
    json: isJson(text),
    compact: /^[^:]*":\S/.test(text),
  };
}

function column(text: string, offset: number): number {
  let start = offset;
  while (start > 0 && !'\r\n'.includes(text[start - 1]!)) start--;
  return offset - start;
}

function mostFrequent(counts: ReadonlyMap<number, number>): number | undefined {
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}
