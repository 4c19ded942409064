import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Helpers } from './helpers.ts';
import { SourceFiles } from './source-files.ts';

let root = '';
before(() => {
  root = mkdtempSync(path.join(tmpdir(), 'scantling-helpers-'));
  const files = {
    'templates/_a.tpl':
      '{{/* {{ define "no" }} */}}\n{{- define "a" -}}\n{{- if .x }}\na: 1\n{{- end }}\nb: {{ .Values.b }}\n{{- end }}\n{{ define "c" }}c: 1{{ end }}\n',
    'charts/lib/templates/_b.tpl': '{{ define "lib.b" }}\nx: 1\n{{ end }}',
    'files/_c.tpl': '{{ define "elsewhere" }}{{ end }}',
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
});
after(() => rmSync(root, { recursive: true, force: true }));

test('helpers by name, with the lines of their files', () => {
  const helpers = new Helpers(root, new SourceFiles(root));
  const lines = (name: string) => helpers.find(name)?.lines.map(({ line, text }) => [line, text]);
  assert.deepEqual(lines('a'), [
    [4, 'a: 1'],
    [6, 'b: {{ .Values.b }}'],
  ]);
  assert.deepEqual(lines('c'), [[8, 'c: 1']]);
  assert.deepEqual(lines('lib.b'), [[2, 'x: 1']]);
  assert.equal(helpers.find('lib.b')!.file, path.join(root, 'charts/lib/templates/_b.tpl'));
  for (const name of ['no', 'elsewhere', '']) assert.equal(helpers.find(name), undefined);
});

test('a chart that is not there has none', () => {
  const nowhere = path.join(root, 'nowhere');
  assert.equal(new Helpers(nowhere, new SourceFiles(nowhere)).find('a'), undefined);
});
