import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { printedByExamples } from './examples.ts';

const here = import.meta.dirname;
const root = path.join(here, '../..');

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** npm answers with a list or, since version 11.10, with a map by package. */
function pack(folder: string): Packed {
  assert.ok(
    existsSync(path.join(root, 'dist/library/cel.js')),
    'nothing is built: run `npm run build` first',
  );
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const answer: unknown = JSON.parse(
    execFileSync('npm', args, { cwd: root, encoding: 'utf8', stdio: 'pipe' }),
  );
  return Object.values(answer as Record<string, Packed>)[0]!;
}

/** This Node, and the machine's own where there is another. */
function nodes(): ReadonlyMap<string, string> {
  const found = new Map([[process.version, process.execPath]]);
  const folders = (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .filter((one) => !one.includes('node_modules'));
  for (const program of folders.map((folder) => path.join(folder, 'node'))) {
    if (!existsSync(program)) continue;
    const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
    if (!found.has(stdout.trim())) found.set(stdout.trim(), program);
  }
  return found;
}

describe('the package, installed into an empty folder', () => {
  let folder = '';
  let packed: Packed;

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'scantling-package-'));
    packed = pack(folder);
    writeFileSync(path.join(folder, 'package.json'), '{"type": "module", "private": true}');
    // Without a network: the package needs no other.
    const args = ['install', '--offline', '--no-audit', '--no-fund', path.join(folder, packed.filename)];
    execFileSync('npm', args, { cwd: folder, stdio: 'pipe' });
    for (const name of Object.keys(printedByExamples)) {
      copyFileSync(path.join(root, 'examples/library', name), path.join(folder, name));
    }
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  const runs = nodes();
  const versions = [...runs.keys()].join(' and ');
  if (runs.size < 2) console.warn(`ONLY PARTLY PROVED: the package is tried under Node ${versions} alone`);

  for (const [version, program] of runs) {
    for (const [name, expected] of Object.entries(printedByExamples)) {
      test(`${name} under Node ${version}`, () => {
        assert.equal(execFileSync(program, [name], { cwd: folder, encoding: 'utf8' }), expected);
      });
    }

    test(`the command under Node ${version}`, () => {
      const command = path.join(folder, 'node_modules/scantling/bin/scantling.js');
      const call = (...args: string[]) =>
        spawnSync(program, [command, ...args], { cwd: folder, encoding: 'utf8' });
      assert.match(call('version').stdout, /^scantling \d+\.\d+\.\d+, catalogue [0-9a-f]{32}\n$/);
      assert.equal(call('eval', '-q', '1 + 1').stdout, '2\n');
      const scan = call('scan', path.join(root, 'examples/shop'), '--quiet');
      assert.equal(scan.status, 1, scan.stderr);
      assert.equal(call('explain', 'ssh-server').status, 0);
    });
  }

  test('its types are all there, for a caller who is strict', () => {
    const caller = `
      import { compile, type Result } from 'scantling/cel';
      import { kubernetesEnvironment } from 'scantling/cel/kubernetes';
      import { judge, PolicyCompiler, type Judgement } from 'scantling/policy';
      import { readDocuments, type Document } from 'scantling/yaml';
      const compiled = compile('1 + 1', kubernetesEnvironment('1.36'));
      export const value: Result | undefined = 'program' in compiled ? compiled.program.evaluate({}) : undefined;
      export const documents: Document[] = [...readDocuments('a: 1')];
      export const compiler: PolicyCompiler = new PolicyCompiler({ version: '1.36' });
      export const judged: (...args: Parameters<typeof judge>) => readonly Judgement[] = judge;
      // @ts-expect-error no such version
      kubernetesEnvironment('1.1');
    `;
    writeFileSync(path.join(folder, 'caller.ts'), caller);
    const options = '--noEmit --strict --ignoreConfig --module nodenext --target es2022 --lib es2023';
    const args = [...options.split(' '), '--skipLibCheck', 'false', '--types', '', 'caller.ts'];
    const compiler = path.join(root, 'node_modules/.bin/tsc');
    const { status, stdout } = spawnSync(compiler, args, { cwd: folder, encoding: 'utf8' });
    assert.equal(status, 0, stdout);
  });

  test('holds what it should and nothing else (UPDATE_GOLDEN=1 writes the list anew)', () => {
    const golden = path.join(here, 'files.golden.txt');
    const listed = packed.files.map((file) =>
      file.path
        .replace(/shared-\w{8}\.js$/, 'shared-*.js')
        .replace(/^dist\/types\/.*/, 'dist/types/**')
        .replace(/^controls\/[^/]+\/.*/, 'controls/*/**'),
    );
    const text = `${[...new Set(listed)].sort().join('\n')}\n`;
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, text);
    assert.equal(text, readFileSync(golden, 'utf8'));
  });

  test('asks for no other package', () => {
    const file = path.join(folder, 'node_modules/scantling/package.json');
    const installed = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    for (const field of ['dependencies', 'optionalDependencies', 'peerDependencies'])
      assert.ok(!(field in installed));
  });
});
