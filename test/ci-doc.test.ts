import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { load } from 'js-yaml';
import { type Command, parseArguments } from '../src/cli/command.ts';
import { listedVerbs } from '../src/cli/main.ts';
import { parseOutputs } from '../src/cli/outputs.ts';

const root = path.join(import.meta.dirname, '..');
const page = readFileSync(path.join(root, 'docs/ci.md'), 'utf8');
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };

/** The YAML after a comment. */
function block<T>(comment: string): T {
  const found = new RegExp(`<!-- ${comment} -->\\n\`\`\`yaml\\n([^]*?)\`\`\``).exec(page);
  assert.ok(found, comment);
  return load(found[1]!) as T;
}

interface Workflow {
  readonly jobs: Readonly<
    Record<
      string,
      { readonly steps: readonly { readonly uses: string; readonly id?: string; readonly with?: object }[] }
    >
  >;
}
interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

describe('docs/ci.md', () => {
  const commands = new Map<string, Command>();
  before(async () => {
    for (const { command, name } of await listedVerbs())
      if (command !== undefined) commands.set(name, command);
  });
  const action = load(readFileSync(path.join(root, 'action.yml'), 'utf8')) as Action;

  test('the workflow of GitHub uses inputs and outputs that the action has', () => {
    const steps = Object.values(block<Workflow>('github').jobs).flatMap((job) => job.steps);
    const ours = steps.filter(({ uses }) => uses.startsWith('scantling/scantling@'));
    assert.equal(ours.length, 1);
    assert.equal(ours[0]!.uses, `scantling/scantling@v${version}`);
    for (const input of Object.keys(ours[0]!.with!)) assert.ok(input in action.inputs, input);
    const outputs = [...page.matchAll(/steps\.(\w+)\.outputs\.([\w-]+)/g)];
    assert.ok(outputs.length > 0);
    for (const [, id, output] of outputs) {
      assert.equal(id, ours[0]!.id);
      assert.ok(Object.hasOwn(action.outputs, output!), output);
    }
  });

  test('its table has every input with its default, and every output', () => {
    const rows = [...page.matchAll(/^\| `([\w-]+)` \| (.*?) ?\| .*\|$/gm)].map(
      ([, name, otherwise]) => [name!, otherwise!] as const,
    );
    assert.deepEqual(
      rows.map(([name]) => name),
      Object.keys(action.inputs),
    );
    for (const [name, otherwise] of rows) {
      const { default: real } = action.inputs[name]!;
      if (real !== undefined) assert.equal(otherwise, `\`${real}\``, name);
    }
    for (const output of Object.keys(action.outputs))
      assert.match(page, new RegExp(`^Outputs:.*\`${output}\``, 'm'));
  });

  test('the hooks of pre-commit are there', () => {
    const { repos } = block<{ repos: { rev: string; hooks: { id: string }[] }[] }>('pre-commit');
    const hooks = load(readFileSync(path.join(root, '.pre-commit-hooks.yaml'), 'utf8')) as { id: string }[];
    assert.equal(repos[0]!.rev, `v${version}`);
    assert.deepEqual(
      repos[0]!.hooks.map(({ id }) => id),
      hooks.map(({ id }) => id),
    );
    for (const { id } of hooks) assert.match(page, new RegExp(`^\\| \`${id}\` \\|`, 'm'));
  });

  test('GitLab and Azure read the file that the scan writes', () => {
    const gitlab = block<{ scantling: { script: string[]; artifacts: { reports: { junit: string } } } }>(
      'gitlab',
    ).scantling;
    assert.match(gitlab.script[0]!, new RegExp(` -o junit=${gitlab.artifacts.reports.junit}$`));
    const azure = block<{ steps: { script?: string; inputs?: { testResultsFiles?: string } }[] }>(
      'azure',
    ).steps;
    const results = azure.find(({ inputs }) => inputs?.testResultsFiles !== undefined)!.inputs!
      .testResultsFiles;
    assert.match(
      azure.find(({ script }) => script !== undefined)!.script!,
      new RegExp(` -o junit=${results}$`),
    );
  });

  test('every command line on the page is one that the program takes', () => {
    const lines = [...page.matchAll(/\bscantling(@[\d.]+)? (scan|fix|lint|completion)((?: [^\s`'|)>]+)*)/g)];
    assert.ok(lines.length >= 8, `${lines.length} command lines`);
    for (const [line, written, verb, rest] of lines) {
      if (written !== undefined) assert.equal(written, `@${version}`);
      const words = rest!.trim().split(' ').filter(Boolean);
      const { flags } = parseArguments(commands.get(verb!)!, words);
      const outputs = flags['output'];
      if (Array.isArray(outputs)) assert.doesNotThrow(() => parseOutputs(outputs as string[]), line);
    }
  });

  test('the arguments it shows for hooks are flags of their verbs', () => {
    const rows = [...page.matchAll(/^\| `scantling-(\w+)` \|.*`args: \[(.*?)\]`/gm)];
    assert.equal(rows.length, 2);
    for (const [, verb, args] of rows) parseArguments(commands.get(verb!)!, args!.split(/, /));
  });

  test('the files it names are there', () => {
    for (const [, file] of page.matchAll(/\]\((?!http)([^)#]+)/g))
      assert.ok(existsSync(path.join(root, 'docs', file!)), file);
    for (const [, file] of page.matchAll(/`((?:test|src|scripts)\/[\w./-]+\.ts)`/g))
      assert.ok(existsSync(path.join(root, file!)), file);
  });
});
