import { lstatSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openCatalogue } from '../catalogue/catalogue.ts';
import { showPath } from '../collect/walk.ts';
import { configurationName } from '../config/discover.ts';
import { suggestion } from '../config/did-you-mean.ts';
import { type Peer, peers } from '../exceptions/peers/foreign-exception.ts';
import { importExceptions } from '../loop/importing/importing.ts';
import { exceptionsText, withExceptions } from '../loop/importing/written-exceptions.ts';
import type { Exception } from '../model/exception.ts';
import { printable } from '../report/printable.ts';
import { count } from '../report/summary.ts';
import { type Arguments, type Command, flagText, type FlagValues, UsageError } from './command.ts';
import { refuseAddresses } from './inputs.ts';
import { writable } from './outputs.ts';
import { problemLine } from './problem-line.ts';
import { replaceFile } from './replace-file.ts';
import type { Streams } from './stream.ts';

/** `scantling import`: its flags and its help. */
export const importCommand: Command = {
  name: 'import',
  summary: 'Turn the exceptions of other tools into exceptions of .scantling.yaml.',
  usage: 'import FILE | FOLDER | - ... [flags]',
  examples: [
    'scantling import .',
    'scantling import exceptions.json --from kubescape --write',
    'kubectl get policyexceptions -A -o yaml | scantling import -',
  ],
  flags: {
    from: { type: 'string', value: 'TOOL', values: peers, help: `only those of ${peers.join(', ')}` },
    widen: {
      type: 'boolean',
      help: 'also what can only be carried over wider than it was; each is told',
    },
    write: { type: 'boolean', help: 'add them to the configuration instead of printing them' },
    config: {
      type: 'string',
      value: 'FILE',
      help: 'the configuration to add to (default: .scantling.yaml in this folder)',
    },
  },
  notes: `Read are exceptions of kubescape (JSON files, SecurityExceptions), .trivyignore and
.trivyignore.yaml, checkov's configuration, baseline and annotations, kube-linter's configuration and
annotations, polaris' exemptions and annotations, kube-score's annotations and kyverno's
PolicyExceptions. docs/exceptions.md says how each is translated.

Exit codes: 0 all were carried over; 1 some were left out or widened; 2 a mistake in the call;
3 something could not be read or written (3 comes before 1).`,
};

/** `scantling import`. Returns the exit code. */
export async function runImport({ flags, positionals }: Arguments, streams: Streams): Promise<number> {
  if (positionals.length === 0 || positionals.includes('')) {
    throw new UsageError('no input: name files of other tools, a folder, or - for standard input');
  }
  refuseAddresses(positionals, 'import');
  const { controls } = await openCatalogue();
  const { exceptions, found, remarks } = importExceptions({
    inputs: [...new Set(positionals)],
    cwd: streams.cwd,
    stdin: streams.stdin,
    controls: [...controls.values()],
    from: peerOf(flags),
    widen: flags['widen'] === true,
    today: new Date().toISOString().slice(0, 10),
  });
  for (const { kind, ...rest } of remarks) streams.err(problemLine({ ...rest, severity: kind }));
  let failed = remarks.some(({ kind }) => kind === 'error');
  if (flags['write'] !== true) await streams.out(exceptionsText(exceptions));
  else if (exceptions.length > 0) failed = !write(exceptions, flags, streams) || failed;
  const left = remarks.filter(({ kind }) => kind === 'left out').length;
  const wider = remarks.filter(({ kind }) => kind === 'widened').length;
  const parts = [
    `${count(found, 'exception')} found, ${count(exceptions.length, 'exception')} of ours made of them`,
    ...(left === 0 ? [] : [`${left} left out in whole or part`]),
    ...(wider === 0 ? [] : [`${wider} widened`]),
  ];
  streams.err(`${parts.join('; ')}\n`);
  if (failed) return 3;
  return left + wider > 0 ? 1 : 0;
}

function peerOf(flags: FlagValues): Peer | undefined {
  const written = flagText(flags, 'from');
  const peer = peers.find((one) => one === written);
  if (written !== undefined && peer === undefined) {
    throw new UsageError(`--from takes ${peers.join(', ')}, not "${written}"${suggestion(written, peers)}`);
  }
  return peer;
}

/** Adds the exceptions to the configuration, byte for byte otherwise; says what is in the way. */
function write(exceptions: readonly Exception[], flags: FlagValues, { cwd, err }: Streams): boolean {
  const absolute = path.resolve(cwd, flagText(flags, 'config') ?? configurationName);
  const shown = showPath(absolute, cwd);
  const stop = (reason: string): boolean => {
    err(`error  ${printable(shown)}  not changed: ${printable(reason)}\n`);
    return false;
  };
  let before = Buffer.alloc(0);
  const stat = lstatSync(absolute, { throwIfNoEntry: false });
  if (stat !== undefined) {
    if (stat.isSymbolicLink()) return stop('it is a symbolic link');
    if (!stat.isFile()) return stop('it is no ordinary file');
    before = readFileSync(absolute);
  }
  const text = before.toString();
  if (!Buffer.from(text).equals(before)) return stop('it is not UTF-8');
  const written = withExceptions(text, exceptions);
  if ('refused' in written) return stop(written.refused);
  if (written.added > 0) {
    const after = Buffer.from(written.text);
    writable(shown, () =>
      stat === undefined
        ? writeFileSync(absolute, after, { flag: 'wx' })
        : replaceFile(absolute, before, after),
    );
  }
  err(`${printable(shown)}: ${count(written.added, 'exception')} added\n`);
  return true;
}
