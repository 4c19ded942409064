import { readFileSync } from 'node:fs';

/** Cases of a suite that are not run, each with its reason, and how many others pass. */
export interface Skips {
  readonly passing: number;
  /** The reason to skip an expression, undefined to run it. */
  take(expression: string): string | undefined;
  /** Expressions listed but not met. */
  unused(): string[];
}

/** Reads a list of skipped cases beside this file: `{"passing": 190, "skipped": [{"reason": ..., "expressions": [...]}]}`. */
export function readSkips(file: string): Skips {
  const { passing, skipped } = JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as {
    passing: number;
    skipped: { reason: string; expressions: string[] }[];
  };
  const reasons = new Map(
    skipped.flatMap(({ reason, expressions }) => expressions.map((expression) => [expression, reason])),
  );
  const used = new Set<string>();
  return {
    passing,
    take(expression) {
      const reason = reasons.get(expression);
      if (reason !== undefined) used.add(expression);
      return reason;
    },
    unused: () => [...reasons.keys()].filter((expression) => !used.has(expression)),
  };
}

/** Line and column, both from one, of an offset, as cel-go's messages give them. */
export function place(offset: number, text: string): string {
  if (offset < 0) return '-1:0';
  const before = text.slice(0, offset).split('\n');
  return `${before.length}:${Array.from(before.at(-1)!).length + 1}`;
}

/** The place of the first error in a message of cel-go: `ERROR: <input>:1:5: ...`. */
export function firstPlace(message: string): string {
  return /^ERROR: (?:<input>)?:(-?\d+:\d+):/.exec(message)?.[1] ?? message;
}
