import path from 'node:path';
import { kindRegistry } from '../../../kube/kinds.ts';
import type { Json, JsonObject } from '../../../model/object.ts';
import type { BoundPolicy } from '../../../policy/index.ts';
import { admissionRequest } from '../admission-request.ts';
import { Fields } from '../fields.ts';
import { isMapping, type PlacedObject } from '../files.ts';
import { expectationOf, type Outcome, outcomes } from './outcome.ts';
import { isMeant, isOfKind, resourceNames, shownName } from './resource-name.ts';
import { readTest, type Test } from './test-inputs.ts';
import { parameterSource } from '../parameter-binding.ts';
import { type PolicyCase, settledCase, type TestSuite } from '../policy-case.ts';
import { nameOf, namespaceOf, type SuiteReader } from '../suite-reader.ts';

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
/** What a result says of the kind of its policy where that is one of Kyverno's own. */
const kyvernoFlags = [
  'isValidatingPolicy',
  'isMutatingPolicy',
  'isGeneratingPolicy',
  'isDeletingPolicy',
  'isImageValidatingPolicy',
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
  ...kyvernoFlags,
];

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

function readResult(reader: SuiteReader, result: Fields, test: Test): PolicyCase[] {
  result.known(resultKeys, 'warning');
  const policyName = result.text('policy') ?? '';
  const rule = result.text('rule');
  const label = rule === undefined || rule === '' ? policyName : `${policyName} / ${rule}`;
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
  const asked = policiesAsked(result, policyName, test);
  if ('status' in asked) return settle(asked.status, asked.reason);
  if (test.hasExceptions) return settle('unknown', 'exceptions: PolicyExceptions of Kyverno are not applied');
  const kind = result.text('kind');
  const run = (resource: PlacedObject, name: string, isNamed: boolean): PolicyCase =>
    caseOf(reader, `${label} / ${name}`, result, resource, { expected, isNamed }, { ...test, ...asked });
  if (names.length === 0) {
    const found = test.resources.filter(({ value }) => isOfKind(value, kind));
    if (found.length === 0) return settle('error', `there is no ${kind ?? 'resource'} among the resources`);
    return found.map((resource) => run(resource, shownName(resource.value), false));
  }
  return names.flatMap((wanted) => {
    const named = test.resources.filter(({ value }) => isMeant(value, wanted));
    const found = named.filter(({ value }) => isOfKind(value, kind));
    if (found.length > 0) return found.map((resource) => run(resource, wanted.text, true));
    if (named.length > 0) {
      // Kyverno stopped looking at the kind: files that are wrong about it are all the same judged there.
      const kinds = [...new Set(named.map(({ value }) => String(value['kind'])))].join(', ');
      result.warn(
        `there is no ${kind} "${wanted.text}" among the resources, but a ${kinds} of that name`,
        'kind',
      );
      return named.map((resource) => run(resource, wanted.text, true));
    }
    const reason = `there is no ${kind ?? 'resource'} "${wanted.text}" among the resources`;
    result.error(reason);
    return [settledCase(`${label} / ${wanted.text}`, result.place, 'error', reason)];
  });
}

/** The admission policies that a result is about, or why there are none. */
function policiesAsked(
  result: Fields,
  policyName: string,
  test: Test,
): Pick<Test, 'bound' | 'mutations'> | { readonly status: 'unknown' | 'error'; readonly reason: string } {
  // Policies of Kubernetes have no namespace; Kyverno's are named with theirs.
  const ownName = policyName.split('/').at(-1);
  const isAsked = ({ policy }: Pick<BoundPolicy, 'policy'>): boolean => policy.name === ownName;
  const isMutating = result.flag('isMutatingAdmissionPolicy') === true;
  const isValidating = result.flag('isValidatingAdmissionPolicy') === true;
  const isKyverno = kyvernoFlags.map((flag) => result.flag(flag)).includes(true);
  const other = test.otherPolicies.find(
    ({ value }) => nameOf(value) === ownName && String(value['apiVersion']).includes('kyverno.io/'),
  );
  // Where two have one name, the result says whether it means the one of Kubernetes.
  if (other === undefined || isMutating || isValidating) {
    const bound = isMutating || isKyverno ? [] : test.bound.filter(isAsked);
    const mutations = bound.length > 0 || isValidating || isKyverno ? [] : test.mutations.filter(isAsked);
    if (bound.length + mutations.length > 0) return { bound, mutations };
    const kind = isMutating
      ? 'MutatingAdmissionPolicy'
      : isValidating
        ? 'ValidatingAdmissionPolicy'
        : 'policy';
    if (other === undefined)
      return { status: 'error', reason: `there is no ${kind} "${policyName}" among the policies` };
  }
  const reason = `policy "${policyName}" is a ${String(other.value['kind'])} of Kyverno`;
  return { status: 'unknown', reason: `${reason}; only admission policies of Kubernetes can be judged` };
}

function caseOf(
  reader: SuiteReader,
  name: string,
  result: Fields,
  resource: PlacedObject,
  { expected, isNamed }: { readonly expected: Outcome; readonly isNamed: boolean },
  { resources, parameters, values, userInfo, bound: policies, mutations }: Test,
): PolicyCase {
  const policyName = (policies[0] ?? mutations[0])!.policy.name;
  const operation = values.operation(policyName, nameOf(resource.value));
  const surroundings = [...resources.map(({ value }) => value), ...parameters];
  const kinds = kindRegistry(surroundings);
  const request = admissionRequest(
    {
      operation,
      object: operation === 'DELETE' ? null : resource.value,
      oldObject: operation === 'CREATE' ? null : resource.value,
      resource: values.resource(resource.value),
      userInfo,
    },
    { kinds, view: 'written', namespace: 'default' },
  );
  const patched =
    expected === 'pass' || expected === 'fail' ? patchedResource(reader, result, resource) : undefined;
  const wrong = [request, patched].find((one) => typeof one === 'string');
  if (typeof request === 'string' || typeof patched === 'string') {
    result.error(String(wrong));
    return settledCase(name, result.place, 'error', String(wrong));
  }
  if (patched === null) {
    const reason = 'the patched resources hold none of this kind and name, so Kyverno compares nothing';
    return settledCase(name, result.place, 'skipped', reason);
  }
  const mutating = mutations.length === 0 ? undefined : request;
  const expectation = expectationOf(expected, { patched, isNamed, resource: resource.value });
  const namespaces = new Map(
    surroundings.filter((value) => value['kind'] === 'Namespace').map((value) => [nameOf(value), value]),
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

/**
 * The object that a mutation should make: the one of the resource's kind and name in the file that the result names; null
 * where that has none. Undefined where no file is named.
 */
function patchedResource(
  reader: SuiteReader,
  result: Fields,
  { value }: PlacedObject,
): JsonObject | string | null | undefined {
  const file = result.text('patchedResources') ?? result.text('patchedResource');
  if (file === undefined) return undefined;
  const objects = reader.objects(file);
  if (typeof objects === 'string') return objects;
  const same = objects.filter(
    (one) =>
      one.value['kind'] === value['kind'] &&
      nameOf(one.value) === nameOf(value) &&
      (namespaceOf(one.value) || 'default') === (namespaceOf(value) || 'default'),
  );
  return same[0]?.value ?? null;
}

function unlabelled(name: string): JsonObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

/** Whether a value is a `Test` of Kyverno: by its kind or, in files from before it had one, by its name and fields. */
export function isKyvernoTest(value: Json | undefined, file: string): value is JsonObject {
  if (!isMapping(value)) return false;
  const { apiVersion, kind } = value;
  // Kyverno does not look at the group, and its documentation has `kyverno.io/v1` in places.
  if (/^(?:cli\.)?kyverno\.io\//.test(String(apiVersion))) return kind === 'Test';
  const isOld = apiVersion === undefined && path.basename(file).replace(/\.ya?ml$/, '') === 'kyverno-test';
  return isOld && Array.isArray(value['policies']);
}
