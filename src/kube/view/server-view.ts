import { goStruct, servedKinds } from '../go-type.ts';
import type { ServedKind } from '../go-type.ts';
import { structCodec } from './codec.ts';
import type { Decoding, Working } from './codec.ts';
import { comparePaths, mismatchText } from './problem.ts';
import type { Mismatch, Path, Problem } from './problem.ts';
import { prepareForCreate } from './strategy.ts';
import type { Fields } from './struct-defaults.ts';

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

export interface ServerViewOptions {
  /** Fills metadata.namespace of a namespaced object that names none, as the request's URL does. */
  readonly namespace?: string;
}

/** What a policy sees of an object. */
export interface ServerView {
  /** The object at validating admission; null when the server would refuse to decode what was written. */
  readonly object: JsonObject | null;
  /** Why it would refuse; the first is the server's own message, the others would follow once that is mended. */
  readonly problems: readonly Problem[];
  /** Fields that its type does not have: dropped with a warning, refused under kubectl's strict default. */
  readonly unknownFields: readonly Path[];
  /** False for kinds that the table does not have (custom resources): then `object` is the input itself. */
  readonly known: boolean;
}

/**
 * What a ValidatingAdmissionPolicy sees of a manifest on CREATE with admission plugins off: decoded into the Go type of its
 * version, defaulted, converted, prepared by its strategy, and printed under Go's omission rules. The input is never
 * changed; unchanged parts of it are shared. A view's view is itself. What only a cluster knows (uid, cluster IP, node
 * port, times) is a fixed stand-in, see `assigned`.
 */
export function serverView(written: JsonObject, options: ServerViewOptions = {}): ServerView {
  const { apiVersion, kind } = written;
  const served =
    typeof apiVersion === 'string' && typeof kind === 'string'
      ? servedKinds().get(`${apiVersion}/${kind}`)
      : undefined;
  if (served === undefined) return { object: written, problems: [], unknownFields: [], known: false };

  const decoding: Decoding = { path: [], mismatches: [], unknownFields: [] };
  const codec = structCodec(served.type);
  const object = codec.decode(written, decoding) as Fields | undefined;
  const { unknownFields, mismatches } = decoding;
  if (mismatches.length > 0 || object === undefined) {
    return { object: null, problems: problemsOf(served, mismatches), unknownFields, known: true };
  }
  prepareNamespaceField(object.metadata, served, options);
  const emptyStatus = (): unknown => statusOf(served);
  prepareForCreate({ key: `${served.apiVersion}/${served.kind}`, object, emptyStatus });
  return { object: codec.encode?.(object) as JsonObject, problems: [], unknownFields, known: true };
}

function prepareNamespaceField(metadata: Fields, served: ServedKind, { namespace }: ServerViewOptions): void {
  if (!served.namespaced) metadata.namespace = '';
  else if (namespace !== undefined) metadata.namespace ||= namespace;
}

function statusOf(served: ServedKind): unknown {
  const type = goStruct(served.type).fieldByName.get('status')?.type;
  return type?.kind === 'struct' ? structCodec(type.line).zero() : undefined;
}

/** The server's first complaint first: a value that its own parser refuses ends decoding, others wait until the end. */
function problemsOf(served: ServedKind, mismatches: readonly Mismatch[]): Problem[] {
  const sorted = mismatches.toSorted(
    (a, b) => Number(b.fatal) - Number(a.fatal) || comparePaths(a.path, b.path),
  );
  const version = served.apiVersion.slice(served.apiVersion.lastIndexOf('/') + 1);
  const prefix = `${served.kind} in version "${version}" cannot be handled as a ${served.kind}: `;
  return sorted.map((mismatch) => ({
    path: mismatch.path,
    message: prefix + mismatchText(served.type, mismatch),
  }));
}

export type { Path, Problem, Working };
