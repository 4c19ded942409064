import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lastCostOfVariables } from '../cel/limit.ts';
import type { JsonObject } from '../model/object.ts';
import { PolicyCompiler } from './compiler.ts';
import { judge } from './judge.ts';
import type { Judgement } from './judgement.ts';
import { noParams } from './params.ts';
import type { BoundPolicy } from './policy.ts';
import { createRequest } from './request.fixture.ts';

/** Judges an object by a policy with so many variables, each of which builds on the one before. */
function judgeChain(length: number, ...validations: readonly ((last: string) => string)[]): Judgement {
  const name = (i: number): string => `v${i}`;
  const variables = Array.from({ length }, (_, i) => ({
    name: name(i),
    expression: i === 0 ? 'size(object.kind)' : `variables.${name(i - 1)} + 1`,
  }));
  const { policy } = new PolicyCompiler({ version: '1.36' }).compilePolicy({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'chain' },
    spec: {
      matchConstraints: {
        resourceRules: [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*'] }],
      },
      variables,
      validations: validations.map((one) => ({ expression: one(`variables.${name(length - 1)}`) })),
    },
  });
  const object: JsonObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' } };
  const context = { findNamespace: () => undefined, params: noParams };
  const [judgement] = judge([{ policy: policy!, binding: undefined }], createRequest({ object }), context);
  return judgement!;
}

test('a chain of hundreds of variables is followed', () => {
  assert.equal(judgeChain(300, (last) => `${last} == 302`).verdict, 'pass');
  assert.equal(judgeChain(300, (last) => `${last} == 1`).verdict, 'fail');
});

test('one that is longer than the stack is an error that says so once', () => {
  const { validations, verdict } = judgeChain(4000, (last) => `${last} == 4002`);
  assert.equal(verdict, 'error');
  assert.deepEqual(
    validations.map(({ message }) => message),
    [
      "expression 'variables.v3999 == 4002' resulted in error: values or variables are nested too deeply to be evaluated",
    ],
  );
});

test('what is not so deep is still evaluated afterwards', () => {
  const { validations } = judgeChain(
    4000,
    (last) => `${last} == 4002`,
    () => 'variables.v0 == 3 && variables.v100 == 103',
    () => 'variables.v100 == 3',
  );
  assert.deepEqual(
    validations.map(({ verdict }) => verdict),
    ['error', 'pass', 'fail'],
  );
});

test('variables that policies have in common cost the same in each, in whatever place they stand', () => {
  const compiler = new PolicyCompiler({ version: '1.36' });
  const reads = (name: string, variables: Readonly<Record<string, string>>): BoundPolicy => {
    const { policy } = compiler.compilePolicy({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name },
      spec: {
        matchConstraints: {
          resourceRules: [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*'] }],
        },
        paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
        variables: Object.entries(variables).map(([key, expression]) => ({ name: key, expression })),
        validations: [{ expression: 'variables.names.size() == 1' }],
      },
    });
    return { policy: policy!, binding: undefined };
  };
  const pod = 'object.spec.template.spec';
  const names = 'variables.pod.containers.map(c, c.name)';
  const policies = [
    reads('plain', { pod, names }),
    reads('behind-another', { other: 'object.kind', pod, names }),
    reads('around-its-own', { own: 'has(params.data)', pod, late: 'object.kind', names }),
    reads('between', { pod, late: 'object.kind', names }),
  ];
  const object: JsonObject = { spec: { template: { spec: { containers: [{ name: 'a' }] } } } };
  const context = { findNamespace: () => undefined, params: noParams, verdictsOnly: true };
  const costOf = (asked: readonly BoundPolicy[]): number => {
    const verdicts = judge(asked, createRequest({ object }), context).map(({ verdict }) => verdict);
    assert.ok(verdicts.every((verdict) => verdict === 'pass'));
    return lastCostOfVariables();
  };
  for (const before of policies)
    for (const one of policies)
      assert.equal(costOf([before, one]), costOf([one]), `${before.policy.name} ${one.policy.name}`);
});
