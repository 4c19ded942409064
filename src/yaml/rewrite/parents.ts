import { type Event, MAPPING, POP, SEQUENCE } from '../grammar.ts';

/** The collection that holds each node, by event index; -1 for the document and its content. */
export function parentsOf(events: readonly Event[]): Int32Array {
  const parents = new Int32Array(events.length).fill(-1);
  const open: number[] = [];
  for (const [i, { type }] of events.entries()) {
    if (type === POP) {
      open.pop();
      continue;
    }
    const holder = open.at(-1);
    if (holder !== undefined && events[holder]!.type !== 1) parents[i] = holder;
    if (type === 1 || type === MAPPING || type === SEQUENCE) open.push(i);
  }
  return parents;
}
