import { fieldOf, goStruct, servedKind } from '../go-type.ts';
import type { ServedKind } from '../go-type.ts';
import { servedEquivalent } from '../unserved.ts';
import { structCodec } from './codec.ts';
import type { Decoding } from './decoding.ts';
import { comparePaths, jsonTypeName, mismatchText } from './problem.ts';
import type { Mismatch, Path, Problem } from './problem.ts';
import { prepareForAdmission, prepareForCreate, wipeMetadata } from './strategy.ts';
import type { Fields } from './struct-defaults.ts';

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Which request, and which moment of it, the view is of. */
export interface ServerViewOptions {
  /** Fills metadata.namespace of a namespaced object that names none, as the request's URL does. */
  readonly namespace?: string;
  /**
   * `validating` (default): of what was written, what ValidatingAdmissionPolicies see. `mutating`: of what was written,
   * what MutatingAdmissionPolicies see, before the kind's strategy filled in a generated name, a generation or a status.
   * `defaulted`: of what a mutation made, what the next one sees. `mutated`: of what mutations made in the end, what
   * validating policies see.
   */
  readonly stage?: 'mutating' | 'defaulted' | 'mutated' | 'validating';
}

/** What a policy sees of an object. */
export interface ServerView {
  /** The object at validating admission; null when the server would refuse to decode what was written. */
  readonly object: JsonObject | null;
  /** Why it would refuse: the first has the server's own message, the others would follow once that is mended. */
  readonly problems: readonly Problem[];
  /** Fields that its type does not have: dropped with a warning, refused under kubectl's strict default. */
  readonly unknownFields: readonly Path[];
  /** False for kinds that the table does not have (custom resources): then `object` is the input itself. */
  readonly known: boolean;
  /** The version it is read as, where the written one is no longer served and an object of it has the same shape. */
  readonly servedAs: string | undefined;
}

/**
 * What a ValidatingAdmissionPolicy sees of a manifest on CREATE with admission plugins off: decoded into the Go type of its
 * version, defaulted, converted, prepared by its strategy, and printed under Go's omission rules, with the types, defaults
 * and feature gates of Kubernetes 1.36. Validation is not done. Throws nothing, whatever the object.
 *
 * The input is never changed; unchanged parts of it are shared. What only a cluster knows (uid, cluster IP, node port,
 * times) is a fixed stand-in, see `assigned`. A view's own view is the same but for what the server itself does again at
 * each write: labels of a Job, the phase of a claim, matchLabelKeys.
 */
export function serverView(written: JsonObject, options: ServerViewOptions = {}): ServerView {
  const { apiVersion, kind } = written;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return withoutKind(written);
  const exact = servedKind(apiVersion, kind);
  const servedAs = exact === undefined ? replacement(apiVersion, kind) : undefined;
  const served = exact ?? (servedAs === undefined ? undefined : servedKind(servedAs, kind));
  if (served === undefined)
    return { object: written, problems: [], unknownFields: [], known: false, servedAs };

  const decoding: Decoding = { path: [], mismatches: [], unknownFields: [] };
  const codec = structCodec(served.type);
  const object = codec.decode(written, decoding) as Fields | undefined;
  const { unknownFields, mismatches } = decoding;
  if (mismatches.length > 0 || object === undefined) {
    return { object: null, problems: problemsOf(served, mismatches), unknownFields, known: true, servedAs };
  }
  return new DecodedView(object, served, { ...options, unknownFields, servedAs });
}

/** The view of an object that could be decoded; the rest of the work is done when somebody looks at it. */
class DecodedView implements ServerView {
  readonly problems: readonly Problem[] = [];
  readonly known = true;
  readonly unknownFields: readonly Path[];
  readonly servedAs: string | undefined;
  private readonly decoded: Fields;
  private readonly served: ServedKind;
  private readonly options: ServerViewOptions;
  private encoded: JsonObject | undefined;

  constructor(
    decoded: Fields,
    served: ServedKind,
    options: ServerViewOptions & Pick<ServerView, 'unknownFields' | 'servedAs'>,
  ) {
    this.decoded = decoded;
    this.served = served;
    this.options = options;
    this.unknownFields = options.unknownFields;
    this.servedAs = options.servedAs;
  }

  get object(): JsonObject {
    return (this.encoded ??= this.encode());
  }

  private encode(): JsonObject {
    const { decoded: object, served } = this;
    const { apiVersion, kind } = served;
    object.apiVersion = apiVersion;
    prepareNamespaceField(object.metadata, served, this.options);
    const creation = { key: `${apiVersion}/${kind}`, object, emptyStatus: () => statusOf(served) };
    const { stage = 'validating' } = this.options;
    // What a client may not set is dropped once, so that mutations may set it after all.
    if (stage === 'mutating' || stage === 'validating') wipeMetadata(object.metadata);
    if (stage === 'mutating' || stage === 'defaulted') prepareForAdmission(creation);
    else prepareForCreate(creation);
    return structCodec(served.type).encode?.(object) as JsonObject;
  }
}

/** The version that took the place of one that is gone, where objects of both have the same shape. */
function replacement(apiVersion: string, kind: string): string | undefined {
  const equivalent = servedEquivalent(apiVersion, kind);
  return equivalent?.sameShape === true ? equivalent.apiVersion : undefined;
}

/** The server reads apiVersion and kind first; null and missing ones are filled in from the URL, which nobody knows here. */
function withoutKind(written: JsonObject): ServerView {
  const problems: Problem[] = [];
  for (const name of ['apiVersion', 'kind']) {
    const value = written[name];
    if (value === undefined || value === null || typeof value === 'string') continue;
    const detail = `json: cannot unmarshal ${jsonTypeName(value)} into Go struct field .${name} of type string`;
    problems.push({ path: [name], message: `couldn't get version/kind; json parse error: ${detail}` });
  }
  const object = problems.length === 0 ? written : null;
  return { object, problems, unknownFields: [], known: false, servedAs: undefined };
}

function prepareNamespaceField(metadata: Fields, served: ServedKind, { namespace }: ServerViewOptions): void {
  if (!served.namespaced) metadata.namespace = '';
  else if (namespace !== undefined) metadata.namespace ||= namespace;
}

function statusOf(served: ServedKind): unknown {
  const type = fieldOf(goStruct(served.type), 'status')?.type;
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
