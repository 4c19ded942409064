import type { FileBytes } from './file-bytes.ts';

const WINDOW = 1 << 22;

/** A place of a file; `lineStart` is what its column is counted from. */
export interface Mark {
  readonly at: number;
  readonly line: number;
  readonly lineStart: number;
}

/** What stands before an item on its line, if it begins a line: all items of a file that was written by one program do. */
export function readIndent(source: FileBytes, at: number): string | undefined {
  const from = Math.max(0, at - 256);
  const before = source.read(from, at - from).toString('latin1');
  return /\n([ \t]*)$/.exec(before)?.[1];
}

/**
 * The next place behind `from` at which an item of the same List seems to begin: a line with the same indentation and `{`,
 * or in a file without lines an object that begins with its API version, kind or metadata.
 */
export function nextItem(source: FileBytes, from: Mark, indent: string | undefined): Mark | undefined {
  const begins = indent === undefined ? [',{"apiVersion":', ',{"kind":', ',{"metadata":{'] : [`\n${indent}{`];
  const longest = Math.max(...begins.map((one) => one.length));
  let { at, line, lineStart } = from;
  while (at < source.size) {
    const bytes = source.read(at, WINDOW);
    // Not the place itself, whose item is broken.
    const found = begins
      .map((one) => bytes.indexOf(one, at === from.at ? 1 : 0, 'latin1'))
      .filter((i) => i >= 0);
    const isLast = at + bytes.length >= source.size;
    const brace =
      found.length === 0 ? -1 : Math.min(...found) + (indent === undefined ? 1 : indent.length + 1);
    const end = brace >= 0 ? brace : isLast ? bytes.length : bytes.length - longest;
    for (let i = 0; i < end; i++) {
      const c = bytes[i]!;
      if (c === 10) {
        line++;
        lineStart = at + i + 1;
      } else if (c >= 128) lineStart += (c & 0xc0) === 0x80 ? 1 : c >= 0xf0 ? -1 : 0;
    }
    if (brace >= 0) return { at: at + brace, line, lineStart };
    if (isLast || end <= 0) return undefined;
    at += end;
  }
  return undefined;
}
