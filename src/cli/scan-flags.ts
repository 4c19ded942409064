import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Collection, collectManifests } from '../collect/manifests.ts';
import { readError } from '../collect/read-error.ts';
import { suggestion } from '../config/did-you-mean.ts';
import { type FailOn, failOnValues } from '../config/settings.ts';
import { type Baseline, readBaseline } from '../exceptions/baseline.ts';
import { foreignPolicies, insteadOfPolicies } from '../loop/foreign-policies.ts';
import { type Changes, changesSince, GitError } from '../loop/git.ts';
import { isPolicyApi } from '../policy/index.ts';
import { flagList, flagText, type FlagValues, flagValues, UsageError } from './command.ts';

// What the flags of `scan` stand for. Each throws a `UsageError` that names its flag.

/** Reads the files of policies, each list of them once: standard input and pipes have nothing to say a second time. */
export function policyReader(
  cwd: string,
  stdin?: () => Uint8Array,
): (paths: readonly string[]) => Collection {
  const read = new Map<string, Collection>();
  return (paths) => {
    const key = paths.join('\0');
    const known = read.get(key) ?? collectManifests(paths, { cwd, exclude: [], ...(stdin && { stdin }) });
    read.set(key, known);
    return known;
  };
}

/** The values of `--policy`, each of which must name something, and one of them a policy. */
export function policies(flags: FlagValues, cwd: string, read = policyReader(cwd)): readonly string[] {
  const paths = flagValues(flags, 'policy');
  if (paths.length === 0) return paths;
  const { manifests, problems } = read(paths);
  const missing = problems.find(({ file, line }) => line === 0 && paths.includes(file));
  if (missing !== undefined && !existsSync(path.resolve(cwd, missing.file))) {
    throw new UsageError(`--policy ${missing.file}: ${missing.reason}`);
  }
  const isPolicy = manifests.some(({ value }) => isPolicyApi(value, 'ValidatingAdmissionPolicy'));
  // What could not be read may have been the policy.
  if (!isPolicy && !problems.some(({ severity }) => severity === 'error')) {
    const instead = insteadOfPolicies(foreignPolicies(manifests));
    throw new UsageError(`--policy ${paths.join(' ')}: there is no ValidatingAdmissionPolicy here${instead}`);
  }
  return paths;
}

/** The values of `--fail-on`; undefined where the configurations decide. */
export function failOn(flags: FlagValues): readonly FailOn[] | undefined {
  const values = flagList(flags, 'fail-on');
  for (const value of values) {
    if (!(failOnValues as readonly string[]).includes(value)) {
      throw new UsageError(
        `--fail-on takes ${failOnValues.join(', ')}, not "${value}"${suggestion(value, failOnValues)}`,
      );
    }
  }
  return values.length === 0 ? undefined : (values as readonly FailOn[]);
}

/** The findings that `--baseline FILE` holds. */
export function baseline(file: string, cwd: string): Baseline {
  let text: string;
  try {
    text = readFileSync(path.resolve(cwd, file), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'no such file; --write-baseline makes one' : readError(error);
    throw new UsageError(`--baseline ${file}: ${reason}`);
  }
  const read = readBaseline(text);
  if (typeof read === 'string') throw new UsageError(`--baseline ${file}: ${read}`);
  return read;
}

/** What has changed since the commit of `--since`; undefined without it. Runs git. */
export function since(flags: FlagValues, cwd: string): { ref: string; changes: Changes } | undefined {
  const ref = flagText(flags, 'since');
  if (ref === undefined) return undefined;
  try {
    return { ref, changes: changesSince(ref, cwd) };
  } catch (error) {
    if (error instanceof GitError) throw new UsageError(`--since ${ref}: ${error.message}`);
    throw error;
  }
}

/** The number of `--max-depth`; undefined without it. */
export function maxDepth(flags: FlagValues): number | undefined {
  const text = flagText(flags, 'max-depth');
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,4}$/.test(text))
    throw new UsageError(`--max-depth takes a number from 1 to 99999, not "${text}"`);
  return Number(text);
}
