import { displayWidth, pad } from '../report/width.ts';

/** A table as kubectl prints it: upper-case heads, columns three blanks apart, no lines. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heads.map((head, column) =>
    Math.max(displayWidth(head), ...rows.map((row) => displayWidth(row[column] ?? ''))),
  );
  const line = (cells: readonly string[]): string =>
    `${cells.map((cell, column) => (column === cells.length - 1 ? cell : pad(cell, widths[column]! + 3))).join('')}\n`;
  return [heads, ...rows].map(line).join('');
}
