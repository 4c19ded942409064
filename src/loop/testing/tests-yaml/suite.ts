import {
  type CaseObject,
  containerLists,
  type ControlCase,
  expandCase,
  workloadKinds,
} from '../../../catalogue/case.ts';
import { anyVersion, inRange, parseVersionRange } from '../../../catalogue/versions.ts';
import { kindRegistry, type KindRegistry } from '../../../kube/kinds.ts';
import type { Json, JsonObject } from '../../../model/object.ts';
import type { BoundMutation, BoundPolicy, Operation } from '../../../policy/index.ts';
import { admissionRequest, type RequestParts } from '../admission-request.ts';
import { expectationOf, type Expected, expectationKeys, readExpected } from './expected.ts';
import { Fields } from '../fields.ts';
import { isMapping, type Place, type PlacedObject } from '../files.ts';
import { bindParameters, parameterSource } from '../parameter-binding.ts';
import { type PolicyCase, settledCase, type TestSuite, type Trial } from '../policy-case.ts';
import type { SuiteReader } from '../suite-reader.ts';
import { userInfoOf } from '../user-info.ts';

const suiteKeys = ['policies', 'params', 'namespaces', 'cases'];
const requestKeys = [
  'object',
  'oldObject',
  'operation',
  'resource',
  'name',
  'namespace',
  'userInfo',
  'dryRun',
  'options',
  'namespaceObject',
  'params',
];
/** A container, a pod's spec or its metadata alone: the case is then tried on every kind and list that can hold it. */
const sketchKeys = ['container', 'pod', 'metadata'];
const caseKeys = [
  ...expectationKeys,
  ...requestKeys,
  ...sketchKeys,
  'kinds',
  'lists',
  'policy',
  'kubernetes',
  'skip',
];
const operations: readonly Operation[] = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'];

/** What all cases of a file have in common. */
interface Common {
  readonly bound: readonly BoundPolicy[];
  readonly mutations: readonly BoundMutation[];
  readonly kinds: KindRegistry;
  readonly params: readonly JsonObject[];
  readonly namespaces: ReadonlyMap<string, JsonObject>;
}

/**
 * Reads a `tests.yaml`: cases for the policies beside it, or for those in the files that `policies` names. Strict:
 * whatever the format does not have is an error. The format is described in docs/testing-policies.md and
 * schemas/tests.schema.json.
 */
export function readTestsYaml(reader: SuiteReader, place: Place, value: JsonObject): TestSuite {
  const fields = new Fields(place, value, reader.problems).known(suiteKeys);
  const common = readCommon(reader, fields);
  const names = new Map<string, number>();
  const cases = fields.items('cases').map((item, i) => {
    const one = readCase(reader, item, common);
    const same = names.get(one.name);
    if (same !== undefined) item.error(`case ${same + 1} has the same name`);
    names.set(one.name, i);
    return one;
  });
  if (cases.length === 0 && !fields.failed) fields.error('there are no cases');
  return { format: 'tests.yaml', cases, problems: reader.problems };
}

/** Whether a value is a `tests.yaml` of ours. */
export function isTestsYaml(value: Json | undefined): value is JsonObject {
  return isMapping(value) && 'cases' in value && !('apiVersion' in value) && !('kind' in value);
}

function readCommon(reader: SuiteReader, fields: Fields): Common {
  const objects = policyObjects(reader, fields);
  const { bound, mutations, problems, others } = reader.shelf.policiesOf(objects);
  reader.problems.push(...problems);
  if (bound.length + mutations.length === 0 && !fields.failed) {
    const where = fields.has('policies') ? 'in the files that "policies" names' : 'beside the tests';
    fields.error(`there is no admission policy ${where}`);
  }
  const definitions = others.filter(({ value }) => value['kind'] === 'CustomResourceDefinition');
  const namespaces = new Map<string, JsonObject>();
  for (const [name, labels] of Object.entries(fields.mapping('namespaces') ?? {})) {
    const isLabels = isMapping(labels) && Object.values(labels).every((value) => typeof value === 'string');
    if (isLabels) namespaces.set(name, namespaceObject(name, labels));
    else fields.error('a namespace is written with its labels, which are texts', 'namespaces', name);
  }
  return {
    bound,
    mutations,
    kinds: kindRegistry(definitions.map(({ value }) => value)),
    params: [...(parametersOf(reader, fields) ?? []), ...others.map(({ value }) => value)],
    namespaces,
  };
}

function namespaceObject(name: string, labels: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

/** The objects of the files that hold the policies. */
function policyObjects(reader: SuiteReader, fields: Fields): PlacedObject[] {
  const named = fields.texts('policies');
  if (named === undefined) {
    const beside = reader.yamlBeside().map((file) => reader.files.read(reader.resolve(file)));
    const holding = beside.filter(
      (file) => typeof file === 'object' && file.text.includes('AdmissionPolicy'),
    );
    return holding.flatMap((file) => (typeof file === 'object' ? reader.objectsIn(file) : []));
  }
  return named.flatMap((file, i) => {
    const objects = reader.objects(file);
    if (typeof objects !== 'string') return objects;
    fields.error(objects, 'policies', i);
    return [];
  });
}

/** Parameters written in place or named by file; a single one is a list of one. */
function parametersOf(reader: SuiteReader, fields: Fields): JsonObject[] | undefined {
  const written = fields.value['params'];
  if (written === undefined) return undefined;
  const all = Array.isArray(written) ? (written as Json[]) : [written];
  return all.flatMap((one, i) => {
    if (isMapping(one)) return [one];
    const found =
      typeof one === 'string' ? reader.objects(one) : '"params" is an object, a file or a list of them';
    if (typeof found !== 'string') return found.map(({ value }) => value);
    fields.error(found, 'params', ...(Array.isArray(written) ? [i] : []));
    return [];
  });
}

function readCase(reader: SuiteReader, item: Fields, common: Common): PolicyCase {
  item.known(caseKeys);
  const expected = readExpected(item, (key) => placed(reader, item, key)?.value);
  const name = expected?.name ?? `case ${Number(item.place.path.at(-1)) + 1}`;
  const wrong = (): PolicyCase => settledCase(name, item.place, 'error', item.failures.join('; '));
  if (expected === undefined || item.failed) return wrong();
  const range = item.text('kubernetes');
  const versions = range === undefined ? anyVersion : parseVersionRange(range);
  if (versions === undefined) item.error(`"${range}" is no range of versions such as ">=1.32"`, 'kubernetes');
  else if (!inRange(reader.shelf.version, versions)) {
    return settledCase(name, item.place, 'skipped', `only for Kubernetes ${range}`);
  }
  const skip = item.text('skip');
  if (skip !== undefined) return settledCase(name, item.place, 'skipped', skip);

  const isMeant = policyFilter(item, common);
  const meant = common.bound.filter(isMeant);
  const mutations = common.mutations.filter(isMeant);
  if (meant.length + mutations.length === 0) {
    return settledCase(name, item.place, 'error', 'there is no policy to ask');
  }
  const own = parametersOf(reader, item);
  const parameters = own ?? common.params;
  const bound = parameters.length === 0 ? meant : bindParameters(meant, reader.shelf, item.place);
  const mutating = parameters.length === 0 ? mutations : bindParameters(mutations, reader.shelf, item.place);
  const parts = readParts(reader, item);
  const namespaceObject = item.has('namespaceObject') ? placed(reader, item, 'namespaceObject') : undefined;
  if (item.failed || parts === undefined) return wrong();
  const trials: Trial[] = [];
  for (const { what, object, place, paths } of objectsFor(item, parts, expected)) {
    const rules = { kinds: common.kinds, namespace: 'default' };
    const made = { ...parts.parts, ...object };
    const request = admissionRequest(made, { ...rules, view: 'validating' });
    if (typeof request === 'string') {
      item.error(what === '' ? request : `${what}: ${request}`);
      return wrong();
    }
    const early = mutating.length === 0 ? undefined : admissionRequest(made, { ...rules, view: 'mutating' });
    const trial = { what, request, object: place, excluded: '', expectation: expectationOf(expected, paths) };
    trials.push(typeof early === 'object' ? { ...trial, mutating: early } : trial);
  }
  if (trials.length === 0) item.error('no object can hold what the case says', 'lists');
  if (item.failed) return wrong();
  return {
    name,
    place: item.place,
    settled: undefined,
    policies: bound,
    mutations: mutating,
    context: {
      findNamespace: (wanted) => namespaceObject?.value ?? common.namespaces.get(wanted),
      params: parameterSource(parameters, [...bound, ...mutating], common.kinds),
    },
    trials,
  };
}

/** Says which policies a case is about: all, or those that it names. */
function policyFilter(
  item: Fields,
  { bound, mutations }: Common,
): (one: Pick<BoundPolicy, 'policy'>) => boolean {
  const wanted = item.texts('policy');
  if (wanted === undefined) return () => true;
  const names = [...bound, ...mutations].map(({ policy }) => policy.name);
  for (const name of wanted) {
    if (!names.includes(name))
      item.error(`there is no policy "${name}" here (${[...new Set(names)].join(', ')})`, 'policy');
  }
  return ({ policy }) => wanted.includes(policy.name);
}

/** An object written in place or named by its file. */
function placed(reader: SuiteReader, item: Fields, key: string): PlacedObject | undefined {
  const written = item.value[key];
  if (written === undefined || written === null) return undefined;
  if (isMapping(written)) return { ...item.place, path: [...item.place.path, key], value: written };
  const found =
    typeof written === 'string' ? reader.object(written) : `"${key}" is an object or the file of one`;
  if (typeof found !== 'string') return found;
  item.error(found, key);
  return undefined;
}

interface Parts {
  readonly parts: Omit<RequestParts, 'object' | 'oldObject'>;
  readonly object: PlacedObject | undefined;
  readonly oldObject: PlacedObject | undefined;
}

function readParts(reader: SuiteReader, item: Fields): Parts | undefined {
  const object = placed(reader, item, 'object');
  const oldObject = placed(reader, item, 'oldObject');
  const isSketch = sketchKeys.some((key) => item.has(key));
  if (isSketch && (object ?? oldObject) !== undefined) {
    item.error('"object" says all there is: container, pod and metadata mean nothing beside it', 'object');
  }
  const asked = item.word('operation', operations);
  const userInfo = item.mapping('userInfo');
  const operation =
    asked ?? (oldObject === undefined ? 'CREATE' : object === undefined ? 'DELETE' : 'UPDATE');
  const needs = {
    CREATE: object ?? 'object',
    UPDATE: object && oldObject,
    DELETE: oldObject,
    CONNECT: object,
  }[operation];
  if (needs === undefined && !isSketch) {
    const missing =
      operation === 'DELETE' ? 'oldObject' : operation === 'UPDATE' ? 'object and oldObject' : 'object';
    item.error(`${operation} needs ${missing}`, ...(item.has('operation') ? ['operation'] : []));
  }
  return {
    object,
    oldObject,
    parts: {
      operation,
      resource: item.text('resource'),
      name: item.text('name'),
      namespace: item.text('namespace'),
      userInfo: userInfo === undefined ? undefined : userInfoOf(userInfo),
      dryRun: item.flag('dryRun'),
      options: item.mapping('options'),
    },
  };
}

interface TriedObject {
  readonly what: string;
  readonly object: Pick<RequestParts, 'object' | 'oldObject'>;
  readonly place: Place | undefined;
  readonly paths: readonly string[] | undefined;
}

function objectsFor(item: Fields, { object, oldObject, parts }: Parts, expected: Expected): TriedObject[] {
  if (object !== undefined || oldObject !== undefined) {
    const tried = {
      object: parts.operation === 'DELETE' ? null : (object?.value ?? null),
      oldObject: oldObject?.value ?? null,
    };
    return [{ what: '', object: tried, place: object ?? oldObject, paths: expected.paths }];
  }
  return sketched(item, expected).map(({ kind, list, object: value, paths }) => ({
    what: list === undefined ? kind : `${kind}, ${list}`,
    object: { object: value, oldObject: null },
    place: undefined,
    paths: expected.paths === undefined ? undefined : paths,
  }));
}

/** The objects that a sketch stands for. */
function sketched(item: Fields, { paths }: Expected): CaseObject[] {
  const sketch: Pick<ControlCase, 'container' | 'pod' | 'metadata' | 'object' | 'paths' | 'kinds' | 'lists'> =
    {
      container: item.mapping('container') ?? {},
      pod: item.mapping('pod') ?? {},
      metadata: item.mapping('metadata') ?? {},
      object: undefined,
      paths: paths ?? [],
      kinds: item.words('kinds', workloadKinds),
      lists: item.words('lists', containerLists),
    };
  // The rest of a control's case says nothing about its objects.
  return expandCase(sketch as ControlCase);
}
