import { existsSync } from 'node:fs';
import path from 'node:path';
import { formatMinorVersion } from '../catalogue/versions.ts';
import { type MutatedManifest, mutateManifests } from '../loop/mutating/mutating.ts';
import { manifestLocator } from '../loop/manifest-locator.ts';
import { groupBy } from '../model/group-by.ts';
import type { Json, JsonObject, Path } from '../model/object.ts';
import { formatPath } from '../model/path.ts';
import type { MutationStep } from '../policy/index.ts';
import { printable, printableJson } from '../report/printable.ts';
import { unifiedDiff } from '../report/unified-diff.ts';
import { stringify, type Value } from '../yaml/index.ts';
import {
  type Arguments,
  type Command,
  flagText,
  type FlagValues,
  flagValues,
  UsageError,
} from './command.ts';
import { knownVersions, kubernetesVersion } from './kubernetes-version.ts';
import { problemLine } from './problem-line.ts';
import { sharedInput, type Streams } from './stream.ts';

/** `scantling mutate`: its flags and its help. */
export const mutateCommand: Command = {
  name: 'mutate',
  summary: 'Show what MutatingAdmissionPolicies make of manifests, as an API server would.',
  usage: 'mutate [-f] FILE ... --policy PATH [--diff] [flags]',
  examples: [
    'scantling mutate -f pod.yaml --policy policies/',
    'scantling mutate -f deploy/ --policy p.yaml --diff',
    'helm template ./chart | scantling mutate -f - --policy p.yaml -o json',
  ],
  flags: {
    filename: {
      type: 'string',
      short: 'f',
      multiple: true,
      value: 'PATH',
      help: 'manifests: file, folder, glob, or - for standard input; policies among them count too',
    },
    policy: {
      type: 'string',
      multiple: true,
      value: 'PATH',
      help: 'policies and bindings; parameters and Namespaces beside them',
    },
    diff: { type: 'boolean', help: 'show what changes instead, as kubectl diff does' },
    output: {
      type: 'string',
      short: 'o',
      value: 'FORMAT',
      values: ['yaml', 'json'],
      help: 'yaml (default) or json',
    },
    namespace: {
      type: 'string',
      short: 'n',
      value: 'NAME',
      help: 'namespace of manifests that name none (default "default")',
    },
    quiet: { type: 'boolean', short: 'q', help: 'do not tell which policy changed what' },
    'kubernetes-version': {
      type: 'string',
      value: '1.NN',
      help: `the version whose policies apply, ${knownVersions} (default the latest)`,
    },
  },
  notes: `The objects come out with the server's defaults, as they are before validation. Policies run by
name; a cluster promises no order, and a warning tells where another one gives another object.

Exit codes: 0 mutated or unchanged; 1 a policy refuses an object; 2 a mistake in the call; 3
something could not be read, or what a policy does is not known (3 comes before 1).`,
};

/** `scantling mutate`. Returns the exit code. */
export async function runMutate({ flags, positionals }: Arguments, streams: Streams): Promise<number> {
  const inputs = [...paths(flags, 'filename'), ...positionals];
  if (inputs.length === 0) throw new UsageError('no manifests: name a file with -f');
  const format = flagText(flags, 'output') ?? 'yaml';
  if (format !== 'yaml' && format !== 'json') {
    throw new UsageError(`unknown output format "${format}" (yaml, json)`);
  }
  const isDiff = flags['diff'] === true;
  if (isDiff && flagText(flags, 'output') !== undefined) {
    throw new UsageError('--diff has a format of its own; leave out -o');
  }
  const policyPaths = paths(flags, 'policy');
  for (const one of policyPaths) refuseMissing(one, streams.cwd);
  const { manifests, problems, policies, refused } = mutateManifests({
    inputs,
    policies: policyPaths,
    cwd: streams.cwd,
    stdin: sharedInput(streams),
    version: formatMinorVersion(kubernetesVersion(flagText(flags, 'kubernetes-version'))),
    namespace: flagText(flags, 'namespace') ?? 'default',
  });
  for (const problem of problems) streams.err(problemLine(problem));
  if (refused) {
    streams.err('exit 3: nothing is mutated by policies of which some cannot be stored\n');
    return 3;
  }
  let failed = problems.some(({ severity }) => severity === 'error');
  if (policies === 0 && !failed) {
    throw new UsageError(
      policyPaths.length === 0
        ? 'there is no MutatingAdmissionPolicy in the input; name some with --policy'
        : `--policy ${policyPaths.join(' ')}: there is no MutatingAdmissionPolicy here`,
    );
  }
  if (manifests.length === 0 && !failed) {
    streams.err(`warning  ${printable(inputs.join(' '))}  there is no manifest here\n`);
  }
  let denied = false;
  const shown: MutatedManifest[] = [];
  for (const mutated of manifests) {
    if (flags['quiet'] !== true) tellChanges(mutated, streams);
    const { allowed } = mutated.result;
    if (allowed === true) shown.push(mutated);
    else tellObstacles(mutated, streams);
    if (allowed === undefined || mutated.result.crash !== undefined) failed = true;
    else if (!allowed) denied = true;
  }
  await streams.out(isDiff ? shown.map(diff).join('') : printed(shown, format));
  return failed ? 3 : denied ? 1 : 0;
}

function paths(flags: FlagValues, name: string): readonly string[] {
  const written = flagValues(flags, name);
  if (written.includes('')) throw new UsageError(`--${name} is empty; "." is this folder`);
  return written;
}

function refuseMissing(input: string, cwd: string): void {
  if (input === '-' || /[*?[{]/.test(input) || existsSync(path.resolve(cwd, input))) return;
  throw new UsageError(`--policy ${input}: no such file or directory`);
}

/** A line for each policy that changed the object, and what. */
function tellChanges({ manifest, result, dependsOnOrder }: MutatedManifest, { err }: Streams): void {
  const place = placeOf(manifest);
  const changed = groupBy(result.steps, ({ bound }) => bound.policy.name);
  for (const [name, steps] of changed) {
    const fields = outermost(steps.flatMap(({ changes }) => changes.map(({ path }) => path)));
    if (fields.length === 0) continue;
    err(`mutated  ${place}  ${subject(manifest)} by ${printable(name)}: ${printable(listed(fields))}\n`);
  }
  for (const step of result.steps) {
    if (step.outcome === 'error' && step.bound.policy.definition.failurePolicy === 'Ignore') {
      const reason = `${stepName(step)} fails and is ignored: ${step.reason}`;
      err(`warning  ${place}  ${printable(reason)}\n`);
    }
  }
  if (dependsOnOrder) {
    const reason = 'the result depends on the order of the policies, which a cluster does not promise';
    err(`warning  ${place}  ${subject(manifest)}: ${reason}\n`);
  }
}

/** Why an object is not shown. */
function tellObstacles({ manifest, result }: MutatedManifest, { err }: Streams): void {
  const place = placeOf(manifest);
  const { denial, crash, unknown } = result;
  if (crash !== undefined) {
    err(`error  ${place}  ${subject(manifest)}: an API server would not answer: ${printable(crash)}\n`);
  } else if (denial !== undefined) {
    const messages = denial.causes.length === 0 ? [denial.message] : denial.causes;
    for (const message of new Set(messages)) {
      err(`denied  ${place}  ${subject(manifest)}: ${printable(message)}\n`);
    }
  } else {
    for (const reason of unknown) {
      err(`unknown  ${place}  ${subject(manifest)}: ${printable(reason)}\n`);
    }
  }
}

function stepName({ bound, index }: MutationStep): string {
  const { name } = bound.policy;
  return index === undefined ? `policy "${name}"` : `mutation ${index + 1} of policy "${name}"`;
}

/** The most fields that are told of one policy. */
const mostFields = 6;

/** The paths that are not inside of another, each once. */
function outermost(paths: readonly Path[]): string[] {
  const isInside = (path: Path, other: Path): boolean =>
    other.length < path.length && other.every((step, index) => path[index] === step);
  return [...new Set(paths.filter((path) => !paths.some((other) => isInside(path, other))).map(formatPath))];
}

function listed(fields: readonly string[]): string {
  const more = fields.length - mostFields;
  return more <= 1 ? fields.join(', ') : `${fields.slice(0, mostFields).join(', ')} and ${more} more`;
}

const root: Path = [];

function placeOf(manifest: MutatedManifest['manifest']): string {
  const { file, line, column } = manifestLocator(manifest)(root);
  return printable(`${file}:${line}:${column}`);
}

function subject({ reference: { kind, namespace, name } }: MutatedManifest['manifest']): string {
  return printable(`${kind} ${namespace === '' ? '' : `${namespace}/`}${name === '' ? '(no name)' : name}`);
}

function diff({ manifest, before, result }: MutatedManifest): string {
  const name = `${manifest.origin.file} ${subject(manifest)}`;
  const texts = [before, result.object].map((object) => stringify(object as Value)) as [string, string];
  return unifiedDiff(texts[0], texts[1], [printable(name), `${printable(name)} (mutated)`]);
}

/** YAML as a stream of documents; JSON as an object, or a List where there are several. */
function printed(shown: readonly MutatedManifest[], format: 'yaml' | 'json'): string {
  const objects = shown.map(({ result }) => result.object as JsonObject);
  if (format === 'yaml') return objects.map((object) => stringify(object as Value)).join('---\n');
  if (objects.length === 0) return '';
  const [only] = objects;
  const value = objects.length === 1 ? only : { apiVersion: 'v1', kind: 'List', items: objects };
  const text = printableJson(marked(value as Json), 2);
  return `${text.replace(/"\ue000i(-?\d+)"/g, '$1').replaceAll('"\ue000s', '"')}\n`;
}

/** Integers beyond 2^53, which JSON.stringify refuses, as texts with a mark; texts with the mark get another. */
function marked(value: Json): Json {
  if (typeof value === 'bigint') return `\ue000i${value}`;
  if (typeof value === 'string') return value.startsWith('\ue000') ? `\ue000s${value}` : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(marked);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, marked(part as Json)]));
}
