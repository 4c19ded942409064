import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { readDocuments } from '../../yaml/index.ts';
import { SourceFiles } from './source-files.ts';
import { valuePlace, type ValuesSource } from './values.ts';

let root = '';
before(() => {
  root = mkdtempSync(path.join(tmpdir(), 'scantling-values-'));
  writeFileSync(path.join(root, 'outer.yaml'), 'db:\n  image: mine\nglobal:\n  tag: t\n');
  writeFileSync(path.join(root, 'inner.yaml'), '# defaults\nimage: theirs\nport: 5\nnone: null\n');
});
after(() => rmSync(root, { recursive: true, force: true }));

const place = (at: readonly (string | number)[], sources: readonly ValuesSource[]): string => {
  const found = valuePlace(at, sources, new SourceFiles(root));
  return found === undefined ? '' : `${found.file}:${found.line}:${found.column}`;
};

test('the strongest file that sets a value', () => {
  const sources = [
    { file: path.join(root, 'outer.yaml'), below: ['db'] },
    { file: path.join(root, 'inner.yaml'), below: [] },
    { file: path.join(root, 'gone.yaml'), below: [] },
  ];
  assert.equal(place(['image'], sources), 'outer.yaml:2:3');
  assert.equal(place(['port'], sources), 'inner.yaml:3:1');
  assert.equal(place(['global', 'tag'], sources), 'outer.yaml:4:3');
  assert.equal(place(['none'], sources), 'inner.yaml:4:1');
  assert.equal(place(['image', 'tag'], sources), '');
  assert.equal(place(['else'], sources), '');
});

test('values inside of another object, as a mapping and as text', () => {
  const text = 'spec:\n  values:\n    a: 1\n  text: |\n    # own\n    b:\n      c: 2\n';
  const [document] = readDocuments(text);
  const file = path.join(root, 'app.yaml');
  const source = (key: string): ValuesSource => ({
    file,
    part: { document: document!, at: ['spec', key] },
    below: [],
  });
  assert.equal(place(['a'], [source('values')]), 'app.yaml:3:5');
  assert.equal(place(['b', 'c'], [source('values'), source('text')]), 'app.yaml:7:7');
  assert.equal(place(['b', 'd'], [source('text')]), '');
});
