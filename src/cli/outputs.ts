import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { suggestion } from '../config/did-you-mean.ts';
import type { Report } from '../model/finding.ts';
import { type Format, formats } from '../report/formats.ts';
import type { Reporter, ReportOptions } from '../report/reporter.ts';
import { UsageError } from './command.ts';
import { type Streams, writeWhole } from './stream.ts';

/** One `-o`: a format and where it goes; without a file to standard output. */
export interface Output<Name extends string = Format> {
  readonly format: Name;
  readonly file: string | undefined;
}

/** The formats of a report. */
export const formatNames = Object.keys(formats) as readonly Format[];

/** What a scan can be written as. The code of `html` is loaded when it is asked for. */
export const scanFormats = [...formatNames, 'html'] as const;

/** Reads the values of `-o`: `json`, `sarif=out.sarif`. Two of them may not both go to standard output. */
export function parseOutputs(written: readonly string[]): readonly Output[] {
  return parseOutputsAs(written, formatNames);
}

/** As {@link parseOutputs} for a verb with formats of its own, of which `text` is one. */
export function parseOutputsAs<Name extends string>(
  written: readonly string[],
  names: readonly (Name | 'text')[],
): readonly Output<Name | 'text'>[] {
  const outputs = written.map((value): Output<Name | 'text'> => {
    const equals = value.indexOf('=');
    const written = equals < 0 ? value : value.slice(0, equals);
    const format = names.find((name) => name === written);
    if (format === undefined) {
      throw new UsageError(
        `unknown output format "${written}"${suggestion(written, names)} (${names.join(', ')})`,
      );
    }
    const file = equals < 0 ? undefined : value.slice(equals + 1);
    if (file === '') throw new UsageError(`-o ${value}: the file's name is missing`);
    return { format, file };
  });
  const toStdout = outputs.filter(({ file }) => file === undefined);
  if (toStdout.length > 1) {
    const names = toStdout.map(({ format }) => format).join(' and ');
    throw new UsageError(
      `${names} cannot both go to standard output; give one a file: -o ${toStdout[0]!.format}=FILE`,
    );
  }
  const files = outputs.flatMap(({ file }) => (file === undefined ? [] : [path.normalize(file)]));
  const twice = files.find((file, index) => files.indexOf(file) < index && !/^[/\\]dev[/\\]/.test(file));
  if (twice !== undefined) throw new UsageError(`two outputs cannot go to the same file, ${twice}`);
  return outputs.length === 0 ? [{ format: 'text', file: undefined }] : outputs;
}

/** Writes the report in every format asked for. Throws `UsageError` for a file that cannot be written. */
export async function writeOutputs<Name extends string = Format>(
  outputs: readonly Output<Name>[],
  report: Report,
  options: ReportOptions,
  streams: Streams,
  reporters: Readonly<Record<string, Reporter>> = formats,
): Promise<void> {
  const plain = { ...options, color: false, width: 120 };
  const render = (format: Name, isFile: boolean): Iterable<string> =>
    reporters[format]!(report, isFile ? plain : options);
  await writeEach(outputs, render, streams);
}

/** Writes what `render` makes of each format to where it is to go. Throws `UsageError` for a file that cannot be written. */
export async function writeEach<Name extends string>(
  outputs: readonly Output<Name>[],
  render: (format: Name, isFile: boolean) => Iterable<string>,
  streams: Streams,
): Promise<void> {
  for (const { format, file } of outputs) {
    if (file === undefined) {
      for (const chunk of chunks(render(format, false))) await streams.out(chunk);
    } else {
      writable(file, () => writeFile(path.resolve(streams.cwd, file), render(format, true)));
    }
  }
}

/** Runs what writes `file`; a name that cannot be written to is a mistake in the call. */
export function writable(file: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UsageError(`cannot write ${file}: ${writeErrors[code] ?? message}`);
  }
}

const writeErrors: Readonly<Record<string, string>> = {
  ENOENT: 'no such directory',
  ENOTDIR: 'a part of its path is no directory',
  EISDIR: 'it is a directory',
  EACCES: 'permission denied',
  EROFS: 'the file system is read-only',
};

function writeFile(file: string, pieces: Iterable<string>): void {
  const target = openSync(file, 'w');
  try {
    for (const chunk of chunks(pieces)) writeWhole(target, chunk);
  } finally {
    closeSync(target);
  }
}

/** Joins small pieces so that a report of many findings is not one system call a line. */
function* chunks(pieces: Iterable<string>): Generator<string> {
  let buffer = '';
  for (const piece of pieces) {
    buffer += piece;
    if (buffer.length < 65_536) continue;
    yield buffer;
    buffer = '';
  }
  if (buffer !== '') yield buffer;
}
