// Whole processes over the same 7,500 documents beside other scanners, where these are on PATH: all their checks, all ours.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeManifests } from './manifests.ts';
import { median } from './process.ts';

const cli = path.join(import.meta.dirname, '../dist/cli.js');
if (!existsSync(cli)) throw new Error('build first: npm run build');
const folder = path.join(tmpdir(), 'scantling-bench');
writeManifests(folder, 7500);
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => path.join(folder, file));

interface Scanner {
  readonly name: string;
  readonly command: readonly string[];
  /** The slow ones run once. */
  readonly runs: number;
}

const scanners: readonly Scanner[] = [
  {
    name: 'scantling scan, all controls',
    command: [process.execPath, cli, 'scan', folder, '--profile', 'all'],
    runs: 3,
  },
  { name: 'kube-score', command: ['kube-score', 'score', '-o', 'ci', ...files], runs: 3 },
  {
    name: 'checkov',
    command: [
      'checkov',
      '-d',
      folder,
      '--framework',
      'kubernetes',
      '--quiet',
      '--compact',
      '--skip-download',
    ],
    runs: 1,
  },
];

/** Seconds of wall time; undefined where the program is not there. */
function seconds([program, ...args]: readonly string[]): number | undefined {
  const start = performance.now();
  const { error, status, signal } = spawnSync(program!, args, { stdio: 'ignore' });
  if (error !== undefined && 'code' in error && error.code === 'ENOENT') return undefined;
  // All of them exit with 1 where something fails.
  if (error !== undefined || signal !== null || (status ?? 2) > 1)
    throw new Error(`${program} ended with ${signal ?? status}: ${error?.message ?? ''}`);
  return (performance.now() - start) / 1000;
}

const samples = new Map<string, number[]>();
for (let run = 0; run < 3; run++) {
  for (const { name, command, runs } of scanners) {
    const spent = run < runs ? seconds(command) : undefined;
    if (spent !== undefined) samples.set(name, [...(samples.get(name) ?? []), spent]);
  }
}

console.log('\nwhole processes, 7,500 documents; medians, the programs taking turns (checkov once)\n');
console.log('| scanner | seconds | times ours |');
console.log('|---|---|---|');
const ours = median(samples.get(scanners[0]!.name)!);
for (const { name } of scanners) {
  const spent = samples.get(name);
  if (spent === undefined) console.log(`| ${name} | not on PATH | |`);
  else console.log(`| ${name} | ${median(spent).toFixed(1)} | ${(median(spent) / ours).toFixed(1)} |`);
}
