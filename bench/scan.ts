import { existsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeManifests } from './manifests.ts';
import { measure, type Measured } from './process.ts';

const root = path.join(import.meta.dirname, '..');
const cli = path.join(root, 'dist/cli.js');
if (!existsSync(cli)) throw new Error('build first: npm run build');

const folder = path.join(tmpdir(), 'scantling-bench');
const size = writeManifests(folder, 7500);
const parseOnly = path.join(tmpdir(), 'scantling-bench-parse.mjs');
writeFileSync(
  parseOnly,
  `import { readdirSync, readFileSync } from 'node:fs';
import { loadAll } from ${JSON.stringify(path.join(root, 'node_modules/js-yaml/dist/js-yaml.mjs'))};
let documents = 0;
for (const file of readdirSync(process.argv[2], { recursive: true }))
  if (file.endsWith('.yaml')) documents += loadAll(readFileSync(process.argv[2] + '/' + file, 'utf8')).length;
if (documents !== 7500) throw new Error('expected 7500 documents, got ' + documents);
`,
);
const oneFile = path.join(root, 'examples/shop/api.yaml');

const results = measure({
  'js-yaml loadAll, parsing only': [parseOnly, folder],
  'scantling scan, default profiles': [cli, 'scan', folder],
  'scantling scan, all controls': [cli, 'scan', folder, '--profile', 'all'],
  'scantling scan -o json': [cli, 'scan', folder, '--profile', 'all', '-o', 'json'],
  'scantling scan, one file': [cli, 'scan', oneFile],
  'scantling scan, one file, all controls': [cli, 'scan', oneFile, '--profile', 'all'],
  'node -e 0': ['-e', '0'],
});

const base = results['js-yaml loadAll, parsing only']!;
console.log(
  `\nwhole processes on Node ${process.version}: 7,500 documents, 75 files, ${(size / 1e6).toFixed(1)} MB; medians of five, runs interleaved\n`,
);
console.log('| process | wall ms | CPU ms | wall / parsing only | peak MB |');
console.log('|---|---|---|---|---|');
for (const [name, { milliseconds, cpu, megabytes }] of Object.entries(results) as [string, Measured][]) {
  const ratio =
    name.startsWith('scantling scan,') && !name.includes('one')
      ? (milliseconds / base.milliseconds).toFixed(2)
      : '';
  console.log(
    `| ${name} | ${milliseconds.toFixed(0)} | ${cpu.toFixed(0)} | ${ratio} | ${megabytes.toFixed(0)} |`,
  );
}
