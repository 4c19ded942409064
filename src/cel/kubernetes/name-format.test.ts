import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  asPrefix,
  dns1035Label,
  dns1123Label,
  dns1123Subdomain,
  labelValue,
  type NameFormat,
  qualifiedName,
} from './name-format.ts';

const accepts = (format: NameFormat, ...texts: string[]) => {
  for (const text of texts) assert.deepEqual(format(text), [], JSON.stringify(text));
};
const refuses = (format: NameFormat, ...texts: string[]) => {
  for (const text of texts) assert.notDeepEqual(format(text), [], JSON.stringify(text));
};

test('RFC 1123 labels', () => {
  accepts(dns1123Label, 'a', 'my-name', '123-abc', 'a'.repeat(63));
  refuses(dns1123Label, '', '-a', 'a-', 'A', 'a_b', 'a.b', 'é', 'a\n', 'a'.repeat(64));
  assert.deepEqual(dns1123Label('a.b'), ['must not contain dots']);
  assert.deepEqual(dns1123Label('a'.repeat(64)), ['must be no more than 63 characters']);
  assert.deepEqual(dns1123Label('A'), [
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end " +
      "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is " +
      "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
  ]);
});

test('RFC 1123 subdomains', () => {
  accepts(dns1123Subdomain, 'a', 'a.b-c.1', `${'a.'.repeat(126)}a`);
  refuses(dns1123Subdomain, '', '.', 'a.', '.a', 'a..b', 'a.-b', 'A.b', `${'a.'.repeat(127)}a`);
  assert.equal(dns1123Subdomain('_').length, 1);
  assert.deepEqual(dns1123Subdomain('a'.repeat(254)), ['must be no more than 253 characters']);
});

test('RFC 1035 labels start with a letter', () => {
  accepts(dns1035Label, 'a', 'abc-123');
  refuses(dns1035Label, '', '1a', '-a', 'a-', 'a.b');
  assert.match(dns1035Label('1')[0]!, /\(e\.g\. 'my-name', {2}or 'abc-123', regex/);
});

test('the length is counted in bytes', () => {
  assert.equal(dns1123Label('é'.repeat(32)).length, 2);
  assert.equal(dns1123Label('é'.repeat(31)).length, 1);
});

test('qualified names have an optional prefix', () => {
  accepts(qualifiedName, 'a', 'My.Name_1', 'example.com/MyName', `${'a'.repeat(253)}/${'b'.repeat(63)}`);
  assert.deepEqual(qualifiedName('/a'), ['prefix part must be non-empty']);
  assert.match(qualifiedName('A/a')[0]!, /^prefix part a lowercase RFC 1123 subdomain/);
  assert.deepEqual(qualifiedName(`${'a'.repeat(254)}/b`), ['prefix part must be no more than 253 bytes']);
  assert.deepEqual(qualifiedName('a'.repeat(64)), ['name part must be no more than 63 bytes']);
  const [empty, rule, ...others] = qualifiedName('a/');
  assert.equal(empty, 'name part must be non-empty');
  assert.match(rule!, /^name part must consist of alphanumeric characters/);
  assert.deepEqual(others, []);
  assert.match(qualifiedName('a/b/c')[0]!, /^a valid label key .* \(e\.g\. 'example\.com\/MyName'\)$/);
});

test('label values may be empty', () => {
  accepts(labelValue, '', 'a', 'A_b.c-1', 'a'.repeat(63));
  refuses(labelValue, '-', 'a-', '.a', 'a b', 'a/b');
  assert.deepEqual(labelValue('a'.repeat(64)), ['must be no more than 63 bytes']);
});

test('a prefix may end in a dash', () => {
  const prefix = asPrefix(dns1123Label);
  accepts(prefix, 'my-name-', 'a-', 'A-');
  refuses(prefix, '-', '-a-', 'Ab-', 'a.b');
  accepts(prefix, `${'a'.repeat(63)}-`);
  refuses(prefix, `${'a'.repeat(62)}é-`);
});

test('a long name takes linear time', () => {
  const long = `${'a-'.repeat(200_000)}!`;
  assert.equal(dns1123Label(long).length, 2);
  assert.equal(qualifiedName(`${long}/a`).length, 2);
});
