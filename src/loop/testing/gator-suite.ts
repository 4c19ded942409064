import { compileRegex, Regex } from '../../cel/regex/index.ts';
import { kindRegistry } from '../../kube/kinds.ts';
import type { JsonObject } from '../../model/object.ts';
import { respond } from '../../policy/index.ts';
import type { AdmissionRequest } from '../../policy/index.ts';
import { admissionRequest, nobody, type RequestRules } from './admission-request.ts';
import { Fields } from './fields.ts';
import { isMapping, type Place, type PlacedObject } from './files.ts';
import { constraintMatch } from './gator-match.ts';
import { type GatorPolicy, policyOfTemplate } from './gator-template.ts';
import {
  type Expectation,
  type Judged,
  type PolicyCase,
  settledCase,
  type TestSuite,
} from './policy-case.ts';
import { nameOf, type SuiteReader } from './suite-reader.ts';
import { refusedPolicy } from './verdict.ts';
import { userInfoOf } from './user-info.ts';

const suiteKeys = ['apiVersion', 'kind', 'metadata', 'tests', 'skip'];
const testKeys = ['name', 'template', 'constraint', 'expansion', 'cases', 'invalid', 'skip'];
const caseKeys = ['name', 'object', 'inventory', 'assertions', 'skip'];
const assertionKeys = ['violations', 'message'];

/**
 * Reads a `Suite` of `gator verify`. As there, objects are judged as they are written, without an API server's defaults, in
 * a CREATE request of nobody; an AdmissionReview brings its own request.
 *
 * Source: Gatekeeper's documentation, website/docs/gator.md; the types of pkg/gator/verify.
 */
export function readGatorSuite(reader: SuiteReader, root: PlacedObject): TestSuite {
  const fields = new Fields(root, root.value, reader.problems).known(suiteKeys, 'warning');
  const cases: PolicyCase[] = [];
  const skipAll = fields.flag('skip') === true;
  for (const test of fields.items('tests')) cases.push(...readTest(reader, test, skipAll));
  if (!fields.has('tests')) fields.error('a Suite has "tests"');
  return { format: 'gator Suite', cases, problems: reader.problems };
}

function readTest(reader: SuiteReader, test: Fields, skipAll: boolean): PolicyCase[] {
  test.known(testKeys, 'warning');
  const testName = test.text('name') ?? '';
  const named = (name: string): string => [testName, name].filter((text) => text !== '').join(' / ');
  const items = test.items('cases');
  const settle = (status: 'unknown' | 'error' | 'skipped', reason: string): PolicyCase[] =>
    items.length === 0
      ? [settledCase(named(''), test.place, status, reason)]
      : items.map((item) => settledCase(named(item.text('name') ?? ''), item.place, status, reason));
  if (skipAll || test.flag('skip') === true) return settle('skipped', 'skip: true');
  if (test.flag('invalid') === true) {
    return settle('unknown', 'invalid: constraints are not checked against the schema of their template');
  }
  if (test.text('expansion') !== undefined) {
    return settle('unknown', 'expansion: ExpansionTemplates are not expanded');
  }
  const policy = readPolicy(reader, test);
  if (typeof policy === 'string') {
    test.error(policy);
    return settle('error', policy);
  }
  if ('unknown' in policy) return settle('unknown', policy.unknown);
  return items.map((item) => readCase(reader, item, named(item.text('name') ?? ''), policy));
}

/** The template with its constraint, or what is wrong with them. */
function readPolicy(reader: SuiteReader, test: Fields): GatorPolicy | { unknown: string } | string {
  const [template, constraint] = ['template', 'constraint'].map((key) => {
    const file = test.text(key);
    return file === undefined ? `the test names no ${key}` : reader.object(file);
  });
  if (typeof template === 'string') return template;
  if (typeof constraint === 'string') return constraint;
  const made = policyOfTemplate(template!, constraint!, reader.shelf);
  if (typeof made === 'object' && 'problems' in made) {
    for (const problem of made.problems) {
      if (!reader.problems.some((one) => JSON.stringify(one) === JSON.stringify(problem))) {
        reader.problems.push(problem);
      }
    }
  }
  return made;
}

function readCase(
  reader: SuiteReader,
  item: Fields,
  name: string,
  { bound, constraint }: GatorPolicy,
): PolicyCase {
  item.known(caseKeys, 'warning');
  const error = (reason: string, ...at: string[]): PolicyCase => {
    item.error(reason, ...at);
    return settledCase(name, item.place, 'error', reason);
  };
  if (item.flag('skip') === true) return settledCase(name, item.place, 'skipped', 'skip: true');
  const file = item.text('object');
  if (file === undefined) return error('the case names no object');
  const object = reader.object(file);
  if (typeof object === 'string') return error(object, 'object');
  const inventory: PlacedObject[] = [];
  for (const [i, one] of (item.texts('inventory') ?? []).entries()) {
    const objects = reader.objects(one);
    if (typeof objects === 'string') return error(objects, 'inventory', String(i));
    inventory.push(...objects);
  }
  const expectation = readAssertions(item);
  if (typeof expectation === 'string') return settledCase(name, item.place, 'error', expectation);
  const rules: RequestRules = { kinds: kindRegistry(), view: 'written', namespace: '' };
  const reviewed = requestOf(object, rules);
  if (typeof reviewed === 'string') return error(reviewed, 'object');
  const namespaces = new Map(
    inventory
      .filter(({ value }) => value['apiVersion'] === 'v1' && value['kind'] === 'Namespace')
      .map(({ value }) => [nameOf(value), value]),
  );
  const excluded = constraintMatch(constraint, reviewed.request);
  return {
    name,
    place: item.place,
    settled: undefined,
    policies: [bound],
    context: {
      findNamespace: (namespace) => namespaces.get(namespace),
      params: { objects: [constraint], complete: true, scopeOf: () => 'Cluster' },
    },
    trials: [{ what: '', request: reviewed.request, object: reviewed.place, excluded, expectation }],
  };
}

/** The request of an object, or the one an AdmissionReview carries. */
function requestOf(
  object: PlacedObject,
  rules: RequestRules,
): { readonly request: AdmissionRequest; readonly place: Place } | string {
  const { apiVersion, kind, request: review } = object.value;
  const isReview = kind === 'AdmissionReview' && String(apiVersion).startsWith('admission.k8s.io/');
  if (!isReview) {
    const parts = { operation: 'CREATE', object: object.value, oldObject: null, userInfo: nobody } as const;
    const request = admissionRequest(parts, rules);
    return typeof request === 'string' ? request : { request, place: object };
  }
  if (!isMapping(review)) return 'the AdmissionReview has no request';
  const objectOf = (key: string): JsonObject | null => (isMapping(review[key]) ? review[key] : null);
  const operations = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'] as const;
  const operation = operations.find((one) => one === review['operation']) ?? 'CREATE';
  const text = (key: string): string | undefined =>
    typeof review[key] === 'string' ? review[key] : undefined;
  const oldObject = objectOf('oldObject');
  const { userInfo, dryRun, options } = review;
  const request = admissionRequest(
    {
      operation,
      // A ValidatingAdmissionPolicy sees no object in a DELETE, whatever the review holds.
      object: operation === 'DELETE' ? null : objectOf('object'),
      oldObject: operation === 'DELETE' ? (oldObject ?? objectOf('object')) : oldObject,
      name: text('name'),
      namespace: text('namespace'),
      userInfo: isMapping(userInfo) ? userInfoOf(userInfo) : nobody,
      dryRun: dryRun === true,
      options: isMapping(options) ? options : undefined,
    },
    rules,
  );
  if (typeof request === 'string') return request;
  const key = request.object === null ? 'oldObject' : 'object';
  const subresource = text('subResource') ?? '';
  return {
    request: { ...request, subresource, ...namesOf(review, request) },
    place: { ...object, path: [...object.path, 'request', key] },
  };
}

/** The kind and resource that a review names, where it does. */
function namesOf(review: JsonObject, own: AdmissionRequest): Pick<AdmissionRequest, 'kind' | 'resource'> {
  const pick = (key: string, field: string): Record<string, string> | undefined => {
    const value = review[key];
    if (!isMapping(value) || typeof value[field] !== 'string') return undefined;
    const text = (name: string): string => (typeof value[name] === 'string' ? value[name] : '');
    return { group: text('group'), version: text('version'), [field]: text(field) };
  };
  return {
    kind: (pick('kind', 'kind') as AdmissionRequest['kind'] | undefined) ?? own.kind,
    resource: (pick('resource', 'resource') as AdmissionRequest['resource'] | undefined) ?? own.resource,
  };
}

interface Assertion {
  readonly text: string;
  readonly holds: (messages: readonly string[]) => boolean;
}

function readAssertions(item: Fields): Expectation | string {
  const before = item.failed;
  const assertions = item.items('assertions').map(readAssertion);
  if (assertions.length === 0) {
    const reason = 'the case has no assertions';
    item.error(reason);
    return reason;
  }
  if (!before && item.failed) return 'an assertion is wrong';
  return {
    text: assertions.map(({ text }) => text).join('; '),
    elements: false,
    unmet: (judged) => {
      const refused = refusedPolicy(judged);
      if (refused !== undefined)
        return { status: 'error', got: `the API server refuses the policy "${refused}"` };
      const open = respond(judged.judgements, judged.request);
      const messages = violationsOf(judged);
      const broken = assertions.filter(({ holds }) => !holds(messages));
      const undecided = judged.judgements.find((judgement) => judgement.undecided);
      if (undecided !== undefined && open.allowed === undefined)
        return { status: 'unknown', got: undecided.reason };
      if (broken.length === 0) return undefined;
      const because = judged.excluded === '' ? notApplicable(judged) : judged.excluded;
      return { status: 'failed', got: `${violationsText(messages)}${because === '' ? '' : `: ${because}`}` };
    },
  };
}

function notApplicable({ judgements }: Judged): string {
  return judgements.find(({ verdict }) => verdict === 'not-applicable')?.reason ?? '';
}

/** What Gatekeeper calls violations: everything for which the request would be denied. */
function violationsOf({ judgements }: Judged): string[] {
  return judgements.flatMap(({ denials }) => denials.map(({ message }) => message));
}

function violationsText(messages: readonly string[]): string {
  if (messages.length === 0) return 'no violations';
  const count = `${messages.length} ${messages.length === 1 ? 'violation' : 'violations'}`;
  return `${count}: ${messages.map((message) => JSON.stringify(message)).join(', ')}`;
}

/** One assertion; YAML makes `yes` and `no` truth values before anybody can see the words. */
function readAssertion(fields: Fields): Assertion {
  fields.known(assertionKeys, 'warning');
  const written = fields.value['violations'] ?? 'yes';
  const pattern = fields.text('message') ?? '';
  const regex = compileRegex(pattern);
  if (!(regex instanceof Regex))
    fields.error(`the message is no regular expression: ${regex.message}`, 'message');
  const matching = (messages: readonly string[]): number =>
    messages.filter((message) => regex instanceof Regex && regex.test(message)).length;
  const about = pattern === '' ? '' : ` that match /${pattern}/`;
  if (written === true || written === 'yes') {
    return { text: `violations${about}`, holds: (messages) => matching(messages) > 0 };
  }
  if (written === false || written === 'no') {
    return { text: `no violations${about}`, holds: (messages) => matching(messages) === 0 };
  }
  const count = typeof written === 'number' || typeof written === 'bigint' ? Number(written) : Number.NaN;
  if (!Number.isInteger(count) || count < 0) {
    fields.error('"violations" is yes, no or a number that is not negative', 'violations');
  }
  return { text: `${count} violations${about}`, holds: (messages) => matching(messages) === count };
}
