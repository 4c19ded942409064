import { goQuote } from '../../src/cel/go-quote.ts';
import type { Json, JsonObject } from '../../src/model/object.ts';
import { formatPath, valueAt } from '../../src/model/path.ts';
import { PolicyCompiler } from '../../src/policy/index.ts';
import { type CompiledObject, compileObject } from '../../src/policy/lint/compile-object.ts';
import type { CompiledExpression } from '../../src/policy/policy.ts';
import type { ApiServer } from './api-server.ts';
import { apiServerSuite } from './api-server-suite.ts';
import { report } from './differential-report.ts';
import { Random } from './random.ts';
import { sampleSize, seed } from './sample-size.ts';

const apiVersion = 'admissionregistration.k8s.io/v1';
const plurals: Readonly<Record<string, string>> = {
  ValidatingAdmissionPolicy: 'validatingadmissionpolicies',
  ValidatingAdmissionPolicyBinding: 'validatingadmissionpolicybindings',
  MutatingAdmissionPolicy: 'mutatingadmissionpolicies',
  MutatingAdmissionPolicyBinding: 'mutatingadmissionpolicybindings',
};

const match: JsonObject = {
  matchPolicy: 'Equivalent',
  namespaceSelector: {
    matchLabels: { team: 'a' },
    matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }],
  },
  objectSelector: { matchExpressions: [{ key: 'a', operator: 'Exists' }] },
  resourceRules: [
    {
      apiGroups: [''],
      apiVersions: ['v1'],
      operations: ['CREATE', 'UPDATE'],
      resources: ['pods', 'pods/status'],
      scope: 'Namespaced',
    },
    {
      apiGroups: ['apps'],
      apiVersions: ['*'],
      operations: ['*'],
      resources: ['*/scale'],
      resourceNames: ['a', 'b'],
    },
  ],
  excludeResourceRules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['DELETE'], resources: ['*'] }],
};
const common: JsonObject = {
  failurePolicy: 'Fail',
  paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
  matchConstraints: match,
  matchConditions: [
    { name: 'a', expression: "request.namespace != 'x'" },
    { name: 'b', expression: 'params != null' },
  ],
  variables: [
    { name: 'x', expression: 'object.metadata.name' },
    { name: 'y', expression: "variables.x + 'a'" },
  ],
};
const binding: JsonObject = {
  policyName: 'p',
  paramRef: { name: 'x', namespace: 'y', parameterNotFoundAction: 'Deny' },
  matchResources: match,
};

/** Objects that the server takes; the others are made of them. */
const whole: Readonly<Record<string, JsonObject>> = {
  ValidatingAdmissionPolicy: {
    ...common,
    validations: [
      { expression: "variables.y != 'b'", message: 'no b', reason: 'Forbidden' },
      { expression: 'object.spec.replicas > 1', messageExpression: "'no ' + string(variables.x)" },
    ],
    auditAnnotations: [{ key: 'k', valueExpression: "'v' + string(variables.x)" }],
  },
  ValidatingAdmissionPolicyBinding: { ...binding, validationActions: ['Deny', 'Audit'] },
  MutatingAdmissionPolicy: {
    ...common,
    reinvocationPolicy: 'IfNeeded',
    mutations: [
      {
        patchType: 'ApplyConfiguration',
        applyConfiguration: { expression: 'Object{metadata: Object.metadata{labels: {"a": "b"}}}' },
      },
      {
        patchType: 'JSONPatch',
        jsonPatch: { expression: '[JSONPatch{op: "add", path: "/metadata/labels", value: {}}]' },
      },
    ],
  },
  MutatingAdmissionPolicyBinding: binding,
};

/** Texts that some field may take and others not. */
const texts = [
  '',
  ' ',
  'a',
  'A',
  'a b',
  'a.b',
  'a/b',
  'a/b/c',
  '-a',
  'a\nb',
  'x'.repeat(64),
  '*',
  '*/*',
  '*/status',
  'pods/*',
  'CREATE',
  'READ',
  'Deny',
  'Warn',
  'Audit',
  'Allow',
  'Fail',
  'Ignore',
  'Never',
  'IfNeeded',
  'JSONPatch',
  'ApplyConfiguration',
  'Exact',
  'In',
  'NotIn',
  'Exists',
  'DoesNotExist',
  'v1',
  'v1beta1',
  'apps/v1',
  'Forbidden',
  'Unauthorized',
  'Cluster',
  '1',
  '.',
  '..',
  'a%b',
  'é',
];
/** Expressions of all types, and some that are none. */
const expressions = [
  'true',
  'false',
  '1',
  "'a'",
  'null',
  'object',
  'object.x',
  'object.x == 1',
  'params',
  'params.x == 1',
  'variables.x',
  "variables.x == 'a'",
  'variables.z',
  "variables.y + 'a'",
  'authorizer',
  "authorizer.group('').resource('pods').check('get').allowed()",
  'request.x',
  'request.name',
  "request.name == 'a'",
  'nobody',
  '1 +',
  '(',
  "'a' + 1",
  '[1, "a"]',
  "'a'.matches('[')",
  "duration('x') == duration('1s')",
  'Object{}',
  'Object{spec: 1}',
  'Object.metadata{}',
  '[JSONPatch{}]',
  'JSONPatch{op: "add"}',
  '[JSONPatch{op: 1}]',
  '[]',
  '{}',
  'oldObject == null',
  'namespaceObject.metadata.name',
  'namespaceObject.x',
  '[1].all(i, i > nobody)',
  'cel.bind(a, 1, a)',
  "ip('::1')",
  'dyn(1)',
  '',
  ' ',
  'x\ny',
  '"é" == nobody',
];

/** The object with a few of its parts left out, repeated or replaced. */
function damaged(random: Random, kind: string): JsonObject {
  let spec: Json = whole[kind]!;
  for (let i = random.between(1, 3); i > 0; i--) spec = changed(random, spec, '');
  const name = random.chance(0.9) ? 'p' : random.pick(texts);
  // Of two variables with one name only the second is kept once compiled.
  return hasTwins(spec) ? damaged(random, kind) : { apiVersion, kind, metadata: { name }, spec };
}

function hasTwins(spec: Json): boolean {
  const variables = valueAt(spec, ['variables']);
  if (!Array.isArray(variables)) return false;
  const names = (variables as readonly Json[]).map((one) => valueAt(one, ['name']));
  return new Set(names).size < names.length;
}

function changed(random: Random, value: Json, field: string): Json {
  if (Array.isArray(value)) {
    const list = value as readonly Json[];
    const index = random.between(0, Math.max(0, list.length - 1));
    if (list.length === 0 || random.chance(0.1)) return [...list, ...list];
    if (random.chance(0.1)) return list.toSpliced(index, 1);
    if (random.chance(0.05)) return [];
    return list.with(index, changed(random, list[index]!, field));
  }
  if (typeof value === 'object' && value !== null) {
    const fields = value as JsonObject;
    const names = Object.keys(fields);
    if (names.length === 0 || random.chance(0.02)) return {};
    const name = random.pick(names);
    if (random.chance(0.15))
      return Object.fromEntries(Object.entries(fields).filter(([other]) => other !== name));
    return { ...fields, [name]: changed(random, fields[name]!, name) };
  }
  return random.pick(/xpression/.test(field) ? expressions : texts);
}

/** The server's answer: why it refuses the object, empty where it takes it; undefined where it cannot decode it. */
async function refusal(server: ApiServer, object: JsonObject): Promise<string | undefined> {
  const path = `/apis/${apiVersion}/${plurals[String(object['kind'])]}?dryRun=All&fieldValidation=Strict`;
  const { status, body } = await server.request('POST', path, object);
  if (status < 300) return '';
  return status === 422 ? String(body.message).replace(/^.*? is invalid: /s, '') : undefined;
}

/** What we say against an object, each piece as the server says it: of an expression everything in one text. */
function ours({ policy, problems }: CompiledObject): readonly string[] {
  const broken = new Map<string, string>();
  for (const { path, text, error } of policy === undefined ? [] : expressionsOf(policy)) {
    if (error !== '' && text.trim() !== '')
      broken.set(formatPath(path), `${formatPath(path)}: Invalid value: ${goQuote(text)}: ${error}`);
  }
  const others = problems
    .filter(({ path, reason, severity }) => {
      if (severity !== 'error') return false;
      return (
        !broken.has(formatPath(path)) || /: (?:Required|Invalid|Unsupported|Duplicate|Too many)/.test(reason)
      );
    })
    .map(({ reason }) => reason);
  return [...new Set([...others, ...broken.values()])];
}

function expressionsOf(policy: NonNullable<CompiledObject['policy']>): readonly CompiledExpression[] {
  return [
    ...policy.matchConditions,
    ...policy.variables.values(),
    ...policy.validations.flatMap((one) =>
      one.messageExpression === undefined ? [one] : [one, one.messageExpression],
    ),
    ...policy.auditAnnotations,
    ...('mutations' in policy ? policy.mutations : []),
  ];
}

/** What is left of the server's text when everything that we say is taken out of it; empty where that is all. */
function unsaid(text: string, pieces: readonly string[]): string {
  let rest = text;
  for (const piece of pieces.toSorted((a, b) => b.length - a.length)) rest = rest.replaceAll(piece, '');
  return rest.replaceAll(/^\[|\]$|, /g, '');
}

const compiler = new PolicyCompiler({ version: '1.36' });

apiServerSuite('damaged policies and bindings', {}, (serverTest) => {
  for (const kind of Object.keys(plurals)) {
    serverTest(`${kind}: what the server refuses we refuse, in its words`, async (server, context) => {
      const random = new Random(seed);
      const disagreements: string[] = [];
      const cases = sampleSize(400);
      let refused = 0;
      let undecodable = 0;
      for (let i = 0; i < cases; i++) {
        const object =
          i === 0 ? { apiVersion, kind, metadata: { name: 'p' }, spec: whole[kind]! } : damaged(random, kind);
        const compiled = compileObject(compiler, JSON.parse(JSON.stringify(object)), '1.36');
        const pieces = ours(compiled);
        const text = await refusal(server, object);
        if (text === undefined) undecodable++;
        else if (text !== '') refused++;
        const agrees =
          text === undefined
            ? pieces.length > 0
            : text === ''
              ? pieces.length === 0
              : pieces.length > 0 &&
                pieces.every((piece) => text.includes(piece)) &&
                unsaid(text, pieces) === '';
        if (agrees) continue;
        const difference = pieces.filter((piece) => text?.includes(piece) !== true);
        disagreements.push(
          `${JSON.stringify(object)}\n  server ${text}\n  ours only ${difference.join(' | ')}\n  theirs only ${unsaid(text ?? '', pieces)}`,
        );
      }
      report(context, {
        cases,
        numbers: [`${refused} refused`, `${undecodable} undecodable`],
        disagreements,
      });
    });
  }
});
