import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CelError, type Value } from '../value.ts';
import { CIDR, cidrLibrary } from './cidr.ts';
import { IP, parseIP } from './ip.ts';

const overload = (id: string) => cidrLibrary.overloads.find((candidate) => candidate.id === id)!;
const call = (id: string, ...args: Value[]): unknown => overload(id).implementation(...args);
const cidr = (text: string): CIDR => call('string_to_cidr', text) as CIDR;
const text = (value: unknown): unknown => call('cidr_to_string', value as CIDR);
const problem = (source: string): string => (call('string_to_cidr', source) as CelError).message;

const prefix = 'network address parse error during conversion from string: ';

test('a network is an address and a length', () => {
  assert.equal(text(cidr('10.1.2.3/8')), '10.1.2.3/8');
  assert.equal(text(cidr('2001:DB8::/33')), '2001:db8::/33');
  assert.equal(call('cidr_prefix_length', cidr('10.0.0.0/12')), 12);
  assert.deepEqual(call('cidr_ip', cidr('10.1.2.3/8')), parseIP('10.1.2.3') as IP);
  assert.equal(call('is_cidr', '::/0'), true);
  assert.equal(call('is_cidr', '10.0.0.0'), false);
});

test('errors say the same twice, as in the API server', () => {
  assert.equal(problem('10.0.0.0'), `${prefix}${prefix}netip.ParsePrefix("10.0.0.0"): no '/'`);
  assert.equal(
    problem('10.0.0.0/33'),
    `${prefix}${prefix}netip.ParsePrefix("10.0.0.0/33"): prefix length out of range`,
  );
  for (const bits of ['', '08', '+8', '-1', 'x', '99999999999999999999']) {
    const source = `10.0.0.0/${bits}`;
    assert.equal(
      problem(source),
      `${prefix}${prefix}netip.ParsePrefix("${source}"): bad bits after slash: "${bits}"`,
    );
  }
  assert.match(problem('1.2/8'), /ParsePrefix\("1\.2\/8"\): ParseAddr\("1\.2"\): IPv4 address too short$/);
  assert.match(problem('fe80::1%a/8'), /IPv6 zones cannot be present in a prefix$/);
  assert.equal(
    problem('::ffff:1.2.3.4/100'),
    `${prefix}IPv4-mapped IPv6 address "::ffff:1.2.3.4/100" is not allowed`,
  );
});

test('masking clears what lies beyond the prefix', () => {
  const masked = (source: string) => text(call('cidr_masked', cidr(source)));
  assert.equal(masked('10.255.255.255/12'), '10.240.0.0/12');
  assert.equal(masked('10.1.2.3/0'), '0.0.0.0/0');
  assert.equal(masked('10.1.2.3/32'), '10.1.2.3/32');
  assert.equal(masked('2001:db8:ffff::1/33'), '2001:db8:8000::/33');
});

test('an address is inside when the prefix is the same', () => {
  assert.equal(call('cidr_contains_ip_string', cidr('10.0.0.0/8'), '10.255.1.1'), true);
  assert.equal(call('cidr_contains_ip_string', cidr('10.0.0.0/8'), '11.0.0.0'), false);
  assert.equal(
    call('cidr_contains_ip_string', cidr('10.9.9.9/8'), '10.0.0.1'),
    true,
    'host bits do not count',
  );
  assert.equal(
    call('cidr_contains_ip_ip', cidr('::/0'), parseIP('1.2.3.4') as IP),
    false,
    'families never mix',
  );
  assert.equal(call('cidr_contains_ip_ip', cidr('::/0'), parseIP('fe80::1') as IP), true);
});

test('a network is inside when it is not larger', () => {
  const contains = (a: string, b: string) => call('cidr_contains_cidr_string', cidr(a), b);
  assert.equal(contains('10.0.0.0/8', '10.1.0.0/16'), true);
  assert.equal(contains('10.0.0.0/8', '10.0.0.0/8'), true);
  assert.equal(contains('10.1.0.0/16', '10.0.0.0/8'), false);
  assert.equal(contains('0.0.0.0/0', '::/0'), false);
  assert.equal(call('cidr_contains_cidr', cidr('::/0'), cidr('fe80::/10')), true);
});

test('a malformed argument loses its reason in one function only', () => {
  assert.deepEqual(call('cidr_contains_ip_string', cidr('::/0'), 'x'), new CelError('no such overload'));
  const other = call('cidr_contains_cidr_string', cidr('::/0'), 'x') as CelError;
  assert.equal(other.message, problem('x'));
});

test('equality is of address and length', () => {
  assert.ok(cidr('::/8').equals(cidr('0::/8')));
  assert.ok(!cidr('10.0.0.1/8').equals(cidr('10.0.0.0/8')));
  assert.ok(!cidr('10.0.0.0/8').equals(cidr('10.0.0.0/9')));
});

test('costs go by the bytes of the prefix', () => {
  const cost = (id: string, ...args: Value[]) => overload(id).cost!(args, true);
  assert.equal(cidr('10.0.0.0/12').costSize(), 2);
  assert.equal(cost('cidr_contains_ip_string', cidr('::/128'), '::1'), 5);
  assert.equal(cost('cidr_contains_ip_ip', cidr('::/128'), parseIP('::1') as IP), 4);
  assert.equal(cost('cidr_contains_cidr_string', cidr('::/128'), '::1/128'), 8);
  assert.equal(cost('cidr_contains_cidr', cidr('::/0'), cidr('::/0')), 1);
});
