// Runs every benchmark one after another; each prints its own table, ratios measured in one run.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const only = process.argv.slice(2);
for (const name of ['yaml', 'cel', 'scan', 'memory', 'peers']) {
  if (only.length > 0 && !only.includes(name)) continue;
  process.stdout.write(`\n## ${name}\n`);
  const { status } = spawnSync(process.execPath, [path.join(import.meta.dirname, `${name}.ts`)], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
