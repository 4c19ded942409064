import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../model/object.ts';
import { matchResources, type RawMatchResources } from '../decode/match-resources.ts';
import type { AdmissionRequest } from '../request.ts';
import { type FindNamespace, ResourceMatcher } from './match-resources.ts';
import { createRequest } from '../request.fixture.ts';

const podRule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] };

const pod = createRequest({ object: { metadata: { name: 'web', labels: { app: 'web' } } } });
const namespace: AdmissionRequest = {
  ...pod,
  kind: { group: '', version: 'v1', kind: 'Namespace' },
  resource: { group: '', version: 'v1', resource: 'namespaces' },
  name: 'shop',
  scope: 'Cluster',
  object: { metadata: { name: 'shop', labels: { env: 'prod' } } },
};
const clusterRole: AdmissionRequest = {
  ...pod,
  kind: { group: 'rbac.authorization.k8s.io', version: 'v1', kind: 'ClusterRole' },
  resource: { group: 'rbac.authorization.k8s.io', version: 'v1', resource: 'clusterroles' },
  namespace: '',
  scope: 'Cluster',
};
const autoscaler: AdmissionRequest = {
  ...pod,
  kind: { group: 'autoscaling', version: 'v1', kind: 'HorizontalPodAutoscaler' },
  resource: { group: 'autoscaling', version: 'v1', resource: 'horizontalpodautoscalers' },
};
const any = { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*'] };

const noNamespaces: FindNamespace = () => undefined;
const withNamespace =
  (labels: Record<string, string>): FindNamespace =>
  (name) =>
    name === 'shop' ? ({ metadata: { name, labels } } as unknown as JsonObject) : undefined;

const match = (raw: RawMatchResources, request = pod, findNamespace = noNamespaces) =>
  new ResourceMatcher(matchResources(raw)).match(request, findNamespace);
const verdict = (raw: RawMatchResources, request = pod, findNamespace = noNamespaces) =>
  match(raw, request, findNamespace).matches;

test('a rule matches by operation, group, version and resource', () => {
  const table: [Partial<typeof podRule>, string][] = [
    [{}, 'yes'],
    [{ operations: ['*'] }, 'yes'],
    [{ operations: ['UPDATE', 'DELETE'] }, 'no'],
    [{ apiGroups: ['*'] }, 'yes'],
    [{ apiGroups: ['apps'] }, 'no'],
    [{ apiVersions: ['*'] }, 'yes'],
    [{ apiVersions: ['v2'] }, 'no'],
    [{ resources: ['services', 'pods'] }, 'yes'],
    [{ resources: ['*'] }, 'yes'],
    [{ resources: ['*/*'] }, 'yes'],
    [{ resources: ['pods/*'] }, 'yes'],
    [{ resources: ['pods/status'] }, 'no'],
    [{ resources: ['*/status'] }, 'no'],
    [{ resources: ['Pods'] }, 'no'],
  ];
  for (const [change, expected] of table) {
    assert.equal(
      verdict({ resourceRules: [{ ...podRule, ...change }] }),
      expected,
      `${JSON.stringify(change)}`,
    );
  }
});

test('subresources are matched only where they are named', () => {
  const status = { ...pod, subresource: 'status' };
  const table: [string, string][] = [
    ['pods', 'no'],
    ['*', 'no'],
    ['*/*', 'yes'],
    ['pods/*', 'yes'],
    ['pods/status', 'yes'],
    ['*/status', 'yes'],
    ['pods/scale', 'no'],
  ];
  for (const [resource, expected] of table) {
    assert.equal(verdict({ resourceRules: [{ ...podRule, resources: [resource] }] }, status), expected);
  }
});

test('exclusions win', () => {
  assert.equal(verdict({ resourceRules: [podRule], excludeResourceRules: [any] }), 'no');
  assert.equal(
    verdict({ resourceRules: [podRule], excludeResourceRules: [{ ...podRule, resources: ['pods/status'] }] }),
    'yes',
  );
});

test('scopes', () => {
  const scoped = (scope: string) => ({ resourceRules: [{ ...any, scope }] });
  for (const [request, cluster, namespaced] of [
    [pod, 'no', 'yes'],
    [clusterRole, 'yes', 'no'],
    [namespace, 'yes', 'no'],
    [{ ...pod, scope: undefined }, 'unknown', 'unknown'],
  ] as const) {
    assert.equal(verdict(scoped('Cluster'), request), cluster);
    assert.equal(verdict(scoped('Namespaced'), request), namespaced);
    assert.equal(verdict(scoped('*'), request), 'yes');
  }
});

test('names; a generated one is not known', () => {
  const named = { resourceRules: [{ ...podRule, resourceNames: ['web', 'db'] }] };
  assert.equal(verdict(named), 'yes');
  assert.equal(verdict(named, { ...pod, name: 'cache' }), 'no');
  assert.equal(verdict(named, { ...pod, name: undefined }), 'unknown');
  assert.equal(
    verdict(
      { resourceRules: [podRule], excludeResourceRules: named.resourceRules },
      { ...pod, name: undefined },
    ),
    'unknown',
  );
});

test('objectSelector looks at the object or the old one', () => {
  const web = { resourceRules: [podRule], objectSelector: { matchLabels: { app: 'web' } } };
  assert.equal(verdict(web), 'yes');
  assert.equal(verdict(web, { ...pod, object: { metadata: {} } }), 'no');
  assert.equal(verdict(web, { ...pod, object: { metadata: {} }, oldObject: pod.object }), 'yes');
  assert.equal(verdict(web, { ...pod, object: null }), 'no');
});

test('namespaceSelector needs the labels of the namespace', () => {
  const prod = { resourceRules: [any], namespaceSelector: { matchLabels: { env: 'prod' } } };
  assert.deepEqual(match(prod), {
    matches: 'unknown',
    reason: 'namespaceSelector depends on labels of namespace "shop", which is not in the input',
  });
  assert.equal(verdict(prod, pod, withNamespace({ env: 'prod' })), 'yes');
  assert.equal(verdict(prod, pod, withNamespace({ env: 'test' })), 'no');
  assert.equal(verdict(prod, { ...pod, namespace: undefined }), 'unknown');
  assert.equal(verdict(prod, clusterRole), 'yes');
  assert.equal(verdict(prod, { ...pod, scope: undefined, namespace: undefined }), 'unknown');
});

test('the name label of a namespace is known as soon as its name is', () => {
  const except = (name: string) => ({
    resourceRules: [any],
    namespaceSelector: {
      matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: [name] }],
    },
  });
  assert.equal(verdict(except('kube-system')), 'yes');
  assert.equal(verdict(except('shop')), 'no');
  assert.equal(verdict(except('shop'), { ...pod, namespace: undefined }), 'unknown');
});

test('Namespaces are matched by their own labels', () => {
  const prod = { resourceRules: [any], namespaceSelector: { matchLabels: { env: 'prod' } } };
  assert.equal(verdict(prod, namespace), 'yes');
  assert.equal(verdict(prod, { ...namespace, object: { metadata: { name: 'shop' } } }), 'no');
});

test('another served version matches with Equivalent only, and is what the policy sees', () => {
  const rule = {
    ...any,
    apiGroups: ['autoscaling'],
    apiVersions: ['v2'],
    resources: ['horizontalpodautoscalers'],
  };
  assert.deepEqual(match({ resourceRules: [rule] }, autoscaler), {
    matches: 'yes',
    resource: { group: 'autoscaling', version: 'v2', resource: 'horizontalpodautoscalers' },
    kind: { group: 'autoscaling', version: 'v2', kind: 'HorizontalPodAutoscaler' },
  });
  assert.equal(verdict({ resourceRules: [rule], matchPolicy: 'Exact' }, autoscaler), 'no');
  assert.equal(verdict({ resourceRules: [{ ...rule, apiVersions: ['v2beta2'] }] }, autoscaler), 'no');
});

test('versions of a custom resource come with the request', () => {
  const widget = {
    ...pod,
    kind: { group: 'example.com', version: 'v1', kind: 'Widget' },
    resource: { group: 'example.com', version: 'v1', resource: 'widgets' },
    equivalents: [
      {
        kind: { group: 'example.com', version: 'v2', kind: 'Widget' },
        resource: { group: 'example.com', version: 'v2', resource: 'widgets' },
      },
    ],
  };
  const rule = { ...any, apiGroups: ['example.com'], apiVersions: ['v2'] };
  const found = match({ resourceRules: [rule] }, widget);
  assert.equal(found.matches === 'yes' && found.kind.version, 'v2');
  assert.equal(verdict({ resourceRules: [rule] }, { ...widget, equivalents: [] }), 'no');
});

test('without rules everything matches, as in a binding', () => {
  assert.equal(verdict({}), 'yes');
  assert.equal(verdict({ excludeResourceRules: [podRule] }), 'no');
});

test('reasons name the request', () => {
  assert.deepEqual(match({ resourceRules: [{ ...podRule, apiGroups: ['apps'] }] }, autoscaler), {
    matches: 'no',
    reason: 'no resource rule matches CREATE of autoscaling/v1/horizontalpodautoscalers',
  });
});

test('what was worked out for one request is right for the next', () => {
  const matcher = new ResourceMatcher(matchResources({ resourceRules: [podRule] }));
  for (let round = 0; round < 2; round++) {
    assert.equal(matcher.match(pod, noNamespaces).matches, 'yes');
    assert.equal(matcher.match({ ...pod, subresource: 'status' }, noNamespaces).matches, 'no');
    assert.equal(matcher.match({ ...pod, operation: 'UPDATE' }, noNamespaces).matches, 'no');
    assert.equal(matcher.match(clusterRole, noNamespaces).matches, 'no');
  }
});
