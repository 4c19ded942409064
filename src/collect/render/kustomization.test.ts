import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { patchesOf, placeIn, readKustomization } from './kustomization.ts';

let root = '';
before(() => {
  root = mkdtempSync(path.join(tmpdir(), 'scantling-kustomization-'));
  mkdirSync(path.join(root, 'base'));
  for (const name of ['a.yaml', 'patch.yaml']) writeFileSync(path.join(root, name), '');
});
after(() => rmSync(root, { recursive: true, force: true }));

function read(text: string) {
  writeFileSync(path.join(root, 'kustomization.yaml'), text);
  return readKustomization(root);
}

const short = (files: readonly string[]): string[] => files.map((file) => path.relative(root, file));

test('what a kustomization is made of', () => {
  const read_ = read(
    'resources: [a.yaml, base]\nbases: [./base]\npatches: [{path: patch.yaml}]\npatchesStrategicMerge: [x.yaml]\nconfigMapGenerator: [{name: c, files: [key=f.txt], envs: [e.env]}]\ntransformers: [t.yaml, "a: 1\\n"]\nopenapi: {path: s.json}\n',
  )!;
  assert.deepEqual(short(read_.resources), ['a.yaml']);
  assert.deepEqual(short(read_.folders), ['base', 'base']);
  assert.deepEqual(short(read_.others), ['t.yaml', 's.json', 'e.env', 'f.txt', 'patch.yaml', 'x.yaml']);
  assert.deepEqual(read_.obstacles, []);
});

test('what is in the way, and where', () => {
  const kustomization = read(
    'resources:\n- a.yaml\n- https://example.com/x\n- git@github.com:a/b\n- github.com/a/b?ref=v1\n- gone.yaml\nhelmCharts: [{name: x}]\n',
  )!;
  assert.deepEqual(
    kustomization.obstacles.map(({ at, reason }) => `${placeIn(kustomization, at).line} ${reason}`),
    [
      '3 https://example.com/x is not in the input',
      '4 git@github.com:a/b is not in the input',
      '5 github.com/a/b?ref=v1 is not in the input',
      '6 there is no file or folder gone.yaml',
      '7 helmCharts is not followed: it may fetch charts',
    ],
  );
});

test('patches in files and in the kustomization itself, in the order they are applied', () => {
  const kustomization = read(
    'patches:\n- path: p.yaml\n  target: {kind: Pod}\n- patch: "a: 1"\n- 7\npatchesStrategicMerge:\n- s.yaml\n- |-\n  b: 2\npatchesJson6902:\n- {path: j.yaml, target: {kind: Service}}\n',
  )!;
  assert.deepEqual(
    patchesOf(kustomization).map(({ at, source }) => [
      at.join('.'),
      'file' in source ? path.basename(source.file) : source.text,
    ]),
    [
      ['patchesStrategicMerge.0', 's.yaml'],
      ['patchesStrategicMerge.1', 'b: 2'],
      ['patchesJson6902.0', 'j.yaml'],
      ['patches.0', 'p.yaml'],
      ['patches.1', 'a: 1'],
    ],
  );
});

test('what is none', () => {
  for (const text of ['', '- a\n', 'a: [', '# nothing\n']) assert.equal(read(text), undefined, text);
  assert.equal(readKustomization(path.join(root, 'base')), undefined);
  assert.deepEqual(read('resources: 7\npatches: {a: b}\n')!.resources, []);
});
