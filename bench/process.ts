import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Measured {
  /** Median wall-clock milliseconds of the whole process. */
  readonly milliseconds: number;
  /** Median CPU milliseconds, user and system, of the whole process. */
  readonly cpu: number;
  /** Largest resident set in megabytes over the runs. */
  readonly megabytes: number;
}

/** Written to a file so that `--require` can load it: prints what the process used when it ends. */
const reporter = path.join(tmpdir(), 'scantling-bench-usage.cjs');
writeFileSync(
  reporter,
  `process.on('exit',()=>{const u=process.resourceUsage();require('node:fs').writeSync(2,'\\nUSAGE '+JSON.stringify({cpu:(u.userCPUTime+u.systemCPUTime)/1000,rss:u.maxRSS/1024})+'\\n')});`,
);

/** Runs `node args...` several times, the runs of all commands interleaved, so that load hits each alike. */
export function measure(
  commands: Readonly<Record<string, readonly string[]>>,
  runs = 5,
): Record<string, Measured> {
  const samples: Record<string, { ms: number; cpu: number; rss: number }[]> = {};
  for (let run = 0; run < runs; run++) {
    for (const [name, args] of Object.entries(commands)) {
      const start = performance.now();
      const child = spawnSync(process.execPath, ['--require', reporter, ...args], {
        stdio: ['ignore', 'ignore', 'pipe'],
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      });
      const ms = performance.now() - start;
      const usage = /USAGE (\{.*\})/.exec(child.stderr)?.[1];
      if (usage === undefined || child.status === null || child.status > 1) {
        throw new Error(`${name} failed with ${child.status}: ${child.stderr.slice(0, 2000)}`);
      }
      const { cpu, rss } = JSON.parse(usage) as { cpu: number; rss: number };
      (samples[name] ??= []).push({ ms, cpu, rss });
    }
  }
  return Object.fromEntries(
    Object.entries(samples).map(([name, list]) => [
      name,
      {
        milliseconds: median(list.map(({ ms }) => ms)),
        cpu: median(list.map(({ cpu }) => cpu)),
        megabytes: Math.max(...list.map(({ rss }) => rss)),
      },
    ]),
  );
}

/** The middle of an odd number of values. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
