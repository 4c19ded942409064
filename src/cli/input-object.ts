import { collectManifests, type Manifest } from '../collect/manifests.ts';
import { serverView } from '../kube/view/server-view.ts';
import type { JsonObject, Path } from '../model/object.ts';
import { formatPath } from '../model/path.ts';
import { printable } from '../report/printable.ts';
import { type Document, position, readDocuments } from '../yaml/index.ts';
import { UsageError } from './command.ts';
import { problemLine } from './problem-line.ts';
import type { Streams } from './stream.ts';
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** One object of a file, as an expression sees it. */
export interface InputObject {
  readonly seen: JsonObject;
  readonly file: string;
  readonly source: Document;
  /** Where the object stands in its document; empty unless it is an item of a List. */
  readonly path: Path;
}

/** How an object is read, and where from. */
export interface InputOptions extends Streams {
  /** As it is written, without the server's defaults. */
  readonly raw: boolean;
  /** `KIND/NAME` of the one that is meant, where a file holds several. */
  readonly select?: string | undefined;
}

/**
 * Reads one object of a file or of standard input (`-`), in the server view unless `raw`. What cannot be read is told on
 * standard error, and the answer is undefined. Throws `UsageError` where it is not clear which object is meant.
 */
export function readObject(file: string, options: InputOptions): InputObject | undefined {
  const { cwd, err } = options;
  const bytes = readInput(file, options);
  const { manifests, problems } = collectManifests(['-'], { cwd, exclude: [], stdin: () => bytes });
  for (const problem of problems) err(problemLine({ ...problem, file }));
  if (problems.some(({ severity }) => severity === 'error')) return undefined;
  const manifest = choose(manifests, file, options.select);
  if (manifest === undefined) return plainData(bytes, file, options);
  const { value, source, origin } = manifest;
  if (options.raw) return { seen: value, file, source, path: origin.path };
  return seenByServer(manifest, file, options);
}

function readInput(file: string, { cwd, stdin }: InputOptions): Uint8Array {
  try {
    return file === '-' ? stdin() : readFileSync(path.resolve(cwd, file));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: 'there is no such file',
      EISDIR: 'it is a folder',
    };
    throw new UsageError(`cannot read ${file}: ${reasons[code ?? ''] ?? message}`);
  }
}

function choose(
  manifests: readonly Manifest[],
  file: string,
  select: string | undefined,
): Manifest | undefined {
  const name = ({ reference }: Manifest): string => `${reference.kind}/${reference.name}`;
  const found = select === undefined ? manifests : manifests.filter((one) => sameName(name(one), select));
  if (found.length === 1) return found[0];
  const names = manifests.map(name);
  const list =
    names.length > 10 ? `${names.slice(0, 10).join(', ')} and ${names.length - 10} more` : names.join(', ');
  if (found.length > 1) {
    const advice =
      select === undefined ? 'choose one with --object KIND/NAME' : 'they cannot be told apart by --object';
    throw new UsageError(`${file} holds ${found.length} objects (${list}); ${advice}`);
  }
  if (select !== undefined)
    throw new UsageError(`${file} holds no ${select} (${list || 'it holds no objects'})`);
  return undefined;
}

const sameName = (a: string, b: string): boolean => {
  const [kind, ...name] = b.split('/');
  const [otherKind, ...otherName] = a.split('/');
  return kind!.toLowerCase() === otherKind!.toLowerCase() && name.join('/') === otherName.join('/');
};

function seenByServer(manifest: Manifest, file: string, { err }: InputOptions): InputObject | undefined {
  const { value, source, origin } = manifest;
  const view = serverView(value);
  const where = `${file}:${position(source, source.start).line}`;
  for (const field of view.unknownFields) {
    err(
      `warning  ${printable(where)}  the API server drops the unknown field ${printable(formatPath(field))}\n`,
    );
  }
  for (const { message } of view.problems) err(`error  ${printable(where)}  ${printable(message)}\n`);
  if (view.object === null || view.problems.length > 0) return undefined;
  return { seen: view.object as JsonObject, file, source, path: origin.path };
}

/** Data that is no object of Kubernetes is taken as it is, so that an expression can be tried on anything. */
function plainData(bytes: Uint8Array, file: string, { err }: InputOptions): InputObject | undefined {
  const documents = [...readDocuments(bytes)].filter(({ isEmpty }) => !isEmpty);
  const [source, second] = documents;
  const problem = documents.flatMap(({ problems }) => problems).find(({ severity }) => severity === 'error');
  if (source === undefined || problem !== undefined) {
    err(`error  ${printable(file)}  ${printable(problem?.reason ?? 'there is nothing in it')}\n`);
    return undefined;
  }
  const { value } = source;
  if (second !== undefined || value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new UsageError(`${file} holds no object: a map of fields is needed`);
  }
  return { seen: value as JsonObject, file, source, path: [] };
}
