import { goQuote } from '../go-quote.ts';

/** The parts of a URL, which differ in the characters that need no escape. */
export type UrlPart = 'path' | 'host' | 'zone' | 'user' | 'query' | 'fragment';

/** Why part of a URL cannot be decoded: Go's text. */
export class PercentError {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

/** Characters that stand for themselves in each part, beside letters and digits. Source: Go `net/url`, shouldEscape. */
const plain: Readonly<Record<UrlPart, string>> = {
  path: '-_.~$&+,/:;=@',
  host: '!$&\'()*+,;=:[]<>"-_.~',
  zone: '!$&\'()*+,;=:[]<>"-_.~',
  user: '-_.~$&+,;=',
  query: '-_.~',
  fragment: '-_.~$&+,/:;=?@!()*',
};

/** Whether a byte (as a character below U+0100) must be escaped in that part. */
export function needsEscape(byte: string, part: UrlPart): boolean {
  return !/[A-Za-z0-9]/.test(byte) && !plain[part].includes(byte);
}

/** Escapes a string of bytes: Go's `escape`. */
export function escapePart(bytes: string, part: UrlPart): string {
  let escaped = '';
  for (const byte of bytes) {
    if (!needsEscape(byte, part)) escaped += byte;
    else escaped += `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return escaped;
}

/** Decodes `%AB`, and in a query `+`: Go's `unescape`. Hosts may escape only what is not ASCII. */
export function unescapePart(bytes: string, part: UrlPart): string | PercentError {
  const problem = findProblem(bytes, part);
  if (problem !== undefined) return problem;
  const spaced = part === 'query' ? bytes.replaceAll('+', ' ') : bytes;
  return spaced.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function findProblem(bytes: string, part: UrlPart): PercentError | undefined {
  const isHost = part === 'host' || part === 'zone';
  // Without a percent sign only a host can be wrong.
  if (!isHost && !bytes.includes('%')) return undefined;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte === '%') {
      const escape = bytes.slice(i, i + 3);
      if (!/^%[0-9a-fA-F]{2}$/.test(escape) || isForbidden(escape, part)) {
        return new PercentError(`invalid URL escape ${goQuote(decodeForQuote(escape))}`);
      }
      i += 2;
    } else if (isHost && byte < '\x80' && needsEscape(byte, part)) {
      return new PercentError(`invalid character ${goQuote(byte)} in host name`);
    }
  }
  return undefined;
}

function isForbidden(escape: string, part: UrlPart): boolean {
  if (escape === '%25') return false;
  const code = Number.parseInt(escape.slice(1), 16);
  if (part === 'host') return code < 0x80;
  return part === 'zone' && code !== 0x20 && needsEscape(String.fromCharCode(code), 'host');
}

/** A string as its UTF-8 bytes, one character each, which is what Go's URL functions look at. */
export function encodeBytes(text: string): string {
  if (!/[^\0-\x7f]/.test(text)) return text;
  let bytes = '';
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return bytes;
}

/** The inverse of `encodeBytes`; what is no UTF-8 becomes the replacement character. */
export function decodeBytes(bytes: string): string {
  return decodeWith(bytes, () => '\ufffd');
}

/** The inverse of `encodeBytes` for `goQuote`: a byte that is no UTF-8 becomes a lone surrogate, U+DC00 plus the byte. */
export function decodeForQuote(bytes: string): string {
  return decodeWith(bytes, (byte) => String.fromCharCode(0xdc00 + byte.charCodeAt(0)));
}

const utf8 =
  /[\0-\x7f]+|[\xc2-\xdf][\x80-\xbf]|(?:\xe0[\xa0-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]|\xed[\x80-\x9f])[\x80-\xbf]|(?:\xf0[\x90-\xbf]|[\xf1-\xf3][\x80-\xbf]|\xf4[\x80-\x8f])[\x80-\xbf]{2}|[\x80-\xff]/g;

function decodeWith(bytes: string, invalid: (byte: string) => string): string {
  if (!/[^\0-\x7f]/.test(bytes)) return bytes;
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return bytes.replace(utf8, (part) => {
    if (part < '\x80') return part;
    return part.length === 1
      ? invalid(part)
      : decoder.decode(Uint8Array.from(part, (byte) => byte.charCodeAt(0)));
  });
}
