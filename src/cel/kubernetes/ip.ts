import { readCost, rewriteCost, unitCost } from '../extension/call-cost.ts';
import { goQuote } from '../go-quote.ts';
import type { Library } from '../library.ts';
import { overload } from '../signature.ts';
import { opaqueType } from '../type.ts';
import { CelError, Opaque } from '../value.ts';
import { AddressError, formatAddress, isMapped, parseAddress } from './ip-address.ts';

/** An IPv4 or IPv6 address, without a zone. */
export class IP extends Opaque {
  override readonly typeName = 'net.IP';
  /** 4 or 16 bytes. */
  readonly bytes: readonly number[];
  constructor(bytes: readonly number[]) {
    super();
    this.bytes = bytes;
  }
  equals(other: Opaque): boolean {
    return other instanceof IP && formatAddress(this.bytes) === formatAddress(other.bytes);
  }
  override costSize(): number {
    return this.bytes.length;
  }
}

/** Reads an address; Kubernetes takes neither zones nor IPv4 written as IPv6. */
export function parseIP(text: string): IP | CelError {
  const address = parseAddress(text);
  const quoted = goQuote(text);
  if (address instanceof AddressError) {
    return new CelError(`IP Address ${quoted} parse error during conversion from string: ${address.message}`);
  }
  if (address.zone !== '') return new CelError(`IP address ${quoted} with zone value is not allowed`);
  if (isMapped(address.bytes)) return new CelError(`IPv4-mapped IPv6 address ${quoted} is not allowed`);
  return new IP(address.bytes);
}

function isCanonical(text: string): boolean | CelError {
  const ip = parseIP(text);
  return ip instanceof CelError ? ip : formatAddress(ip.bytes) === text;
}

const isUnspecified = ({ bytes }: IP): boolean => bytes.every((byte) => byte === 0);

function isLoopback({ bytes }: IP): boolean {
  return bytes.length === 4 ? bytes[0] === 127 : formatAddress(bytes) === '::1';
}

function isMulticast({ bytes }: IP): boolean {
  return bytes.length === 4 ? (bytes[0]! & 0xf0) === 0xe0 : bytes[0] === 0xff;
}

function isLinkLocalMulticast({ bytes }: IP): boolean {
  if (bytes.length === 4) return bytes[0] === 224 && bytes[1] === 0 && bytes[2] === 0;
  return bytes[0] === 0xff && (bytes[1]! & 0x0f) === 0x02;
}

function isLinkLocalUnicast({ bytes }: IP): boolean {
  if (bytes.length === 4) return bytes[0] === 169 && bytes[1] === 254;
  return bytes[0] === 0xfe && (bytes[1]! & 0xc0) === 0x80;
}

function isGlobalUnicast(ip: IP): boolean {
  const isBroadcast = ip.bytes.length === 4 && ip.bytes.every((byte) => byte === 255);
  return !isBroadcast && !isUnspecified(ip) && !isLoopback(ip) && !isMulticast(ip) && !isLinkLocalUnicast(ip);
}

/** IP addresses. Source: k8s.io/apiserver `pkg/cel/library/ip.go`. */
export const ipLibrary: Library = {
  name: 'kubernetes.net.ip',
  types: [opaqueType('net.IP')],
  overloads: [
    overload('string_to_ip', 'ip(string) -> net.IP', parseIP, readCost),
    overload('ip_family', 'net.IP.family() -> int', (ip: IP) => (ip.bytes.length === 4 ? 4 : 6), unitCost),
    overload('ip_is_canonical', 'function ip.isCanonical(string) -> bool', isCanonical, rewriteCost),
    overload('ip_is_unspecified', 'net.IP.isUnspecified() -> bool', isUnspecified, unitCost),
    overload('ip_is_loopback', 'net.IP.isLoopback() -> bool', isLoopback, unitCost),
    overload(
      'ip_is_link_local_multicast',
      'net.IP.isLinkLocalMulticast() -> bool',
      isLinkLocalMulticast,
      unitCost,
    ),
    overload('ip_is_link_local_unicast', 'net.IP.isLinkLocalUnicast() -> bool', isLinkLocalUnicast, unitCost),
    overload('ip_is_global_unicast', 'net.IP.isGlobalUnicast() -> bool', isGlobalUnicast, unitCost),
    overload('is_ip', 'isIP(string) -> bool', (text: string) => parseIP(text) instanceof IP, readCost),
    overload('ip_to_string', 'string(net.IP) -> string', (ip: IP) => formatAddress(ip.bytes)),
  ],
};
