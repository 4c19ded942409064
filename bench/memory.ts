// Largest resident set of whole scans of a dump that is far larger, and what a scan keeps of each object.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type DumpForm, writeDump } from './dump.ts';
import { measure } from './process.ts';

const cli = path.join(import.meta.dirname, '../dist/cli.js');
if (!existsSync(cli)) throw new Error('build first: npm run build');

const megabytes = Number(process.argv[2] ?? 300);
const forms: readonly DumpForm[] = ['json', 'compact', 'yaml', 'documents'];

console.log(`\ndumps of ${megabytes} MB on Node ${process.version}; one run each\n`);
console.log('| process | objects | MB of the file | peak MB | CPU s |');
console.log('|---|---|---|---|---|');
for (const form of forms) {
  const file = path.join(tmpdir(), `scantling-bench-dump.${form}`);
  const objects = writeDump(file, megabytes * 1e6, form);
  const commands: Record<string, readonly string[]> = {
    [`${form}, default profiles`]: [cli, 'scan', file, '-q'],
    ...(form === 'json' && {
      'json, default profiles, -o json': [cli, 'scan', file, '-o', 'json'],
      'json, all controls': [cli, 'scan', file, '-q', '-p', 'all'],
      'json, all controls, -o json': [cli, 'scan', file, '-o', 'json', '-p', 'all'],
    }),
  };
  for (const [name, { cpu, megabytes: peak }] of Object.entries(measure(commands, 1))) {
    const size = (statSync(file).size / 1e6).toFixed(0);
    console.log(`| ${name} | ${objects} | ${size} | ${peak.toFixed(0)} | ${(cpu / 1000).toFixed(1)} |`);
  }
  rmSync(file);
}

console.log('\n50,000 Deployments, bytes kept of each\n');
console.log('| controls | failures of each | bytes |');
console.log('|---|---|---|');
for (const profile of ['pss-baseline', 'all']) {
  const script = path.join(import.meta.dirname, 'retained.ts');
  const { stdout } = spawnSync(process.execPath, ['--expose-gc', script, '50000', profile], {
    encoding: 'utf8',
  });
  const { bytes, failures, objects } = JSON.parse(stdout) as {
    bytes: number;
    failures: number;
    objects: number;
  };
  console.log(`| ${profile} | ${failures / objects} | ${bytes} |`);
}
