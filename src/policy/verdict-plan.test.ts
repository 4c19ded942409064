import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../model/object.ts';
import { PolicyCompiler } from './compiler.ts';
import { judge, type JudgeContext } from './judge.ts';
import { noParams } from './params.ts';
import type { BoundPolicy } from './policy.ts';
import type { AdmissionRequest } from './request.ts';
import { VerdictPlan } from './verdict-plan.ts';
import { createRequest } from './request.fixture.ts';

/** One for all: policies of several compilers are not to be judged together. */
const compiler = new PolicyCompiler({ version: '1.36' });

const context: JudgeContext = { findNamespace: () => undefined, params: noParams };

interface Parts {
  readonly name: string;
  readonly expression: string;
  readonly conditions?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly match?: JsonObject;
}

function policy({ name, expression, conditions = [], variables = {}, match = {} }: Parts): BoundPolicy {
  const compiled = compiler.compilePolicy({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      matchConstraints: {
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
        ],
        ...match,
      },
      matchConditions: conditions.map((text, i) => ({ name: `c${i}`, expression: text })),
      variables: Object.entries(variables).map(([variable, text]) => ({ name: variable, expression: text })),
      validations: [{ expression }],
    },
  } as JsonObject);
  return { policy: compiled.policy!, binding: undefined };
}

function request(spec: JsonObject): AdmissionRequest {
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'default' }, spec };
  return createRequest({ name: 'p', namespace: 'default', object });
}

const plain: readonly BoundPolicy[] = [
  policy({ name: 'a', expression: '!has(object.spec.hostPID)' }),
  policy({ name: 'b', expression: 'variables.n < 2', variables: { n: 'object.spec.containers.size()' } }),
  policy({ name: 'c', expression: 'false', conditions: ['has(object.spec.hostIPC)'] }),
  policy({ name: 'd', expression: 'true', conditions: ['has(object.spec.hostIPC)'] }),
];

const specs: readonly JsonObject[] = [
  { containers: [] },
  { containers: [{}, {}], hostPID: true },
  { containers: [{}], hostIPC: true },
];

test('plain verdicts are those of judge', () => {
  const plan = new VerdictPlan(plain, request(specs[0]!), context);
  for (const spec of specs) {
    const judged = judge(plain, request(spec), context).map(({ verdict }) => verdict);
    assert.deepEqual(plan.judge(request(spec)), judged, JSON.stringify(spec));
  }
});

test('anything but a plain true or false is left to judge', () => {
  const others: readonly BoundPolicy[] = [
    policy({ name: 'error', expression: 'object.spec.nothing' }),
    policy({ name: 'unknown', expression: "request.userInfo.username == 'x'" }),
    policy({ name: 'condition', expression: 'true', conditions: ['object.spec.nothing'] }),
    policy({ name: 'selector', expression: 'true', match: { objectSelector: { matchLabels: { a: 'b' } } } }),
    policy({
      name: 'namespace',
      expression: 'true',
      match: { namespaceSelector: { matchLabels: { a: 'b' } } },
    }),
  ];
  for (const other of others) {
    const plan = new VerdictPlan([plain[0]!, other], request(specs[0]!), context);
    assert.deepEqual(plan.judge(request(specs[0]!)), ['pass', 'other'], other.policy.name);
  }
});

test('what costs much is left to judge, which counts the budget', () => {
  const list = (n: number): string => `[${Array.from({ length: n }, (_, i) => i).join(',')}]`;
  const squaresOf = (n: number): string => `${list(n)}.all(a, ${list(n)}.all(b, a + b >= 0))`;
  const squares = squaresOf(150);
  const usual = policy({ name: 'usual', expression: squaresOf(20) });
  const dear = policy({ name: 'dear', expression: `${squares} && ${squares}` });
  const both = policy({ name: 'both', expression: `${squares} && ${squares} && ${squares} && ${squares}` });
  const plan = new VerdictPlan([usual, dear], request(specs[0]!), context);
  assert.deepEqual(plan.judge(request(specs[0]!)), ['pass', 'other']);
  const verdicts = new VerdictPlan([both, both, both], request(specs[0]!), context).judge(request(specs[0]!));
  assert.ok(verdicts.every((verdict) => verdict === 'pass' || verdict === 'other'));
});

test('what is remembered of short texts holds for no longer ones that are beyond the budget', () => {
  const asks = {
    matches: "c.name.matches('^a+(b{1,9}|c{1,9}|d{1,9}|e{1,9}|f{1,9}|g{1,9}|h{1,9})*$')",
    contains: `!c.name.contains('${'b'.repeat(40)}')`,
    'contains-much': `!c.name.contains('${'b'.repeat(500)}')`,
    'starts-with': "!c.name.startsWith('b')",
    equals: `c.name != '${'b'.repeat(300)}'`,
  };
  const policies = Object.entries(asks).flatMap(([name, ask]) => {
    // Each is ended at a million, so it takes three to be beyond the budget of conditions.
    const never = [1, 2, 3].map((n) => `object.spec.containers.all(c, ${ask}) && ${n} > 0`);
    return [
      policy({ name, expression: `object.spec.containers.all(c, ${ask})` }),
      policy({ name, expression: 'false', conditions: [`object.spec.containers.all(c, ${ask})`] }),
      policy({
        name,
        expression: 'false',
        conditions: ["request.operation == 'DELETE'", ...never],
      }),
    ];
  });
  const containers = (count: number, name: string): AdmissionRequest =>
    request({ containers: Array.from({ length: count }, () => ({ name })) });
  const plan = new VerdictPlan(policies, containers(2, 'a'), context);
  let beyond = 0;
  for (const count of [2, 400, 12_000]) {
    for (let i = 0; i < 6; i++) plan.judge(containers(count, 'a'));
    const remembered = plan.judge(containers(count, 'a'.repeat(256)));
    const judged = judge(policies, containers(count, 'a'.repeat(256)), context);
    for (const [
      i,
      {
        verdict,
        policy: { name },
      },
    ] of judged.entries()) {
      if (remembered[i] !== 'other') assert.equal(remembered[i], verdict, `${name} of ${count}`);
      if (verdict === 'error') beyond++;
      if (count === 2) assert.notEqual(remembered[i], 'other', name);
    }
  }
  assert.ok(beyond > 5, `${beyond} beyond the budget`);
});
