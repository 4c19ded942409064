/** Base64 as Go's encoding/base64 StdEncoding reads it: padding required, line breaks allowed anywhere. */

/** Why a text is no base64, in Go's words. */
export class Base64Error extends Error {}

const canonical = /^[A-Za-z0-9+/]*={0,2}$/;
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * The text that decoding and encoding again gives: without line breaks, unused bits of the last digit zero.
 * Throws Base64Error (`illegal base64 data at input byte N`).
 */
export function canonicalBase64(text: string): string {
  if (text.length % 4 === 0 && canonical.test(text) && unusedBits(text) === 0) return text;
  return normalise(text);
}

function unusedBits(text: string): number {
  if (!text.endsWith('=')) return 0;
  const padding = text.endsWith('==') ? 2 : 1;
  return alphabet.indexOf(text[text.length - padding - 1] ?? 'A') & (padding === 2 ? 15 : 3);
}

function normalise(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const isBreak = (index: number): boolean => bytes[index] === 10 || bytes[index] === 13;
  let digits = '';
  let index = 0;
  for (;;) {
    if (index === bytes.length) {
      if (digits.length % 4 !== 0) throw corrupt(index - (digits.length % 4));
      return digits;
    }
    const digit = alphabet.indexOf(String.fromCharCode(bytes[index] ?? 0));
    index++;
    if (digit !== -1) {
      digits += alphabet[digit];
      continue;
    }
    if (isBreak(index - 1)) continue;
    const filled = digits.length % 4;
    if (bytes[index - 1] !== 0x3d || filled < 2) throw corrupt(index - 1);
    break;
  }
  const filled = digits.length % 4;
  while (index < bytes.length && isBreak(index)) index++;
  if (filled === 2) {
    if (index === bytes.length) throw corrupt(bytes.length);
    if (bytes[index] !== 0x3d) throw corrupt(index - 1);
    index++;
    while (index < bytes.length && isBreak(index)) index++;
  }
  if (index < bytes.length) throw corrupt(index);
  const last = alphabet.indexOf(digits[digits.length - 1] ?? 'A') & (filled === 2 ? 48 : 60);
  return `${digits.slice(0, -1)}${alphabet[last]}${filled === 2 ? '==' : '='}`;
}

function corrupt(offset: number): Base64Error {
  return new Base64Error(`illegal base64 data at input byte ${offset}`);
}

/** The base64 text of bytes. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < bytes.length; index += 3) {
    const group = ((bytes[index] ?? 0) << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0);
    const present = Math.min(3, bytes.length - index) + 1;
    for (let digit = 0; digit < 4; digit++) {
      text += digit < present ? alphabet[(group >> (18 - 6 * digit)) & 63] : '=';
    }
  }
  return text;
}
