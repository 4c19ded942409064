import { readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { openCatalogue } from '../catalogue/catalogue.ts';
import type { Mending } from '../loop/fixing/fixing.ts';
import { mendFiles, type MendedText } from '../loop/fixing/mend-files.ts';
import { scan, type ScanOptions, scanRendered } from '../loop/scan.ts';
import { formatPath } from '../model/path.ts';
import { formatObject } from '../report/group.ts';
import { printable } from '../report/printable.ts';
import { count } from '../report/summary.ts';
import { patchName, unifiedDiff } from '../report/unified-diff.ts';
import { type Arguments, type Command, flagText, flagValues, UsageError } from './command.ts';
import { inputFlags, inputsOf } from './inputs.ts';
import { knownVersions, kubernetesVersion } from './kubernetes-version.ts';
import { namedControls } from './named-controls.ts';
import { renderFlags, renderOptions } from './rendering.ts';
import { configurationsFor, refuse, startFolder } from './configurations.ts';
import { namedProfiles } from './named-profiles.ts';
import { problemLine } from './problem-line.ts';
import { replaceFile } from './replace-file.ts';
import { putBytes, type Streams } from './stream.ts';

/** `scantling fix`: its flags and its help. */
export const fixCommand: Command = {
  name: 'fix',
  summary: 'Mend what fails, in the files themselves and without touching anything else.',
  usage: 'fix [FILE | FOLDER | GLOB | -] ... [flags]',
  examples: [
    'scantling fix deploy/ --diff',
    'scantling fix deploy/',
    'scantling fix . --only service-account-token --unsafe',
    'scantling fix - < web.yaml > mended.yaml',
  ],
  flags: {
    diff: { type: 'boolean', help: 'show what would change, as diff -u does, and change nothing' },
    unsafe: { type: 'boolean', help: 'also what may make programs behave otherwise' },
    only: {
      type: 'string',
      multiple: true,
      value: 'ID,...',
      help: 'mend only what fails these controls, whatever the profile',
    },
    profile: {
      type: 'string',
      short: 'p',
      multiple: true,
      value: 'NAME,...',
      help: 'profiles to judge by (default pss-baseline,essentials)',
    },
    'kubernetes-version': {
      type: 'string',
      value: '1.NN',
      help: `the version whose rules apply, ${knownVersions} (default the latest)`,
    },
    exclude: { type: 'string', multiple: true, value: 'GLOB', help: 'files and folders to leave out' },
    config: {
      type: 'string',
      value: 'FILE',
      help: 'this configuration for every file (default: the nearest .scantling.yaml)',
    },
    quiet: { type: 'boolean', short: 'q', help: 'only the last line' },
    ...renderFlags,
    ...inputFlags,
  },
  notes: `A fix is the MutatingAdmissionPolicy of its control; only the lines that it changes are written, and
only if the object passes the control afterwards. What is suppressed is left. Files behind symbolic
links are not changed, nor templates of Helm charts. Of pods that run the control plane --unsafe
mends the flags and leaves what may stop them.

Exit codes: 0 mended, or nothing to mend; 1 with --diff when something would change; 2 a mistake in
the call; 3 something could not be read or written (3 comes before 1).`,
};

/** `scantling fix`. Returns the exit code. */
export async function runFix(args: Arguments, streams: Streams): Promise<number> {
  const { flags } = args;
  const inputs = inputsOf(args, streams.cwd, 'fix');
  if (inputs.includes('-') && inputs.length > 1)
    throw new UsageError('- stands alone: its text goes to standard output');
  const catalogue = await openCatalogue();
  const configurations = configurationsFor(flags, catalogue, inputs, streams);
  if (configurations.problems.length > 0) return refuse(configurations.problems, streams);
  const start = configurations.forFolder(startFolder(inputs[0]!, streams.cwd));
  const kubernetes = kubernetesVersion(
    flagText(flags, 'kubernetes-version') ?? start?.configuration.kubernetesVersion,
  );
  const rendering = renderOptions(flags, streams, kubernetes);
  let given: Uint8Array | undefined;
  const scanOptions: ScanOptions = {
    inputs,
    cwd: streams.cwd,
    catalogue,
    version: kubernetes,
    selection: {
      profiles: namedProfiles(flags, catalogue),
      controls: namedControls(flags, 'only', catalogue, streams),
    },
    configurations,
    exclude: flagValues(flags, 'exclude'),
    policies: [],
    failOn: undefined,
    baseline: undefined,
    since: undefined,
    showAll: false,
    elements: true,
    today: new Date().toISOString().slice(0, 10),
    stdin: () => (given = streams.stdin()),
  };
  // What a kustomization is made of are whole objects, which can be mended where they stand.
  const { failures, report } =
    rendering === undefined
      ? scan(scanOptions)
      : await scanRendered(scanOptions, { ...rendering, chartsOnly: true });
  const errors = report.problems.filter(({ severity }) => severity === 'error');
  for (const problem of errors) streams.err(problemLine(problem));
  const isDiff = flags['diff'] === true;
  let failed = errors.length;
  const fixing = { catalogue, unsafe: flags['unsafe'] === true };
  const files = mendFiles(failures, scanOptions, fixing).map((file) => {
    if (file.after === file.before) return file;
    const stop = obstacle(file, given, streams) ?? (isDiff ? undefined : save(file, streams));
    if (stop === undefined) return file;
    streams.err(`error  ${printable(file.file)}  not changed: ${printable(stop)}\n`);
    failed++;
    return unchanged(file);
  });
  if (isDiff) {
    for (const file of files) streams.out(unifiedDiff(file.before, file.after, diffNames(file.file)));
  }
  // What needs no mending goes on through the pipe as it came; standard input can be read but once.
  if (given !== undefined && !isDiff && !files.some(({ after, before }) => after !== before))
    putBytes(streams, given);
  if (flags['quiet'] !== true) tell(files, isDiff, streams);
  const changed = files.filter(({ after, before }) => after !== before);
  streams.err(`${ending(files, changed.length, isDiff)}\n`);
  if (failed > 0) return 3;
  return isDiff && changed.length > 0 ? 1 : 0;
}

/** What keeps a file from being changed, written or shown; undefined where nothing does. */
function obstacle(
  { before, file }: MendedText,
  given: Uint8Array | undefined,
  { cwd }: Streams,
): string | undefined {
  // What could not be read as text is replaced in `before`: it would be lost.
  if (file === '-') return Buffer.from(before).equals(given!) ? undefined : 'it is not UTF-8';
  const absolute = path.resolve(cwd, file);
  try {
    if (isBehindLink(absolute, cwd)) return 'it is behind a symbolic link';
    // A pipe with a name would be waited for, and is not what it was when it was read.
    if (!statSync(absolute).isFile()) return 'it is no ordinary file';
    const now = readFileSync(absolute);
    return now.equals(Buffer.from(before)) ? undefined : 'it is not UTF-8, or has changed since it was read';
  } catch (error) {
    return notWritten(error as NodeJS.ErrnoException);
  }
}

/** Writes a file; returns what is in the way. */
function save({ after, before, file }: MendedText, { cwd, out }: Streams): string | undefined {
  if (file === '-') {
    out(after);
    return undefined;
  }
  const absolute = path.resolve(cwd, file);
  try {
    // Whoever took away every right to write meant it, and root too would write all the same.
    if ((statSync(absolute).mode & 0o222) === 0) return readOnly;
    replaceFile(absolute, Buffer.from(before), Buffer.from(after));
    return undefined;
  } catch (error) {
    return notWritten(error as NodeJS.ErrnoException);
  }
}

/** Whether a file, or a folder that leads to it from the working folder, is a symbolic link. */
function isBehindLink(absolute: string, cwd: string): boolean {
  const fromHere = path.relative(cwd, absolute);
  const isOutside = fromHere.startsWith('..') || path.isAbsolute(fromHere);
  // Above the working folder links are how the machine is laid out: only the file itself must be none.
  const start = isOutside ? path.dirname(absolute) : cwd;
  const real = path.join(realpathSync(start), path.relative(start, absolute));
  return realpathSync(absolute) !== real;
}

const readOnly = 'it is read-only';

function notWritten({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return readOnly;
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'there is no room on the disk';
  return code === 'ENOENT' ? 'it is not there any more' : message;
}

/** A file that could not be written: nothing in it is mended. */
function unchanged(file: MendedText): MendedText {
  const mendings = file.mendings.map((mending) => ({
    ...mending,
    paths: [],
    refused: mending.refused ?? 'the file could not be changed',
  }));
  return { ...file, after: file.before, mendings };
}

function tell(files: readonly MendedText[], isDiff: boolean, { err }: Streams): void {
  for (const { file, mendings } of files) {
    for (const mending of mendings) err(`${line(file, mending, isDiff)}\n`);
  }
}

function line(
  file: string,
  { control, manifest, paths, refused, line: number, note }: Mending,
  isDiff: boolean,
): string {
  const where = `${file}:${number}`;
  const object = formatObject(manifest.reference);
  if (refused !== undefined) return printable(`left   ${where}  ${control}  ${object}: ${refused}`);
  const what = paths.length === 0 ? 'by another fix' : paths.map((one) => formatPath(one)).join(', ');
  return printable(
    `${isDiff ? 'fixes' : 'fixed'}  ${where}  ${control}  ${object}: ${what}${note === '' ? '' : ` (${note})`}`,
  );
}

function ending(files: readonly MendedText[], changed: number, isDiff: boolean): string {
  const all = files.flatMap(({ mendings }) => mendings);
  const done = all.filter(({ refused }) => refused === undefined).length;
  const verb = isDiff ? 'would be fixed' : 'fixed';
  const left = all.length - done;
  return `${count(done, 'failure')} ${verb} in ${count(changed, 'file')}${left === 0 ? '' : `, ${left} left`}`;
}

function diffNames(file: string): [string, string] {
  const names: [string, string] = file.startsWith('/') ? [file, file] : [`a/${file}`, `b/${file}`];
  return [patchName(names[0]), patchName(names[1])];
}
