import type { Issue } from '../issue.ts';

/**
 * Prints issues as cel-go does, one block each: `ERROR: <input>:1:5: message`, the line, and a caret under the place.
 *
 * Columns count Unicode code points from one. `truncated` is the number of issues that are not among these.
 * Source: cel-go `common/error.go`, `common/errors.go`.
 */
export function issueText(issues: readonly Issue[], text: string, truncated = 0): string {
  const blocks = issues.map((issue) => block(issue, text));
  if (truncated > 0) blocks.push(`${truncated} more errors were truncated`);
  return blocks.join('\n');
}

/** Lines longer than this are not shown. */
const longestLine = 16384;

function block({ message, offset }: Issue, text: string): string {
  if (offset < 0) return `ERROR: <input>:-1:0: ${message}`;
  if (text === '') return `ERROR: <input>:1:0: ${message}`;
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const lineEnd = text.indexOf('\n', offset);
  const line = text.slice(lineStart, lineEnd === -1 ? text.length : lineEnd);
  const number = text.slice(0, lineStart).split('\n').length;
  const before = Array.from(text.slice(lineStart, offset));
  const head = `ERROR: <input>:${number}:${before.length + 1}: ${message}`;
  if (line.length > longestLine) return head;
  const dots = before.map((character) => (isWide(character) ? '\uff0e' : '.')).join('');
  const under = text.codePointAt(offset);
  const caret = under !== undefined && under > 0x7f ? '\uff3e' : '^';
  return `${head}\n | ${line.replaceAll('\t', ' ')}\n | ${dots}${caret}`;
}

const isWide = (character: string): boolean => character > '\u007f';
