import { utf8Length } from '../extension/call-cost.ts';
import { goQuote } from '../go-quote.ts';
import { maxUint } from '../numeric.ts';
import { CelError, Opaque } from '../value.ts';

/** A semantic version. Source: github.com/blang/semver v4, which the API server uses. */
export class Semver extends Opaque {
  override readonly typeName = 'kubernetes.Semver';
  readonly major: bigint;
  readonly minor: bigint;
  readonly patch: bigint;
  /** The parts of the pre-release; numbers are numbers. */
  readonly prerelease: readonly (string | bigint)[];

  constructor(major: bigint, minor: bigint, patch: bigint, prerelease: readonly (string | bigint)[]) {
    super();
    this.major = major;
    this.minor = minor;
    this.patch = patch;
    this.prerelease = prerelease;
  }

  equals(other: Opaque): boolean {
    return other instanceof Semver && this.compare(other) === 0;
  }

  /** -1, 0 or 1 by precedence; build metadata does not count. */
  compare(other: Semver): number {
    return (
      order(this.major, other.major) ||
      order(this.minor, other.minor) ||
      order(this.patch, other.patch) ||
      comparePrereleases(this.prerelease, other.prerelease)
    );
  }
}

function order<T extends bigint | string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function comparePrereleases(a: readonly (string | bigint)[], b: readonly (string | bigint)[]): number {
  // A version without a pre-release comes after all of its pre-releases.
  if (a.length === 0 || b.length === 0) return order(b.length, a.length);
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const sign = comparePart(a[i]!, b[i]!);
    if (sign !== 0) return sign;
  }
  return order(a.length, b.length);
}

/** Numbers come before words. */
function comparePart(a: string | bigint, b: string | bigint): number {
  if (typeof a === typeof b) return order(a, b);
  return typeof a === 'bigint' ? -1 : 1;
}

/** Reads `major.minor.patch[-prerelease][+build]`, or says why it is none in the library's words. */
export function parseSemver(text: string): Semver | CelError {
  if (text === '') return new CelError('Version string empty');
  const [major, minor, ...others] = text.split('.');
  if (others.length === 0) return new CelError('No Major.Minor.Patch elements found');
  const rest = others.join('.');
  const plus = rest.indexOf('+');
  const build = plus < 0 ? [] : rest.slice(plus + 1).split('.');
  const release = plus < 0 ? rest : rest.slice(0, plus);
  const minus = release.indexOf('-');
  const prerelease = minus < 0 ? [] : release.slice(minus + 1).split('.');

  const numbers: bigint[] = [];
  const named = [
    ['Major', major!],
    ['Minor', minor!],
    ['Patch', minus < 0 ? release : release.slice(0, minus)],
  ] as const;
  for (const [name, digits] of named) {
    const number = parseNumber(name, digits);
    if (number instanceof CelError) return number;
    numbers.push(number);
  }
  const parts = parsePrerelease(prerelease);
  if (parts instanceof CelError) return parts;
  return checkBuild(build) ?? new Semver(numbers[0]!, numbers[1]!, numbers[2]!, parts);
}

function parseNumber(name: string, digits: string): bigint | CelError {
  if (!/^[0-9]*$/.test(digits)) {
    return new CelError(`Invalid character(s) found in ${name.toLowerCase()} number ${goQuote(digits)}`);
  }
  if (/^0./.test(digits)) {
    return new CelError(`${name} number must not contain leading zeroes ${goQuote(digits)}`);
  }
  return parseUint(digits);
}

function parseUint(digits: string): bigint | CelError {
  const fail = (why: string) => new CelError(`strconv.ParseUint: parsing ${goQuote(digits)}: ${why}`);
  if (digits === '') return fail('invalid syntax');
  const value = BigInt(digits);
  return value > maxUint ? fail('value out of range') : value;
}

function parsePrerelease(parts: readonly string[]): (string | bigint)[] | CelError {
  const parsed: (string | bigint)[] = [];
  for (const part of parts) {
    const value = parsePart(part);
    if (value instanceof CelError) return value;
    parsed.push(value);
  }
  return parsed;
}

function parsePart(part: string): string | bigint | CelError {
  if (part === '') return new CelError('Prerelease is empty');
  if (/^[0-9]+$/.test(part)) {
    return /^0./.test(part)
      ? new CelError(`Numeric PreRelease version must not contain leading zeroes ${goQuote(part)}`)
      : parseUint(part);
  }
  if (/^[0-9A-Za-z-]+$/.test(part)) return part;
  return new CelError(`Invalid character(s) found in prerelease ${goQuote(part)}`);
}

function checkBuild(parts: readonly string[]): CelError | undefined {
  for (const part of parts) {
    if (part === '') return new CelError('Build meta data is empty');
    if (!/^[0-9A-Za-z-]+$/.test(part)) {
      return new CelError(`Invalid character(s) found in build meta data ${goQuote(part)}`);
    }
  }
  return undefined;
}

/**
 * Reads a version leniently: a leading `v` and leading zeros are dropped, `1` and `1.2` are filled up.
 * Source: k8s.io/apiserver `pkg/cel/library/semverlib.go`, normalizeAndParse.
 */
export function parseNormalized(text: string): Semver | CelError {
  const [first, second, ...others] = text.replace(/^v/, '').split('.');
  const parts = [first!, second, others.length === 0 ? undefined : others.join('.')]
    .filter((part) => part !== undefined)
    .map(withoutLeadingZeros);
  if (parts.length < 3 && /[+-]/.test(parts.at(-1)!)) {
    return new CelError('short version cannot contain PreRelease/Build meta data');
  }
  while (parts.length < 3) parts.push('0');
  return parseSemver(parts.join('.'));
}

function withoutLeadingZeros(part: string): string {
  return utf8Length(part) < 2 ? part : part.replace(/^0*(?![0-9])/, '0').replace(/^0+(?=[0-9])/, '');
}
