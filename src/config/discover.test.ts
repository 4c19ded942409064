import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { Configurations, settingsFor } from './discover.ts';

const known = {
  controls: new Set(['a', 'b']),
  profiles: new Set(['essentials', 'all']),
  kubernetesVersions: ['1.34'],
};
let root: string;
let configurations: Configurations;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'config-'));
  configurations = new Configurations(known, (absolute) => path.relative(root, absolute));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
}
const at = (file: string): ReturnType<typeof settingsFor> =>
  settingsFor(path.join(root, file), configurations.forFolder(path.dirname(path.join(root, file))));

test('the nearest configuration upward counts, and none is fine', () => {
  write('.scantling.yaml', 'failOn: low\n');
  write('deep/.scantling.yaml', 'profile: all\n');
  assert.deepEqual(at('x.yaml').failOn, ['low']);
  assert.deepEqual(at('other/er/x.yaml').failOn, ['low']);
  assert.deepEqual(at('deep/er/x.yaml').profile, ['all']);
  assert.equal(at('deep/er/x.yaml').failOn, undefined);
  assert.deepEqual(configurations.problems, []);
});

test('sections for paths lie over the top level, later ones over earlier ones', () => {
  write(
    '.scantling.yaml',
    `failOn: low
severity: {a: "off"}
paths:
- match: legacy/**
  failOn: critical
  severity: {b: low}
- match: [legacy/new/**]
  failOn: high
`,
  );
  assert.deepEqual(at('x.yaml'), {
    profile: undefined,
    failOn: ['low'],
    params: undefined,
    severity: { a: 'off' },
  });
  assert.deepEqual(at('legacy/x.yaml').failOn, ['critical']);
  assert.deepEqual(at('legacy/x.yaml').severity, { a: 'off', b: 'low' });
  assert.deepEqual(at('legacy/new/x.yaml').failOn, ['high']);
});

test('mistakes are located in the file, all of them', () => {
  write('.scantling.yaml', '# settings\nprofil: all\nseverity:\n  c: low\n');
  at('x.yaml');
  at('y/z.yaml');
  assert.deepEqual(configurations.problems, [
    {
      file: '.scantling.yaml',
      line: 2,
      column: 1,
      severity: 'error',
      reason: 'unknown key "profil"; did you mean "profile"?',
    },
    {
      file: '.scantling.yaml',
      line: 4,
      column: 3,
      severity: 'error',
      reason: 'there is no control "c"; did you mean "a"?',
    },
  ]);
});

test('a link that leads nowhere, a folder, a second document, a key twice', () => {
  symlinkSync('nothing', path.join(root, '.scantling.yaml'));
  mkdirSync(path.join(root, 'a/.scantling.yaml'), { recursive: true });
  write('b/.scantling.yaml', 'failOn: low\n---\nfailOn: high\n');
  write('c/.scantling.yaml', 'failOn: low\nfailOn: high\n');
  for (const folder of ['', 'a', 'b', 'c']) configurations.forFolder(path.join(root, folder));
  assert.deepEqual(
    configurations.problems.map(({ file, line, column, reason }) => [file, line, column, reason]),
    [
      ['.scantling.yaml', 0, 0, 'cannot be read: no such file'],
      ['a/.scantling.yaml', 0, 0, 'cannot be read: it is a folder'],
      ['b/.scantling.yaml', 3, 1, 'a configuration is one document'],
      ['c/.scantling.yaml', 2, 1, 'key "failOn" already set in map'],
    ],
  );
});

test('a configuration that is no YAML, and one that is empty', () => {
  write('bad/.scantling.yaml', 'a: [1\n');
  write('empty/.scantling.yaml', '# nothing yet\n');
  assert.deepEqual(at('bad/x.yaml'), {});
  assert.equal(configurations.problems.length, 1);
  assert.equal(at('empty/x.yaml').profile, undefined);
  assert.equal(configurations.problems.length, 1);
});
