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

const context: JudgeContext = { findNamespace: () => undefined, params: noParams };

interface Parts {
  readonly name: string;
  readonly expression: string;
  readonly conditions?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly match?: JsonObject;
}

function policy({ name, expression, conditions = [], variables = {}, match = {} }: Parts): BoundPolicy {
  const compiled = new PolicyCompiler({ version: '1.36' }).compilePolicy({
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
  const squares = `${list(150)}.all(a, ${list(150)}.all(b, a + b >= 0))`;
  const dear = policy({ name: 'dear', expression: `${squares} && ${squares}` });
  const both = policy({ name: 'both', expression: `${squares} && ${squares} && ${squares} && ${squares}` });
  const plan = new VerdictPlan([dear], request(specs[0]!), context);
  assert.deepEqual(plan.judge(request(specs[0]!)), ['pass']);
  const verdicts = new VerdictPlan([both, both, both], request(specs[0]!), context).judge(request(specs[0]!));
  assert.ok(verdicts.every((verdict) => verdict === 'pass' || verdict === 'other'));
});
