import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { libraryTable } from '../scripts/cel-libraries.ts';
import { CelError, compile, Unknown } from '../src/cel/index.ts';
import { kubernetesEnvironment } from '../src/cel/kubernetes/environment.ts';
import { celText } from '../src/report/cel-text.ts';

const file = path.join(import.meta.dirname, '../docs/cel.md');
const page = readFileSync(file, 'utf8');
const environment = kubernetesEnvironment('1.37');

/** `expression // result` in blocks marked `cel`. */
const examples = [...page.matchAll(/^```cel\n([\s\S]*?)^```$/gm)].flatMap(([, block]) =>
  block!
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/\s+\/\/ /) as [string, string]),
);

function outcome(expression: string): string {
  const compiled = compile(expression, environment);
  if ('issues' in compiled) return `refused: ${compiled.issues[0]!.message}`;
  const result = compiled.program.evaluate({});
  if (result instanceof CelError) return `error: ${result.message}`;
  return result instanceof Unknown ? 'unknown' : celText(result);
}

describe('docs/cel.md', () => {
  test('its examples are many', () => assert.ok(examples.length > 25, `${examples.length}`));

  for (const [expression, expected] of examples) {
    test(expression, () => assert.equal(outcome(expression), expected));
  }

  test('its table of libraries is that of the environments (UPDATE_GOLDEN=1 writes it)', () => {
    const between = /(<!-- libraries: .*-->\n)[\s\S]*?(<!-- end of libraries -->)/;
    const wanted = page.replace(
      between,
      (_, start: string, end: string) => `${start}\n${libraryTable()}\n${end}`,
    );
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, wanted);
    else assert.equal(page, wanted);
    assert.match(wanted, /\| `sortBy` \| 1\.35 \|/);
  });
});
