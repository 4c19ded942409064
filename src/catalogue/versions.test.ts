import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatMinorVersion,
  inRange,
  latestMinorVersion,
  minorVersions,
  parseMinorVersion,
  parseVersionRange,
} from './versions.ts';

test('versions are read and written', () => {
  assert.equal(parseMinorVersion('1.34'), 34);
  for (const text of ['1', '1.', '2.1', 'v1.34', '1.34.1', ' 1.34', '1.x', '']) {
    assert.equal(parseMinorVersion(text), undefined, text);
  }
  assert.equal(formatMinorVersion(30), '1.30');
  assert.throws(() => formatMinorVersion(29), RangeError);
  assert.equal(latestMinorVersion, minorVersions.at(-1));
});

test('ranges have one or two ends, both inclusive', () => {
  assert.deepEqual(parseVersionRange('>=1.35'), { from: 35, until: undefined });
  assert.deepEqual(parseVersionRange('<=1.34'), { from: undefined, until: 34 });
  assert.deepEqual(parseVersionRange('>=1.31 <=1.34'), { from: 31, until: 34 });
  assert.deepEqual(parseVersionRange('<=1.34 >=1.31'), { from: 31, until: 34 });
  for (const text of ['', '1.34', '>1.34', '>=1.34 >=1.35', '>=1.35 <=1.34', '>= 1.34', '>=1.34,<=1.35']) {
    assert.equal(parseVersionRange(text), undefined, text);
  }
});

test('a version lies in a range or not', () => {
  assert.deepEqual(
    [30, 31, 34, 35].map((version) => inRange(version, { from: 31, until: 34 })),
    [false, true, true, false],
  );
  assert.ok(inRange(30, { from: undefined, until: undefined }));
});
