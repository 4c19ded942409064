/** Text of a file, and where its bytes were no UTF-8: offsets of the U+FFFD that stand there instead. */
export interface Decoded {
  readonly text: string;
  readonly invalid: readonly number[];
  /** True where so many bytes were wrong that the rest of the file was not read. */
  readonly truncated: boolean;
}

/** A file with more wrong bytes is no text file; reading on would only cost memory. */
const MAX_INVALID = 1000;

/**
 * Decodes a file as the API server's YAML reader does: UTF-8, or UTF-16 after its byte order mark.
 * The mark stays in the text as U+FEFF. Never throws.
 */
export function decode(bytes: Uint8Array): Decoded {
  const utf16 =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : undefined;
  if (utf16 !== undefined) {
    const text = new TextDecoder(utf16, { ignoreBOM: true }).decode(bytes);
    return { text, invalid: [], truncated: false };
  }
  try {
    return { text: strict(bytes), invalid: [], truncated: false };
  } catch {
    return decodeBroken(bytes);
  }
}

function strict(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

function decodeBroken(bytes: Uint8Array): Decoded {
  const invalid: number[] = [];
  let text = '';
  let from = 0;
  while (from < bytes.length) {
    const bad = firstInvalid(bytes, from);
    text += strict(bytes.subarray(from, bad));
    if (bad === bytes.length) break;
    invalid.push(text.length);
    text += '\ufffd';
    from = bad + 1;
    if (invalid.length === MAX_INVALID) return { text, invalid, truncated: true };
  }
  return { text, invalid, truncated: false };
}

/** Index of the first byte that does not belong to well-formed UTF-8 (RFC 3629), or the length. */
function firstInvalid(bytes: Uint8Array, from: number): number {
  let i = from;
  while (i < bytes.length) {
    const length = sequenceLength(bytes, i);
    if (length === 0) return i;
    i += length;
  }
  return i;
}

function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  const length =
    first >= 0xc2 && first <= 0xdf
      ? 2
      : first >= 0xe0 && first <= 0xef
        ? 3
        : first >= 0xf0 && first <= 0xf4
          ? 4
          : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  const second = bytes[at + 1]!;
  // Overlong forms, surrogates and code points above U+10FFFF show in the second byte.
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let i = 2; i < length; i++) if ((bytes[at + i]! & 0xc0) !== 0x80) return 0;
  return length;
}
