const escapes: Readonly<Record<string, string>> = {
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
 * `strings.quote(text)`: double quotes around the text, with CEL's escapes for what needs one. Unlike Go's `strconv.Quote`
 * it leaves every other character as it is, control characters included.
 */
export function quote(text: string): string {
  return `"${text.replace(/[\x07-\r\\"]/g, (character) => escapes[character]!)}"`;
}
