import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { errorCommand, setOutput, withoutCommands, worstAnnotations } from './commands.ts';

describe('workflow commands', () => {
  let folder = '';
  before(() => void (folder = mkdtempSync(path.join(tmpdir(), 'scantling-commands-'))));
  after(() => rmSync(folder, { recursive: true }));

  /** Reads a file of outputs as the runner does: a name, a delimiter, lines up to it. */
  function outputs(text: string): Record<string, string> {
    const found: Record<string, string> = {};
    const lines = text.split('\n');
    while (lines.length > 1) {
      const [name, delimiter] = lines.shift()!.split('<<') as [string, string];
      const end = lines.indexOf(delimiter);
      found[name] = lines
        .splice(0, end + 1)
        .slice(0, -1)
        .join('\n');
    }
    return found;
  }

  test('an output is what it was set to, even if it looks like another one', () => {
    const file = path.join(folder, 'output');
    setOutput(file, 'findings', '3');
    setOutput(file, 'sarif-file', 'a\nEOF\nexit-code=0\nexit-code<<EOF\n0\nEOF');
    setOutput(file, 'exit-code', '');
    assert.deepEqual(outputs(readFileSync(file, 'utf8')), {
      findings: '3',
      'sarif-file': 'a\nEOF\nexit-code=0\nexit-code<<EOF\n0\nEOF',
      'exit-code': '',
    });
  });

  test('outputs go nowhere where nobody asks for them', () => {
    setOutput(undefined, 'a', 'b');
    setOutput('', 'a', 'b');
  });

  test('are off while the scanner prints, by a token that changes, and on again even if it throws', () => {
    const printed: string[] = [];
    const print = (text: string): void => void printed.push(text);
    assert.equal(
      withoutCommands(print, () => 7),
      7,
    );
    assert.throws(() =>
      withoutCommands(print, () => {
        throw new Error('x');
      }),
    );
    const [stop, start, stopAgain] = printed;
    const token = /^::stop-commands::([0-9a-f]{32})\n$/.exec(stop!)![1]!;
    assert.equal(start, `\n::${token}::\n`);
    assert.notEqual(stopAgain, stop);
    assert.equal(printed.length, 4);
  });

  test('an error is one line', () => {
    assert.equal(errorCommand('100%\nsure\r'), '::error title=Scantling::100%25%0Asure%0D\n');
  });

  test('of each level as many annotations are kept as GitHub shows, the worst', () => {
    const file = path.join(folder, 'annotations');
    const lines = [
      ...Array.from({ length: 15 }, (_, i) => `::error title=host-port (high),file=a.yaml,line=${i}::x`),
      '::warning title=x (medium),file=a.yaml::y',
      '::error title=privileged (critical),file=a.yaml,line=99::(low)',
      '::error file=broken.yaml,line=1::cannot be read',
    ];
    writeFileSync(file, `${lines.join('\n')}\n`);
    const kept = worstAnnotations(file).trimEnd().split('\n');
    assert.equal(kept.filter((line) => line.startsWith('::error')).length, 10);
    assert.deepEqual(kept.slice(0, 3), [lines.at(-1), lines.at(-2), lines[0]]);
    assert.ok(kept.includes('::warning title=x (medium),file=a.yaml::y'));
  });

  test('nothing found is nothing printed', () => {
    const file = path.join(folder, 'none');
    writeFileSync(file, '');
    assert.equal(worstAnnotations(file), '');
  });
});
