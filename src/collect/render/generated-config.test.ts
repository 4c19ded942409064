import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { ConfigObjects } from './config-objects.ts';
import { generatedBy } from './generated-config.ts';

let root = '';
before(() => {
  root = mkdtempSync(path.join(tmpdir(), 'scantling-generated-'));
});
after(() => rmSync(root, { recursive: true, force: true }));

function folder(name: string, files: Readonly<Record<string, string>>): string {
  const absolute = path.join(root, name);
  mkdirSync(absolute, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(absolute, file), text);
  return absolute;
}

test('files, literals and files of settings', () => {
  writeFileSync(path.join(root, 'outside.yaml'), 'secret: 1\n');
  const at = folder('all', {
    'kustomization.yaml': `namespace: shop
resources: [release.yaml]
configMapGenerator:
- name: values
  files: [values.yaml=prod.yaml, plain.txt, out.yaml=../outside.yaml, gone.yaml]
  literals: [tag=1.2, 'quoted="a=b"']
  envs: [settings.env]
- {name: changed, behavior: merge, literals: [a=b]}
secretGenerator:
- {name: s, namespace: other, literals: [password=x]}
`,
    'release.yaml': 'a: 1\n',
    'prod.yaml': 'image: {tag: x}\n',
    'plain.txt': 'text\n',
    'settings.env': '# note\nPORT=80\n',
  });
  const [values, secret, ...more] = generatedBy(at);
  assert.deepEqual(more, []);
  assert.deepEqual([values!.key, secret!.key], ['ConfigMap shop/values', 'Secret other/s']);
  assert.deepEqual(values!.resources, [path.join(at, 'release.yaml')]);
  const { document, ...file } = values!.field('values.yaml')!;
  assert.deepEqual(file, { file: path.join(at, 'prod.yaml'), at: [], text: 'image: {tag: x}\n' });
  assert.deepEqual(document.value, { image: { tag: 'x' } });
  assert.equal(values!.field('plain.txt')!.text, 'text\n');
  const { document: _, ...literal } = values!.field('tag')!;
  assert.deepEqual(literal, {
    file: path.join(at, 'kustomization.yaml'),
    at: ['configMapGenerator', 0, 'literals', 0],
    text: '1.2',
  });
  assert.equal(values!.field('quoted')!.text, 'a=b');
  assert.equal(values!.field('PORT')!.text, '80');
  assert.equal(secret!.field('password')!.text, 'x');
  for (const key of ['out.yaml', 'gone.yaml', 'nothing']) assert.equal(values!.field(key), undefined, key);
});

test('a folder without a kustomization generates nothing', () => {
  assert.deepEqual(generatedBy(folder('none', {})), []);
  assert.deepEqual(generatedBy(folder('odd', { 'kustomization.yaml': 'configMapGenerator: {a: b}\n' })), []);
});

test('of several overlays the one counts that lists the object', () => {
  const overlay = (name: string, resource: string): string =>
    folder(name, {
      'kustomization.yaml': `resources: [${resource}]\nconfigMapGenerator: [{name: values, literals: [a=${name}]}]\n`,
      'release.yaml': 'a: 1\n',
    });
  const one = overlay('one', 'release.yaml');
  const two = overlay('two', 'release.yaml');
  const objects = new ConfigObjects([], [one, two]);
  const textIn = (from: string): string => {
    const found = objects.find('ConfigMap', 'x', 'values', from);
    return typeof found === 'string' ? found : found.field('a')!.text;
  };
  assert.equal(textIn(path.join(two, 'release.yaml')), 'two');
  assert.equal(textIn(path.join(root, 'elsewhere.yaml')), 'is made by several kustomizations');
  assert.equal(objects.find('Secret', 'x', 'values', one), 'is not in the input');
  const alone = new ConfigObjects([], [one]).find(
    'ConfigMap',
    'x',
    'values',
    path.join(root, 'elsewhere.yaml'),
  );
  assert.ok(typeof alone !== 'string', 'one that is made once is meant wherever it is named');
});
