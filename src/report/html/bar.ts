import { h, type Tag } from './markup.ts';

/** A part of a bar: how much of it, and the class that colours it. */
export interface BarPart {
  readonly value: number;
  readonly kind: string;
}

/**
 * A bar of parts beside one another, for the eye only: the words beside it say the same. What is not nothing stays visible
 * however small it is. Drawn with attributes, since the page allows no inline styles.
 */
export function bar(parts: readonly BarPart[]): Tag {
  const shown = parts.filter(({ value }) => value > 0);
  const all = shown.reduce((sum, { value }) => sum + value, 0);
  const least = 1.5;
  const widths = shown.map(({ value }) => Math.max(least, (100 * value) / all));
  const sum = widths.reduce((total, width) => total + width, 0);
  let at = 0;
  const rects = shown.map(({ kind }, i) => {
    const width = (100 * widths[i]!) / sum;
    const rect = h('rect', {
      class: `part ${kind}`,
      x: `${at.toFixed(2)}%`,
      y: 0,
      width: `${width.toFixed(2)}%`,
      height: '100%',
    });
    at += width;
    return rect;
  });
  return h('svg', { class: 'bar', 'aria-hidden': 'true', focusable: 'false' }, ...rects);
}
