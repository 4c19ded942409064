import { closeSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { suggestion } from '../config/did-you-mean.ts';
import type { Report } from '../model/finding.ts';
import { type Format, formats } from '../report/formats.ts';
import type { ReportOptions } from '../report/reporter.ts';
import { UsageError } from './command.ts';
import type { Streams } from './stream.ts';

/** One `-o`: a format and where it goes; without a file to standard output. */
export interface Output {
  readonly format: Format;
  readonly file: string | undefined;
}

/** Reads the values of `-o`: `json`, `sarif=out.sarif`. Two of them may not both go to standard output. */
export function parseOutputs(written: readonly string[]): readonly Output[] {
  const outputs = written.map((value): Output => {
    const equals = value.indexOf('=');
    const format = equals < 0 ? value : value.slice(0, equals);
    if (!Object.hasOwn(formats, format)) {
      const names = Object.keys(formats);
      throw new UsageError(
        `unknown output format "${format}"${suggestion(format, names)} (${names.join(', ')})`,
      );
    }
    const file = equals < 0 ? undefined : value.slice(equals + 1);
    if (file === '') throw new UsageError(`-o ${value}: the file's name is missing`);
    return { format: format as Format, file };
  });
  const toStdout = outputs.filter(({ file }) => file === undefined);
  if (toStdout.length > 1) {
    const names = toStdout.map(({ format }) => format).join(' and ');
    throw new UsageError(
      `${names} cannot both go to standard output; give one a file: -o ${toStdout[0]!.format}=FILE`,
    );
  }
  return outputs.length === 0 ? [{ format: 'text', file: undefined }] : outputs;
}

/** Writes the report in every format asked for. Throws `UsageError` for a file that cannot be written. */
export async function writeOutputs(
  outputs: readonly Output[],
  report: Report,
  options: ReportOptions,
  streams: Streams,
): Promise<void> {
  for (const { format, file } of outputs) {
    if (file === undefined) {
      for (const chunk of chunks(formats[format](report, options))) await streams.out(chunk);
    } else {
      const plain = { ...options, color: false, width: 120 };
      writable(file, () => writeFile(path.resolve(streams.cwd, file), formats[format](report, plain)));
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
    for (const chunk of chunks(pieces)) writeSync(target, chunk);
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
