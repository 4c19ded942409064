/** The characters that Go and CEL escape by a letter of their own. */
export const letterEscapes: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};

/**
 * Quotes text as Go's `strconv.Quote` does, which many error texts of Go libraries contain.
 * Printable code points stay, the others become `\n`, `\x01`, `\u200b` or `\U000e0001`. A lone surrogate U+DC80 to U+DCFF
 * stands for a byte that is no UTF-8 and becomes `\x80` to `\xff`.
 */
export function goQuote(text: string): string {
  let quoted = '"';
  for (const character of text) quoted += letterEscapes[character] ?? escape(character);
  return `${quoted}"`;
}

function escape(character: string): string {
  // Go's IsPrint: letters, marks, numbers, punctuation, symbols and the ASCII space.
  if (character === ' ' || /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(character)) return character;
  const code = character.codePointAt(0)!;
  if (code < 0x20 || code === 0x7f) return `\\x${hex(code, 2)}`;
  if (code >= 0xdc80 && code < 0xdd00) return `\\x${hex(code - 0xdc00, 2)}`;
  if (code >= 0xd800 && code < 0xe000) return '\\ufffd';
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, '0');
}
