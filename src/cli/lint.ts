import { suggestion } from '../config/did-you-mean.ts';
import { type FailOn, failOnValues } from '../config/settings.ts';
import { insteadOfPolicies } from '../loop/foreign-policies.ts';
import { lint } from '../loop/lint.ts';
import { formatMinorVersion } from '../catalogue/versions.ts';
import {
  type Arguments,
  type Command,
  flagList,
  flagText,
  type FlagValues,
  flagValues,
  UsageError,
} from './command.ts';
import { inputFlags, inputsOf } from './inputs.ts';
import { knownVersions, kubernetesVersion } from './kubernetes-version.ts';
import { formatNames, parseOutputs, writeOutputs } from './outputs.ts';
import { Progress } from './progress.ts';
import { type Streams, wantsColor } from './stream.ts';
import { version } from './version.ts';

/** `scantling lint`: its flags and its help. */
export const lintCommand: Command = {
  name: 'lint',
  summary: 'Find what is wrong with admission policies before a cluster does.',
  usage: 'lint [FILE | FOLDER | GLOB | -] ... [flags]',
  examples: [
    'scantling lint policies/',
    'scantling lint policies/ --kubernetes-version 1.32 --fail-on medium',
    'kustomize build . | scantling lint - -o github',
  ],
  flags: {
    'kubernetes-version': {
      type: 'string',
      value: '1.NN',
      help: `the version of the API server, ${knownVersions} (default the latest)`,
    },
    output: {
      type: 'string',
      short: 'o',
      multiple: true,
      value: 'FORMAT[=FILE]',
      values: formatNames,
      help: 'text, json, yaml, sarif, junit or github; several at once',
    },
    'fail-on': { type: 'string', value: 'SEVERITY', help: 'exit 1 from this severity on (default high)' },
    'static-manifest': {
      type: 'boolean',
      help: 'everything is meant to be loaded from the disk of the API server (Kubernetes >= 1.37)',
    },
    all: { type: 'boolean', help: 'every finding with its frame, not only the first screen' },
    quiet: { type: 'boolean', short: 'q', help: 'one line a trap and the last line' },
    exclude: { type: 'string', multiple: true, value: 'GLOB', help: 'files and folders to leave out' },
    'allow-none': { type: 'boolean', help: 'no policy among the files is no mistake' },
    ...inputFlags,
  },
};

/** `scantling lint`: 0 when nothing is found from `--fail-on` on, 1 when something is, 2 and 3 as everywhere. */
export async function runLint(args: Arguments, streams: Streams): Promise<number> {
  const { flags } = args;
  const started = performance.now();
  const outputs = parseOutputs(flagValues(flags, 'output'));
  const progress = new Progress(streams);
  const { report, source, policies, foreign } = lint({
    inputs: inputsOf(args, streams.cwd, 'lint'),
    cwd: streams.cwd,
    exclude: flagValues(flags, 'exclude'),
    version: formatMinorVersion(kubernetesVersion(flagText(flags, 'kubernetes-version'))),
    failOn: failOn(flags),
    staticManifests: flags['static-manifest'] === true,
    today: new Date().toISOString().slice(0, 10),
    stdin: streams.stdin,
    onProgress: progress.step,
  });
  progress.end();
  // What could not be read may have been the policy.
  if (policies === 0 && flags['allow-none'] !== true && report.summary.exitCode === 0) {
    throw new UsageError(`there is no admission policy or binding here${insteadOfPolicies(foreign)}`);
  }
  const options = {
    source,
    all: flags['all'] === true,
    quiet: flags['quiet'] === true,
    color: wantsColor(streams),
    width: Math.max(60, streams.columns),
    elapsedMilliseconds: performance.now() - started,
    version: version(),
  };
  await writeOutputs(outputs, report, options, streams);
  const { exitCode, exitReason } = report.summary;
  const isTextShown = outputs.some(({ format, file }) => format === 'text' && file === undefined);
  if (!isTextShown && exitCode !== 0) streams.err(`exit ${exitCode}: ${exitReason}\n`);
  return exitCode;
}

function failOn(flags: FlagValues): readonly FailOn[] {
  const values = flagList(flags, 'fail-on');
  const possible = failOnValues.filter((value) => value !== 'unknown');
  for (const value of values) {
    if (!(possible as readonly string[]).includes(value)) {
      throw new UsageError(
        `--fail-on takes ${possible.join(', ')}, not "${value}"${suggestion(value, possible)}`,
      );
    }
  }
  return values as readonly FailOn[];
}
