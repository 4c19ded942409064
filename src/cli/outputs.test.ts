import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { sampleOptions, sampleReport } from '../report/sample.fixture.ts';
import { UsageError } from './command.ts';
import type { Streams } from './stream.ts';
import { parseOutputs, writeOutputs } from './outputs.ts';

const streams = (written: string[]): Streams => ({
  out: (text) => void written.push(text),
  err: () => {},
  outIsTerminal: false,
  stdin: () => new Uint8Array(),
  errIsTerminal: false,
  columns: 100,
  env: {},
  cwd: '/',
});

test('formats with and without a file', () => {
  assert.deepEqual(parseOutputs([]), [{ format: 'text', file: undefined }]);
  assert.deepEqual(parseOutputs(['sarif=out=1.sarif', 'text']), [
    { format: 'sarif', file: 'out=1.sarif' },
    { format: 'text', file: undefined },
  ]);
});

test('mistakes are told with the likely format', () => {
  assert.throws(() => parseOutputs(['jsn']), /unknown output format "jsn"; did you mean "json"\?/);
  assert.throws(() => parseOutputs(['json=']), /the file's name is missing/);
  assert.throws(() => parseOutputs(['json', 'text']), /cannot both go to standard output/);
  assert.throws(() => parseOutputs(['toString']), UsageError);
  assert.throws(() => parseOutputs(['json=a', 'text', 'sarif=./a']), /cannot go to the same file, a$/);
  assert.equal(parseOutputs(['json=/dev/null', 'sarif=/dev/null']).length, 2);
});

test('several files in one run, without colour', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'outputs-'));
  const file = (name: string): string => path.join(folder, name);
  const outputs = parseOutputs([`json=${file('a.json')}`, `text=${file('a.txt')}`, `yaml=${file('a.yaml')}`]);
  await writeOutputs(outputs, sampleReport, { ...sampleOptions, color: true }, streams([]));
  assert.equal(JSON.parse(readFileSync(file('a.json'), 'utf8')).kind, 'Report');
  assert.match(readFileSync(file('a.yaml'), 'utf8'), /^apiVersion: scantling.dev\/v1\n/);
  assert.ok(!readFileSync(file('a.txt'), 'utf8').includes('\u001b'));
  rmSync(folder, { recursive: true });
});

test('standard output gets what has no file', async () => {
  const written: string[] = [];
  await writeOutputs(parseOutputs(['github']), sampleReport, sampleOptions, streams(written));
  assert.match(written.join(''), /^::error file=bad.yaml/);
});

test('a file that cannot be written is an error with its name', async () => {
  await assert.rejects(
    writeOutputs(parseOutputs(['json=/nowhere/at/all.json']), sampleReport, sampleOptions, streams([])),
    /\/nowhere\/at\/all\.json/,
  );
});
