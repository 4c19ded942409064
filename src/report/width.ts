const wide =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}|[\u{20000}-\u{3FFFD}]/u;
const zero = /\p{Mn}|\p{Me}|\p{Cf}/u;

/** Columns a terminal needs for `text`: two for wide characters, none for combining ones. Source: Unicode UAX 11. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += zero.test(character) ? 0 : wide.test(character) ? 2 : 1;
  return width;
}

/** Cuts `text` to at most `width` columns, with `…` where something was cut. */
export function cut(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let out = '';
  let used = 0;
  for (const character of text) {
    const columns = displayWidth(character);
    if (used + columns > width - 1) break;
    out += character;
    used += columns;
  }
  return `${out}…`;
}

/** Pads `text` with blanks to `width` columns. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/** Breaks `text` at blanks into lines of at most `width` columns; what does not fit into `most` lines is cut. */
export function wrap(text: string, width: number, most: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (lines.length < most - 1 && displayWidth(rest) > width) {
    let at = rest.lastIndexOf(' ', width);
    // Wide characters take more columns than they have code units.
    while (at > 0 && displayWidth(rest.slice(0, at)) > width) at = rest.lastIndexOf(' ', at - 1);
    if (at <= 0) break;
    lines.push(rest.slice(0, at));
    rest = rest.slice(at + 1);
  }
  return [...lines, cut(rest, width)];
}
