import { letterEscapes } from '../go-quote.ts';

/**
 * `strings.quote(text)`: double quotes around the text, with CEL's escapes for what needs one. Unlike Go's `strconv.Quote`
 * it leaves every other character as it is, control characters included.
 */
export function quote(text: string): string {
  return `"${text.replace(/[\x07-\r\\"]/g, (character) => letterEscapes[character]!)}"`;
}
