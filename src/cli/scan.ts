import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Catalogue, openCatalogue } from '../catalogue/catalogue.ts';
import { parameterComplaints } from '../catalogue/control.ts';
import { formatMinorVersion, minorVersions } from '../catalogue/versions.ts';
import { collectManifests } from '../collect/manifests.ts';
import { readError } from '../collect/read-error.ts';
import { showPath } from '../collect/walk.ts';
import { Configurations } from '../config/discover.ts';
import { suggestion } from '../config/did-you-mean.ts';
import { type FailOn, failOnValues } from '../config/settings.ts';
import { type Baseline, readBaseline, writeBaseline } from '../exceptions/baseline.ts';
import { patternProblem } from '../exceptions/scope.ts';
import { type Changes, changesSince, GitError } from '../loop/git.ts';
import { scan, type ScanOptions, scanRendered } from '../loop/scan.ts';
import { foreignPolicies, insteadOfPolicies } from '../loop/foreign-policies.ts';
import { policyIds } from '../loop/user-policies.ts';
import type { Problem } from '../model/finding.ts';
import type { Json } from '../model/object.ts';
import { isPolicyApi } from '../policy/index.ts';
import { formats } from '../report/formats.ts';
import { count } from '../report/summary.ts';
import { milliseconds } from './clock.ts';
import { type Arguments, type Command, flagList, flagText, type FlagValues, UsageError } from './command.ts';
import { inputFlags, inputsOf } from './inputs.ts';
import { knownVersions, kubernetesVersion } from './kubernetes-version.ts';
import { comparedTool, namedControls } from './named-controls.ts';
import { parseOutputsAs, scanFormats, writable, writeOutputs } from './outputs.ts';
import { Progress } from './progress.ts';
import { renderFlags, renderOptions } from './rendering.ts';
import { type Streams, wantsColor } from './stream.ts';
import { version } from './version.ts';

/** Bytes from which on a file is read part by part, so that a dump of a cluster needs no more memory than its largest object. */
const LARGE_FILE = 1_000_000;

export const scanCommand: Command = {
  name: 'scan',
  summary: 'Judge manifests by the controls of the catalogue and by policies of your own.',
  usage: 'scan [FILE | FOLDER | GLOB | -] ... [flags]',
  examples: [
    'scantling scan .',
    'scantling scan deploy/ --profile pss-restricted --all',
    'helm template ./chart | scantling scan -',
    'scantling scan . -o sarif=scantling.sarif -o text --fail-on medium',
    'scantling scan . --write-baseline --baseline baseline.json',
  ],
  flags: {
    profile: {
      type: 'string',
      short: 'p',
      multiple: true,
      value: 'NAME,...',
      help: 'profiles to judge by (default pss-baseline,essentials)',
    },
    control: {
      type: 'string',
      short: 'c',
      multiple: true,
      value: 'ID,...',
      help: 'only these controls or policies of your own, whatever the profile',
    },
    policy: {
      type: 'string',
      multiple: true,
      value: 'PATH',
      help: 'policies of your own: ValidatingAdmissionPolicies, bindings, parameters',
    },
    'kubernetes-version': {
      type: 'string',
      value: '1.NN',
      help: `the version whose rules apply, ${knownVersions} (default the latest)`,
    },
    output: {
      type: 'string',
      short: 'o',
      multiple: true,
      value: 'FORMAT[=FILE]',
      values: scanFormats,
      help: 'text, json, yaml, sarif, junit, github or html; several at once',
    },
    as: {
      type: 'string',
      value: 'TOOL',
      help: 'the ids of kubescape, trivy, checkov, kube-linter, kube-score, polaris or kubesec beside ours',
    },
    'fail-on': {
      type: 'string',
      value: 'SEVERITY',
      help: 'exit 1 from this severity on (default high); ",unknown": exit 3 on unknown verdicts',
    },
    complete: {
      type: 'boolean',
      help: 'the input is the whole cluster: what is absent from it does not exist',
    },
    all: { type: 'boolean', help: 'every finding with its frame, not only the first screen' },
    show: { type: 'string', value: 'all', values: ['all'], help: 'report passes and not-applicables too' },
    quiet: { type: 'boolean', short: 'q', help: 'one line a control and the last line' },
    exclude: { type: 'string', multiple: true, value: 'GLOB', help: 'files and folders to leave out' },
    baseline: { type: 'string', value: 'FILE', help: 'findings in this file do not count' },
    'write-baseline': {
      type: 'boolean',
      help: 'write the findings to the baseline file (default scantling-baseline.json)',
    },
    since: {
      type: 'string',
      value: 'GIT-REF',
      help: 'only findings that were not there at this commit count',
    },
    config: {
      type: 'string',
      value: 'FILE',
      help: 'this configuration for every file (default: the nearest .scantling.yaml)',
    },
    'max-depth': {
      type: 'string',
      value: 'N',
      help: 'deepest nesting of a document that is read (default 500)',
    },
    ...renderFlags,
    ...inputFlags,
  },
};

/** `scantling scan`. Returns the exit code. */
export async function runScan(args: Arguments, streams: Streams): Promise<number> {
  const started = milliseconds();
  const { flags } = args;
  const outputs = parseOutputsAs(written(flags, 'output'), scanFormats);
  const show = flagText(flags, 'show');
  if (show !== undefined && show !== 'all') throw new UsageError(`--show takes "all", not "${show}"`);
  const as = comparedTool(flags);
  const catalogue = await openCatalogue();
  const inputs = inputsOf(args, streams.cwd);
  const configurations = configurationsFor(flags, catalogue, inputs, streams);
  if (configurations.problems.length > 0) return refuse(configurations.problems, streams);
  const start = configurations.forFolder(startFolder(inputs[0]!, streams.cwd));
  const baselineFile = flagText(flags, 'baseline');
  const isWriting = flags['write-baseline'] === true;
  const progress = new Progress(streams);
  const kubernetes = kubernetesVersion(
    flagText(flags, 'kubernetes-version') ?? start?.configuration.kubernetesVersion,
  );
  const rendering = renderOptions(flags, streams, kubernetes, progress.step);
  const policyPaths = [
    ...policies(flags, streams.cwd),
    ...(start?.configuration.policy ?? []).map((one) =>
      showPath(path.resolve(path.dirname(start!.file), one), streams.cwd),
    ),
  ];
  const own = (): ReadonlySet<string> =>
    policyPaths.length === 0 ? new Set() : policyIds(policyPaths, streams.cwd, catalogue.controls);
  const controls = namedControls(flags, 'control', catalogue, streams, own);
  const ownNamed = flagList(flags, 'control').filter(
    (name) => !catalogue.controls.has(name) && own().has(name),
  );
  const scanOptions: ScanOptions = {
    inputs,
    cwd: streams.cwd,
    catalogue,
    version: kubernetes,
    selection: {
      profiles: named(flags, 'profile', catalogue.profiles, 'profile'),
      controls,
      policies: ownNamed.length === 0 ? undefined : ownNamed,
    },
    configurations,
    exclude: written(flags, 'exclude'),
    policies: policyPaths,
    failOn: failOn(flags),
    baseline: baselineFile === undefined || isWriting ? undefined : baseline(baselineFile, streams.cwd),
    since: since(flags, streams.cwd),
    complete: flags['complete'] === true,
    showAll: show === 'all',
    elements: isWriting || flags['all'] === true || outputs.some(({ format }) => format !== 'text'),
    today: new Date().toISOString().slice(0, 10),
    maxDepth: maxDepth(flags),
    stdin: streams.stdin,
    stdinBlocks: streams.stdinBlocks,
    dumpFrom: LARGE_FILE,
    onProgress: progress.step,
  };
  const { report, source, excerpt } =
    rendering === undefined ? scan(scanOptions) : await scanRendered(scanOptions, rendering);
  progress.end();
  if (configurations.problems.length > 0) return refuse(configurations.problems, streams);
  if (Object.keys(report.controls).length === 0 && report.summary.exitCode === 0) {
    throw new UsageError('no control is left to run: the profiles, severities and the version leave none');
  }
  if (isWriting) {
    const file = baselineFile ?? 'scantling-baseline.json';
    const text = writeBaseline(report.findings);
    const written = readBaseline(text) as Baseline;
    writable(file, () => writeFileSync(path.resolve(streams.cwd, file), text));
    streams.err(
      `wrote ${count(written.fingerprints.size, 'finding')} to ${file}; from now on: --baseline ${file}\n`,
    );
    return report.summary.exitCode === 1 ? 0 : report.summary.exitCode;
  }
  const options = {
    source,
    excerpt,
    all: flags['all'] === true,
    showAll: show === 'all',
    quiet: flags['quiet'] === true,
    color: wantsColor(streams),
    width: Math.max(60, streams.columns),
    as,
    elapsedMilliseconds: milliseconds() - started,
    version: version(),
  };
  const isHtml = outputs.some(({ format }) => format === 'html');
  const html = isHtml ? (await import('./html-report.ts')).htmlReporter(catalogue, inputs) : undefined;
  const reporters = html === undefined ? formats : { ...formats, html };
  await writeOutputs(outputs, report, options, streams, reporters);
  const { exitCode, exitReason } = report.summary;
  // Whoever reads data on standard output still learns on standard error why the exit code is what it is.
  const isTextShown = outputs.some(({ format, file }) => format === 'text' && file === undefined);
  if (!isTextShown && exitCode !== 0) streams.err(`exit ${exitCode}: ${exitReason}\n`);
  return exitCode;
}

/** The values of a repeatable flag as written; file names may hold commas. */
export function written(flags: FlagValues, name: string): readonly string[] {
  const value = flags[name];
  return Array.isArray(value) ? (value as readonly string[]) : typeof value === 'string' ? [value] : [];
}

/** The values of `--policy`, each of which must name something, and one of them a policy. */
function policies(flags: FlagValues, cwd: string): readonly string[] {
  const paths = written(flags, 'policy');
  if (paths.length === 0) return paths;
  const { manifests, problems } = collectManifests(paths, { cwd, exclude: [] });
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

export function configurationsFor(
  flags: FlagValues,
  catalogue: Catalogue,
  inputs: readonly string[],
  streams: Streams,
): Configurations {
  const known = {
    controls: new Set(catalogue.controls.keys()),
    profiles: new Set(catalogue.profiles.keys()),
    kubernetesVersions: minorVersions.map(formatMinorVersion),
    renamed: (name: string) =>
      catalogue.controls.has(name)
        ? undefined
        : [...catalogue.controls.values()].find(({ renamedFrom }) => renamedFrom.includes(name))?.id,
    patternProblem,
    parameterProblems: (id: string, value: Json) => parameterComplaints(catalogue.controls.get(id)!, value),
  };
  const file = flagText(flags, 'config');
  const fixed = file === undefined ? undefined : path.resolve(streams.cwd, file);
  if (fixed !== undefined && !existsSync(fixed)) throw new UsageError(`--config: there is no file "${file}"`);
  const configurations = new Configurations(known, (absolute) => showPath(absolute, streams.cwd), fixed);
  for (const input of inputs) configurations.forFolder(startFolder(input, streams.cwd));
  return configurations;
}

/** The folder to look for a configuration from; of a glob the part before its first wildcard. */
export function startFolder(input: string, cwd: string): string {
  if (input === '-') return cwd;
  const named = path.resolve(cwd, input);
  const stat = statSync(named, { throwIfNoEntry: false });
  if (stat !== undefined) return stat.isDirectory() ? named : path.dirname(named);
  return path.dirname(path.resolve(cwd, `${input.replace(/[*?[{].*$/, '')}x`));
}

export function refuse(problems: readonly Problem[], streams: Streams): number {
  for (const { file, line, column, reason } of problems) {
    streams.err(`error  ${line === 0 ? file : `${file}:${line}:${column}`}  ${reason}\n`);
  }
  streams.err('exit 2: the configuration has mistakes\n');
  return 2;
}

export function named(
  flags: FlagValues,
  flag: string,
  known: ReadonlyMap<string, unknown>,
  what: string,
): readonly string[] | undefined {
  const names = flagList(flags, flag);
  for (const name of names) {
    if (!known.has(name))
      throw new UsageError(`there is no ${what} "${name}"${suggestion(name, known.keys())}`);
  }
  return names.length === 0 ? undefined : names;
}

function failOn(flags: FlagValues): readonly FailOn[] | undefined {
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

function baseline(file: string, cwd: string): Baseline {
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

function since(flags: FlagValues, cwd: string): { ref: string; changes: Changes } | undefined {
  const ref = flagText(flags, 'since');
  if (ref === undefined) return undefined;
  try {
    return { ref, changes: changesSince(ref, cwd) };
  } catch (error) {
    if (error instanceof GitError) throw new UsageError(`--since ${ref}: ${error.message}`);
    throw error;
  }
}

function maxDepth(flags: FlagValues): number | undefined {
  const text = flagText(flags, 'max-depth');
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,4}$/.test(text))
    throw new UsageError(`--max-depth takes a number from 1 to 99999, not "${text}"`);
  return Number(text);
}
