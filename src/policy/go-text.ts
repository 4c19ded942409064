const goSpace = '[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const leadingSpace = new RegExp(`^${goSpace}+`);
const trailingSpace = new RegExp(`${goSpace}+$`);

/** Trims as Go's `strings.TrimSpace`, which knows U+0085 and, unlike JavaScript, not U+FEFF. */
export function trimSpace(text: string): string {
  if (isPlainInk(text.charCodeAt(0)) && isPlainInk(text.charCodeAt(text.length - 1))) return text;
  return text.replace(leadingSpace, '').replace(trailingSpace, '');
}

/** Whether a character is ASCII and no space, which is nearly always enough to know. */
function isPlainInk(unit: number): boolean {
  return unit > 0x20 && unit < 0x7f;
}

/** The length of a text in UTF-8 bytes, which is what Go's `len` counts. */
export function byteLength(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    // A surrogate pair is two units and four bytes, everything else above U+07FF three bytes.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return bytes;
}

/** The longest prefix of at most `limit` UTF-8 bytes that ends at a code point. */
export function truncateBytes(text: string, limit: number): string {
  if (byteLength(text) <= limit) return text;
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += byteLength(character);
    if (bytes > limit) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** Prints JSON as Go's `encoding/json` does: `<`, `>`, `&` and the line separators are escaped. */
export function goJson(value: object | string): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
