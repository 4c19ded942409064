import assert from 'node:assert/strict';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { writeManifests } from '../bench/manifests.ts';
import { generate } from '../bench/yaml.ts';
import { readDocument } from '../src/yaml/document.ts';
import { FastReader } from '../src/yaml/fast/index.ts';
import { LineIndex } from '../src/yaml/lines.ts';
import { splitDocuments } from '../src/yaml/split.ts';

/** The benchmarks would measure the wrong thing if their manifests were not read the fast way, or read wrongly. */
describe('manifests of the benchmarks', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'scantling-generated-'));
    writeManifests(folder, 1500);
  });
  after(() => rmSync(folder, { recursive: true }));

  function readBothWays(source: string): number {
    const fast = new FastReader(source);
    const lines = new LineIndex(source);
    let count = 0;
    for (const chunk of splitDocuments(source)) {
      const read = fast.read(chunk.start, chunk.end, 500);
      const slow = readDocument(source, lines, 0, chunk, {});
      assert.notEqual(read, undefined, `the fast reader gives up on ${slow.text}`);
      assert.deepEqual(read?.value, slow.value);
      assert.deepEqual(read?.warnings, slow.problems);
      count++;
    }
    return count;
  }

  it('of the scan are all read by the fast reader, as by the other one', () => {
    let count = 0;
    for (const file of globSync('**/*.yaml', { cwd: folder }))
      count += readBothWays(readFileSync(path.join(folder, file), 'utf8'));
    assert.equal(count, 1500);
  });

  it('of the YAML reader are too', () => {
    assert.ok(readBothWays(generate(500_000)) > 500);
  });
});
