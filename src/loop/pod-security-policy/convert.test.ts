import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../model/object.ts';
import { convert, type ConversionOptions } from './convert.ts';
import { readPodSecurityPolicy } from './definition.ts';
import { grantsOf } from './grants.ts';
import { policies as samples } from './samples.fixture.ts';

const policy = (name: string) =>
  readPodSecurityPolicy(samples.find(({ metadata }) => metadata.name === name)).policy!;

const role = (kind: string, name: string, rule: JsonObject, namespace?: string): JsonObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind,
  metadata: { name, ...(namespace !== undefined && { namespace }) },
  rules: [{ apiGroups: ['policy'], resources: ['podsecuritypolicies'], verbs: ['use'], ...rule }],
});
const binding = (kind: string, ref: string, subject: JsonObject, namespace?: string): JsonObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind,
  metadata: { name: `${ref}-binding`, ...(namespace !== undefined && { namespace }) },
  roleRef: { kind: ref.startsWith('role') ? 'Role' : 'ClusterRole', name: ref },
  subjects: [subject],
});
const account = (name: string, namespace: string): JsonObject => ({
  kind: 'ServiceAccount',
  name,
  namespace,
});

function converted(
  names: readonly string[],
  rbac: readonly JsonObject[],
  more: Partial<ConversionOptions> = {},
) {
  return convert({
    policies: names.map(policy),
    grants: grantsOf(rbac, names),
    version: 37,
    namespaces: [],
    enforce: undefined,
    whole: false,
    name: undefined,
    actions: ['Deny'],
    exempt: undefined,
    ...more,
  });
}

/** `namespace level`, for each namespace that is labelled. */
const labelled = ({ objects }: { objects: readonly JsonObject[] }): string[] =>
  objects
    .filter(({ kind }) => kind === 'Namespace')
    .map(({ metadata }) => {
      const { labels, name } = metadata as { name: string; labels: Record<string, string> };
      return `${name} ${labels['pod-security.kubernetes.io/enforce']}`;
    });

const everybody = [
  role('ClusterRole', 'strict', { resourceNames: ['restricted'] }),
  binding('ClusterRoleBinding', 'strict', { kind: 'Group', name: 'system:serviceaccounts' }),
];

test('without Roles everything is for everybody but kube-system, and that is said', () => {
  const { notes, objects } = converted(['restricted'], [], { namespaces: ['shop'] });
  assert.deepEqual(labelled({ objects }), ['shop baseline']);
  assert.match(notes.join('\n'), /every pod may use each of them/);
  assert.match(JSON.stringify(objects), /"NotIn","values":\["kube-system"\]/);
  assert.ok(!JSON.stringify(objects).includes('authorizer'));
});

test('a namespace gets the weakest level that somebody in it needs', () => {
  const rbac = [
    ...everybody,
    role('Role', 'role-open', { resourceNames: ['open'] }, 'monitoring'),
    binding('RoleBinding', 'role-open', account('agent', 'monitoring'), 'monitoring'),
  ];
  const result = converted(['restricted', 'open'], rbac, { namespaces: ['shop'] });
  assert.deepEqual(labelled(result), ['monitoring privileged', 'shop baseline']);
  const text = JSON.stringify(result.objects);
  assert.match(text, /authorizer\.serviceAccount\(request\.namespace/);
  assert.ok(!text.includes('kube-system'));
  // One namespace enforces nothing, so the policies look at everything.
  assert.match(text, /_privileged/);
  assert.equal(result.level, 'privileged');
});

test('what controllers and people may use, they may use everywhere; other ServiceAccounts only at home', () => {
  const open = (subject: JsonObject): string[] =>
    labelled(
      converted(
        ['restricted', 'open'],
        [
          ...everybody,
          role('ClusterRole', 'open', { resourceNames: ['open'] }),
          binding('ClusterRoleBinding', 'open', subject),
        ],
        { namespaces: ['shop'] },
      ),
    ).filter((line) => line.startsWith('shop'));
  assert.deepEqual(open(account('x', 'other')), ['shop baseline']);
  assert.deepEqual(open({ kind: 'Group', name: 'system:serviceaccounts:other' }), ['shop baseline']);
  assert.deepEqual(open(account('replicaset-controller', 'kube-system')), ['shop privileged']);
  assert.deepEqual(open({ kind: 'Group', name: 'developers' }), ['shop privileged']);
});

test('grants by resource name, by API group, by wildcard, and of nothing', () => {
  const of = (rule: JsonObject) =>
    grantsOf(
      [role('ClusterRole', 'r', rule), binding('ClusterRoleBinding', 'r', { kind: 'User', name: 'a' })],
      ['open', 'closed'],
    );
  assert.deepEqual(
    of({}).grants.map(({ policy }) => policy),
    ['open', 'closed'],
  );
  assert.deepEqual(
    of({ resourceNames: ['closed'] }).grants.map(({ policy }) => policy),
    ['closed'],
  );
  assert.deepEqual(
    of({ apiGroups: ['extensions'] }).grants.map(({ group }) => group),
    ['extensions', 'extensions'],
  );
  assert.deepEqual(of({ verbs: ['get'] }).grants, []);
  assert.deepEqual(of({ apiGroups: [''] }).grants, []);
  const all = of({ apiGroups: ['*'], resources: ['*'], verbs: ['*'] });
  assert.deepEqual([all.grants, all.wildcards], [[], ['ClusterRoleBinding r-binding']]);
  assert.deepEqual(
    grantsOf([binding('ClusterRoleBinding', 'gone', { kind: 'User', name: 'a' })], ['open']).dangling,
    ['ClusterRoleBinding gone-binding'],
  );
  assert.deepEqual(
    grantsOf([{ ...role('ClusterRole', 'r', {}), rules: null }, null as never].filter(Boolean), []).grants,
    [],
  );
});

test('labels ask what the policies imply by the rules of 1.33, and warn of the next level', () => {
  const { labels } = converted(['restricted'], []);
  assert.deepEqual(labels, {
    'pod-security.kubernetes.io/enforce': 'baseline',
    'pod-security.kubernetes.io/enforce-version': 'v1.33',
    'pod-security.kubernetes.io/audit': 'restricted',
    'pod-security.kubernetes.io/audit-version': 'v1.37',
    'pod-security.kubernetes.io/warn': 'restricted',
    'pod-security.kubernetes.io/warn-version': 'v1.37',
  });
  assert.equal(
    converted(['restricted'], [], { version: 31 }).labels['pod-security.kubernetes.io/enforce-version'],
    'v1.31',
  );
});

test("a level of one's own is taken and its price told", () => {
  const { labels, notes } = converted(['restricted'], [], { enforce: 'restricted' });
  assert.equal(labels['pod-security.kubernetes.io/enforce'], 'restricted');
  assert.match(notes.join('\n'), /--enforce restricted refuses pods that the policies admitted/);
});

test('older clusters: no mutating policies, or those of a beta', () => {
  const kinds = (version: number): string[] =>
    converted(['restricted'], [], { version }).objects.map(
      ({ apiVersion, kind }) => `${String(kind)} ${String(apiVersion)}`,
    );
  assert.ok(!kinds(33).some((one) => one.startsWith('Mutating')));
  assert.match(
    converted(['restricted'], [], { version: 33 }).notes.join('\n'),
    /is now demanded of the pods/,
  );
  assert.ok(kinds(34).includes('MutatingAdmissionPolicy admissionregistration.k8s.io/v1beta1'));
  assert.ok(kinds(36).includes('MutatingAdmissionPolicy admissionregistration.k8s.io/v1'));
});

test('what is enforced is left out of the policies unless they are to be whole', () => {
  const has = (whole: boolean): boolean =>
    JSON.stringify(converted(['restricted'], [], { whole }).objects).includes('runs privileged');
  assert.deepEqual([has(false), has(true)], [false, true]);
});

test('more policies than the API server can ask about are told', () => {
  const names = samples.map(({ metadata }) => String(metadata.name));
  const many = [...names, ...names].map((name, i) => ({ ...policy(name), name: `${name}-${i}` }));
  const { notes } = converted([], everybody, {
    policies: many,
    grants: grantsOf(
      [role('ClusterRole', 'strict', {}), everybody[1]!],
      many.map(({ name }) => name),
    ),
  });
  assert.match(notes.join('\n'), /may cost more than the API server lets a policy cost/);
});
