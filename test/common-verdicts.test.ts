import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failingPaths } from '../src/loop/failing-paths.ts';
import type { JsonObject } from '../src/model/object.ts';
import { formatPath } from '../src/model/path.ts';
import {
  type AdmissionRequest,
  type BoundPolicy,
  CommonVerdicts,
  judge,
  type JudgeContext,
  noParams,
  PolicyCompiler,
  VerdictPlan,
} from '../src/policy/index.ts';
import { Random } from './kube/random.ts';
import { sampleSize, seed } from './kube/sample-size.ts';

/*
 * What a policy said of an object is said again of others that look the same to it, of any kind. Here policies find parts of
 * objects by the kind in every spelling, and objects of the kinds take turns, most of them broken somewhere: verdicts and the
 * places that fail are compared with judging each object anew.
 */

interface Kind {
  readonly group: string;
  readonly resource: string;
  /** Where its template is. */
  readonly way: readonly string[];
}

const kinds: Readonly<Record<string, Kind>> = {
  Pod: { group: '', resource: 'pods', way: [] },
  Deployment: { group: 'apps', resource: 'deployments', way: ['spec', 'template'] },
  Job: { group: 'batch', resource: 'jobs', way: ['spec', 'template'] },
  CronJob: { group: 'batch', resource: 'cronjobs', way: ['spec', 'jobTemplate', 'spec', 'template'] },
};
const names = Object.keys(kinds);
const fields = ['a', 'b', 'name', 'items', 'labels', 'constructor', '__proto__'];

/** An expression that looks for a part of a template by the kind. */
function finder(random: Random, part: readonly string[]): string {
  const branch = (name: string): string => {
    if (random.chance(0.08)) return random.pick(['[]', '{}', "'x'"]);
    const way = [...kinds[name]!.way, ...part];
    const optionalFrom = random.chance(0.5) ? way.length : random.between(0, way.length);
    const text = way.map((field, i) => (i >= optionalFrom ? '.?' : '.') + field).join('');
    return `object${text}${text.includes('?') ? `.orValue(${random.pick(['{}', '[]', "'x'"])})` : ''}`;
  };
  const asks = (name: string): string =>
    random.chance(0.97)
      ? `object.kind == '${name}'`
      : random.pick([`'${name}' == object.kind`, `request.kind.kind == '${name}'`]);
  let text = branch('Deployment');
  for (const name of ['Pod', 'Job', 'CronJob'])
    if (name !== 'Job' || random.chance(0.3)) text = `${asks(name)} ? ${branch(name)} : ${text}`;
  return random.chance(0.97) ? text : `dyn(${text})`;
}

/** What asks about values, to some depth. */
function question(random: Random, values: readonly string[], depth: number): string {
  const value = random.pick(values);
  const field = random.pick(fields);
  const within = (name: string): string =>
    depth === 0 ? `has(${name}.${field})` : question(random, [name], depth - 1);
  return random.pick([
    () => `!has(${value}.${field})`,
    () => `${value}.?${field}.orValue('') in ['a', 'b']`,
    () => `${value}.?name.orValue('').startsWith('a')`,
    () => `${value}.?name.orValue('').matches('^a*b?$')`,
    () => `${value}.?${field}.?a.hasValue()`,
    () => `'${field}' in ${value}`,
    () => `size(${value}) > ${random.between(0, 3)}`,
    () => `${value}.?${field} == ${random.pick(values)}.?a`,
    () => `${value}.?items.orValue([]).${random.pick(['all', 'exists'])}(c, ${within('c')})`,
    () => `${value}.?items.orValue([]).filter(c, ${within('c')}).size() < 2`,
    () => `${value}.?labels.orValue({}).all(k, v, k != 'a' || ${within('v')})`,
    () => `object.?metadata.?labels.?a.orValue('') == 'a' || ${within(value)}`,
    () => `${random.chance(0.5) ? "request.resource.resource == 'pods'" : within(value)} || ${within(value)}`,
    () => (random.chance(0.2) ? 'has(object.spec)' : within(value)),
    () => `${within(value)} && !(${within(value)})`,
    () => `${within(value)} || ${within(value)}`,
  ])();
}

function policies(random: Random, compiler: PolicyCompiler): readonly BoundPolicy[] {
  const parts = [['spec'], ['spec'], [], ['metadata', 'annotations'], ['spec', 'items']].map((way, i) => ({
    name: `part${i}`,
    expression: finder(random, way),
  }));
  const made = Array.from({ length: 16 }, (_, i) => {
    const variables = parts.filter(() => random.chance(0.5));
    const values =
      variables.length === 0 ? ['object.metadata'] : variables.map(({ name }) => `variables.${name}`);
    const own = { name: 'own', expression: `${random.pick(values)}.?items.orValue([])` };
    const asked = names.filter(() => random.chance(0.97)).map((name) => kinds[name]!);
    const { policy, problems } = compiler.compilePolicy({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: `policy-${i}` },
      spec: {
        matchConstraints: {
          resourceRules: asked.map(({ group, resource }) => ({
            apiGroups: [group],
            apiVersions: ['v1'],
            operations: ['CREATE'],
            resources: [resource],
          })),
        },
        matchConditions: random.chance(0.05) ? [{ name: 'c', expression: "object.kind != 'Job'" }] : [],
        variables: random.chance(0.3) ? [...variables, own] : variables,
        validations: [{ expression: question(random, values, 2) }],
      },
    });
    return problems.length > 0 ? undefined : policy;
  });
  return made.flatMap((policy) => (policy === undefined ? [] : { policy, binding: undefined }));
}

function value(random: Random, depth: number): unknown {
  if (depth <= 0 || random.chance(0.3)) return random.pick<unknown>(['a', 'b', 'ab', '', null, 1, [], {}]);
  return random.chance(0.2) ? random.list(2, () => value(random, depth - 1)) : map(random, depth);
}

function map(random: Random, depth: number): object {
  const made = {};
  for (const field of random.list(4, () => random.pick(fields))) {
    const isList = depth > 0 && field === 'items' && random.chance(0.9);
    const held = isList ? random.list(3, () => map(random, depth - 1)) : value(random, depth - 1);
    Object.defineProperty(made, field, { value: held, enumerable: true, configurable: true, writable: true });
  }
  return made;
}

/** An object with a template, now and then with something else on the way to it. */
function objectOf(random: Random, kind: string, template: object): JsonObject {
  const { group, way } = kinds[kind]!;
  let inner: object = template;
  for (const field of way.toReversed())
    inner = random.chance(0.03) ? random.pick([{}, [], { [field]: null }]) : { [field]: inner };
  const metadata = random.pick<object>([{}, { labels: { a: 'a' } }, { labels: null }]);
  const apiVersion = group === '' ? 'v1' : `${group}/v1`;
  const whole = { apiVersion, kind, metadata: { name: 'web', namespace: 'shop', ...metadata } };
  const { metadata: own, ...rest } = inner as { readonly metadata?: object };
  return {
    ...rest,
    ...whole,
    metadata: { ...(way.length === 0 ? own : {}), ...whole.metadata },
  } as JsonObject;
}

const rounds = sampleSize(24);

test(`what ${rounds} sets of policies say of objects of several kinds is what they say of each alone`, () => {
  const context: JudgeContext = { findNamespace: () => undefined, params: noParams, verdictsOnly: true };
  const count = { plain: 0, remembered: 0, groups: 0 };
  for (let round = 0; round < rounds; round++) {
    const random = new Random(seed * 1000 + round);
    const all = policies(random, new PolicyCompiler({ version: '1.36' }));
    const templates = Array.from({ length: random.between(4, 40) }, () => {
      const metadata = random.pick<object>([{}, { annotations: {} }, { annotations: { a: 'b' } }]);
      return { ...map(random, 2), ...(random.chance(0.9) && { metadata, spec: map(random, 4) }) };
    });
    const common = new CommonVerdicts();
    const plans = new Map<string, VerdictPlan>();
    for (let i = 0; i < 150; i++) {
      const name = random.pick(names);
      const object = objectOf(random, name, random.pick(templates));
      const request = requestFor(name, object);
      const asked = all.filter(
        ({ policy }) => policy.matcher.match(request, () => undefined).matches !== 'no',
      );
      let plan = plans.get(name);
      if (plan === undefined) {
        const watched = new Map(asked.map(({ policy }, at) => [policy.name, at]));
        plans.set(name, (plan = new VerdictPlan(asked, request, context, { common, watched })));
      }
      const verdicts = plan.judge(request);
      const shown = `round ${round}, object ${i}: ${JSON.stringify(object)}`;
      assert.deepEqual(verdicts, new VerdictPlan(asked, request, context).judge(request), shown);
      for (const [at, bound] of asked.entries()) {
        if (verdicts[at] !== 'other') count.plain++;
        const alike = plan.likeness?.get(bound.policy.name);
        if (verdicts[at] !== 'fail' || alike === undefined) continue;
        let found: readonly string[] | undefined;
        const find = (): readonly string[] => (found = placesOf(bound, request));
        const paths = failingPaths(alike, bound.policy.name, find);
        if (found !== undefined) continue;
        count.remembered++;
        assert.deepEqual(paths, find(), `${bound.policy.name} of ${shown}`);
      }
    }
    if (common.reader !== undefined) count.groups++;
  }
  assert.ok(count.plain > rounds * 500 && count.remembered > rounds * 50, JSON.stringify(count));
  assert.ok(count.groups > rounds / 2, JSON.stringify(count));
});

function requestFor(kind: string, object: JsonObject): AdmissionRequest {
  const { group, resource } = kinds[kind]!;
  return {
    operation: 'CREATE',
    kind: { group, version: 'v1', kind },
    resource: { group, version: 'v1', resource },
    subresource: '',
    name: 'web',
    namespace: 'shop',
    scope: 'Namespaced',
    object,
    oldObject: null,
  };
}

/** The places at which an object fails a policy. */
function placesOf(bound: BoundPolicy, request: AdmissionRequest): readonly string[] {
  const judged = judge([bound], request, { findNamespace: () => undefined, params: noParams });
  const failed = judged.flatMap(({ validations }) => validations).filter(({ verdict }) => verdict === 'fail');
  return failed.flatMap(({ elements }) => elements.map(({ path }) => formatPath(path)));
}
