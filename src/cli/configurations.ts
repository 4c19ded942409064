import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { statOf } from '../collect/stat-of.ts';
import { showPath } from '../collect/walk.ts';
import { Configurations } from '../config/discover.ts';
import { knownNames } from '../loop/known-names.ts';
import type { Problem } from '../model/finding.ts';
import { flagText, type FlagValues, UsageError } from './command.ts';
import { problemLine } from './problem-line.ts';
import type { Streams } from './stream.ts';

/**
 * The configurations of the inputs: the file of `--config`, or the nearest one of each. Those where the inputs start are read at
 * once, so that their mistakes are told before anything is judged. Throws a `UsageError` where `--config` names no file.
 */
export function configurationsFor(
  flags: FlagValues,
  catalogue: Catalogue,
  inputs: readonly string[],
  streams: Streams,
): Configurations {
  const file = flagText(flags, 'config');
  const fixed = file === undefined ? undefined : path.resolve(streams.cwd, file);
  if (fixed !== undefined && !existsSync(fixed)) throw new UsageError(`--config: there is no file "${file}"`);
  const configurations = new Configurations(
    knownNames(catalogue),
    (absolute) => showPath(absolute, streams.cwd),
    fixed,
  );
  for (const input of inputs) configurations.forFolder(startFolder(input, streams.cwd));
  return configurations;
}

/** The folder to look for a configuration from; of a glob the part before its first wildcard. */
export function startFolder(input: string, cwd: string): string {
  if (input === '-') return cwd;
  const named = path.resolve(cwd, input);
  const stat = statOf(named);
  if (stat !== undefined) return stat.isDirectory() ? named : path.dirname(named);
  return path.dirname(path.resolve(cwd, `${input.replace(/[*?[{].*$/, '')}x`));
}

/** Tells the mistakes of configurations; returns the exit code. */
export function refuse(problems: readonly Problem[], streams: Streams): number {
  for (const problem of problems) streams.err(problemLine({ ...problem, severity: 'error' }));
  streams.err('exit 2: the configuration has mistakes\n');
  return 2;
}
