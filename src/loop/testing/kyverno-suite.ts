import path from 'node:path';
import { kindRegistry } from '../../kube/kinds.ts';
import type { Json, JsonObject } from '../../model/object.ts';
import type { BoundPolicy, Judgement } from '../../policy/index.ts';
import { admissionRequest, nobody } from './admission-request.ts';
import { Fields } from './fields.ts';
import { isMapping, type PlacedObject } from './files.ts';
import { readValues, type KyvernoValues } from './kyverno-values.ts';
import { parameterSource } from './parameter-binding.ts';
import {
  type Expectation,
  type Judged,
  type PolicyCase,
  settledCase,
  type TestSuite,
} from './policy-case.ts';
import { nameOf, namespaceOf, type SuiteReader } from './suite-reader.ts';
import { messagesOf, refusedPolicy } from './verdict.ts';
import { userInfoOf } from './user-info.ts';

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
const outcomes = ['pass', 'fail', 'skip', 'warn', 'error'] as const;
type Outcome = (typeof outcomes)[number];

/** Everything a `Test` names, read. */
interface Test {
  readonly bound: readonly BoundPolicy[];
  /** Objects of the policy files that are neither ValidatingAdmissionPolicies nor their bindings. */
  readonly otherPolicies: readonly PlacedObject[];
  readonly resources: readonly PlacedObject[];
  readonly parameters: readonly JsonObject[];
  readonly values: KyvernoValues;
  readonly userInfo: typeof nobody;
}

/**
 * Reads a `kyverno-test.yaml`. ValidatingAdmissionPolicies are judged; of policies in Kyverno's own kinds nothing is known
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
      const objects = reader.objects(file);
      if (typeof objects !== 'string') return objects;
      fields.error(objects, key, i);
      return [];
    });
  const { bound, problems, others } = reader.shelf.policiesOf(read('policies'));
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
  const policies = test.bound.filter(({ policy }) => policy.name === policyName.split('/').at(-1));
  if (policies.length === 0) {
    const other = test.otherPolicies.find(({ value }) => nameOf(value) === policyName.split('/').at(-1));
    if (other === undefined) return settle('error', `there is no policy "${policyName}" among the policies`);
    const kind = String(other.value['kind']);
    return settle(
      'unknown',
      `policy "${policyName}" is a ${kind}; only ValidatingAdmissionPolicies can be judged`,
    );
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
    return found.map((resource) => caseOf(name, result, policies, resource, expected, test));
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
  name: string,
  result: Fields,
  policies: readonly BoundPolicy[],
  resource: PlacedObject,
  expected: Outcome,
  { resources, parameters, values, userInfo }: Test,
): PolicyCase {
  const operation = values.operation(policies[0]!.policy.name, nameOf(resource.value));
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
  if (typeof request === 'string') {
    result.error(request);
    return settledCase(name, result.place, 'error', request);
  }
  const namespaces = new Map(
    resources.filter(({ value }) => value['kind'] === 'Namespace').map(({ value }) => [nameOf(value), value]),
  );
  return {
    name,
    place: result.place,
    settled: undefined,
    policies,
    context: {
      findNamespace: (namespace) =>
        values.namespaces.get(namespace) ?? namespaces.get(namespace) ?? unlabelled(namespace),
      params: parameterSource(parameters, policies, kinds),
    },
    trials: [{ what: '', request, object: resource, excluded: '', expectation: expectationOf(expected) }],
  };
}

function unlabelled(name: string): JsonObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

function expectationOf(expected: Outcome): Expectation {
  return {
    text: expected,
    elements: false,
    unmet: (judged) => {
      const refused = refusedPolicy(judged);
      if (refused !== undefined)
        return { status: 'error', got: `the API server refuses the policy "${refused}"` };
      const { outcome, reason } = outcomeOf(judged);
      if (outcome === 'unknown') return { status: 'unknown', got: reason };
      // Kyverno counts a resource that the policy leaves out as passed.
      const isMet = outcome === expected || (expected === 'pass' && outcome === 'skip');
      return isMet ? undefined : { status: 'failed', got: `${outcome}${reason === '' ? '' : `: ${reason}`}` };
    },
  };
}

/** The first validation of a policy that does not pass decides; of several bindings the worst. */
function outcomeOf({ judgements }: Judged): { outcome: Outcome | 'unknown'; reason: string } {
  const rank = ['fail', 'error', 'unknown', 'pass', 'skip'] as const;
  const all = judgements.map((judgement) => ({ outcome: single(judgement), judgement }));
  all.sort((a, b) => rank.indexOf(a.outcome) - rank.indexOf(b.outcome));
  const [worst] = all;
  if (worst === undefined) return { outcome: 'skip', reason: 'no policy was asked' };
  const said = messagesOf([worst.judgement]).map((message) => JSON.stringify(message));
  return {
    outcome: worst.outcome,
    reason: worst.outcome === 'fail' ? said.join(', ') : worst.judgement.reason,
  };
}

function single({ verdict, validations }: Judgement): 'pass' | 'fail' | 'skip' | 'error' | 'unknown' {
  if (verdict === 'not-applicable') return 'skip';
  const first = validations.find((one) => one.verdict !== 'pass');
  return first?.verdict ?? verdict;
}

/** Whether a value is a `Test` of Kyverno: by its kind or, in files from before it had one, by its name and fields. */
export function isKyvernoTest(value: Json | undefined, file: string): value is JsonObject {
  if (!isMapping(value)) return false;
  const { apiVersion, kind } = value;
  if (String(apiVersion).startsWith('cli.kyverno.io/')) return kind === 'Test';
  const isOld = apiVersion === undefined && path.basename(file).replace(/\.ya?ml$/, '') === 'kyverno-test';
  return isOld && Array.isArray(value['policies']);
}
