import path from 'node:path';
import { kindRegistry } from '../../../kube/kinds.ts';
import type { Json, JsonObject } from '../../../model/object.ts';
import type { BoundMutation, BoundPolicy } from '../../../policy/index.ts';
import { admissionRequest, nobody } from '../admission-request.ts';
import { Fields } from '../fields.ts';
import { isMapping, type PlacedObject } from '../files.ts';
import { expectationOf, type Outcome, outcomes } from './outcome.ts';
import { readValues, type KyvernoValues } from './values.ts';
import { parameterSource } from '../parameter-binding.ts';
import { type PolicyCase, settledCase, type TestSuite } from '../policy-case.ts';
import { nameOf, namespaceOf, type SuiteReader } from '../suite-reader.ts';
import { userInfoOf } from '../user-info.ts';

const suiteKeys = [
  'apiVersion',
  'kind',
  'metadata',
  'name',
  'policies',
  'resources',
  'targetResources',
  'clusterResources',
  'paramResources',
  'variables',
  'values',
  'userinfo',
  'context',
  'exceptions',
  'jsonPayload',
  'jsonPayloads',
  'results',
  'checks',
];
const resultKeys = [
  'policy',
  'rule',
  'result',
  'status',
  'kind',
  'resource',
  'resources',
  'resourceSpecs',
  'namespace',
  'patchedResource',
  'patchedResources',
  'generatedResource',
  'cloneSourceResource',
  'isValidatingAdmissionPolicy',
  'isMutatingAdmissionPolicy',
  'isValidatingPolicy',
  'isMutatingPolicy',
  'isGeneratingPolicy',
  'isDeletingPolicy',
  'isImageValidatingPolicy',
];
/** Everything a `Test` names, read. */
interface Test {
  readonly bound: readonly BoundPolicy[];
  readonly mutations: readonly BoundMutation[];
  /** Objects of the policy files that are neither admission policies of Kubernetes nor their bindings. */
  readonly otherPolicies: readonly PlacedObject[];
  readonly resources: readonly PlacedObject[];
  readonly parameters: readonly JsonObject[];
  readonly values: KyvernoValues;
  readonly userInfo: typeof nobody;
}

/**
 * Reads a `kyverno-test.yaml`. Kubernetes' own admission policies are run; of policies in Kyverno's kinds nothing is known
 * here. As there, resources are judged as they are written, without an API server's defaults, in a CREATE request of
 * nobody unless the values or the user info say otherwise; a namespace of which nothing is said has no labels.
 *
 * Source: Kyverno's documentation of `kyverno test`; the types of cmd/cli/kubectl-kyverno/apis/v1alpha1.
 */
export function readKyvernoTest(reader: SuiteReader, root: PlacedObject): TestSuite {
  const fields = new Fields(root, root.value, reader.problems).known(suiteKeys, 'warning');
  const test = readTest(reader, fields);
  const cases = fields.items('results').flatMap((result) => readResult(reader, result, test));
  for (const check of fields.items('checks')) {
    const reason = 'assertion trees of Kyverno are not evaluated';
    cases.push(settledCase(`checks[${String(check.place.path.at(-1))}]`, check.place, 'unknown', reason));
  }
  if (!fields.has('results') && !fields.has('checks')) fields.error('a Test has "results"');
  return { format: 'kyverno-test.yaml', cases, problems: reader.problems };
}

function readTest(reader: SuiteReader, fields: Fields): Test {
  const read = (key: string): PlacedObject[] =>
    (fields.texts(key) ?? []).flatMap((file, i) => {
      const objects = reader.objectsBelow(file);
      if (typeof objects !== 'string') return objects;
      fields.error(objects, key, i);
      return [];
    });
  const { bound, mutations, problems, others } = reader.shelf.policiesOf(read('policies'));
  reader.problems.push(...problems);
  const parameters = [...read('paramResources'), ...others].map(({ value }) => value);
  const resources = read('resources');
  for (const key of ['targetResources', 'clusterResources'] as const) read(key);
  const userFile = fields.text('userinfo');
  const user = userFile === undefined ? undefined : reader.object(userFile);
  if (typeof user === 'string') fields.error(user, 'userinfo');
  const info = typeof user === 'object' ? user.value['userInfo'] : undefined;
  return {
    bound,
    mutations,
    otherPolicies: others,
    resources,
    parameters,
    values: readValues(reader, fields),
    userInfo: isMapping(info) ? userInfoOf(info) : nobody,
  };
}

function readResult(reader: SuiteReader, result: Fields, test: Test): PolicyCase[] {
  result.known(resultKeys, 'warning');
  const policyName = result.text('policy') ?? '';
  const rule = result.text('rule');
  const label = rule === undefined ? policyName : `${policyName} / ${rule}`;
  const expected = result.word(result.has('result') ? 'result' : 'status', outcomes);
  const names = resourceNames(result);
  const settle = (status: 'unknown' | 'error', reason: string): PolicyCase[] => {
    if (status === 'error') result.error(reason);
    const all = names.length === 0 ? [''] : names.map(({ text }) => text);
    return all.map((name) =>
      settledCase(name === '' ? label : `${label} / ${name}`, result.place, status, reason),
    );
  };
  if (expected === undefined) return settle('error', 'the result says neither pass, fail nor skip');
  // Policies of Kubernetes have no namespace; Kyverno's are named with theirs.
  const ownName = policyName.split('/').at(-1);
  const isAsked = ({ policy }: Pick<BoundPolicy, 'policy'>): boolean => policy.name === ownName;
  const isMutating = result.flag('isMutatingAdmissionPolicy') === true;
  const bound = isMutating ? [] : test.bound.filter(isAsked);
  const mutations = bound.length > 0 ? [] : test.mutations.filter(isAsked);
  if (bound.length + mutations.length === 0) {
    const other = test.otherPolicies.find(({ value }) => nameOf(value) === ownName);
    if (other === undefined) return settle('error', `there is no policy "${policyName}" among the policies`);
    const reason = `policy "${policyName}" is a ${String(other.value['kind'])} of Kyverno`;
    return settle('unknown', `${reason}; only admission policies of Kubernetes can be judged`);
  }
  if (names.length === 0) return settle('error', 'the result names no resources');
  const kind = result.text('kind');
  return names.flatMap((wanted) => {
    const found = test.resources.filter(({ value }) => isMeant(value, wanted, kind));
    const name = `${label} / ${wanted.text}`;
    if (found.length === 0) {
      const reason = `there is no ${kind ?? 'resource'} "${wanted.text}" among the resources`;
      result.error(reason);
      return [settledCase(name, result.place, 'error', reason)];
    }
    return found.map((resource) =>
      caseOf(reader, name, result, resource, expected, { ...test, bound, mutations }),
    );
  });
}

interface ResourceName {
  readonly text: string;
  readonly name: string;
  readonly namespace: string | undefined;
}

/** `name`, `namespace/name`; `resourceSpecs` spell it out. */
function resourceNames(result: Fields): ResourceName[] {
  const written = result.texts('resources') ?? result.texts('resource') ?? [];
  const named = written.map((text): ResourceName => {
    const [name = '', namespace] = text.split('/').reverse();
    return { text, name, namespace: namespace ?? result.text('namespace') };
  });
  const specs = result.items('resourceSpecs').map((spec): ResourceName => {
    const name = spec.text('name') ?? '';
    return { text: name, name, namespace: spec.text('namespace') };
  });
  return [...named, ...specs];
}

function isMeant(value: JsonObject, wanted: ResourceName, kind: string | undefined): boolean {
  if (nameOf(value) !== wanted.name) return false;
  if (kind !== undefined && value['kind'] !== kind.split('/').at(-1)) return false;
  return wanted.namespace === undefined || (namespaceOf(value) || 'default') === wanted.namespace;
}

function caseOf(
  reader: SuiteReader,
  name: string,
  result: Fields,
  resource: PlacedObject,
  expected: Outcome,
  { resources, parameters, values, userInfo, bound: policies, mutations }: Test,
): PolicyCase {
  const policyName = (policies[0] ?? mutations[0])!.policy.name;
  const operation = values.operation(policyName, nameOf(resource.value));
  const kinds = kindRegistry(resources.map(({ value }) => value));
  const request = admissionRequest(
    {
      operation,
      object: operation === 'DELETE' ? null : resource.value,
      oldObject: operation === 'CREATE' ? null : resource.value,
      userInfo,
    },
    { kinds, view: 'written', namespace: 'default' },
  );
  const patched = patchedResource(reader, result, resource);
  const wrong = [request, patched].find((one) => typeof one === 'string');
  if (typeof request === 'string' || typeof patched === 'string') {
    result.error(String(wrong));
    return settledCase(name, result.place, 'error', String(wrong));
  }
  const mutating = mutations.length === 0 ? undefined : request;
  const expectation = expectationOf(expected, patched);
  const namespaces = new Map(
    resources.filter(({ value }) => value['kind'] === 'Namespace').map(({ value }) => [nameOf(value), value]),
  );
  return {
    name,
    place: result.place,
    settled: undefined,
    policies,
    mutations,
    context: {
      findNamespace: (namespace) =>
        values.namespaces.get(namespace) ?? namespaces.get(namespace) ?? unlabelled(namespace),
      params: parameterSource(parameters, [...policies, ...mutations], kinds),
    },
    trials: [{ what: '', request, mutating, object: resource, excluded: '', expectation }],
  };
}

/** The object that a mutation should make: the one of the resource's kind and name in the file that the result names. */
function patchedResource(
  reader: SuiteReader,
  result: Fields,
  { value }: PlacedObject,
): JsonObject | string | undefined {
  const file = result.text('patchedResources') ?? result.text('patchedResource');
  if (file === undefined) return undefined;
  const objects = reader.objects(file);
  if (typeof objects === 'string') return objects;
  const same = objects.filter(
    (one) => one.value['kind'] === value['kind'] && nameOf(one.value) === nameOf(value),
  );
  const [found] = same.length > 0 ? same : objects;
  return found!.value;
}

function unlabelled(name: string): JsonObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

/** Whether a value is a `Test` of Kyverno: by its kind or, in files from before it had one, by its name and fields. */
export function isKyvernoTest(value: Json | undefined, file: string): value is JsonObject {
  if (!isMapping(value)) return false;
  const { apiVersion, kind } = value;
  if (String(apiVersion).startsWith('cli.kyverno.io/')) return kind === 'Test';
  const isOld = apiVersion === undefined && path.basename(file).replace(/\.ya?ml$/, '') === 'kyverno-test';
  return isOld && Array.isArray(value['policies']);
}
