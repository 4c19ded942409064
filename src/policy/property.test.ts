import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JsonObject } from '../model/object.ts';
import { type AdmissionRequest, judge, noParams, PolicyCompiler, respond, trace } from './index.ts';
import { createRequest } from './request.fixture.ts';

const compiler = new PolicyCompiler({ version: '1.36' });
const expression = fc.constantFrom(
  'true',
  'false',
  'object.spec.x == 1',
  'object.spec.list.all(e, e > 1)',
  'object.spec.list.exists(e, e.name == "a")',
  'has(object.metadata.labels.app) || request.userInfo.username == "a"',
  'variables.v == 1',
  'variables.w.size() > 0',
  'request.namespace == "default" && namespaceObject == null',
  'params == null',
  'object.spec',
  '1 +',
  '',
);
const text = fc.oneof(expression, fc.string({ maxLength: 12 }));
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const rules = optional(
  fc.array(
    fc.record({
      operations: fc.subarray(['CREATE', '*']),
      apiGroups: fc.subarray(['', '*']),
      apiVersions: fc.subarray(['v1', '*']),
      resources: fc.subarray(['pods', '*']),
      scope: optional(fc.constantFrom('Namespaced', 'Cluster')),
      resourceNames: optional(fc.subarray(['web'])),
    }),
    { maxLength: 2 },
  ),
);
const specs = fc.record({
  failurePolicy: optional(fc.constantFrom('Fail', 'Ignore')),
  matchConstraints: optional(
    fc.record({
      resourceRules: rules,
      excludeResourceRules: rules,
      namespaceSelector: optional(
        fc.record({ matchLabels: fc.dictionary(fc.constantFrom('a', 'b'), fc.constant('x')) }),
      ),
    }),
  ),
  matchConditions: optional(
    fc.array(fc.record({ name: fc.constant('c'), expression: text }), { maxLength: 2 }),
  ),
  variables: optional(
    fc.array(fc.record({ name: fc.constantFrom('v', 'w'), expression: text }), { maxLength: 3 }),
  ),
  validations: optional(
    fc.array(fc.record({ expression: text, messageExpression: optional(text), message: optional(text) }), {
      maxLength: 3,
    }),
  ),
  auditAnnotations: optional(
    fc.array(fc.record({ key: fc.constant('k'), valueExpression: text }), { maxLength: 2 }),
  ),
});
const requests = fc.record({
  object: fc.oneof(
    fc.dictionary(fc.constantFrom('metadata', 'spec', '__proto__', 'kind'), fc.jsonValue({ maxDepth: 3 })),
    fc.record({
      metadata: fc.record({
        name: fc.constant('web'),
        labels: optional(fc.dictionary(fc.constantFrom('app', 'a'), fc.constant('x'))),
      }),
      spec: fc.record({
        x: fc.jsonValue({ maxDepth: 1 }),
        list: fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 3 }),
      }),
    }),
  ),
  name: fc.constantFrom('web', undefined),
  namespace: fc.constantFrom('default', undefined),
  scope: fc.constantFrom('Namespaced' as const, undefined),
});

const requestOf = (change: object): AdmissionRequest => createRequest(change);
const compile = (spec: unknown) =>
  compiler.compilePolicy({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'p' },
    spec: JSON.parse(JSON.stringify(spec)),
  });
const context = { findNamespace: () => undefined, params: noParams };

test('any policy judges any object without throwing, and consistently', () => {
  fc.assert(
    fc.property(specs, requests, (spec, change) => {
      const { policy, problems } = compile(spec);
      assert.ok(policy);
      assert.equal(policy.refused, problems.length > 0);
      const request = requestOf(change);
      const bound = { policy, binding: undefined };
      const judgements = judge([bound], request, context);
      assert.equal(judgements.length, 1);
      const [judgement] = judgements;
      const { verdict, validations, denials, undecided, reason } = judgement!;
      if (verdict === 'fail') assert.ok(denials.length > 0);
      if (verdict === 'pass')
        assert.ok(validations.every((each) => each.verdict === 'pass') && denials.length === 0);
      if (verdict === 'unknown' || verdict === 'not-applicable' || verdict === 'error')
        assert.notEqual(reason, '');
      if (undecided) assert.equal(denials.length, 0);
      for (const { verdict: each, elements, message } of validations) {
        assert.equal(elements.length > 0, each === 'fail');
        assert.equal(message !== '', each === 'fail' || each === 'error');
      }
      const { allowed } = respond(judgements, request);
      assert.equal(allowed, denials.length > 0 ? false : undecided ? undefined : true);
      // The slow evaluation that keeps everything comes to the same values.
      for (const { outcome, result } of trace(bound, request, context)[0]!.validations) {
        if (outcome !== undefined) assert.equal(outcome.verdict === 'pass', result === true);
      }
    }),
    { numRuns: 400 },
  );
});

test('learning more never turns a pass into a failure or back', () => {
  const unknowns = { name: undefined, namespace: undefined };
  const object = fc.record({
    metadata: fc.record({ labels: fc.dictionary(fc.constantFrom('app', 'a'), fc.constant('x')) }),
    spec: fc.record({
      x: fc.constantFrom(1, 2),
      list: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
    }),
  });
  const userInfo = { username: 'a', uid: '', groups: [], extra: {} };
  const namespaces = [
    { metadata: { name: 'default' } },
    { metadata: { name: 'default', labels: { a: 'x' } } },
  ];
  fc.assert(
    fc.property(specs, object, fc.constantFrom(...namespaces), (spec, value, namespace) => {
      const { policy } = compile(spec);
      const verdictOf = (change: object, findNamespace: () => JsonObject | undefined) =>
        judge(
          [{ policy: policy!, binding: undefined }],
          requestOf({ object: value, scope: 'Namespaced', ...change }),
          {
            ...context,
            findNamespace,
          },
        )[0]!.verdict;
      const before = verdictOf(unknowns, () => undefined);
      const after = verdictOf(
        { name: 'web', namespace: 'default', userInfo },
        () => namespace as unknown as JsonObject,
      );
      assert.notEqual(`${before} ${after}`, 'pass fail');
      assert.notEqual(`${before} ${after}`, 'fail pass');
      assert.notEqual(after, 'unknown');
    }),
    { numRuns: 400 },
  );
});

test('whatever stands in place of a policy is read without throwing', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue()), fc.jsonValue(), (rest, spec) => {
      const object = { ...rest, spec } as JsonObject;
      compiler.compilePolicy(object);
      compiler.compileBinding(object);
      compiler.compilePolicy({ ...object, apiVersion: 'admissionregistration.k8s.io/v1' });
      compiler.compileBinding({ ...object, apiVersion: 'admissionregistration.k8s.io/v1' });
    }),
  );
});
