import { goQuote } from '../go-quote.ts';

/** The bytes of an address, 4 or 16 of them, with the zone of an IPv6 address (`fe80::1%eth0`), else `''`. */
export interface ParsedAddress {
  readonly bytes: readonly number[];
  readonly zone: string;
}

/** Why a text is no address: the message of Go's `netip.ParseAddr`. */
export class AddressError {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

/** Reads an IP address as Go's `netip.ParseAddr` does. Source: Go `net/netip/netip.go`. */
export function parseAddress(text: string): ParsedAddress | AddressError {
  const first = /[.:%]/.exec(text)?.[0];
  if (first === '.') {
    const bytes = parseIPv4(text, text);
    return bytes instanceof AddressError ? bytes : { bytes, zone: '' };
  }
  if (first === ':') return parseIPv6(text);
  return problem(text, first === '%' ? 'missing IPv6 address' : 'unable to parse IP');
}

function problem(text: string, message: string, at = ''): AddressError {
  const place = at === '' ? '' : ` (at ${goQuote(at)})`;
  return new AddressError(`ParseAddr(${goQuote(text)}): ${message}${place}`);
}

function parseIPv4(text: string, part: string): number[] | AddressError {
  const fields: number[] = [];
  let value = 0;
  let digits = 0;
  for (let i = 0; i < part.length; i++) {
    const character = part[i]!;
    if (character === '.') {
      if (i === 0 || i === part.length - 1 || part[i - 1] === '.') {
        return problem(text, 'IPv4 field must have at least one digit', part.slice(i));
      }
      if (fields.length === 3) return problem(text, 'IPv4 address too long');
      fields.push(value);
      value = 0;
      digits = 0;
      continue;
    }
    if (character < '0' || character > '9') return problem(text, 'unexpected character', part.slice(i));
    if (digits === 1 && value === 0) return problem(text, 'IPv4 field has octet with leading zero');
    value = value * 10 + Number(character);
    digits += 1;
    if (value > 255) return problem(text, 'IPv4 field has value >255');
  }
  return fields.length < 3 ? problem(text, 'IPv4 address too short') : [...fields, value];
}

function parseIPv6(text: string): ParsedAddress | AddressError {
  const percent = text.indexOf('%');
  const zone = percent < 0 ? '' : text.slice(percent + 1);
  if (percent >= 0 && zone === '') return problem(text, 'zone must be a non-empty string');
  const bytes = new IPv6Reader(text, percent < 0 ? text : text.slice(0, percent)).read();
  return bytes instanceof AddressError ? bytes : { bytes, zone };
}

class IPv6Reader {
  readonly #text: string;
  #rest: string;
  readonly #bytes: number[] = [];
  /** Where in `bytes` the `::` stands. */
  #ellipsis: number | undefined;

  constructor(text: string, address: string) {
    this.#text = text;
    this.#rest = address;
  }

  read(): number[] | AddressError {
    if (this.#rest.startsWith('::')) {
      this.#ellipsis = 0;
      this.#rest = this.#rest.slice(2);
    }
    const wrong = this.#ellipsis === 0 && this.#rest === '' ? undefined : this.#groups();
    return wrong ?? this.#expand();
  }

  #groups(): AddressError | undefined {
    while (this.#bytes.length < 16) {
      const group = /^[0-9a-fA-F]*/.exec(this.#rest)![0];
      if (group.length > 4) return this.#fail('each group must have 4 or less digits');
      if (group === '') return this.#fail('each colon-separated field must have at least one digit');
      if (this.#rest[group.length] === '.') return this.#embeddedIPv4();
      const value = Number.parseInt(group, 16);
      this.#bytes.push(value >> 8, value & 0xff);
      this.#rest = this.#rest.slice(group.length);
      if (this.#rest === '') return undefined;
      if (!this.#rest.startsWith(':')) return this.#fail('unexpected character, want colon');
      if (this.#rest.length === 1) return this.#fail('colon must be followed by more characters');
      this.#rest = this.#rest.slice(1);
      if (!this.#rest.startsWith(':')) continue;
      if (this.#ellipsis !== undefined) return this.#fail('multiple :: in address');
      this.#ellipsis = this.#bytes.length;
      this.#rest = this.#rest.slice(1);
      if (this.#rest === '') return undefined;
    }
    return this.#rest === '' ? undefined : this.#fail('trailing garbage after address');
  }

  #embeddedIPv4(): AddressError | undefined {
    if (this.#ellipsis === undefined && this.#bytes.length !== 12) {
      return this.#fail('embedded IPv4 address must replace the final 2 fields of the address');
    }
    if (this.#bytes.length + 4 > 16) {
      return this.#fail('too many hex fields to fit an embedded IPv4 at the end of the address');
    }
    const fields = parseIPv4(this.#text, this.#rest);
    if (fields instanceof AddressError) return fields;
    this.#bytes.push(...fields);
    return undefined;
  }

  #expand(): number[] | AddressError {
    const missing = 16 - this.#bytes.length;
    if (this.#ellipsis === undefined) {
      return missing > 0 ? problem(this.#text, 'address string too short') : this.#bytes;
    }
    if (missing === 0) return problem(this.#text, 'the :: must expand to at least one field of zeros');
    return this.#bytes.toSpliced(this.#ellipsis, 0, ...Array.from({ length: missing }, () => 0));
  }

  #fail(message: string): AddressError {
    return problem(this.#text, message, this.#rest);
  }
}

/** Whether this is an IPv4 address written as IPv6 (`::ffff:1.2.3.4`). */
export function isMapped(bytes: readonly number[]): boolean {
  return bytes.length === 16 && bytes.slice(0, 12).every((byte, i) => byte === (i < 10 ? 0 : 0xff));
}

/** The canonical text (RFC 5952 for IPv6). */
export function formatAddress(bytes: readonly number[]): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, i) => (bytes[2 * i]! << 8) | bytes[2 * i + 1]!);
  const { start, end } = longestZeros(groups);
  const hex = groups.map((group) => group.toString(16));
  if (end - start < 2) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(end).join(':')}`;
}

/** The first longest run of zero groups. */
function longestZeros(groups: readonly number[]): { start: number; end: number } {
  let longest = { start: 0, end: 0 };
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (end < groups.length && groups[end] === 0) end++;
    if (end - start > longest.end - longest.start) longest = { start, end };
  }
  return longest;
}
