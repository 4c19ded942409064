import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CelError, type Value } from '../value.ts';
import { IP, ipLibrary, parseIP } from './ip.ts';

const overload = (id: string) => ipLibrary.overloads.find((candidate) => candidate.id === id)!;
const call = (id: string, ...args: Value[]): unknown => overload(id).implementation(...args);
const ip = (text: string): IP => parseIP(text) as IP;
const message = (text: string): string => (parseIP(text) as CelError).message;

test('Kubernetes takes no zones and no IPv4 as IPv6', () => {
  assert.equal(message('fe80::1%eth0'), 'IP address "fe80::1%eth0" with zone value is not allowed');
  assert.equal(message('::ffff:1.2.3.4'), 'IPv4-mapped IPv6 address "::ffff:1.2.3.4" is not allowed');
  assert.equal(
    message('1.2.3'),
    'IP Address "1.2.3" parse error during conversion from string: ParseAddr("1.2.3"): IPv4 address too short',
  );
  assert.equal(call('is_ip', '1.2.3.4'), true);
  assert.equal(call('is_ip', '1.2.3.4/8'), false);
});

test('the canonical form is the one that is printed', () => {
  assert.equal(call('ip_is_canonical', '2001:db8::1'), true);
  assert.equal(call('ip_is_canonical', '2001:DB8::1'), false);
  assert.equal(call('ip_is_canonical', '127.0.0.1'), true);
  assert.ok(call('ip_is_canonical', 'x') instanceof CelError);
  assert.equal(call('ip_to_string', ip('2001:DB8:0::1')), '2001:db8::1');
});

/** The classes of an address, in this order. */
const classes = ['unspecified', 'loopback', 'link_local_multicast', 'link_local_unicast', 'global_unicast'];
const classesOf = (text: string): string[] =>
  classes.filter((name) => call(`ip_is_${name}`, ip(text)) === true);

test('classes of addresses', () => {
  assert.deepEqual(classesOf('0.0.0.0'), ['unspecified']);
  assert.deepEqual(classesOf('::'), ['unspecified']);
  assert.deepEqual(classesOf('127.9.9.9'), ['loopback']);
  assert.deepEqual(classesOf('::1'), ['loopback']);
  assert.deepEqual(classesOf('224.0.0.251'), ['link_local_multicast']);
  assert.deepEqual(classesOf('224.0.1.1'), []);
  assert.deepEqual(classesOf('ff02::1'), ['link_local_multicast']);
  assert.deepEqual(classesOf('ff0e::1'), []);
  assert.deepEqual(classesOf('169.254.0.1'), ['link_local_unicast']);
  assert.deepEqual(classesOf('fe80::1'), ['link_local_unicast']);
  assert.deepEqual(classesOf('febf::1'), ['link_local_unicast']);
  assert.deepEqual(classesOf('fec0::1'), ['global_unicast']);
  assert.deepEqual(classesOf('255.255.255.255'), []);
  assert.deepEqual(classesOf('10.0.0.1'), ['global_unicast'], 'private addresses are global in Go');
});

test('family and size', () => {
  assert.equal(call('ip_family', ip('1.2.3.4')), 4);
  assert.equal(call('ip_family', ip('::1')), 6);
  assert.equal(ip('1.2.3.4').costSize(), 4);
  assert.equal(ip('::1').costSize(), 16);
});

test('equality is of bytes', () => {
  assert.ok(ip('::1').equals(ip('0:0::1')));
  assert.ok(!ip('0.0.0.1').equals(ip('::1')));
});

test('costs', () => {
  assert.equal(overload('string_to_ip').cost!(['192.168.100.200'], ip('1.1.1.1')), 2);
  assert.equal(overload('ip_is_canonical').cost!(['192.168.100.200'], true), 3);
  assert.equal(overload('ip_family').cost!([ip('::1')], 6), 1);
});
