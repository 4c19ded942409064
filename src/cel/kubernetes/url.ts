import { goQuote } from '../go-quote.ts';
import { mapFrom } from '../map.ts';
import { CelError, Opaque, type Value } from '../value.ts';
import { AddressError, parseAddress } from './ip-address.ts';
import {
  decodeBytes,
  decodeForQuote,
  encodeBytes,
  escapePart,
  needsEscape,
  PercentError,
  unescapePart,
  type UrlPart,
} from './percent.ts';

/** Go refuses to read queries of more parameters. */
const maxQueryParameters = 10_000;

/** The parts of a URL as Go's `url.URL` holds them: every string is one of bytes, decoded where Go decodes. */
interface Parts {
  scheme: string;
  opaque: string;
  user: string | undefined;
  host: string;
  path: string;
  rawPath: string;
  rawQuery: string;
  forceQuery: boolean;
  omitHost: boolean;
  fragment: string;
  rawFragment: string;
}

/** An absolute URL, or an absolute path, as Go's `net/url` reads it. */
export class URLValue extends Opaque {
  override readonly typeName = 'kubernetes.URL';
  private readonly parts: Parts;
  constructor(parts: Parts) {
    super();
    this.parts = parts;
  }

  equals(other: Opaque): boolean {
    return other instanceof URLValue && other.toString() === this.toString();
  }

  get scheme(): string {
    return this.parts.scheme;
  }

  /** Host and port; an IPv6 address in brackets. */
  get host(): string {
    return decodeBytes(this.parts.host);
  }

  get hostname(): string {
    return decodeBytes(splitHostPort(this.parts.host).host);
  }

  get port(): string {
    return splitHostPort(this.parts.host).port;
  }

  get escapedPath(): string {
    return decodeBytes(escapedPath(this.parts));
  }

  /** The query parameters by name; what cannot be decoded is left out. */
  get query(): Value {
    const pairs = this.parts.rawQuery.split('&');
    if (pairs.length > maxQueryParameters) return {};
    const values = new Map<string, string[]>();
    for (const pair of pairs) {
      if (pair === '' || pair.includes(';')) continue;
      const [rawKey, rawValue] = cut(pair, '=');
      const key = unescapePart(rawKey, 'query');
      const value = unescapePart(rawValue ?? '', 'query');
      if (key instanceof PercentError || value instanceof PercentError) continue;
      const known = values.get(decodeBytes(key)) ?? [];
      values.set(decodeBytes(key), [...known, decodeBytes(value)]);
    }
    return mapFrom([...values]);
  }

  /** Go's `String()`, by which URLs are equal. */
  override toString(): string {
    const { scheme, opaque, forceQuery, rawQuery, fragment, rawFragment } = this.parts;
    const start = scheme === '' ? '' : `${scheme}:`;
    const hierarchy = opaque === '' ? authority(this.parts) + pathText(this.parts) : opaque;
    const query = forceQuery || rawQuery !== '' ? `?${rawQuery}` : '';
    const tail = fragment === '' ? '' : `#${reescaped(fragment, rawFragment, 'fragment')}`;
    return start + hierarchy + query + tail;
  }
}

/**
 * Reads a URL as the function `url` does: it must be a request URI (`url.ParseRequestURI`) and is then read with its
 * fragment (`url.Parse`). Source: k8s.io/apiserver `pkg/cel/library/urls.go`; Go `net/url/url.go`.
 */
export function parseURL(text: string): URLValue | CelError {
  const bytes = encodeBytes(text);
  const request = parse(bytes, true);
  if (request instanceof CelError) return conversionError(text, request);
  const [address, fragment = ''] = cut(bytes, '#');
  // A path such as `//host/` has a host only here.
  const parts = parse(address, false);
  if (parts instanceof CelError) return conversionError(decodeBytes(address), parts);
  const decoded = unescapePart(fragment, 'fragment');
  if (decoded instanceof PercentError) return conversionError(text, new CelError(decoded.message));
  const rawFragment = escapePart(decoded, 'fragment') === fragment ? '' : fragment;
  return new URLValue({ ...parts, fragment: decoded, rawFragment });
}

/** Why a text is no request URI: Go's `url.ParseRequestURI`; undefined where it is one. */
export function requestURIProblem(text: string): string | undefined {
  const parts = parse(encodeBytes(text), true);
  return parts instanceof CelError ? `parse ${goQuote(text)}: ${parts.message}` : undefined;
}

function conversionError(url: string, problem: CelError): CelError {
  const message = `parse ${goQuote(url)}: ${problem.message}`;
  return new CelError(`URL parse error during conversion from string: ${message}`);
}

const empty: Parts = {
  scheme: '',
  opaque: '',
  user: undefined,
  host: '',
  path: '',
  rawPath: '',
  rawQuery: '',
  forceQuery: false,
  omitHost: false,
  fragment: '',
  rawFragment: '',
};

function parse(url: string, isRequest: boolean): Parts | CelError {
  if (/[\0-\x1f\x7f]/.test(url)) return new CelError('net/url: invalid control character in URL');
  if (url === '' && isRequest) return new CelError('empty url');
  if (url === '*') return { ...empty, path: '*' };
  if (url.startsWith(':')) return new CelError('missing protocol scheme');
  const rawScheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(url)?.[1] ?? '';
  const scheme = rawScheme.toLowerCase();
  const afterScheme = rawScheme === '' ? url : url.slice(rawScheme.length + 1);
  const forceQuery = /^[^?]*\?$/.test(afterScheme);
  const [rest, rawQuery = ''] = cut(afterScheme, '?');
  const parts = { ...empty, scheme, forceQuery, rawQuery };
  if (!rest.startsWith('/')) {
    if (scheme !== '') return { ...parts, opaque: rest };
    if (isRequest) return new CelError('invalid URI for request');
    if (cut(rest, '/')[0].includes(':')) {
      return new CelError('first path segment in URL cannot contain colon');
    }
  }
  return parseHierarchy(parts, rest, isRequest);
}

function parseHierarchy(parts: Parts, rest: string, isRequest: boolean): Parts | CelError {
  const mayHaveHost = parts.scheme !== '' || (!isRequest && !rest.startsWith('///'));
  if (!mayHaveHost || !rest.startsWith('//')) {
    return withPath({ ...parts, omitHost: parts.scheme !== '' && rest.startsWith('/') }, rest);
  }
  const slash = rest.indexOf('/', 2);
  const found = parseAuthority(parts.scheme, slash < 0 ? rest.slice(2) : rest.slice(2, slash));
  if (found instanceof CelError) return found;
  return withPath({ ...parts, ...found }, slash < 0 ? '' : rest.slice(slash));
}

function withPath(parts: Parts, rawPath: string): Parts | CelError {
  const path = unescapePart(rawPath, 'path');
  if (path instanceof PercentError) return new CelError(path.message);
  return { ...parts, path, rawPath: escapePart(path, 'path') === rawPath ? '' : rawPath };
}

function parseAuthority(scheme: string, text: string): { user: string | undefined; host: string } | CelError {
  const at = text.lastIndexOf('@');
  const host = parseHost(scheme, text.slice(at + 1));
  if (host instanceof CelError) return host;
  if (at < 0) return { user: undefined, host };
  const userInfo = text.slice(0, at);
  if (!/^[A-Za-z0-9._:~!$&'()*+,;=%@-]*$/.test(userInfo)) return new CelError('net/url: invalid userinfo');
  const [name, password] = cut(userInfo, ':');
  const written: string[] = [];
  for (const part of password === undefined ? [name] : [name, password]) {
    const decoded = unescapePart(part, 'user');
    if (decoded instanceof PercentError) return new CelError(decoded.message);
    written.push(escapePart(decoded, 'user'));
  }
  return { user: written.join(':'), host };
}

function parseHost(scheme: string, host: string): string | CelError {
  const bracket = host.lastIndexOf('[');
  if (bracket > 0) return new CelError('invalid IP-literal');
  if (bracket === 0) return parseIPLiteral(host);
  const first = host.indexOf(':');
  // A list of hosts with ports, as databases have it, is taken except for http.
  const isStrict = scheme === 'http' || scheme === 'https';
  const port = first < 0 ? '' : host.slice(isStrict ? first : host.lastIndexOf(':'));
  if (!isOptionalPort(port)) return invalidPort(port);
  return decoded(unescapePart(host, 'host'));
}

function parseIPLiteral(host: string): string | CelError {
  const close = host.lastIndexOf(']');
  if (close < 0) return new CelError("missing ']' in host");
  const port = host.slice(close + 1);
  if (!isOptionalPort(port)) return invalidPort(port);
  const inside = host.slice(1, close);
  const zone = inside.indexOf('%25');
  const address = decoded(unescapePart(zone < 0 ? inside : inside.slice(0, zone), 'host'));
  if (address instanceof CelError) return address;
  const zoneText = zone < 0 ? '' : decoded(unescapePart(inside.slice(zone), 'zone'));
  if (zoneText instanceof CelError) return zoneText;
  const parsed = parseAddress(decodeForQuote(address + zoneText));
  if (parsed instanceof AddressError) return new CelError(`invalid host: ${parsed.message}`);
  return parsed.bytes.length === 4 ? new CelError('invalid IP-literal') : `[${address}${zoneText}]${port}`;
}

function decoded(result: string | PercentError): string | CelError {
  return result instanceof PercentError ? new CelError(result.message) : result;
}

function invalidPort(port: string): CelError {
  return new CelError(`invalid port ${goQuote(decodeForQuote(port))} after host`);
}

function isOptionalPort(port: string): boolean {
  return /^(?::[0-9]*)?$/.test(port);
}

function splitHostPort(text: string): { host: string; port: string } {
  const colon = text.lastIndexOf(':');
  const hasPort = colon >= 0 && isOptionalPort(text.slice(colon));
  const host = hasPort ? text.slice(0, colon) : text;
  const port = hasPort ? text.slice(colon + 1) : '';
  return { host: /^\[.*\]$/.test(host) ? host.slice(1, -1) : host, port };
}

function authority({ scheme, host, user, path, omitHost }: Parts): string {
  if ((scheme === '' && host === '' && user === undefined) || (omitHost && host === '')) return '';
  const slashes = host !== '' || path !== '' || user !== undefined ? '//' : '';
  return `${slashes}${user === undefined ? '' : `${user}@`}${escapePart(host, 'host')}`;
}

function pathText(parts: Parts): string {
  const path = escapedPath(parts);
  return path !== '' && !path.startsWith('/') && parts.host !== '' ? `/${path}` : path;
}

function escapedPath({ path, rawPath }: Parts): string {
  return rawPath === '' && path === '*' ? '*' : reescaped(path, rawPath, 'path');
}

/** The part as it was written where that is valid, else escaped anew. */
function reescaped(part: string, raw: string, kind: UrlPart): string {
  const isValid =
    raw !== '' && [...raw].every((byte) => "!$&'()*+,;=:@[]%".includes(byte) || !needsEscape(byte, kind));
  return isValid ? raw : escapePart(part, kind);
}

/** What stands before and after the first separator; the latter undefined without one. */
function cut(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
