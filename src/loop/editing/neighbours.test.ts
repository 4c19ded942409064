import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { collectText } from '../../collect/manifests.ts';
import { badPod, folderOf, wanted } from './editing.fixture.ts';
import { Neighbours } from './neighbours.ts';
import { Pace } from './pace.ts';

const configMap = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;
const manifestsOf = (text: string, file: string) => collectText(file, Buffer.from(text)).manifests;
const names = (neighbours: Neighbours, file?: string): string[] =>
  neighbours.others(file).manifests.map(({ reference }) => reference.name);

test('what stands in the other files of the folders', async (context) => {
  const folder = folderOf(context, {
    'a.yaml': configMap('a'),
    'b/b.yaml': configMap('b'),
    'skipped.yaml': configMap('skipped'),
    '.gitignore': 'ignored.yaml\n',
    'ignored.yaml': configMap('ignored'),
  });
  const neighbours = new Neighbours([folder], (file) => !file.endsWith('skipped.yaml'));
  assert.equal(neighbours.given, 'files');
  await neighbours.read(wanted());
  assert.deepEqual(names(neighbours), ['a', 'b']);
  assert.deepEqual(names(neighbours, `${folder}/a.yaml`), ['b']);
  assert.equal(neighbours.given, 'folder');
  assert.equal(neighbours.others(undefined).extracts.length, 2);
});

test('what cannot be read may hold what seems to be absent', async (context) => {
  const folder = folderOf(context, { 'a.yaml': configMap('a'), 'b.yaml': 'apiVersion: v1\nkind: [\n' });
  const neighbours = new Neighbours([folder], () => true);
  await neighbours.read(wanted());
  assert.equal(neighbours.given, 'files');
  assert.deepEqual(names(neighbours), ['a']);
});

test('a file that is being edited counts as it is now', async (context) => {
  const folder = folderOf(context, { 'a.yaml': configMap('a') });
  const neighbours = new Neighbours([folder], () => true);
  const file = `${folder}/a.yaml`;
  assert.equal(neighbours.put(file, manifestsOf(configMap('new'), file)), true);
  await neighbours.read(wanted());
  assert.deepEqual(names(neighbours), ['new']);
  assert.equal(neighbours.put(file, manifestsOf(`# only a comment\n${configMap('new')}`, file)), false);
  assert.equal(neighbours.put(file, manifestsOf(configMap('newer'), file)), true);
});

test('files change on the disk', async (context) => {
  const folder = folderOf(context, { 'a.yaml': configMap('a'), 'b.yaml': configMap('b') });
  const neighbours = new Neighbours([folder], () => true);
  await neighbours.read(wanted());
  writeFileSync(`${folder}/a.yaml`, configMap('changed'));
  rmSync(`${folder}/b.yaml`);
  for (const file of ['a.yaml', 'b.yaml', 'never-seen.yaml']) neighbours.refresh(`${folder}/${file}`);
  assert.deepEqual(names(neighbours), ['changed']);
});

test('of too much nothing is known', async (context) => {
  const folder = folderOf(context, { 'a.yaml': configMap('a') });
  const neighbours = new Neighbours([folder], () => true);
  await neighbours.read(wanted());
  const many = manifestsOf(`${badPod}---\n`.repeat(3001), '/many.yaml');
  neighbours.put('/many.yaml', many);
  assert.deepEqual(names(neighbours), []);
  assert.equal(neighbours.given, 'files');
  neighbours.put('/many.yaml', []);
  assert.deepEqual(names(neighbours), ['a']);
});

test('a file that is too large to be read in between is not read, and then nothing is known', async (context) => {
  const folder = folderOf(context, {
    'a.yaml': configMap('a'),
    'dump.yaml': `${configMap('dump')}# ${'x'.repeat(5_000_000)}\n`,
  });
  const neighbours = new Neighbours([folder], () => true);
  await neighbours.read(wanted());
  assert.deepEqual(names(neighbours), []);
  assert.equal(neighbours.given, 'files');
});

test('folders with too many entries are not looked through', async (context) => {
  const folder = folderOf(context, { 'a.yaml': configMap('a') });
  mkdirSync(`${folder}/many`);
  for (let i = 0; i <= 20_000; i++) writeFileSync(`${folder}/many/${i}`, '');
  const neighbours = new Neighbours([folder], () => true);
  await neighbours.read(wanted());
  assert.deepEqual(names(neighbours), []);
  assert.equal(neighbours.isRead, true);
  assert.equal(neighbours.given, 'files');
});

test('reading ends when nobody wants it any more', async (context) => {
  const folder = folderOf(context, { 'a.yaml': configMap('a') });
  const neighbours = new Neighbours([folder], () => true);
  await neighbours.read(new Pace({ isGone: true }));
  assert.deepEqual(names(neighbours), []);
  assert.equal(neighbours.given, 'files');
});
