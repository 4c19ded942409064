import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  dns1035LabelErrors,
  labelKeyErrors,
  labelValueErrors,
  pathSegmentErrors,
  subdomainErrors,
} from './name.ts';

test('subdomains', () => {
  for (const good of ['a', 'a-b.c', '0.1', 'a'.repeat(253)])
    assert.deepEqual(subdomainErrors(good), [], good);
  for (const bad of ['', 'A', 'a_b', '-a', 'a-', 'a..b', '.a', 'a\n']) {
    assert.equal(subdomainErrors(bad).length, 1, JSON.stringify(bad));
  }
  assert.deepEqual(subdomainErrors('a'.repeat(254)), ['must be no more than 253 characters']);
});

test('DNS-1035 labels start with a letter', () => {
  assert.deepEqual(dns1035LabelErrors('v1'), []);
  assert.equal(dns1035LabelErrors('1v').length, 1);
  assert.equal(dns1035LabelErrors('V'.repeat(64)).length, 2);
});

test('label keys', () => {
  for (const good of ['a', 'A_b.c-d', 'example.com/a', '1']) assert.deepEqual(labelKeyErrors(good), [], good);
  assert.deepEqual(
    labelKeyErrors('').map((text) => text.slice(0, 26)),
    ['name part must be non-empty', 'name part must consist of a'].map((text) => text.slice(0, 26)),
  );
  assert.deepEqual(labelKeyErrors('/a'), ['prefix part must be non-empty']);
  assert.match(labelKeyErrors('A/a')[0]!, /^prefix part a lowercase RFC 1123 subdomain/);
  assert.match(
    labelKeyErrors('a/b/c')[0]!,
    /^a valid label key must consist of .* with an optional DNS subdomain prefix/,
  );
  assert.deepEqual(labelKeyErrors('x'.repeat(64)), ['name part must be no more than 63 bytes']);
  assert.deepEqual(labelKeyErrors(`${'x'.repeat(254)}/a`), ['prefix part must be no more than 253 bytes']);
});

test('label values', () => {
  for (const good of ['', 'a', 'A_b.c-d']) assert.deepEqual(labelValueErrors(good), [], good);
  for (const bad of ['-', 'a b', 'é', 'a\n']) assert.equal(labelValueErrors(bad).length, 1, bad);
  assert.deepEqual(labelValueErrors('x'.repeat(64)), ['must be no more than 63 bytes']);
});

test('examples are listed as the server lists them', () => {
  assert.match(labelValueErrors('-')[0]!, /\(e\.g\. 'MyValue', {2}or 'my_value', {2}or '12345', regex used/);
});

test('segments of a path', () => {
  assert.deepEqual(pathSegmentErrors('a:b'), []);
  assert.deepEqual(pathSegmentErrors('..'), ["may not be '..'"]);
  assert.deepEqual(pathSegmentErrors('a/b%'), ["may not contain '/'", "may not contain '%'"]);
});

test('a megabyte is judged at once', () => {
  const long = `${'a-'.repeat(500_000)}!`;
  const before = process.cpuUsage();
  for (const check of [subdomainErrors, dns1035LabelErrors, labelKeyErrors, labelValueErrors]) {
    assert.equal(check(long).length, 2);
  }
  assert.ok(process.cpuUsage(before).user < 3e6);
});
