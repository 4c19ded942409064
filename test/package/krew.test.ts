import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { load } from 'js-yaml';
import { makeKrewManifest } from '../../scripts/krew.ts';
import { root } from './calls.ts';

interface Plugin {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly version: string;
    readonly shortDescription: string;
    readonly platforms: readonly {
      readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
      readonly uri: string;
      readonly sha256: string;
      readonly files?: readonly { readonly from: string; readonly to: string }[];
      readonly bin: string;
    }[];
  };
}

describe('the manifest for krew', () => {
  let folder = '';
  let plugin: Plugin;
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    version: string;
  };
  const hash = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

  before(() => {
    assert.ok(existsSync(path.join(root, 'dist/cli.js')), 'nothing is built: run `npm run build` first');
    folder = mkdtempSync(path.join(tmpdir(), 'scantling-krew-'));
    // Stand-ins for the executables: a program that says its name, as the real one finds it out.
    for (const architecture of ['x64', 'arm64'])
      writeFileSync(path.join(folder, `scantling-linux-${architecture}`), '#!/bin/sh\necho "$0"\n', {
        mode: 0o755,
      });
    execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {
      cwd: root,
      stdio: 'pipe',
    });
    makeKrewManifest(folder, 'https://example.com/v1/');
    plugin = load(readFileSync(path.join(folder, 'krew.yaml'), 'utf8')) as Plugin;
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Does what krew does: unpacks the archive, moves `files` (all without any), links `bin` under the plug-in's name. */
  function install(index: number): string {
    const { bin, files, uri } = plugin.spec.platforms[index]!;
    const unpacked = mkdtempSync(path.join(folder, 'unpacked-'));
    execFileSync('tar', ['-xzf', path.join(folder, path.basename(uri)), '-C', unpacked]);
    const store = mkdtempSync(path.join(folder, 'store-'));
    for (const { from, to } of files ?? [{ from: '*', to: '.' }]) {
      mkdirSync(path.join(store, to), { recursive: true });
      execFileSync('sh', ['-c', `cp -r ${unpacked}/${from} ${path.join(store, to)}/`]);
    }
    const link = path.join(mkdtempSync(path.join(folder, 'bin-')), 'kubectl-scantling');
    symlinkSync(path.join(store, bin), link);
    return link;
  }

  test('is one that krew takes', () => {
    assert.equal(plugin.apiVersion, 'krew.googlecontainertools.github.com/v1alpha2');
    assert.equal(plugin.kind, 'Plugin');
    assert.equal(plugin.metadata.name, 'scantling');
    assert.equal(plugin.spec.version, `v${version}`);
    assert.ok(plugin.spec.shortDescription.length <= 50, 'krew asks for less than a line');
    assert.doesNotMatch(readFileSync(path.join(folder, 'krew.yaml'), 'utf8'), /\$[A-Z]/);
  });

  test('has the checksum of every archive, and where it lies', () => {
    const labels = plugin.spec.platforms.map(({ selector }) => Object.values(selector.matchLabels).join('/'));
    assert.deepEqual(labels, ['linux/amd64', 'linux/arm64', 'darwin']);
    for (const { sha256, uri } of plugin.spec.platforms) {
      assert.match(uri, /^https:\/\/example\.com\/v1\/scantling-[^/]+$/);
      assert.equal(sha256, hash(path.join(folder, path.basename(uri))));
    }
  });

  test('makes the same archives each time', () => {
    const files = plugin.spec.platforms.map(({ uri }) => path.join(folder, path.basename(uri)));
    const first = files.map(hash);
    makeKrewManifest(folder, 'https://example.com/v1/');
    assert.deepEqual(files.map(hash), first);
  });

  test('installs a program that kubectl finds by its name', () => {
    const link = install(0);
    assert.equal(execFileSync(link, { encoding: 'utf8' }).trim(), link);
    assert.ok(existsSync(path.join(path.dirname(link), 'kubectl-scantling')));
  });

  test('installs the package where there is no program, and it runs from there', () => {
    const link = install(2);
    const env = { PATH: `${path.dirname(process.execPath)}:/usr/bin:/bin` };
    const { status, stderr, stdout } = spawnSync(link, ['scan', '--help'], { env, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^Usage: kubectl scantling scan/m);
    const scan = spawnSync(link, ['scan', '-q', '-f', path.join(root, 'examples/shop')], {
      env,
      encoding: 'utf8',
    });
    assert.equal(scan.status, 1, scan.stderr);
  });

  test('is not made of half a release', () => {
    const half = mkdtempSync(path.join(folder, 'half-'));
    assert.throws(
      () => makeKrewManifest(half, 'https://example.com'),
      /scantling-linux-x64 is missing: `npm run release` makes it/,
    );
    cpSync(path.join(folder, 'scantling-linux-x64'), path.join(half, 'scantling-linux-x64'));
    assert.throws(() => makeKrewManifest(half, 'https://example.com'), /scantling-linux-arm64 is missing/);
  });
});
