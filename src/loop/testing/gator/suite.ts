import { kindRegistry } from '../../../kube/kinds.ts';
import type { JsonObject } from '../../../model/object.ts';
import { valueAt } from '../../../model/path.ts';
import type { RequestRules } from '../admission-request.ts';
import { Fields } from '../fields.ts';
import type { PlacedObject } from '../files.ts';
import { metCase, type PolicyCase, settledCase, type TestSuite } from '../policy-case.ts';
import { nameOf, type SuiteReader } from '../suite-reader.ts';
import { readAssertions } from './assertion.ts';
import { constraintMatch } from './match.ts';
import { parameterMismatch } from './parameter-schema.ts';
import { reviewOf } from './review.ts';
import { type GatorPolicy, policyOfTemplate } from './template.ts';

const suiteKeys = ['apiVersion', 'kind', 'metadata', 'tests', 'skip'];
const testKeys = ['name', 'template', 'constraint', 'expansion', 'cases', 'invalid', 'skip'];
const caseKeys = ['name', 'object', 'inventory', 'assertions', 'skip'];

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
  const fail = (reason: string): PolicyCase[] => {
    test.error(reason);
    return settle('error', reason);
  };
  const files = readFiles(reader, test);
  if (typeof files === 'string') return fail(files);
  const mismatch = parameterMismatch(files.constraint.value, files.template.value);
  if (test.flag('invalid') === true) {
    if (mismatch === undefined)
      return settle('unknown', 'invalid: nothing was found that makes the constraint so');
    return [metCase(named(''), test.place)];
  }
  if (mismatch !== undefined) return fail(`the constraint does not fit its template: ${mismatch}`);
  if (test.text('expansion') !== undefined) {
    return settle('unknown', 'expansion: ExpansionTemplates are not expanded');
  }
  const policy = readPolicy(reader, files);
  if (typeof policy === 'string') return fail(policy);
  if ('unknown' in policy) return settle('unknown', policy.unknown);
  return items.map((item) => readCase(reader, item, named(item.text('name') ?? ''), policy));
}

/** A template and a constraint. */
interface Pair {
  readonly template: PlacedObject;
  readonly constraint: PlacedObject;
}

/** The template and the constraint that a test names, or what is wrong with them. */
function readFiles(reader: SuiteReader, test: Fields): Pair | string {
  const template = objectIn(reader, test, 'template', (value) => value['kind'] === 'ConstraintTemplate');
  if (typeof template === 'string') return template;
  const kind = valueAt(template.value, ['spec', 'crd', 'spec', 'names', 'kind']);
  const constraint = objectIn(reader, test, 'constraint', (value) => value['kind'] === kind);
  return typeof constraint === 'string' ? constraint : { template, constraint };
}

/** The policy that a template and a constraint are together. */
function readPolicy(
  reader: SuiteReader,
  { template, constraint }: Pair,
): GatorPolicy | { unknown: string } | string {
  const made = policyOfTemplate(template, constraint, reader.shelf);
  if (typeof made === 'object' && 'problems' in made) {
    for (const problem of made.problems) {
      if (!reader.problems.some((one) => JSON.stringify(one) === JSON.stringify(problem))) {
        reader.problems.push(problem);
      }
    }
  }
  return made;
}

/** The object in the file that the test names; in a file of several the one that is meant. */
function objectIn(
  reader: SuiteReader,
  test: Fields,
  key: string,
  isMeant: (value: JsonObject) => boolean,
): PlacedObject | string {
  const file = test.text(key);
  if (file === undefined) return `the test names no ${key}`;
  const all = file.includes('#') ? '' : reader.objects(file);
  const meant = typeof all === 'string' ? [] : all.filter(({ value }) => isMeant(value));
  return meant.length === 1 ? meant[0]! : reader.object(file);
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
  const reviewed = reviewOf(object, rules);
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
