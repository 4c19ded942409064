import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Denial, Judgement } from './judgement.ts';
import { respond } from './response.ts';
import { createRequest } from './request.fixture.ts';

const request = createRequest({
  kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
  resource: { group: 'apps', version: 'v1', resource: 'deployments' },
  object: { metadata: { name: 'web' } },
});
const denial = (message: string, change: Partial<Denial> = {}): Denial => ({
  message,
  reason: 'Invalid',
  code: 422,
  handling: 'decision',
  index: 0,
  ...change,
});
const judgement = (
  actions: string[] | undefined,
  denials: Denial[],
  change: Partial<Judgement> = {},
): Judgement =>
  ({
    policy: { name: 'p' },
    binding: actions && { name: 'b', definition: { validationActions: actions } },
    verdict: denials.length > 0 ? 'fail' : 'pass',
    reason: '',
    validations: [],
    denials,
    auditAnnotations: [],
    undecided: false,
    ...change,
  }) as unknown as Judgement;
const warningsOf = (...messages: string[]) =>
  respond(
    [
      judgement(
        ['Warn'],
        messages.map((message) => denial(message)),
      ),
    ],
    request,
  ).warnings;
const prefix = "Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': ";

test('the first denial is the status', () => {
  const response = respond(
    [
      judgement(['Audit'], [denial('only audited')]),
      judgement(['Deny'], [denial('no', { reason: 'Forbidden', code: 403 }), denial('never')]),
    ],
    request,
  );
  assert.equal(response.allowed, false);
  assert.deepEqual(response.status, {
    message:
      "deployments.apps \"web\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no",
    reason: 'Forbidden',
    code: 403,
    details: {
      name: 'web',
      group: 'apps',
      kind: 'deployments',
      causes: [{ message: "ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no" }],
    },
  });
});

test('what could make the answer another one is told once, with whose it is', () => {
  const open = { index: 1, verdict: 'unknown', reason: 'depends on x' };
  const vague = { index: 0, verdict: 'fail', messageUncertain: true };
  const { allowed, unknowns } = respond(
    [
      judgement(['Deny'], [], { verdict: 'not-applicable', reason: 'no rule' }),
      judgement(['Deny'], [], {
        verdict: 'unknown',
        reason: 'depends on x',
        undecided: true,
        validations: [open] as unknown as Judgement['validations'],
      }),
      judgement(['Deny'], [denial('no')], {
        validations: [vague, open] as unknown as Judgement['validations'],
        auditAnnotations: [{ key: 'k', verdict: 'unknown', text: 'depends on y' }],
      }),
      judgement(['Deny'], [], { verdict: 'unknown', reason: 'the parameter is not here', undecided: true }),
    ],
    request,
  );
  assert.equal(allowed, false);
  const who = "ValidatingAdmissionPolicy 'p' with binding 'b'";
  assert.deepEqual(unknowns, [
    `${who}: validations[1] depends on x`,
    `${who}: the message of validations[0] is not known`,
    `${who}: audit annotation "k" depends on y`,
    `${who}: the parameter is not here`,
  ]);
});

test('a generated name is told by its prefix', () => {
  const generated = { ...request, name: undefined, object: { metadata: { generateName: 'web-' } } };
  assert.match(
    respond([judgement(['Deny'], [denial('no')])], generated).status!.message,
    /^deployments\.apps "web-" is/,
  );
  const nameless = { ...request, name: '', object: null };
  assert.match(respond([judgement(['Deny'], [denial('no')])], nameless).status!.message, /"Unknown" is/);
});

test('without a binding the policy denies', () => {
  const response = respond([judgement(undefined, [denial('no')])], request);
  assert.equal(response.status?.message.endsWith("ValidatingAdmissionPolicy 'p' denied request: no"), true);
});

test('errors of configuration and annotations deny whatever the actions are', () => {
  assert.equal(
    respond([judgement(['Warn'], [denial('no', { handling: 'always' })])], request).allowed,
    false,
  );
});

test('something unknown leaves the answer open unless something else denies', () => {
  const open = judgement(['Deny'], [], { undecided: true });
  assert.equal(respond([open], request).allowed, undefined);
  assert.equal(respond([open, judgement(['Deny'], [denial('no')])], request).allowed, false);
  assert.equal(respond([], request).allowed, true);
});

test('warnings: every failure once, none with control characters', () => {
  assert.deepEqual(warningsOf('a', 'b', 'a', 'c\td', 'e\rf'), [`${prefix}a`, `${prefix}b`]);
  assert.equal(respond([judgement(['Warn'], [denial('a')])], request).allowed, true);
});

test('warnings that are too long together are all cut, what then exceeds is dropped', () => {
  const long = (index: number) => `${index}`.padEnd(489 - prefix.length, '€');
  const cut = warningsOf(...Array.from({ length: 14 }, (_, index) => long(index)));
  assert.deepEqual(
    cut.map((text) => text.length),
    Array.from({ length: 14 }, () => 256),
  );
  const shorter = (index: number) => `${index}`.padEnd(289 - prefix.length, 'x');
  assert.equal(warningsOf(...Array.from({ length: 60 }, (_, index) => shorter(index))).length, 16);
  assert.equal(warningsOf('y'.repeat(4096 - prefix.length))[0]!.length, 4096);
  assert.equal(warningsOf('y'.repeat(4097 - prefix.length))[0]!.length, 256);
});

test('the audited failure is escaped as Go escapes it', () => {
  const { auditAnnotations } = respond([judgement(['Audit'], [denial('a < b && "c"')])], request);
  assert.match(Object.values(auditAnnotations)[0]!, /"message":"a \\u003c b \\u0026\\u0026 \\"c\\""/);
});

test('audit annotations', () => {
  const annotated = (text: string) =>
    judgement(['Audit'], [denial('no', { index: 2 })], {
      auditAnnotations: [
        { key: 'k', verdict: 'publish', text },
        { key: 'none', verdict: 'exclude', text: '' },
      ],
    });
  assert.deepEqual(respond([annotated('x'), annotated('y'), annotated('x')], request).auditAnnotations, {
    'validation.policy.admission.k8s.io/validation_failure':
      '[{"message":"no","policy":"p","binding":"b","expressionIndex":2,"validationActions":["Audit"]}]',
    'p/k': 'x, y',
  });
  assert.equal(respond([annotated('z'.repeat(20_000))], request).auditAnnotations['p/k']!.length, 10_240);
});
