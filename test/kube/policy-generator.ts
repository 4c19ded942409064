import type { JsonObject } from '../../src/model/object.ts';
import type { Random } from './random.ts';

/** The custom kinds of the suite: namespaced `Thing` in two versions, cluster-scoped `Wide`, both without a schema. */
export const group = 'policy.example.com';

/** A policy with its bindings, gated by the label `case`, so that all can be installed at once. */
export interface PolicyCase {
  readonly label: string;
  readonly policy: JsonObject;
  readonly bindings: readonly JsonObject[];
}

const api = 'admissionregistration.k8s.io/v1';

interface Names {
  readonly variables: readonly string[];
  readonly hasParams: boolean;
  readonly hasAuthorizer: boolean;
}

/** Some number of generated things, from `least` to `most`. */
function some<T>(random: Random, least: number, most: number, make: (index: number) => T): T[] {
  return Array.from({ length: random.between(least, most) }, (_, index) => make(index));
}

const number = (random: Random): string => String(random.between(0, 5));
const text = (random: Random): string => `'${random.pick(['a', 'b', 'ab', '', 'x y', 'é😀'])}'`;

/** An expression whose value may be anything, and which may fail. */
function anything(random: Random, names: Names): string {
  const choices = [
    'object.spec.n',
    'object.spec.s',
    'object.spec.l',
    'object.spec.m.k',
    'object.spec.items',
    "object.metadata.labels['tier']",
    'object.spec',
    'object.spec.?n.orValue(3)',
    'object.spec.?m.?k.orValue("none")',
    'object.spec.l[0]',
    'object.spec.items[1].name',
    'object.spec.d',
  ];
  if (names.variables.length > 0 && random.chance(0.4)) return `variables.${random.pick(names.variables)}`;
  if (names.hasParams && random.chance(0.3)) {
    return random.pick(['params.data.limit', 'params.data', 'params.metadata.name', 'params']);
  }
  return random.pick(choices);
}

/** An expression with the static type string. */
function string(random: Random, names: Names, depth = 0): string {
  const leaf = [
    () => text(random),
    () => 'request.operation',
    () => 'request.namespace',
    () => 'request.name',
    () => 'request.kind.version + request.requestKind.version',
    () => 'request.resource.resource',
    () => 'request.userInfo.username',
    () => 'request.subResource',
    () => `string(${anything(random, names)})`,
    () => "'v' + object.metadata.name",
  ];
  if (depth > 2 || random.chance(0.4)) return random.pick(leaf)();
  const inner = () => string(random, names, depth + 1);
  return random.pick([
    () => `${inner()} + ${inner()}`,
    () => `(${boolean(random, names, depth + 1)} ? ${inner()} : ${inner()})`,
    () => `${inner()}.upperAscii()`,
    () => `${inner()}.replace('a', 'b')`,
    () => `object.spec.l.map(e, string(e)).join(${text(random)})`,
    () => `'%s and %v'.format([${inner()}, ${number(random)}])`.replace('%v', '%d'),
    () => `[${inner()}, ${inner()}].join('-')`,
  ])();
}

/** An expression with the static type bool. */
function boolean(random: Random, names: Names, depth = 0): string {
  const leaf = [
    () => 'has(object.spec.b)',
    () => 'has(object.spec.n)',
    () => 'has(object.spec.m.k)',
    () => 'object.spec.b == true',
    () => `${anything(random, names)} == ${anything(random, names)}`,
    () => `${anything(random, names)} == ${number(random)}`,
    () => `${anything(random, names)} != ${text(random)}`,
    () => `object.spec.n ${random.pick(['<', '<=', '>', '>='])} ${number(random)}`,
    () => `${number(random)} in object.spec.l`,
    () => `'k' in object.spec.m`,
    () => `object.spec.s.startsWith(${text(random)})`,
    () => "object.spec.s.matches('^[a-z]+$')",
    () => `size(object.spec.l) > ${number(random)}`,
    () => `request.namespace == ${random.pick(["'alpha'", "'beta'"])}`,
    () => "request.operation == 'CREATE'",
    () => 'request.dryRun == true',
    () => "request.options.dryRun[0] == 'All' && request.options.kind == 'CreateOptions'",
    () => 'has(request.options.fieldManager)',
    () => "request.userInfo.groups.exists(g, g == 'system:masters')",
    () => "request.userInfo.username == 'bob'",
    () => "has(request.subResource) && request.subResource == 'status'",
    () => 'has(object.status)',
    () => 'object.status.ready == oldObject.status.ready',
    () => 'oldObject == null',
    () => 'oldObject.spec.n == object.spec.n',
    () => "request.operation == 'UPDATE' || has(oldObject.spec)",
    () => 'has(request.namespace)',
    () => 'namespaceObject == null',
    () => "namespaceObject.metadata.labels['env'] == 'prod'",
    () => 'true',
    () => 'false',
  ];
  if (names.hasAuthorizer && random.chance(0.3)) {
    leaf.push(
      () => `authorizer.requestResource.check(${random.pick(["'approve'", "'get'"])}).allowed()`,
      () => `authorizer.requestResource.check('approve').reason() == ''`,
      () => `authorizer.requestResource.name(${text(random)}).check('x').errored()`,
      () => `authorizer.group('').resource('pods').namespace('alpha').check('get').allowed()`,
      () => `authorizer.group('${group}').resource('things').subresource('status').check('x').allowed()`,
      () => `authorizer.serviceAccount('alpha', 'robot').group('').resource('pods').check('get').allowed()`,
      () => `authorizer.path('/nope').check('get').allowed()`,
    );
  }
  if (names.hasParams) {
    leaf.push(
      () => 'params == null',
      () => 'params != null && has(params.data)',
      () => "params.data.limit == '3'",
      () => `object.spec.n <= int(params.data.limit)`,
    );
  }
  if (depth > 2 || random.chance(0.35)) return random.pick(leaf)();
  const inner = () => boolean(random, names, depth + 1);
  return random.pick([
    () => `(${inner()} && ${inner()})`,
    () => `(${inner()} || ${inner()})`,
    () => `!(${inner()})`,
    () => `(${inner()} ? ${inner()} : ${inner()})`,
    () => `object.spec.items.all(i, i.on || ${inner()})`,
    () => `object.spec.items.exists(i, i.name == ${text(random)} || ${inner()})`,
    () =>
      `object.spec.items.filter(i, has(i.on) && i.on).size() ${random.pick(['==', '>'])} ${number(random)}`,
    () => `object.spec.l.exists_one(e, e == ${number(random)})`,
    () => `object.spec.m.all(k, k != ${text(random)})`,
    () => `${string(random, names, depth + 1)}.contains(${text(random)})`,
    () => `${string(random, names, depth + 1)} == ${string(random, names, depth + 1)}`,
  ])();
}

function variable(random: Random, names: Names): string {
  return random.pick([
    () => anything(random, names),
    () => boolean(random, names, 1),
    () => string(random, names, 1),
    () => 'object.spec.items.filter(i, has(i.on) && i.on)',
    () => 'object.spec.items.map(i, i.name)',
    () => '[1, 2, 3].map(x, x * 2)',
    () => 'object.spec.?l.orValue([])',
    () => `{'a': ${number(random)}}`,
    () => 'optional.of(object.spec)',
    () => 'quantity("1Gi").isGreaterThan(quantity("1Mi"))',
    () => `object.spec.n / ${number(random)}`,
  ])();
}

function message(random: Random, names: Names): string {
  return random.pick([
    () => string(random, names),
    () => "'  padded ' + request.name + '  '",
    () => "'two\\nlines'",
    () => "' '",
    () => "'trailing\\n'",
    () => "'carriage\\rreturn'",
    () => `'long '.replace('o', '${'0123456789'.repeat(103)}').replace('3', 'ééééé')`,
    () => "'quote \" and \\u00e9'",
  ])();
}

/** One to nine hundred thousand units: some of them together exceed the budgets. */
function costly(random: Random): string {
  const range = `lists.range(${random.pick([120, 250, 330])})`;
  return `${range}.all(a, ${range}.all(b, a + b >= 0))`;
}

/** Makes some expressions of a policy so dear that one of its budgets may not last. */
function inflate(random: Random, spec: GeneratedSpec): GeneratedSpec {
  const many = <T>(make: (index: number) => T): T[] => some(random, 6, 14, make);
  switch (random.between(0, 4)) {
    case 0: {
      const expensive = some(random, 2, 6, (index) => ({
        name: `costly-${index}`,
        expression: costly(random),
      }));
      return { ...spec, matchConditions: [...spec.matchConditions, ...expensive] };
    }
    case 1:
      return { ...spec, validations: [...spec.validations, ...many(() => ({ expression: costly(random) }))] };
    case 2: {
      const dear = () => ({ expression: 'true', messageExpression: `${costly(random)} ? 'x' : 'y'` });
      return { ...spec, validations: [...spec.validations, ...many(dear)] };
    }
    case 3: {
      const valueExpression = () => `${costly(random)} ? 'x' : 'y'`;
      const dear = many((index) => ({ key: `costly-${index}`, valueExpression: valueExpression() }));
      return { ...spec, auditAnnotations: [...spec.auditAnnotations, ...dear] };
    }
    default: {
      const variables = many((index) => ({ name: `costly${index}`, expression: costly(random) }));
      const reads = variables.map(({ name }) => ({
        expression: `variables.${name}`,
        ...(random.chance(0.5) && { messageExpression: `string(variables.${name})` }),
      }));
      return {
        ...spec,
        variables: [...spec.variables, ...variables],
        validations: [...spec.validations, ...reads],
      };
    }
  }
}

/** The parts of a policy that budgets are about. */
interface GeneratedSpec {
  readonly matchConditions: readonly object[];
  readonly variables: readonly object[];
  readonly validations: readonly object[];
  readonly auditAnnotations: readonly object[];
}

/** One policy with one to three bindings. What it says is random but is accepted by the server. */
export function generateCase(random: Random, index: number): PolicyCase {
  const label = `c${index}`;
  const name = `policy-${label}`;
  const paramKind = random.pick([undefined, undefined, 'ConfigMap', 'Setting'] as const);
  const hasParams = paramKind !== undefined;
  const nothing: Names = { variables: [], hasParams, hasAuthorizer: true };
  const variableNames: string[] = [];
  const variables = some(random, 0, 4, () => {
    const expression = variable(random, { ...nothing, variables: [...variableNames] });
    const variableName = random.pick(['v', 'w', 'x', 'y', 'z']);
    const isNew = !variableNames.includes(variableName);
    if (isNew) variableNames.push(variableName);
    return { name: variableName, expression, isNew };
  }).flatMap(({ isNew, ...rest }) => (isNew ? [rest] : []));
  const names: Names = { ...nothing, variables: variableNames };
  const spec = {
    ...(random.chance(0.7) && { failurePolicy: random.pick(['Fail', 'Ignore']) }),
    ...(hasParams && { paramKind: paramKindOf(paramKind) }),
    matchConstraints: matchConstraints(random, label),
    matchConditions: random.chance(0.5)
      ? some(random, 1, 3, (position) => ({
          name: `condition-${position}`,
          expression: random.chance(0.5)
            ? random.pick(['true', "request.operation == 'CREATE'", '!has(object.spec.skip)'])
            : boolean(random, nothing),
        }))
      : [],
    variables,
    validations: some(random, 1, 4, () => ({
      expression: `${random.chance(0.2) ? ' ' : ''}${boolean(random, names)}${random.chance(0.1) ? '\n  ' : ''}`,
      ...(random.chance(0.4) && { message: random.pick(['not allowed', '  padded message ', 'no\t✗']) }),
      ...(random.chance(0.5) && {
        messageExpression: message(random, { ...names, hasAuthorizer: false }),
      }),
      ...(random.chance(0.3) && { reason: random.pick(['Forbidden', 'Invalid', 'RequestEntityTooLarge']) }),
    })),
    auditAnnotations: random.chance(0.3)
      ? some(random, 1, 2, (position) => ({
          key: `note-${position}`,
          valueExpression: random.chance(0.2) ? 'null' : string(random, names),
        }))
      : [],
  };
  // One in sixty, so that every run has one.
  const isInflated = index % 60 === 7;
  const made = isInflated ? inflate(random, spec) : spec;
  const policy = { apiVersion: api, kind: 'ValidatingAdmissionPolicy', metadata: { name }, spec: made };
  // The server needs seconds for a dear policy, and as many again for each binding.
  const bindings = some(random, 1, isInflated ? 1 : 3, (position) =>
    binding(random, name, `${label}-${position}`, paramKind),
  );
  return { label, policy: plain(policy), bindings: bindings.map(plain) };
}

const paramKindOf = (kind: 'ConfigMap' | 'Setting') =>
  kind === 'ConfigMap' ? { apiVersion: 'v1', kind } : { apiVersion: `${group}/v1`, kind };

function matchConstraints(random: Random, label: string): object {
  const everything = { apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] };
  const things = { ...everything, apiGroups: [group], resources: ['things', 'wides'] };
  const rule = random.pick([
    everything,
    things,
    { ...things, operations: ['CREATE'] },
    { ...things, operations: ['UPDATE', 'DELETE'] },
    { ...things, apiVersions: ['v1'] },
    { ...things, apiVersions: ['v2'] },
    { ...things, scope: 'Namespaced' },
    { ...things, scope: 'Cluster' },
    { ...things, resourceNames: ['thing-0', 'thing-1', 'wide-2'] },
    { ...everything, resources: ['*/*'] },
    { ...everything, resources: ['*/*'] },
    { ...things, resources: ['things/status', 'wides'] },
    { ...things, resources: ['*/status'] },
  ]);
  return {
    objectSelector: { matchLabels: { case: label } },
    resourceRules: [rule],
    ...(random.chance(0.2) && {
      excludeResourceRules: [{ ...things, resourceNames: ['thing-1', 'wide-1'] }],
    }),
    ...(random.chance(0.3) && { matchPolicy: random.pick(['Exact', 'Equivalent']) }),
    ...(random.chance(0.2) && { namespaceSelector: namespaceSelector(random) }),
  };
}

function namespaceSelector(random: Random): object {
  return random.pick([
    { matchLabels: { env: 'prod' } },
    { matchExpressions: [{ key: 'env', operator: 'Exists' }] },
    { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['beta'] }] },
  ]);
}

function binding(
  random: Random,
  policyName: string,
  suffix: string,
  paramKind: 'ConfigMap' | 'Setting' | undefined,
): object {
  const validationActions = random.pick([
    ['Deny'],
    ['Deny'],
    ['Warn'],
    ['Audit'],
    ['Deny', 'Audit'],
    ['Warn', 'Audit'],
  ]);
  const paramRef =
    paramKind === undefined || random.chance(0.2)
      ? undefined
      : {
          ...random.pick([
            { name: 'limits' },
            { name: 'missing' },
            { selector: { matchLabels: { use: 'yes' } } },
            { selector: {} },
            { selector: { matchLabels: { use: 'never' } } },
          ]),
          ...(random.chance(0.5) && { namespace: 'alpha' }),
          parameterNotFoundAction: random.pick(['Deny', 'Allow']),
        };
  const matchResources = random.chance(0.6)
    ? undefined
    : random.pick<object>([
        { namespaceSelector: namespaceSelector(random) },
        { objectSelector: { matchExpressions: [{ key: 'tier', operator: 'Exists' }] } },
        {
          resourceRules: [
            { apiGroups: ['*'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['things'] },
          ],
          matchPolicy: random.pick(['Exact', 'Equivalent']),
        },
        {
          excludeResourceRules: [
            { apiGroups: [group], apiVersions: ['*'], operations: ['*'], resources: ['wides'] },
          ],
        },
      ]);
  return {
    apiVersion: api,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: `binding-${suffix}` },
    spec: {
      policyName,
      validationActions,
      ...(paramRef && { paramRef }),
      ...(matchResources && { matchResources }),
    },
  };
}

/** A request to try on the server and on us: the object it brings, and the one that is there before. */
export interface Trial {
  readonly id: string;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  /** An update of the status alone; else empty. */
  readonly subresource: '' | 'status';
  /** Who makes the request: `admin` of the group system:masters, or `bob` of the group dev. */
  readonly user: 'admin' | 'bob';
  /** As the server has it at validation; null for DELETE. */
  readonly object: JsonObject | null;
  /** Null for CREATE. */
  readonly oldObject: JsonObject | null;
}

/** A request for a case. Objects that must be there before have names of their own. */
export function generateTrial(random: Random, label: string, index: number): Trial {
  const operation = random.pick(['CREATE', 'CREATE', 'CREATE', 'UPDATE', 'DELETE'] as const);
  const id = `${label}-${index}`;
  const isWide = random.chance(0.2);
  const kind = isWide ? 'wide' : 'thing';
  const name = operation === 'CREATE' ? `${kind}-${index}` : `${kind}-${id}`;
  const object = operation === 'DELETE' ? null : generateObject(random, label, isWide, name);
  const before = operation === 'CREATE' ? null : generateObject(random, label, isWide, name);
  // An update cannot move an object; its version is the request's.
  const oldObject =
    before === null || object === null
      ? before
      : { ...before, apiVersion: object['apiVersion']!, metadata: placed(before, object) };
  const isStatus = operation === 'UPDATE' && random.chance(0.35);
  const user = random.pick(['admin', 'bob'] as const);
  const subresource = isStatus ? 'status' : '';
  // An update of the status leaves everything else as it is, and one of the rest leaves the status.
  const changed: JsonObject | null =
    isStatus && oldObject !== null ? { ...oldObject, status: { ready: random.chance(0.5) } } : object;
  return { id, operation, subresource, user, object: changed, oldObject };
}

function placed(before: JsonObject, object: JsonObject): JsonObject {
  const { namespace, ...rest } = before['metadata'] as JsonObject;
  const there = (object['metadata'] as JsonObject)['namespace'];
  return there === undefined ? rest : { ...rest, namespace: there ?? namespace ?? null };
}

/** An object for a case: a Thing or a Wide whose fields are sometimes missing and sometimes of another type. */
function generateObject(random: Random, label: string, isWide: boolean, name: string): JsonObject {
  const labels = { case: label, ...(random.chance(0.5) && { tier: random.pick(['web', 'db']) }) };
  const value = (make: () => unknown): unknown =>
    random.chance(0.04) ? random.pick([1, 'odd', [], {}, true]) : make();
  const field = (name: string, make: () => unknown) => (random.chance(0.85) ? { [name]: value(make) } : {});
  const spec = {
    ...field('b', () => random.chance(0.5)),
    ...field('n', () => random.between(0, 5)),
    ...field('d', () => random.between(0, 4) + 0.5),
    ...field('s', () => random.pick(['a', 'abc', 'x y', '', 'é😀'])),
    ...field('l', () => some(random, 0, 4, () => random.between(0, 4))),
    ...field('m', () => random.pick([{}, { k: 'v' }, { k: 'a', other: 'b' }])),
    ...field('items', () =>
      some(random, 0, 3, () => ({
        ...field('name', () => random.pick(['a', 'b', 'c'])),
        ...field('on', () => random.chance(0.5)),
      })),
    ),
    ...(random.chance(0.1) && { skip: true }),
  };
  const version = random.pick(['v1', 'v2']);
  return plain({
    apiVersion: `${group}/${version}`,
    kind: isWide ? 'Wide' : 'Thing',
    metadata: {
      name,
      ...(!isWide && { namespace: random.pick(['alpha', 'beta']) }),
      labels,
    },
    ...(random.chance(0.95) && { spec }),
  });
}

function plain(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}
