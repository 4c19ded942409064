import path from 'node:path';
import { kindRegistry } from '../../../kube/kinds.ts';
import type { Json, JsonObject } from '../../../model/object.ts';
import { type BoundPolicy, isPolicyApi, respond } from '../../../policy/index.ts';
import { admissionRequest } from '../admission-request.ts';
import { changeField, readFieldChange } from './field-change.ts';
import { Fields } from '../fields.ts';
import { isMapping, objectsOf, type Place, type PlacedObject } from '../files.ts';
import { parameterSource } from '../parameter-binding.ts';
import { type Expectation, type PolicyCase, settledCase, type TestSuite } from '../policy-case.ts';
import type { SuiteReader } from '../suite-reader.ts';
import { messagesOf, overall, refusedPolicy, verdictText } from '../verdict.ts';

const caseKeys = ['name', 'template', 'field_change_list', 'expected', 'binding_template'];
const outcomes = ['pass', 'fail', 'warn'] as const;

/** Where templates, bindings and parameters lie: in a folder of this name at or above the tests. */
const resourcesFolder = 'test-resources';
const defaultBinding = 'policy-binding.yaml';
const defaultParameters = 'default-control-configuration.yaml';
const namespaceName = 'test-namespace';

/**
 * Reads a `tests.json`: objects made of a template by changing fields, and whether an API server with the policies beside
 * it takes them, refuses them or warns. The binding is made to name the policy, its parameter is the one in
 * `default-control-configuration.yaml`, and the objects go into a namespace that the binding selects.
 *
 * Source: CONVERSION_GUIDE.md, section 6, and README.md of kubescape/cel-admission-library.
 */
export function readTestsJson(reader: SuiteReader, place: Place, items: readonly Json[]): TestSuite {
  const policies = policiesBeside(reader);
  const cases = items.map((item, i) => {
    const at = { ...place, path: [...place.path, i] };
    if (!isMapping(item)) return settledCase(`[${i}]`, at, 'error', 'a case is a mapping');
    return readCase(reader, new Fields(at, item, reader.problems), policies);
  });
  return { format: 'tests.json', cases, problems: reader.problems };
}

/** Whether a value is the list of cases of a `tests.json`. */
export function isTestsJson(value: Json | undefined): value is readonly Json[] {
  if (!Array.isArray(value) || value.length === 0) return false;
  return (value as readonly Json[]).every(
    (item) => isMapping(item) && 'template' in item && 'expected' in item,
  );
}

/** The policy objects in the folder of the suite. */
function policiesBeside(reader: SuiteReader): readonly PlacedObject[] | string {
  const found = reader.yamlBeside().flatMap((file) => {
    const read = reader.read(file);
    return typeof read === 'string' ? [] : objectsOf(read);
  });
  const policies = found.filter(({ value }) => isPolicyApi(value, 'ValidatingAdmissionPolicy'));
  return policies.length === 0 ? 'there is no ValidatingAdmissionPolicy beside the tests' : policies;
}

function readCase(reader: SuiteReader, item: Fields, policies: readonly PlacedObject[] | string): PolicyCase {
  item.known(caseKeys, 'warning');
  const name = item.text('name') ?? `case ${Number(item.place.path.at(-1)) + 1}`;
  const error = (reason: string, ...at: (string | number)[]): PolicyCase => {
    item.error(reason, ...at);
    return settledCase(name, item.place, 'error', reason);
  };
  if (typeof policies === 'string') return settledCase(name, item.place, 'error', policies);
  const expected = item.word('expected', outcomes);
  if (expected === undefined)
    return settledCase(name, item.place, 'error', 'the case expects neither pass, fail nor warn');
  const template = findResource(reader, item.text('template') ?? '');
  if (typeof template === 'string') return error(template, 'template');
  const made = template.map((object) => ({ object, value: object.value }));
  for (const [i, text] of (item.texts('field_change_list') ?? []).entries()) {
    const change = readFieldChange(text);
    if (typeof change === 'string') return error(change, 'field_change_list', i);
    made[0]!.value = changeField(made[0]!.value, change);
  }
  const bound = bind(reader, item, policies);
  if (typeof bound === 'string') return error(bound, 'binding_template');
  const kinds = kindRegistry(template.map(({ value }) => value));
  const parameters = parametersFor(reader, bound);
  const trials = [];
  for (const { object, value } of made) {
    const request = admissionRequest(
      { operation: 'CREATE', object: value, oldObject: null, dryRun: true },
      { kinds, view: 'validating', namespace: namespaceName },
    );
    if (typeof request === 'string') return error(request, 'template');
    trials.push({ what: '', request, object, excluded: '', expectation: expectationOf(expected) });
  }
  return {
    name,
    place: item.place,
    settled: undefined,
    policies: bound,
    context: {
      findNamespace: (wanted) => namespaceFor(wanted, bound),
      params: parameterSource(parameters, bound, kinds),
    },
    trials,
  };
}

/** The objects of a file beside the tests, or of the folder of test resources at or above them. */
function findResource(reader: SuiteReader, file: string): readonly PlacedObject[] | string {
  if (file === '') return 'the case names no template';
  let folder = reader.folder;
  const beside = reader.objects(file, folder);
  if (typeof beside !== 'string') return beside;
  for (;;) {
    const found = reader.objects(path.join(resourcesFolder, file), folder);
    if (typeof found !== 'string') return found;
    const above = path.dirname(folder);
    if (above === folder)
      return `${file} is neither beside the tests nor in a folder "${resourcesFolder}" above them`;
    folder = above;
  }
}

/** The policies, each bound as the binding says that the case names. */
function bind(
  reader: SuiteReader,
  item: Fields,
  policies: readonly PlacedObject[],
): readonly BoundPolicy[] | string {
  const named = item.text('binding_template');
  const found = findResource(reader, named ?? defaultBinding);
  if (typeof found === 'string' && named !== undefined) return found;
  const template = typeof found === 'string' ? undefined : found.find(({ value }) => isBinding(value));
  if (template === undefined && named !== undefined)
    return `${named} holds no ValidatingAdmissionPolicyBinding`;
  const set = reader.shelf.policiesOf(policies);
  for (const problem of set.problems) if (!reader.problems.includes(problem)) reader.problems.push(problem);
  if (template === undefined) return set.bound;
  return set.bound.map(({ policy }) => {
    const { binding } = reader.shelf.binding(bindingTo(policy.name, template.value), template);
    return { policy, binding };
  });
}

const isBinding = (value: JsonObject): boolean => isPolicyApi(value, 'ValidatingAdmissionPolicyBinding');

const bindings = new WeakMap<JsonObject, Map<string, JsonObject>>();

/** The binding with the policy's name in it; one object for each, so that it is compiled once. */
function bindingTo(policyName: string, template: JsonObject): JsonObject {
  const known = bindings.get(template) ?? new Map<string, JsonObject>();
  bindings.set(template, known);
  let binding = known.get(policyName);
  if (binding === undefined)
    known.set(
      policyName,
      (binding = changeField(template, { path: ['spec', 'policyName'], value: policyName })),
    );
  return binding;
}

/** The parameter of the policies: under the name and in the namespace that their bindings look for it. */
function parametersFor(reader: SuiteReader, bound: readonly BoundPolicy[]): readonly JsonObject[] {
  if (!bound.some(({ policy }) => policy.definition.paramKind !== undefined)) return [];
  const found = findResource(reader, defaultParameters);
  const objects = typeof found === 'string' ? [] : found.map(({ value }) => value);
  return bound.flatMap(({ policy, binding }) => {
    const { paramKind } = policy.definition;
    const ofKind = objects.filter(
      (value) => value['apiVersion'] === paramKind?.apiVersion && value['kind'] === paramKind?.kind,
    );
    const wanted = binding?.definition.paramRef;
    const [only] = ofKind;
    if (wanted === undefined || ofKind.length !== 1 || only === undefined) return ofKind;
    const named =
      wanted.name === '' ? only : changeField(only, { path: ['metadata', 'name'], value: wanted.name });
    return [
      wanted.namespace === ''
        ? named
        : changeField(named, { path: ['metadata', 'namespace'], value: wanted.namespace }),
    ];
  });
}

/** A namespace of the objects: with the labels that the bindings ask of it, else nothing could ever be refused there. */
function namespaceFor(name: string, bound: readonly BoundPolicy[]): JsonObject {
  const labels = Object.assign(
    {},
    ...bound.map(({ binding }) => binding?.definition.matchResources?.namespaceSelector.matchLabels ?? {}),
  ) as JsonObject;
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

function expectationOf(expected: (typeof outcomes)[number]): Expectation {
  return {
    text: expected,
    elements: false,
    unmet: (judged) => {
      const refused = refusedPolicy(judged);
      if (refused !== undefined)
        return { status: 'error', got: `the API server refuses the policy "${refused}"` };
      const { judgements, request } = judged;
      const { allowed, status, warnings } = respond(judgements, request);
      const summary = overall(judged);
      if (allowed === undefined) return { status: 'unknown', got: summary.reason };
      const outcome = !allowed ? 'fail' : warnings.length > 0 ? 'warn' : 'pass';
      if (outcome === expected) return undefined;
      const why =
        messagesOf(judged).length === 0
          ? (status?.message ?? verdictText(summary, judged))
          : verdictText(summary, judged);
      return { status: 'failed', got: outcome === 'pass' && why === 'pass' ? 'pass' : `${outcome} (${why})` };
    },
  };
}
