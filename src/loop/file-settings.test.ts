import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { Configurations } from '../config/discover.ts';
import { FileSettings } from './file-settings.ts';

const cwd = mkdtempSync(path.join(tmpdir(), 'scantling-settings-'));
after(() => rmSync(cwd, { recursive: true }));
mkdirSync(path.join(cwd, 'team', 'chart'), { recursive: true });
writeFileSync(
  path.join(cwd, 'team', '.scantling.yaml'),
  'failOn: [critical]\nexclude: [generated, ./once/*.yaml]\n',
);

const known = {
  controls: new Set(['privileged-container']),
  profiles: new Set(['all']),
  kubernetesVersions: [],
};
const settings = new FileSettings(new Configurations(known, (absolute) => absolute), cwd);

describe('what configurations say of files', () => {
  test('comes from the nearest folder above, and is the same object for a file', () => {
    const file = path.join('team', 'a.yaml');
    assert.deepEqual(settings.of(file).failOn, ['critical']);
    assert.equal(settings.of(file), settings.of(file));
    assert.equal(settings.of('a.yaml').failOn, undefined);
    assert.equal(settings.of('-').failOn, undefined);
  });

  test('leaves out by name anywhere, and by path from the configuration on', () => {
    const isExcluded = (...parts: string[]): boolean => settings.isExcluded(path.join(cwd, ...parts));
    assert.ok(isExcluded('team', 'generated'));
    assert.ok(isExcluded('team', 'chart', 'generated', 'a.yaml'));
    assert.ok(isExcluded('team', 'once', 'a.yaml'));
    assert.ok(!isExcluded('team', 'chart', 'once', 'a.yaml'));
    assert.ok(!isExcluded('generated', 'a.yaml'));
  });

  test('counts for a folder as it does for what is in it', () => {
    assert.deepEqual(settings.of(settings.inside('team')).failOn, ['critical']);
    assert.equal(settings.inside(path.join('team', 'a.yaml')), path.join('team', 'a.yaml'));
  });
});
