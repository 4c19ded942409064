import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AddressError, formatAddress, isMapped, parseAddress } from './ip-address.ts';

const canonical = (text: string): string => {
  const address = parseAddress(text);
  if (address instanceof AddressError) return address.message;
  return formatAddress(address.bytes) + (address.zone === '' ? '' : `%${address.zone}`);
};
/** The message about a text, without the text itself. */
const problem = (text: string): string => canonical(text).replace(/^ParseAddr\(".*?"\): /, '');

test('IPv4 addresses have four decimal octets', () => {
  assert.equal(canonical('192.168.0.1'), '192.168.0.1');
  assert.equal(canonical('0.0.0.0'), '0.0.0.0');
  assert.equal(problem('1.2.3'), 'IPv4 address too short');
  assert.equal(problem('1.2.3.4.5'), 'IPv4 address too long');
  assert.equal(problem('1.2.3.256'), 'IPv4 field has value >255');
  assert.equal(problem('1.2.3.04'), 'IPv4 field has octet with leading zero');
  assert.equal(problem('1..3.4'), 'IPv4 field must have at least one digit (at ".3.4")');
  assert.equal(problem('.1.2.3'), 'IPv4 field must have at least one digit (at ".1.2.3")');
  assert.equal(problem('1.2.3.'), 'IPv4 field must have at least one digit (at ".")');
  assert.equal(problem('1.2.3.4x'), 'unexpected character (at "x")');
});

test('IPv6 addresses are printed as RFC 5952 says', () => {
  assert.equal(canonical('2001:DB8:0:0:1:0:0:1'), '2001:db8::1:0:0:1');
  assert.equal(canonical('0:0:0:0:0:0:0:0'), '::');
  assert.equal(canonical('::1'), '::1');
  assert.equal(canonical('1::'), '1::');
  assert.equal(canonical('1:2:3:4:5:6:7::'), '1:2:3:4:5:6:7:0');
  assert.equal(canonical('1:0:3:4:5:6:7:8'), '1:0:3:4:5:6:7:8', 'one group is not shortened');
  assert.equal(canonical('fe80::1%eth0'), 'fe80::1%eth0');
  assert.equal(canonical('64:ff9b::1.2.3.4'), '64:ff9b::102:304');
});

test('malformed IPv6 addresses are told apart', () => {
  assert.equal(problem('1:2'), 'address string too short');
  assert.equal(problem('1:2:3:4:5:6:7:8:9'), 'trailing garbage after address (at "9")');
  assert.equal(problem('12345::'), 'each group must have 4 or less digits (at "12345::")');
  assert.equal(problem(':::'), 'each colon-separated field must have at least one digit (at ":")');
  assert.equal(problem('1::2::3'), 'multiple :: in address (at ":3")');
  assert.equal(problem('1:'), 'colon must be followed by more characters (at ":")');
  assert.equal(problem('1:2x'), 'unexpected character, want colon (at "x")');
  assert.equal(problem('1:2:3:4::5:6:7:8'), 'the :: must expand to at least one field of zeros');
  assert.equal(problem('fe80::1%'), 'zone must be a non-empty string');
});

test('an embedded IPv4 address stands at the end', () => {
  assert.equal(
    problem('1:2:3.4.5.6'),
    'embedded IPv4 address must replace the final 2 fields of the address (at "3.4.5.6")',
  );
  assert.equal(problem('1:2:3:4:5:6::7.8.9.10'), 'the :: must expand to at least one field of zeros');
  assert.equal(
    problem('::1:2:3:4:5:6:7:8.9.10.11'),
    'too many hex fields to fit an embedded IPv4 at the end of the address (at "8.9.10.11")',
  );
  assert.equal(problem('::1.2.3'), 'IPv4 address too short');
});

test('other texts are no addresses', () => {
  assert.equal(canonical(''), 'ParseAddr(""): unable to parse IP');
  assert.equal(canonical('host'), 'ParseAddr("host"): unable to parse IP');
  assert.equal(problem('%eth0'), 'missing IPv6 address');
});

test('a mapped address is IPv4 in disguise', () => {
  const mapped = (text: string) => {
    const address = parseAddress(text);
    return !(address instanceof AddressError) && isMapped(address.bytes);
  };
  assert.ok(mapped('::ffff:1.2.3.4'));
  assert.ok(mapped('0:0:0:0:0:ffff:102:304'));
  assert.ok(!mapped('::fffe:1.2.3.4'));
  assert.ok(!mapped('1.2.3.4'));
});

test('what is printed reads back as the same', () => {
  for (let i = 0; i < 256; i++) {
    // Every combination of zero and other groups.
    const text = Array.from({ length: 8 }, (_, bit) => ((i >> bit) & 1 ? 'a1' : '0')).join(':');
    const address = parseAddress(text);
    assert.ok(!(address instanceof AddressError));
    const again = parseAddress(formatAddress(address.bytes));
    assert.deepEqual(again, address, text);
  }
});
