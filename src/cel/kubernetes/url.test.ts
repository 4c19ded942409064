import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CelError } from '../value.ts';
import { parseURL, requestURIProblem, URLValue } from './url.ts';

const url = (text: string): URLValue => {
  const parsed = parseURL(text);
  assert.ok(parsed instanceof URLValue, `${text}: ${(parsed as CelError).message}`);
  return parsed;
};
const problem = (text: string): string | undefined =>
  requestURIProblem(text)?.replace(/^parse ".*?[^\\]": /, '');

test('the parts of a URL', () => {
  const parsed = url('HTTPS://user:pw@example.com:8443/a%2Fb/c?k=1&k=2&x=%20+#frag');
  assert.equal(parsed.scheme, 'https');
  assert.equal(parsed.host, 'example.com:8443');
  assert.equal(parsed.hostname, 'example.com');
  assert.equal(parsed.port, '8443');
  assert.equal(parsed.escapedPath, '/a%2Fb/c');
  assert.deepEqual(parsed.query, { k: ['1', '2'], x: ['  '] });
});

test('an absolute path is a URL without scheme and host', () => {
  const parsed = url('/a b?');
  assert.equal(parsed.scheme, '');
  assert.equal(parsed.host, '');
  assert.equal(parsed.escapedPath, '/a%20b');
  assert.deepEqual(parsed.query, {});
});

test('two slashes start a host', () => {
  assert.equal(url('//host/x').host, 'host');
  assert.equal(url('//host/x').escapedPath, '/x');
  assert.equal(url('///x').host, '');
});

test('what is no path after a scheme is opaque', () => {
  const parsed = url('mailto:a@b.c?subject=x');
  assert.equal(parsed.scheme, 'mailto');
  assert.equal(parsed.host, '');
  assert.equal(parsed.escapedPath, '');
  assert.deepEqual(parsed.query, { subject: ['x'] });
});

test('hosts may be IPv6 addresses with a zone', () => {
  assert.equal(url('http://[::1]:80/').hostname, '::1');
  assert.equal(url('http://[::1]').host, '[::1]');
  assert.equal(url('http://[fe80::1%25en0]/').host, '[fe80::1%en0]');
  assert.equal(problem('http://[::1'), "missing ']' in host");
  assert.equal(problem('http://a[::1]'), 'invalid IP-literal');
  assert.equal(problem('http://[1.2.3.4]'), 'invalid IP-literal');
  assert.match(problem('http://[x]')!, /^invalid host: ParseAddr\("x"\): unable to parse IP$/);
});

test('ports are digits or nothing', () => {
  assert.equal(url('http://a:/').port, '');
  assert.equal(url('http://a:/').hostname, 'a');
  assert.equal(problem('http://a:b'), 'invalid port ":b" after host');
  assert.equal(problem('http://a:1,b:2'), 'invalid port ":1,b:2" after host');
  assert.equal(url('postgres://a:1,b:2/x').host, 'a:1,b:2');
});

test('a query leaves out what it cannot read', () => {
  assert.deepEqual(url('/?a=1;b=2&c=%zz&=v&d&&e==').query, { '': ['v'], d: [''], e: ['='] });
  assert.deepEqual(url('/?__proto__=x').query, JSON.parse('{"__proto__":["x"]}'));
  assert.deepEqual(url(`/?${'a&'.repeat(10_000)}`).query, {});
});

test('why a text is no request URI', () => {
  assert.equal(requestURIProblem(''), 'parse "": empty url');
  assert.equal(problem('a/b'), 'invalid URI for request');
  assert.equal(problem(':x'), 'missing protocol scheme');
  assert.equal(problem('/\x7f'), 'net/url: invalid control character in URL');
  assert.equal(problem('/%zz'), 'invalid URL escape "%zz"');
  assert.equal(problem('http://a b/'), 'invalid character " " in host name');
  assert.equal(problem('http://a^b@c/'), 'net/url: invalid userinfo');
  assert.equal(problem('1x:/y'), 'invalid URI for request');
  assert.equal(problem('*'), undefined);
});

test('the conversion names the URL and the reason', () => {
  assert.deepEqual(
    parseURL('/"%zz'),
    new CelError(
      String.raw`URL parse error during conversion from string: parse "/\"%zz": invalid URL escape "%zz"`,
    ),
  );
});

test('URLs are equal when they are written alike', () => {
  const text = (source: string) => url(source).toString();
  assert.equal(text('HTTP://Host/a?b#c'), 'http://Host/a?b#c');
  assert.equal(text('/a%2fb c'), '/a%2Fb%20c'.replace('%2F', '/'));
  assert.equal(text('http://u%41:p@h/?'), 'http://uA:p@h/?');
  assert.equal(text('file:/x'), 'file:/x');
  assert.equal(text('file:///x'), 'file:///x');
  assert.ok(url('http://a/x').equals(url('HTTP://a/x')));
  assert.ok(!url('http://a/x').equals(url('http://a/x/')));
});
