import { readCost, unitCost } from '../extension/call-cost.ts';
import { goQuote } from '../go-quote.ts';
import type { CallCost, Library } from '../library.ts';
import { overload } from '../signature.ts';
import { costSize } from '../standard/size.ts';
import { opaqueType } from '../type.ts';
import { CelError, Opaque, type Value } from '../value.ts';
import { IP, parseIP } from './ip.ts';
import { AddressError, formatAddress, isMapped, parseAddress } from './ip-address.ts';

/** A network: an address, which may have bits set beyond the prefix, and the length of the prefix. */
export class CIDR extends Opaque {
  override readonly typeName = 'net.CIDR';
  readonly address: IP;
  readonly prefixLength: number;
  constructor(address: IP, prefixLength: number) {
    super();
    this.address = address;
    this.prefixLength = prefixLength;
  }
  equals(other: Opaque): boolean {
    return (
      other instanceof CIDR && this.prefixLength === other.prefixLength && this.address.equals(other.address)
    );
  }
  override costSize(): number {
    return Math.ceil(this.prefixLength / 8);
  }
}

/** Reads a network as Go's `netip.ParsePrefix` does; IPv4 written as IPv6 is refused. */
function parseCIDR(text: string): CIDR | CelError {
  const fail = (why: string) =>
    new CelError(
      `network address parse error during conversion from string: netip.ParsePrefix(${goQuote(text)}): ${why}`,
    );
  const slash = text.lastIndexOf('/');
  if (slash < 0) return fail("no '/'");
  const address = parseAddress(text.slice(0, slash));
  if (address instanceof AddressError) return fail(address.message);
  if (address.zone !== '') return fail('IPv6 zones cannot be present in a prefix');
  const bits = text.slice(slash + 1);
  if (!/^(?:[0-9]|[1-9][0-9]*)$/.test(bits) || BigInt(bits) >= 1n << 63n) {
    return fail(`bad bits after slash: ${goQuote(bits)}`);
  }
  if (Number(bits) > address.bytes.length * 8) return fail('prefix length out of range');
  if (isMapped(address.bytes)) {
    return new CelError(`IPv4-mapped IPv6 address ${goQuote(text)} is not allowed`);
  }
  return new CIDR(new IP(address.bytes), Number(bits));
}

/** `cidr(text)`; the error repeats its first half, as in the API server. */
function toCIDR(text: string): CIDR | CelError {
  const cidr = parseCIDR(text);
  if (cidr instanceof CIDR) return cidr;
  return new CelError(`network address parse error during conversion from string: ${cidr.message}`);
}

/** The address with the bits beyond the prefix cleared. */
function mask(bytes: readonly number[], prefixLength: number): number[] {
  return bytes.map((byte, i) => byte & (0xff00 >> Math.min(8, Math.max(0, prefixLength - 8 * i))) & 0xff);
}

function sharesPrefix(a: IP, b: IP, length: number): boolean {
  if (a.bytes.length !== b.bytes.length) return false;
  const left = mask(a.bytes, length);
  return mask(b.bytes, length).every((byte, i) => byte === left[i]);
}

const containsIP = (cidr: CIDR, ip: IP): boolean => sharesPrefix(cidr.address, ip, cidr.prefixLength);

function containsIPText(cidr: CIDR, text: string): boolean | CelError {
  const ip = parseIP(text);
  // The API server loses the reason here.
  return ip instanceof CelError ? new CelError('no such overload') : containsIP(cidr, ip);
}

function containsCIDR(cidr: CIDR, other: CIDR): boolean {
  return (
    cidr.prefixLength <= other.prefixLength && sharesPrefix(cidr.address, other.address, cidr.prefixLength)
  );
}

function containsCIDRText(cidr: CIDR, text: string): boolean | CelError {
  const other = toCIDR(text);
  return other instanceof CelError ? other : containsCIDR(cidr, other);
}

const tenth = (size: number): number => Math.ceil(size * 0.1);
const compareCost = (cidr: Value): number => tenth(2 * costSize(cidr));
const containsIPCost: CallCost = ([cidr]) => compareCost(cidr!);
const containsIPTextCost: CallCost = ([cidr, text]) => compareCost(cidr!) + tenth(costSize(text!));
const containsCIDRCost: CallCost = ([cidr]) => compareCost(cidr!) + tenth(costSize(cidr!)) + 1;
const containsCIDRTextCost: CallCost = ([cidr, text]) =>
  compareCost(cidr!) + tenth(costSize(cidr!)) + 1 + tenth(costSize(text!));

/** Networks. Source: k8s.io/apiserver `pkg/cel/library/cidr.go`. */
export const cidrLibrary: Library = {
  name: 'kubernetes.net.cidr',
  types: [opaqueType('net.CIDR')],
  overloads: [
    overload('string_to_cidr', 'cidr(string) -> net.CIDR', toCIDR, readCost),
    overload(
      'cidr_contains_ip_string',
      'net.CIDR.containsIP(string) -> bool',
      containsIPText,
      containsIPTextCost,
    ),
    overload('cidr_contains_ip_ip', 'net.CIDR.containsIP(net.IP) -> bool', containsIP, containsIPCost),
    overload(
      'cidr_contains_cidr_string',
      'net.CIDR.containsCIDR(string) -> bool',
      containsCIDRText,
      containsCIDRTextCost,
    ),
    overload('cidr_contains_cidr', 'net.CIDR.containsCIDR(net.CIDR) -> bool', containsCIDR, containsCIDRCost),
    overload('cidr_ip', 'net.CIDR.ip() -> net.IP', (cidr: CIDR) => cidr.address, unitCost),
    overload(
      'cidr_prefix_length',
      'net.CIDR.prefixLength() -> int',
      (cidr: CIDR) => cidr.prefixLength,
      unitCost,
    ),
    overload(
      'cidr_masked',
      'net.CIDR.masked() -> net.CIDR',
      ({ address, prefixLength }: CIDR) => new CIDR(new IP(mask(address.bytes, prefixLength)), prefixLength),
      unitCost,
    ),
    overload(
      'is_cidr',
      'isCIDR(string) -> bool',
      (text: string) => parseCIDR(text) instanceof CIDR,
      readCost,
    ),
    overload(
      'cidr_to_string',
      'string(net.CIDR) -> string',
      ({ address, prefixLength }: CIDR) => `${formatAddress(address.bytes)}/${prefixLength}`,
    ),
  ],
};
