import type { KindRegistry } from '../../kube/kinds.ts';
import type { Json, JsonObject, Path } from '../../model/object.ts';
import { child, valueAt } from '../../model/path.ts';
import type {
  AdmissionRequest,
  GroupVersionKind,
  GroupVersionResource,
  Operation,
  UserInfo,
} from '../../policy/index.ts';

/** The request of an AdmissionReview; its objects are as they were sent. */
export interface Review {
  readonly uid: string;
  readonly request: AdmissionRequest;
}

/** Something that makes a JSON value no AdmissionReview: at `path`, for the reason in `message`. */
export class ReviewError extends Error {
  readonly path: Path;
  constructor(path: Path, reason: string) {
    super(reason);
    this.path = path;
  }
}

const apiVersion = 'admission.k8s.io/v1';
const operations: readonly string[] = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'];

/**
 * Reads an `admission.k8s.io/v1` AdmissionReview. What it leaves out is told from the object where that is certain.
 *
 * Throws `ReviewError` for what is no review of a request.
 * Source: k8s.io/api `admission/v1/types.go`.
 */
export function readReview(value: Json, kinds: KindRegistry): Review {
  const review = mapAt(value, []);
  if (review['kind'] !== 'AdmissionReview' || review['apiVersion'] !== apiVersion) {
    const found = [review['apiVersion'], review['kind']].map((part) => JSON.stringify(part) ?? 'nothing');
    throw new ReviewError(
      [review['kind'] === 'AdmissionReview' ? 'apiVersion' : 'kind'],
      `expected an ${apiVersion} AdmissionReview, got ${found.join(' ')}`,
    );
  }
  const fields = new RequestFields(review);
  const operation = fields.operation();
  const kind = fields.kind('kind', undefined)!;
  const resource = fields.resource('resource', undefined)!;
  const requestKind = fields.kind('requestKind', kind);
  const requestResource = fields.resource('requestResource', resource);
  const subresource = fields.text('requestSubResource') || fields.text('subResource');
  const object = fields.object('object', operation !== 'DELETE', kind);
  const oldObject = fields.object('oldObject', operation === 'UPDATE' || operation === 'DELETE', kind);
  if (operation === 'CREATE' && oldObject !== null) {
    throw new ReviewError(['request', 'oldObject'], 'a request to create has no oldObject');
  }
  if (operation === 'DELETE' && object !== null) {
    throw new ReviewError(['request', 'object'], 'a request to delete has no object, only an oldObject');
  }
  const namespaced = kinds.resolve(formatted(kind), kind.kind).namespaced;
  const isNamespace = requestResource.group === '' && requestResource.resource === 'namespaces';
  const name = nameOf(fields.text('name'), operation, subresource, object ?? oldObject);
  const namespace = namespaceOf(fields.text('namespace'), object ?? oldObject, {
    isNamespace,
    namespaced: subresource === '' ? namespaced : undefined,
    name,
  });
  const request: AdmissionRequest = {
    operation,
    kind: requestKind,
    resource: requestResource,
    subresource,
    name,
    namespace,
    // The server tells the scope by the namespace alone: apiserver webhook/predicates/rules/rules.go.
    scope: isNamespace || namespace === '' ? 'Cluster' : 'Namespaced',
    object,
    oldObject,
    objectKind: kind,
    ...fields.rest(operation),
  };
  return { uid: fields.text('uid'), request };
}

/** The name as the server has it by then: a generated one that is not in the review is not known. */
function nameOf(
  written: string,
  operation: Operation,
  subresource: string,
  object: JsonObject | null,
): string | undefined {
  // One request may delete all objects of a kind: then it has no name.
  if (written !== '' || subresource !== '' || object === null || operation === 'DELETE') return written;
  const name = valueAt(object, ['metadata', 'name']);
  if (typeof name === 'string' && name !== '') return name;
  return operation === 'CREATE' ? undefined : '';
}

/** The namespace of the request: a Namespace's own name, the object's, or not known for an object that must have one. */
function namespaceOf(
  written: string,
  object: JsonObject | null,
  about: {
    readonly isNamespace: boolean;
    readonly namespaced: boolean | undefined;
    readonly name: string | undefined;
  },
): string | undefined {
  if (written !== '') return written;
  if (about.isNamespace) return about.name;
  if (about.namespaced === false) return '';
  const own = valueAt(object ?? undefined, ['metadata', 'namespace']);
  if (typeof own === 'string' && own !== '') return own;
  return about.namespaced === true ? undefined : '';
}

/** The typed fields of `request`. */
class RequestFields {
  readonly #request: JsonObject;

  constructor(review: JsonObject) {
    if (review['request'] === undefined || review['request'] === null) {
      const isAnswer = review['response'] !== undefined;
      throw new ReviewError(['request'], `there is no request${isAnswer ? ', only a response' : ''}`);
    }
    this.#request = mapAt(review['request'], ['request']);
  }

  text(field: string): string {
    return textAt(this.#request[field], ['request', field]);
  }

  operation(): Operation {
    const written = this.text('operation');
    if (operations.includes(written)) return written as Operation;
    const wanted = `one of ${operations.join(', ')}`;
    throw new ReviewError(['request', 'operation'], `expected ${wanted}, got ${JSON.stringify(written)}`);
  }

  kind(field: string, otherwise: GroupVersionKind | undefined): GroupVersionKind {
    return this.#versioned(field, 'kind', otherwise);
  }

  resource(field: string, otherwise: GroupVersionResource | undefined): GroupVersionResource {
    return this.#versioned(field, 'resource', otherwise);
  }

  /** An object, or null where there is none. One without apiVersion and kind has those of the request. */
  object(field: string, isNeeded: boolean, kind: GroupVersionKind): JsonObject | null {
    const value = this.#request[field];
    if (value === undefined || value === null) {
      if (!isNeeded) return null;
      throw new ReviewError(['request', field], `a request to ${this.text('operation')} has an ${field}`);
    }
    const object = mapAt(value, ['request', field]);
    for (const name of ['apiVersion', 'kind']) textAt(object[name], ['request', field, name]);
    if (object['apiVersion'] !== undefined && object['kind'] !== undefined) return object;
    return { apiVersion: formatted(kind), kind: kind.kind, ...object };
  }

  /** What is there beside the object; a request without `userInfo` was made by nobody knows whom. */
  rest(operation: Operation): Pick<AdmissionRequest, 'userInfo' | 'dryRun' | 'options'> {
    const { userInfo, dryRun, options } = this.#request;
    if (dryRun !== undefined && dryRun !== null && typeof dryRun !== 'boolean') {
      throw new ReviewError(['request', 'dryRun'], `expected true or false, got ${JSON.stringify(dryRun)}`);
    }
    const hasOptions = options !== undefined && options !== null && operation !== 'CONNECT';
    return {
      dryRun: dryRun === true,
      ...(hasOptions && { options: mapAt(options, ['request', 'options']) }),
      ...(userInfo !== undefined && userInfo !== null && { userInfo: userOf(userInfo) }),
    };
  }

  #versioned<Named extends string>(
    field: string,
    named: Named,
    otherwise: ({ group: string; version: string } & Record<Named, string>) | undefined,
  ): { group: string; version: string } & Record<Named, string> {
    const value = this.#request[field];
    if ((value === undefined || value === null) && otherwise !== undefined) return otherwise;
    const path = ['request', field];
    const map = mapAt(value, path);
    const [group, version, name] = ['group', 'version', named].map((each) =>
      textAt(map[each], [...path, each]),
    );
    if (version === '') throw new ReviewError([...path, 'version'], 'is missing');
    if (name === '') throw new ReviewError([...path, named], 'is missing');
    return { group, version, [named]: name } as { group: string; version: string } & Record<Named, string>;
  }
}

function userOf(value: Json): UserInfo {
  const path = ['request', 'userInfo'];
  const user = mapAt(value, path);
  const extra = Object.entries(mapAt(user['extra'] ?? {}, [...path, 'extra']));
  return {
    username: textAt(user['username'], [...path, 'username']),
    uid: textAt(user['uid'], [...path, 'uid']),
    groups: textsAt(user['groups'], [...path, 'groups']),
    extra: Object.fromEntries(extra.map(([key, texts]) => [key, textsAt(texts, [...path, 'extra', key])])),
  };
}

function mapAt(value: Json | undefined, path: Path): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new ReviewError(path, value === undefined ? 'is missing' : 'must be an object');
}

function textAt(value: Json | undefined, path: Path): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  throw new ReviewError(path, 'must be a string');
}

function textsAt(value: Json | undefined, path: Path): string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new ReviewError(path, 'must be a list of strings');
  return value.map((_, index) => textAt(child(value, index), [...path, index]));
}

function formatted({ group, version }: { readonly group: string; readonly version: string }): string {
  return group === '' ? version : `${group}/${version}`;
}
