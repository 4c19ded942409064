import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ResourceRule } from '../definition.ts';
import type { AdmissionRequest } from '../request.ts';
import { equivalentResources } from './equivalent.ts';
import { isExempt } from './exempt.ts';
import { RuleMatcher } from './rules.ts';
import { createRequest } from '../request.fixture.ts';

const rule = (change: Partial<ResourceRule> = {}): ResourceRule => ({
  operations: ['*'],
  apiGroups: ['*'],
  apiVersions: ['*'],
  resources: ['*'],
  resourceNames: [],
  scope: '*',
  ...change,
});
const request = (change: Partial<AdmissionRequest> = {}): AdmissionRequest =>
  createRequest({
    kind: { group: 'example.com', version: 'v1', kind: 'Widget' },
    resource: { group: 'example.com', version: 'v1', resource: 'widgets' },
    name: 'x',
    namespace: 'y',
    ...change,
  });
const version = (name: string) => ({
  kind: { group: 'example.com', version: name, kind: 'Widget' },
  resource: { group: 'example.com', version: name, resource: 'widgets' },
});
const matched = (rules: ResourceRule[], change: Partial<AdmissionRequest> = {}, policy = 'Equivalent') => {
  const match = new RuleMatcher(rules, policy).match(request(change));
  return match && `${match.kind.version}${match.doubt === undefined ? '' : '?'}`;
};

test('no rules match nothing', () => {
  assert.equal(matched([]), undefined);
});

test("the request's own version comes before any other", () => {
  const equivalents = [version('v2'), version('v3')];
  assert.equal(
    matched([rule({ apiVersions: ['v3'] }), rule({ apiVersions: ['v1'] })], { equivalents }),
    'v1',
  );
  assert.equal(matched([rule({ apiVersions: ['v3', 'v2'] })], { equivalents }), 'v2');
  assert.equal(matched([rule({ apiVersions: ['v3', 'v2'] })], { equivalents }, 'Exact'), undefined);
});

test('an uncertain match stays uncertain beside another version', () => {
  const equivalents = [version('v2')];
  const named = rule({ apiVersions: ['v1'], resourceNames: ['a'] });
  assert.equal(matched([named], { name: undefined }), 'v1?');
  assert.equal(matched([named, rule({ apiVersions: ['v2'] })], { name: undefined, equivalents }), 'v1?');
  assert.equal(matched([named, rule()], { name: undefined, equivalents }), 'v1');
});

test('an unknown scope is uncertain only where a rule asks for one', () => {
  assert.equal(matched([rule({ scope: 'Cluster' })], { scope: undefined }), 'v1?');
  assert.equal(matched([rule({ scope: 'Cluster' }), rule()], { scope: undefined }), 'v1');
});

test('of a custom resource the versions may not be known', () => {
  assert.equal(matched([rule({ apiVersions: ['v2'] })]), 'v2?');
  assert.equal(matched([rule({ apiVersions: ['v2'] })], {}, 'Exact'), undefined);
  assert.equal(matched([rule({ apiVersions: ['v2'], apiGroups: ['other.com'] })]), undefined);
  assert.equal(matched([rule({ apiVersions: ['v2'], resources: ['*/status'] })]), undefined);
  const pods = { group: '', version: 'v1', resource: 'pods' };
  assert.equal(matched([rule({ apiVersions: ['v2'] })], { resource: pods }), undefined);
});

test('resources that are served twice', () => {
  const events = { group: '', version: 'v1', resource: 'events' };
  assert.deepEqual(equivalentResources(events, { group: '', version: 'v1', kind: 'Event' }), [
    {
      resource: { group: 'events.k8s.io', version: 'v1', resource: 'events' },
      kind: { group: 'events.k8s.io', version: 'v1', kind: 'Event' },
    },
  ]);
  assert.deepEqual(
    equivalentResources({ ...events, group: 'example.com' }, { group: '', version: '', kind: '' }),
    undefined,
  );
  assert.deepEqual(
    equivalentResources({ ...events, resource: 'constructor' }, { group: '', version: '', kind: '' }),
    [],
  );
});

test('exempt resources are those of Kubernetes, not their namesakes', () => {
  assert.equal(
    isExempt({ group: 'admissionregistration.k8s.io', version: 'v1', resource: 'mutatingadmissionpolicies' }),
    true,
  );
  assert.equal(
    isExempt({ group: 'authorization.k8s.io', version: 'v9', resource: 'subjectaccessreviews' }),
    true,
  );
  assert.equal(isExempt({ group: 'constructor', version: 'v1', resource: 'subjectaccessreviews' }), false);
  assert.equal(isExempt({ group: '', version: 'v1', resource: 'tokenreviews' }), false);
});

test('remembering makes no difference', () => {
  const word = (...words: string[]) => fc.subarray(words, { minLength: 1 });
  const rules = fc.array(
    fc.record({
      operations: word('CREATE', 'UPDATE', '*'),
      apiGroups: word('', 'apps', '*'),
      apiVersions: word('v1', 'v2', '*'),
      resources: word('a', 'b', 'a/x', '*', '*/*', '*/x'),
      resourceNames: fc.subarray(['n', 'm']),
      scope: fc.constantFrom('*', 'Cluster', 'Namespaced'),
    }),
    { maxLength: 3 },
  );
  const asked = fc.record({
    operation: fc.constantFrom('CREATE' as const, 'UPDATE' as const),
    resource: fc.record({
      group: fc.constantFrom('', 'apps'),
      version: fc.constantFrom('v1', 'v2'),
      resource: fc.constantFrom('a', 'b'),
    }),
    subresource: fc.constantFrom('', 'x'),
    scope: fc.constantFrom('Cluster' as const, 'Namespaced' as const, undefined),
    name: fc.constantFrom('n', 'other', undefined),
  });
  fc.assert(
    fc.property(rules, fc.array(asked, { maxLength: 8 }), (list, changes) => {
      const remembering = new RuleMatcher(list, 'Equivalent');
      for (const change of changes) {
        const asking = request({ ...change, equivalents: [] });
        assert.deepEqual(remembering.match(asking), new RuleMatcher(list, 'Equivalent').match(asking));
      }
    }),
  );
});
