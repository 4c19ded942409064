import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CelError } from '../value.ts';
import { parseNormalized, parseSemver, Semver } from './semver.ts';

const version = (text: string): Semver => {
  const parsed = parseSemver(text);
  assert.ok(parsed instanceof Semver, `${text}: ${(parsed as CelError).message}`);
  return parsed;
};
const problem = (text: string): string => (parseSemver(text) as CelError).message;

test('the parts of a version', () => {
  const { major, minor, patch, prerelease } = version('1.20.300-rc.1.x-y+build.01');
  assert.deepEqual([major, minor, patch], [1n, 20n, 300n]);
  assert.deepEqual(prerelease, ['rc', 1n, 'x-y']);
});

test('precedence is that of semver.org', () => {
  const ascending = [
    '0.9.9',
    '1.0.0-1',
    '1.0.0-2',
    '1.0.0-10',
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta',
    '1.0.0-rc.1',
    '1.0.0',
    '1.0.1',
    '1.2.0',
    '1.10.0',
    '2.0.0',
  ];
  for (let i = 0; i < ascending.length; i++) {
    for (let j = 0; j < ascending.length; j++) {
      const order = version(ascending[i]!).compare(version(ascending[j]!));
      assert.equal(order, Math.sign(i - j), `${ascending[i]} and ${ascending[j]}`);
    }
  }
});

test('build metadata does not count', () => {
  assert.ok(version('1.0.0+a').equals(version('1.0.0+b')));
  assert.ok(!version('1.0.0-a').equals(version('1.0.0')));
});

test('errors are those of the library', () => {
  assert.equal(problem(''), 'Version string empty');
  assert.equal(problem('1.2'), 'No Major.Minor.Patch elements found');
  assert.equal(problem('v1.2.3'), 'Invalid character(s) found in major number "v1"');
  assert.equal(problem('1.x.3'), 'Invalid character(s) found in minor number "x"');
  assert.equal(problem('1.2.3.4'), 'Invalid character(s) found in patch number "3.4"');
  assert.equal(problem('01.2.3'), 'Major number must not contain leading zeroes "01"');
  assert.equal(problem('1.2.03'), 'Patch number must not contain leading zeroes "03"');
  assert.equal(problem('.2.3'), 'strconv.ParseUint: parsing "": invalid syntax');
  assert.equal(
    problem('18446744073709551616.0.0'),
    'strconv.ParseUint: parsing "18446744073709551616": value out of range',
  );
  assert.equal(problem('1.2.3-'), 'Prerelease is empty');
  assert.equal(problem('1.2.3-a..b'), 'Prerelease is empty');
  assert.equal(problem('1.2.3-01'), 'Numeric PreRelease version must not contain leading zeroes "01"');
  assert.equal(problem('1.2.3-é'), 'Invalid character(s) found in prerelease "é"');
  assert.equal(problem('1.2.3+'), 'Build meta data is empty');
  assert.equal(problem('1.2.3+a_b'), 'Invalid character(s) found in build meta data "a_b"');
});

test('normalising drops v and zeros and fills up', () => {
  const normal = (text: string) => {
    const parsed = parseNormalized(text);
    if (parsed instanceof CelError) return parsed.message;
    return `${parsed.major}.${parsed.minor}.${parsed.patch}`;
  };
  assert.equal(normal('v1'), '1.0.0');
  assert.equal(normal('1.2'), '1.2.0');
  assert.equal(normal('v01.002.0003-rc'), '1.2.3');
  assert.equal(normal('00.0.0'), '0.0.0');
  assert.equal(normal('1.2-rc'), 'short version cannot contain PreRelease/Build meta data');
  assert.equal(normal('vv1'), 'Invalid character(s) found in major number "0v1"');
  assert.equal(normal('vx'), 'Invalid character(s) found in major number "x"');
  assert.equal(normal(''), 'strconv.ParseUint: parsing "": invalid syntax');
});
