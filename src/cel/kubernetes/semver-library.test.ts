import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CelError, type Value } from '../value.ts';
import { parseSemver, Semver } from './semver.ts';
import { semverLibrary } from './semver-library.ts';

const overload = (id: string) => semverLibrary.overloads.find((candidate) => candidate.id === id)!;
const call = (id: string, ...args: Value[]): unknown => overload(id).implementation(...args);
const v = (text: string) => parseSemver(text) as Semver;

test('reading, strictly or leniently', () => {
  assert.ok(call('string_to_semver', '1.2.3') instanceof Semver);
  assert.ok(call('string_to_semver', 'v1.2') instanceof CelError);
  assert.ok(call('string_bool_to_semver', 'v1.2', true) instanceof Semver);
  assert.ok(call('string_bool_to_semver', 'v1.2', false) instanceof CelError);
  assert.equal(call('is_semver_string', '1.2.3'), true);
  assert.equal(call('is_semver_string', 'v1.2.3'), false);
  assert.equal(call('is_semver_string_bool', 'v1.2.3', true), true);
});

test('comparing', () => {
  assert.equal(call('semver_is_less_than', v('1.2.3'), v('1.10.0')), true);
  assert.equal(call('semver_is_greater_than', v('1.2.3'), v('1.2.3')), false);
  assert.equal(call('semver_compare_to', v('2.0.0-rc'), v('2.0.0')), -1);
});

test('the numbers are signed 64-bit integers', () => {
  assert.equal(call('semver_major', v('1.2.3')), 1);
  assert.equal(call('semver_minor', v('1.2.3')), 2);
  assert.equal(call('semver_patch', v('0.0.9223372036854775807')), 9223372036854775807n);
  assert.equal(call('semver_patch', v('0.0.18446744073709551615')), -1);
});

test('reading costs by length, the rest one', () => {
  assert.equal(overload('string_to_semver').cost!(['1.2.3-alpha.1'], v('1.2.3')), 2);
  assert.equal(overload('semver_major').cost!([v('1.2.3')], 1), 1);
});
