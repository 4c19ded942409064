import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Value } from '../build.ts';
import { readDocument, readDocuments } from '../document.ts';
import { LineIndex } from '../lines.ts';
import { locate, locateByEvents } from '../locate.ts';
import { splitDocuments } from '../split.ts';
import { FastReader, findPlaces } from './index.ts';
import { SAMPLES, blocks, lines, mutated, soup } from './samples.ts';

const ROOT = new URL('../../../', import.meta.url).pathname;

/** Everything that can be seen of a value: types, the order of keys, integers, `__proto__` as data. */
function show(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (Array.isArray(value)) return `[${value.map(show).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'undefined';
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
  return `{${Reflect.ownKeys(value).map((key) => `${String(key)}:${show((value as Record<string, unknown>)[key as string])}`)}}`;
}

interface Taken {
  fast: number;
  all: number;
}

/** Reads every document of `source` both ways and compares what the fast reader does not leave to the other. */
function compare(source: string, taken: Taken = { fast: 0, all: 0 }, maxDepth = 500): Taken {
  const fast = new FastReader(source);
  const index = new LineIndex(source);
  for (const chunk of splitDocuments(source)) {
    taken.all++;
    const read = fast.read(chunk.start, chunk.end, maxDepth);
    if (read === undefined) continue;
    taken.fast++;
    const slow = readDocument(source, index, 0, chunk, { maxDepth });
    const text = JSON.stringify(source.slice(chunk.start, chunk.end));
    assert.notEqual(slow.value, undefined, `${text}: ${slow.problems[0]?.reason}`);
    assert.equal(show(read.value), show(slow.value), text);
    assert.equal(slow.isEmpty, read.value === null, text);
    assert.deepEqual(read.warnings, slow.problems, text);
  }
  return taken;
}

type Path = (string | number)[];

/** Every node of a value, and places that are not there. */
function pathsOf(value: Value, at: Path = []): Path[] {
  if (value === null || typeof value !== 'object') return [at, [...at, 'x'], [...at, 0]];
  const steps: Path = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  const deeper = steps.flatMap((step) =>
    pathsOf((value as Record<string | number, Value>)[step]!, [...at, step]),
  );
  return [at, ...deeper, [...at, 'missing', 'x'], [...at, 0], [...at, '0'], [...at, -1], [...at, 99]];
}

function comparePlaces(source: string, taken: Taken): void {
  for (const document of readDocuments(source)) {
    if (document.value === undefined) continue;
    taken.all++;
    const paths = pathsOf(document.value);
    if (findPlaces(source, document.start, document.end, document.maxDepth, paths) === undefined) continue;
    taken.fast++;
    const expected = locateByEvents(document, paths);
    const found = locate(document, paths);
    for (const [i, path] of paths.entries())
      assert.deepEqual(found[i], expected[i], `${JSON.stringify(path)} of ${JSON.stringify(document.text)}`);
    // Asked alone, too: what nobody asks for must not get lost on the way.
    const middle = paths.length >> 1;
    assert.deepEqual(locate(document, [paths[middle]!]), [expected[middle]]);
  }
}

describe('the fast reader finds the places that the other one finds', () => {
  const numRuns = Number(process.env['SCANTLING_RUNS'] ?? 1000);
  const json = fc
    .tuple(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(undefined, 1, '\t'))
    .map(([value, indent]) => JSON.stringify(value, null, indent));

  for (const [name, texts, share] of [
    ['changed manifests', mutated, 0.3],
    ['lines', lines, 0.3],
    ['block scalars', blocks, 0.2],
    ['pieces in any order', soup, 0.1],
    ['JSON', json, 0.8],
  ] as const) {
    it(`in ${name}`, () => {
      const taken = { fast: 0, all: 0 };
      fc.assert(
        fc.property(texts, (source) => comparePlaces(source, taken)),
        { numRuns },
      );
      assert.ok(taken.fast > taken.all * share, `only ${taken.fast} of ${taken.all} were compared`);
    });
  }

  it('in its own samples', () => {
    for (const sample of SAMPLES) comparePlaces(sample, { fast: 0, all: 0 });
  });
});

describe('the fast reader agrees with the other one', () => {
  const numRuns = Number(process.env['SCANTLING_RUNS'] ?? 2000);

  for (const [name, texts, share] of [
    ['changed manifests', mutated, 0.15],
    ['lines', lines, 0.1],
    ['block scalars', blocks, 0.1],
    ['pieces in any order', soup, 0.03],
  ] as const) {
    it(`on ${name}`, () => {
      const taken = { fast: 0, all: 0 };
      fc.assert(
        fc.property(texts, (source) => {
          compare(source, taken);
        }),
        { numRuns },
      );
      assert.ok(taken.fast > taken.all * share, `only ${taken.fast} of ${taken.all} were compared`);
    });
  }

  it('on a small limit of nesting', () => {
    fc.assert(
      fc.property(mutated, fc.integer({ min: 1, max: 8 }), (source, maxDepth) => {
        compare(source, undefined, maxDepth);
      }),
      { numRuns: numRuns / 4 },
    );
  });

  it('on the controls and examples, nearly all of which it reads itself', () => {
    const files = globSync('{controls,examples,profiles}/**/*.{yaml,yml}', { cwd: ROOT });
    const taken = { fast: 0, all: 0 };
    for (const file of files) compare(readFileSync(ROOT + file, 'utf8'), taken);
    assert.ok(taken.all > 20);
    assert.ok(taken.fast >= taken.all * 0.95, `reads only ${taken.fast} of ${taken.all}`);
  });

  it('on its own samples', () => {
    for (const sample of SAMPLES) compare(sample);
  });
});
