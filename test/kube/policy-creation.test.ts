import type { Json, JsonObject } from '../../src/model/object.ts';
import { PolicyCompiler } from '../../src/policy/index.ts';
import { aggregateErrors } from '../../src/policy/message.ts';
import type { PolicyProblem } from '../../src/policy/problem.ts';
import type { ApiServer } from './api-server.ts';
import { apiServerSuite } from './api-server-suite.ts';
import { report } from './differential-report.ts';
import { inParallel } from './in-parallel.ts';
import { damage } from './manifest-damage.ts';
import { generateCase } from './policy-generator.ts';
import { Random } from './random.ts';
import { sampleSize, seed } from './sample-size.ts';

const api = '/apis/admissionregistration.k8s.io/v1';
const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] };
const good = { matchConstraints: { resourceRules: [rule] }, validations: [{ expression: 'true' }] };
const withRule = (change: object) => ({
  ...good,
  matchConstraints: { resourceRules: [{ ...rule, ...change }] },
});
const withSelector = (objectSelector: object) => ({
  ...good,
  matchConstraints: { resourceRules: [rule], objectSelector },
});
const withValidation = (change: object) => ({ ...good, validations: [{ expression: 'true', ...change }] });
const conditions = (...names: string[]) => ({
  ...good,
  matchConditions: names.map((name) => ({ name, expression: 'true' })),
});
const variables = (...names: string[]) => ({
  ...good,
  variables: names.map((name) => ({ name, expression: '1' })),
});
const annotations = (...keys: string[]) => ({
  ...good,
  auditAnnotations: keys.map((key) => ({ key, valueExpression: "'x'" })),
});

/** Specs that say nothing wrong in CEL: what a policy may look like and what the server refuses. */
const policies: readonly object[] = [
  good,
  {},
  { ...good, failurePolicy: 'Ignore' },
  { ...good, failurePolicy: 'Never' },
  { ...good, failurePolicy: null, validations: null, auditAnnotations: [] },
  { ...good, matchConstraints: {} },
  { ...good, matchConstraints: { resourceRules: [rule], matchPolicy: 'Fuzzy' } },
  withRule({ operations: [], apiGroups: [], apiVersions: [], resources: [] }),
  withRule({ operations: ['*', 'CREATE'] }),
  withRule({ operations: ['PATCH', 'create'] }),
  withRule({ apiGroups: ['*', 'apps'], apiVersions: ['*', 'v1'] }),
  withRule({ apiVersions: [''], resources: [''] }),
  withRule({ resources: ['*', 'pods'] }),
  withRule({ resources: ['pods', '*'] }),
  withRule({ resources: ['pods', 'pods/status', '*/scale'] }),
  withRule({ resources: ['pods/*', 'pods/status'] }),
  withRule({ resources: ['*/status', 'pods/status'] }),
  withRule({ resources: ['*/*', 'pods'] }),
  withRule({ resources: ['a/b/c'] }),
  withRule({ resourceNames: ['a', 'a', '..', 'x/y', 'A b'] }),
  withRule({ scope: 'Namespaced' }),
  withRule({ scope: 'namespaced' }),
  withSelector({ matchLabels: { a: 'b', 'example.com/c': '' } }),
  withSelector({ matchLabels: { 'a/b/c': 'x' } }),
  withSelector({ matchLabels: { '': 'x' } }),
  withSelector({ matchLabels: { 'Example.com/c': 'x' } }),
  withSelector({ matchLabels: { '/c': 'x' } }),
  withSelector({ matchLabels: { a: 'x y' } }),
  withSelector({ matchLabels: { a: 'x'.repeat(64) } }),
  withSelector({ matchExpressions: [{ key: 'a', operator: 'In' }] }),
  withSelector({ matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['-x', 'y'] }] }),
  withSelector({ matchExpressions: [{ key: 'a', operator: 'Exists', values: ['x'] }] }),
  withSelector({ matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] }),
  withSelector({ matchExpressions: [{ key: '', operator: '' }] }),
  withSelector({ matchExpressions: [null] }),
  withValidation({ reason: 'Forbidden' }),
  withValidation({ reason: 'Unauthorized' }),
  withValidation({ reason: 'RequestEntityTooLarge' }),
  withValidation({ message: ' ', messageExpression: ' ' }),
  withValidation({ message: 'a\nb' }),
  withValidation({ message: 'a\n' }),
  withValidation({ message: '\u0085' }),
  withValidation({ message: '\ufeff' }),
  { ...good, validations: [{}], variables: [{}], matchConditions: [{}] },
  conditions('x', 'y'),
  conditions('x', 'x'),
  conditions('Not ok', 'a/b', 'a/b/c', '-'),
  conditions(...Array.from({ length: 65 }, (_, index) => `c${index}`)),
  variables('a', 'a'),
  variables('a-b'),
  variables('in'),
  variables('namespace'),
  variables('1a'),
  variables(' '),
  annotations('a', 'b'),
  annotations('a', 'a'),
  annotations('', 'a b', 'x'.repeat(64)),
  { ...good, auditAnnotations: [{ key: 'a', valueExpression: ' ' }] },
  { ...good, auditAnnotations: [{ key: 'a', valueExpression: `'${'x'.repeat(5119)}'` }] },
  { ...good, paramKind: {} },
  { ...good, paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } },
  { ...good, paramKind: { apiVersion: 'a/b/c', kind: 'X' } },
  { ...good, paramKind: { apiVersion: 'a/', kind: 'X' } },
  { ...good, paramKind: { apiVersion: '/', kind: 'X' } },
  { ...good, paramKind: { apiVersion: '/v1', kind: 'X' } },
  { ...good, paramKind: { apiVersion: 'Example.com/V1', kind: 'Config Map' } },
  // What cannot be decoded at all.
  { ...good, validations: {} },
  { ...good, failurePolicy: 7 },
  { ...good, unknown: true },
  withRule({ operation: ['CREATE'] }),
];

const goodBinding = { policyName: 'p', validationActions: ['Deny'] };
const selector = { matchLabels: { a: 'b' } };
const bindings: readonly object[] = [
  goodBinding,
  {},
  { ...goodBinding, policyName: 'Not ok' },
  { ...goodBinding, validationActions: [] },
  { ...goodBinding, validationActions: ['Deny', 'Audit'] },
  { ...goodBinding, validationActions: ['Deny', 'Warn'] },
  { ...goodBinding, validationActions: ['Warn', 'Warn', 'Block'] },
  { ...goodBinding, matchResources: {} },
  { ...goodBinding, matchResources: { matchPolicy: 'x', resourceRules: [{}] } },
  { ...goodBinding, paramRef: {} },
  { ...goodBinding, paramRef: { name: 'x', parameterNotFoundAction: 'Allow' } },
  { ...goodBinding, paramRef: { name: 'x', namespace: 'y', parameterNotFoundAction: 'Maybe' } },
  { ...goodBinding, paramRef: { name: 'a%b', parameterNotFoundAction: 'Deny' } },
  { ...goodBinding, paramRef: { name: 'x', selector, parameterNotFoundAction: 'Deny' } },
  { ...goodBinding, paramRef: { selector: {}, parameterNotFoundAction: 'Deny' } },
  { ...goodBinding, paramRef: { selector: { matchLabels: { ' ': '' } }, parameterNotFoundAction: 'Deny' } },
  { ...goodBinding, paramref: {} },
];
const names = ['p', '', 'Upper', 'a.b', 'a_b', '-a', 'a'.repeat(253), 'a'.repeat(254)];

const expressions = (...list: string[]) => ({
  ...good,
  validations: list.map((expression) => ({ expression })),
});
const variableList = (...list: string[]) => ({
  ...good,
  variables: list.map((expression, index) => ({ name: `v${index}`, expression })),
});

/** What is or is not wrong with expressions; the server's text is one for each expression, ours one for each issue. */
const compiled: readonly object[] = [
  expressions('object.spec.x'),
  expressions('true || object.spec.x', 'true', 'dyn(true)'),
  expressions('1 == 1.0'),
  expressions("[1, 'a'].size() == 2", '[1, 2].size() == 2', "{'a': 1, 'b': 'c'}.size() == 2"),
  expressions("'a'.matches('[')"),
  expressions("duration('1 hour') == duration('1h')", "timestamp('today') == timestamp('today')"),
  expressions('nobody == 1', 'object.nobody == 1', 'request.nobody == 1', 'request.uid == ""'),
  expressions('request.object == null'),
  expressions('request.userInfo.groups.size() > 0 && request.options.x == 1'),
  expressions('namespaceObject.metadata.labels.size() > 0', 'namespaceObject.kind == ""'),
  expressions('params == null'),
  expressions('variables == null', 'variables.x == 1'),
  expressions('cel.bind(x, 1, x == 1)'),
  expressions('1 +', '(', ')', '"', 'a b', '1 == 1 //', '// only a comment'),
  expressions('object.?spec.?x.orValue(1) == 1', 'object[?"x"].hasValue()'),
  expressions('[1, 2].exists_one(i, i == 1)', '[1, 2].existsOne(i, i == 1)', '[1].all(i, j, true)'),
  expressions("{'a': 1}.transformMap(k, v, v + 1).size() == 1", '[3, 1].sortBy(x, x)[0] == 1'),
  expressions("'abc'.reverse() == 'cba'", "['a'].join(',') == 'a'", "'%d'.format([1]) == '1'"),
  expressions(
    "quantity('1Gi').isGreaterThan(quantity('1'))",
    "isQuantity('x')",
    "quantity(1) == quantity('1')",
  ),
  expressions("ip('10.0.0.1').family() == 4", "cidr('10.0.0.0/8').containsIP('10.0.0.1')", 'isIP(1)'),
  expressions("url('https://x').getHost() == 'x'", "semver('1.0.0').major() == 1", "isSemver('v1', true)"),
  expressions("format.dns1123Label().validate('x').hasValue()", 'sets.contains([1], [1])'),
  expressions("authorizer.group('').resource('pods').check('get').allowed()", 'authorizer == authorizer'),
  expressions("authorizer.requestResource.check('create').allowed()"),
  expressions("'a' + object.metadata.name == 'ab'", '1 + object.x == 2', "'a' + 1 == 'a1'"),
  expressions('object.x > 1 && object.y < 2.0', '1 < 1.5', "1 < 'a'", '1u == 1'),
  expressions('math.greatest(1, 2) == 2', "base64.encode(b'x') == ''"),
  expressions('Object{} == Object{}', 'has(object)', 'has(object.x)', 'type(object) == map'),
  expressions('object.x ? true : false', "object.x ? 1 : 'a'", '(object.x ? 1 : 2) == 1'),
  expressions(' true ', '\ntrue\n', 'true\n&& true', "'é😀'.size() == 2 && nobody"),
  { ...good, validations: [{ expression: 'true', messageExpression: 'object.metadata.name' }] },
  { ...good, validations: [{ expression: 'true', messageExpression: "'a' + object.metadata.name" }] },
  { ...good, validations: [{ expression: 'true', messageExpression: 'string(params)' }] },
  { ...good, validations: [{ expression: 'true', messageExpression: 'string(authorizer == authorizer)' }] },
  { ...good, auditAnnotations: [{ key: 'a', valueExpression: 'object.x' }] },
  { ...good, auditAnnotations: [{ key: 'a', valueExpression: 'string(authorizer == authorizer)' }] },
  { ...good, auditAnnotations: [{ key: 'a', valueExpression: ' null ' }] },
  { ...good, matchConditions: [{ name: 'a', expression: 'object.x' }] },
  { ...good, matchConditions: [{ name: 'a', expression: 'params == null' }] },
  {
    ...good,
    paramKind: { apiVersion: 'v1', kind: 'X' },
    matchConditions: [{ name: 'a', expression: 'params == null' }],
  },
  { ...variableList('1'), matchConditions: [{ name: 'a', expression: 'variables.v0 == 1' }] },
  variableList('1', 'variables.v0 + 1', "variables.v0 + 'a'"),
  variableList('variables.v1', '1'),
  variableList('optional.of(1)', 'variables.v0 + 1', "quantity('1')", 'variables.v2.sign()'),
  variableList('nobody', 'variables.v0.x.y'),
  variableList('[1]', "variables.v0[0] + 'a'", "timestamp('2020-01-01T00:00:00Z')", 'variables.v2 + 1'),
  variableList('namespaceObject', 'variables.v0.nobody', 'request', 'variables.v2.nobody'),
];

/** The reasons the server gives against an object, in its own words; empty when it accepts it. */
async function refusal(
  server: ApiServer,
  plural: string,
  object: { metadata: object },
): Promise<{ status: number; text: string }> {
  const path = `${api}/${plural}?dryRun=All&fieldValidation=Strict`;
  const { status, body } = await server.request('POST', path, object);
  const message: string = status < 300 ? '' : body.message;
  return { status, text: message.replace(/^.*? is invalid: /s, '') };
}

const compiler = new PolicyCompiler({ version: '1.36' });

apiServerSuite('policies at creation', {}, (serverTest) => {
  serverTest('what the server refuses of a policy we refuse, in its words', async (server, context) => {
    const kind = 'ValidatingAdmissionPolicy';
    const objects = [
      ...policies.map((spec) => ({ name: 'p', spec })),
      ...names.map((name) => ({ name, spec: good })),
    ].map((rest) => objectOf(kind, rest));
    const disagreements: string[] = [];
    for (const object of objects) {
      const { problems } = compiler.compilePolicy(JSON.parse(JSON.stringify(object)));
      const answer = await refusal(server, 'validatingadmissionpolicies', object);
      disagreements.push(...disagreement(object, answer, problems));
    }
    report(context, { cases: objects.length, disagreements, generated: false });
  });

  serverTest('what the server refuses of a binding we refuse, in its words', async (server, context) => {
    const kind = 'ValidatingAdmissionPolicyBinding';
    const objects = [
      ...bindings.map((spec) => ({ name: 'b', spec })),
      ...names.map((name) => ({ name, spec: goodBinding })),
    ].map((rest) => objectOf(kind, rest));
    const disagreements: string[] = [];
    for (const object of objects) {
      const { problems } = compiler.compileBinding(JSON.parse(JSON.stringify(object)));
      const answer = await refusal(server, 'validatingadmissionpolicybindings', object);
      disagreements.push(...disagreement(object, answer, problems));
    }
    report(context, { cases: objects.length, disagreements, generated: false });
  });

  serverTest('generated policies and bindings are refused by both or by none', async (server, context) => {
    const random = new Random(seed);
    const disagreements: string[] = [];
    let refused = 0;
    const objects = Array.from({ length: sampleSize(150) }, (_, index) => {
      const { policy, bindings: own } = generateCase(random, index);
      return [policy, ...own.slice(0, 1)].map((object) => damaged(random, object));
    }).flat();
    await inParallel(objects, async (object) => {
      const isBinding = object['kind'] === 'ValidatingAdmissionPolicyBinding';
      const plural = isBinding ? 'validatingadmissionpolicybindings' : 'validatingadmissionpolicies';
      const answer = await refusal(server, plural, object as { metadata: object } & JsonObject);
      const { problems } = isBinding ? compiler.compileBinding(object) : compiler.compilePolicy(object);
      if (answer.status !== 201) refused++;
      disagreements.push(...generatedDisagreement(object, answer, problems));
    });
    report(context, { cases: objects.length, numbers: [`${refused} refused`], disagreements });
  });

  serverTest(
    'expressions that the server does not compile we do not compile, for the same reason',
    async (server, context) => {
      const differences: string[] = [];
      for (const spec of compiled) {
        const object = objectOf('ValidatingAdmissionPolicy', { name: 'p', spec });
        const { policy } = compiler.compilePolicy(JSON.parse(JSON.stringify(object)));
        const { text } = await refusal(server, 'validatingadmissionpolicies', object);
        const ours = [
          ...(policy?.matchConditions ?? []),
          ...(policy?.variables.values() ?? []),
          ...(policy?.validations.flatMap((each) => [each, each.messageExpression ?? each]) ?? []),
          ...(policy?.auditAnnotations ?? []),
        ].map(({ error }) => error);
        for (const error of new Set(ours)) {
          if (!text.includes(error)) differences.push(`ours only: ${error}`);
        }
        const theirs = text.split(/(?=spec\.\w+\[\d+\]\.\w+: )/).filter((part) => part.startsWith('spec.'));
        for (const part of theirs) {
          if (part.includes('Required value')) continue;
          if (!ours.some((error) => error !== '' && part.includes(error)))
            differences.push(`theirs only: ${part}`);
        }
      }
      report(context, { cases: compiled.length, disagreements: differences, generated: false });
    },
  );
});

/** Pieces that break an expression, or not. */
const pieces = [
  '(',
  ')',
  '.',
  '?',
  "'",
  '"',
  ' ',
  '1',
  '1u',
  'x',
  '&&',
  'object',
  'params',
  '.all(',
  '\n',
  '//',
];

/** A policy or binding that may be refused: a value of another type, an expression with a few characters changed. */
function damaged(random: Random, object: JsonObject): JsonObject {
  if (random.chance(0.4)) return damage(random, object);
  const texts: { readonly holder: JsonObject; readonly key: string }[] = [];
  const copy = JSON.parse(JSON.stringify(object)) as JsonObject;
  collect(copy['spec'] ?? null);
  const { holder, key } = random.pick(texts);
  (holder as Record<string, Json>)[key] = random.mutate(String(holder[key]), pieces);
  return copy;

  function collect(value: Json): void {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (typeof inner === 'string') texts.push({ holder: value as JsonObject, key });
      else collect(inner as Json);
    }
  }
}

/** As `disagreement`, but of errors in expressions the server has one text for each and we one for each issue. */
function generatedDisagreement(
  object: JsonObject,
  answer: { readonly status: number; readonly text: string },
  problems: readonly PolicyProblem[],
): string[] {
  const isExpression = /compilation failed|must evaluate to|program instantiation failed/.test(answer.text);
  const isRefused = problems.some(({ severity }) => severity === 'error');
  return isExpression && isRefused ? [] : disagreement(object, answer, problems);
}

function objectOf(kind: string, { name, spec }: { name: string; spec: object }) {
  return { apiVersion: 'admissionregistration.k8s.io/v1', kind, metadata: { name }, spec };
}

/** What the server says and what we say against an object, where that is not the same. */
function disagreement(
  object: object,
  { status, text }: { readonly status: number; readonly text: string },
  problems: readonly PolicyProblem[],
): string[] {
  const reasons = problems.map(({ reason }) => reason);
  // What cannot be decoded is refused by both, in words of their own.
  if (status === 400 && reasons.length > 0) return [];
  if (status === 422 && aggregateErrors(reasons) === text) return [];
  if (status === 201 && reasons.length === 0) return [];
  return [`${JSON.stringify(object)}\n  server ${status} ${text}\n  ours   ${reasons.join('; ')}`];
}
