import { styleText } from 'node:util';
import type { Severity } from '../model/severity.ts';

/** A style of `util.styleText`. */
export type Style = Parameters<typeof styleText>[0];

/** Colours text, or leaves it alone; decided once per run by the terminal and `NO_COLOR`. */
export type Paint = (style: Style, text: string) => string;

/** A `Paint` that colours when `color` is true. */
export function painter(color: boolean): Paint {
  if (!color) return (_style, text) => text;
  return (style, text) => styleText(style, text, { validateStream: false });
}

/** The colour of each severity. */
export const severityStyle: Readonly<Record<Severity, Style>> = {
  critical: ['bold', 'red'],
  high: 'red',
  medium: 'yellow',
  low: 'cyan',
  info: 'gray',
};
