import { assertionBit } from './program.ts';

/** The code point that stands for "no character": before the start and after the end of a text. */
export const noCharacter = -1;

/** What a lone surrogate counts as: Go replaces it when it decodes the text. */
const replacement = 0xfffd;

/** The code point at UTF-16 offset `position`, or {@link noCharacter} at the end; a lone surrogate is U+FFFD. */
export function codePointAt(text: string, position: number): number {
  const unit = text.charCodeAt(position);
  if (unit !== unit) return noCharacter;
  if (unit < 0xd800 || unit > 0xdfff) return unit;
  const codePoint = text.codePointAt(position)!;
  return codePoint > 0xffff ? codePoint : replacement;
}

/** The code point that ends at `position`, or {@link noCharacter} at the start. */
export function codePointBefore(text: string, position: number): number {
  if (position === 0) return noCharacter;
  const pair = position > 1 ? text.codePointAt(position - 2)! : 0;
  return pair > 0xffff ? pair : codePointAt(text, position - 1);
}

/** Whether `codePoint` is a word character of `\b`: ASCII only. */
export function isWordCharacter(codePoint: number): boolean {
  const lower = codePoint | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || (codePoint >= 0x30 && codePoint <= 0x39) || codePoint === 0x5f;
}

/** The assertion bits that hold between two neighbouring code points. */
export function assertionsBetween(before: number, after: number): number {
  let bits =
    isWordCharacter(before) === isWordCharacter(after)
      ? assertionBit['no-word-boundary']
      : assertionBit['word-boundary'];
  if (before === noCharacter) bits |= assertionBit['begin-text'] | assertionBit['begin-line'];
  else if (before === 10) bits |= assertionBit['begin-line'];
  if (after === noCharacter) bits |= assertionBit['end-text'] | assertionBit['end-line'];
  else if (after === 10) bits |= assertionBit['end-line'];
  return bits;
}
