import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { openCatalogue } from '../catalogue/catalogue.ts';
import { showPath } from '../collect/walk.ts';
import { type Baseline, readBaseline, writeBaseline } from '../exceptions/baseline.ts';
import { scan, type ScanOptions, scanRendered } from '../loop/scan.ts';
import { policyIds } from '../loop/user-policies.ts';
import { formats } from '../report/formats.ts';
import { printable } from '../report/printable.ts';
import { count } from '../report/summary.ts';
import { milliseconds } from './clock.ts';
import { type Arguments, type Command, flagList, flagText, flagValues, UsageError } from './command.ts';
import { configurationsFor, refuse, startFolder } from './configurations.ts';
import { inputFlags, inputsOf } from './inputs.ts';
import { knownVersions, kubernetesVersion } from './kubernetes-version.ts';
import { comparedTool, namedControls } from './named-controls.ts';
import { namedProfiles } from './named-profiles.ts';
import { parseOutputsAs, scanFormats, writable, writeOutputs } from './outputs.ts';
import { Progress } from './progress.ts';
import { renderFlags, renderOptions } from './rendering.ts';
import { baseline, failOn, maxDepth, policies, policyReader, since } from './scan-flags.ts';
import { sharedInput, type Streams, wantsColor } from './stream.ts';
import { version } from './version.ts';

/** Bytes from which on a file is read part by part, so that a dump of a cluster needs no more memory than its largest object. */
const LARGE_FILE = 1_000_000;

/** `scantling scan`: its flags and its help. */
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
  const outputs = parseOutputsAs(flagValues(flags, 'output'), scanFormats);
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
  const stdin = sharedInput(streams);
  const readPolicies = policyReader(streams.cwd, stdin);
  const policyPaths = [
    ...policies(flags, streams.cwd, readPolicies),
    ...(start?.configuration.policy ?? []).map((one) =>
      showPath(path.resolve(path.dirname(start!.file), one), streams.cwd),
    ),
  ];
  const own = (): ReadonlySet<string> =>
    policyPaths.length === 0 ? new Set() : policyIds(readPolicies(policyPaths), catalogue.controls);
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
      profiles: namedProfiles(flags, catalogue),
      controls,
      policies: ownNamed.length === 0 ? undefined : ownNamed,
    },
    configurations,
    exclude: flagValues(flags, 'exclude'),
    policies: policyPaths,
    readPolicies,
    failOn: failOn(flags),
    baseline: baselineFile === undefined || isWriting ? undefined : baseline(baselineFile, streams.cwd),
    since: since(flags, streams.cwd),
    complete: flags['complete'] === true,
    showAll: show === 'all',
    elements: isWriting || flags['all'] === true || outputs.some(({ format }) => format !== 'text'),
    today: new Date().toISOString().slice(0, 10),
    maxDepth: maxDepth(flags),
    stdin,
    // What the policies came from is held already.
    stdinBlocks: policyPaths.includes('-') ? undefined : streams.stdinBlocks,
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
    const shown = printable(file);
    const written = readBaseline(text) as Baseline;
    writable(file, () => writeFileSync(path.resolve(streams.cwd, file), text));
    streams.err(
      `wrote ${count(written.fingerprints.size, 'finding')} to ${shown}; from now on: --baseline ${shown}\n`,
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
