import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CelError } from '../cel/value.ts';
import type { JsonObject } from '../model/object.ts';
import { PolicyCompiler } from './compiler.ts';
import { noParams } from './params.ts';
import type { AdmissionRequest } from './request.ts';
import { trace } from './trace.ts';
import { createRequest } from './request.fixture.ts';

const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] };
const policy = (spec: object) => {
  const object = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'p' },
    spec: { matchConstraints: { resourceRules: [rule] }, ...spec },
  };
  return new PolicyCompiler({ version: '1.36' }).compilePolicy(JSON.parse(JSON.stringify(object))).policy!;
};
const pod: JsonObject = { metadata: { name: 'web' }, spec: { containers: [{ name: 'a' }, { name: 'b' }] } };
const request = createRequest({ object: pod });
const traceOf = (spec: object, change: Partial<AdmissionRequest> = {}) => {
  const traces = trace(
    { policy: policy(spec), binding: undefined },
    { ...request, ...change },
    {
      findNamespace: () => undefined,
      params: noParams,
    },
  );
  assert.equal(traces.length, 1);
  return traces[0]!;
};
const spec = {
  matchConditions: [{ name: 'always', expression: 'true' }],
  variables: [
    { name: 'names', expression: 'object.spec.containers.map(c, c.name)' },
    { name: 'broken', expression: 'object.nothing' },
  ],
  validations: [{ expression: "variables.names.all(n, n != 'b')", message: 'no b' }],
};

test('everything that was evaluated, with its value', () => {
  const { judgement, match, matchConditions, variables, validations } = traceOf(spec);
  assert.equal(judgement.verdict, 'fail');
  assert.equal(match.matches, 'yes');
  assert.deepEqual(
    matchConditions.map(({ name, result }) => [name, result]),
    [['always', true]],
  );
  assert.deepEqual(
    variables.map(({ name, expression }) => [name, expression]),
    [
      ['names', 'object.spec.containers.map(c, c.name)'],
      ['broken', 'object.nothing'],
    ],
  );
  assert.deepEqual(variables[0]?.result, ['a', 'b']);
  assert.ok(variables[1]?.result instanceof CelError);
  assert.equal(validations[0]?.result, false);
  assert.equal(validations[0]?.outcome?.message, 'no b');
  assert.deepEqual(validations[0]?.paths, [['object', 'spec', 'containers', 1, 'name']]);
  assert.equal(validations[0]?.tree?.result, false);
});

test('what was not reached is not shown', () => {
  const skipped = traceOf({ ...spec, matchConditions: [{ name: 'never', expression: 'false' }] });
  assert.deepEqual(
    [skipped.judgement.verdict, skipped.matchConditions.length, skipped.variables, skipped.validations],
    ['not-applicable', 1, [], []],
  );
  const unmatched = traceOf(spec, { operation: 'UPDATE' });
  assert.equal(unmatched.match.matches, 'no');
  assert.deepEqual([unmatched.matchConditions, unmatched.variables, unmatched.validations], [[], [], []]);
});

test('an expression that does not compile shows why', () => {
  const { validations } = traceOf({ validations: [{ expression: 'object.x' }] });
  assert.deepEqual(validations[0]?.result, new CelError('must evaluate to bool but got dyn'));
  assert.equal(validations[0]?.tree, undefined);
});
