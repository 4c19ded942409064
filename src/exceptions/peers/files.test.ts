import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Json } from '../../model/object.ts';
import {
  isCheckovBaseline,
  isCheckovConfiguration,
  readCheckovBaseline,
  readCheckovConfiguration,
} from './checkov.ts';
import { peerComments } from './comments.ts';
import { dayBefore, type Foreign } from './foreign-exception.ts';
import { isKubeLinterConfiguration, readKubeLinterConfiguration } from './kube-linter.ts';
import { isKubescapeExceptions, readKubescapeExceptions, readSecurityException } from './kubescape.ts';
import { isPolicyException, readPolicyException } from './kyverno.ts';
import { isPolarisConfiguration, readPolarisConfiguration } from './polaris.ts';
import { isTrivyIgnore, readTrivyIgnore, readTrivyIgnoreYaml } from './trivy.ts';

/** Each exception as its checks, scope and end. */
const said = ({ exceptions }: Foreign): unknown[] =>
  exceptions.map(({ checks, match, until, wider }) => [
    checks?.join() ?? 'all',
    match,
    ...(until === undefined ? [] : [until]),
    ...wider,
  ]);
const left = ({ unread }: Foreign): string[] =>
  unread.map(({ path, reason }) => `${path.join('.')}: ${reason}`);

test('the day before a time, in UTC', () => {
  assert.equal(dayBefore('2027-03-01'), '2027-02-28');
  assert.equal(dayBefore('2027-01-01T23:59:59Z'), '2026-12-31');
  assert.equal(dayBefore('2027-01-01T00:30:00+02:00'), '2026-12-30');
  assert.equal(dayBefore('soon'), undefined);
});

describe('a file is known by what stands in it', () => {
  const readers = {
    kubescape: isKubescapeExceptions,
    trivy: isTrivyIgnore,
    'checkov baseline': isCheckovBaseline,
    checkov: isCheckovConfiguration,
    'kube-linter': isKubeLinterConfiguration,
    polaris: isPolarisConfiguration,
  };
  const known = (value: Json): string[] =>
    Object.entries(readers).flatMap(([name, is]) => (is(value) ? [name] : []));
  const cases: [Json, string[]][] = [
    [[{ policyType: 'postureExceptionPolicy' }], ['kubescape']],
    [{ policyType: 'postureExceptionPolicy' }, ['kubescape']],
    [{ misconfigurations: [] }, ['trivy']],
    [{ failed_checks: [] }, ['checkov baseline']],
    [{ 'skip-check': [] }, ['checkov']],
    [{ checks: { exclude: [] } }, ['kube-linter']],
    [{ checks: { hostIPCSet: 'danger' }, exemptions: [] }, ['polaris']],
    [{ checks: { hostIPCSet: 'danger' } }, []],
    [{ apiVersion: 'v1', kind: 'Pod' }, []],
    [{}, []],
    [[], []],
    [null, []],
    ['x', []],
  ];
  for (const [value, names] of cases) {
    test(JSON.stringify(value), () => assert.deepEqual(known(value), names));
  }
});

describe('kubescape', () => {
  const file = (attributes: Json, policy: Json = { controlID: 'C-0044' }): Json => [
    {
      policyType: 'postureExceptionPolicy',
      name: 'n',
      resources: [{ attributes }],
      posturePolicies: [policy],
    },
  ];
  test('attributes', () => {
    assert.deepEqual(
      said(readKubescapeExceptions(file({ kind: 'Pod', name: 'web', namespace: '.*', cluster: '.*' }))),
      [['C-0044', { kinds: ['Pod'], names: ['web'] }]],
    );
    assert.deepEqual(said(readKubescapeExceptions(file({ cluster: 'prod' }))), [
      ['C-0044', {}, 'the cluster prod'],
    ]);
    assert.deepEqual(left(readKubescapeExceptions(file({ name: 3 }))), [
      '0.resources.0: its attribute "name" is no text',
    ]);
  });
  test('policies', () => {
    assert.deepEqual(said(readKubescapeExceptions(file({}, { controlID: 'C-.*' }))), [['*', {}]]);
    assert.deepEqual(
      said(readKubescapeExceptions(file({}, { controlID: 'C-0044', frameworkName: 'NSA', ruleName: 'r' }))),
      [['C-0044', {}, 'scans of the framework NSA', 'the rule r of the control']],
    );
    assert.match(left(readKubescapeExceptions(file({}, { controlID: 'C-00[12]' })))[0]!, /is a pattern/);
    assert.match(left(readKubescapeExceptions(file({}, {})))[0]!, /names no control/);
  });
  test('nothing to be about', () => {
    const one = { policyType: 'postureExceptionPolicy' };
    assert.deepEqual(left(readKubescapeExceptions([one])), ['0: it names no resources']);
    assert.deepEqual(left(readKubescapeExceptions({ ...one, resources: [{}] })), [
      ': it names no posturePolicies',
    ]);
    assert.match(
      left(readKubescapeExceptions([{ ...one, expirationDate: 'soon' }]))[0]!,
      /"soon" is no date/,
    );
  });
  test('security exceptions', () => {
    const object = (spec: Json, kind = 'SecurityException'): Foreign =>
      readSecurityException({
        apiVersion: 'kubescape.io/v1beta1',
        kind,
        metadata: { namespace: 'shop' },
        spec,
      });
    const posture = [{ controlID: 'C-0044' }];
    assert.deepEqual(said(object({ posture })), [['C-0044', { namespaces: ['shop'] }]]);
    assert.deepEqual(said(object({ posture }, 'ClusterSecurityException')), [['C-0044', {}]]);
    const match = {
      resources: [{ kind: 'Pod', name: 'a' }],
      objectSelector: { matchLabels: { app: 'web' } },
    };
    assert.deepEqual(said(object({ posture, match })), [
      ['C-0044', { kinds: ['Pod'], namespaces: ['shop'], names: ['a'], labels: { app: 'web' } }],
    ]);
    assert.match(left(object({ posture, match: { images: ['x'] } }))[0]!, /limited by images/);
    assert.match(left(object({ posture, vulnerabilities: [{}] }))[0]!, /vulnerabilities are nothing/);
  });
});

describe('trivy', () => {
  test('ids in every form, a group of lines below its comment', () => {
    const foreign = readTrivyIgnore('# why\nKSV017\nAVD-KCV-0001\n\nksv-0012\r\n');
    assert.deepEqual(
      foreign.exceptions.map(({ checks, path, reason }) => [checks![0], path[0], reason]),
      [
        ['KSV-0017', 1, 'why'],
        ['KCV-0001', 2, 'why'],
        ['KSV-0012', 4, ''],
      ],
    );
  });
  test('the YAML file', () => {
    const foreign = readTrivyIgnoreYaml({
      misconfigurations: [
        { id: 'KSV-0017', paths: ['a/**'], statement: 's', expired_at: '2027-01-01' },
        { paths: ['a'] },
        { id: 'KSV-0017', expired_at: 'never' },
      ],
      secrets: [{ id: 'x' }],
      licenses: [],
    });
    assert.deepEqual(said(foreign), [['KSV-0017', { files: ['a/**'] }, '2026-12-31']]);
    assert.deepEqual(left(foreign), [
      'misconfigurations.1: it has no id',
      'misconfigurations.2: "never" is no date',
      'secrets: secrets are nothing that a scan of manifests finds',
    ]);
  });
});

describe('checkov', () => {
  test('skip-check as a list and with commas', () => {
    assert.deepEqual(said(readCheckovConfiguration({ 'skip-check': ['CKV_K8S_8', 'CKV_K8S_1*'] })), [
      ['CKV_K8S_8', {}],
      ['CKV_K8S_1*', {}],
    ]);
    assert.deepEqual(said(readCheckovConfiguration({ 'skip-check': 'CKV_K8S_8, CKV_K8S_9,' })), [
      ['CKV_K8S_8', {}],
      ['CKV_K8S_9', {}],
    ]);
  });
  test('a baseline, with paths that no glob takes for another', () => {
    const finding = { resource: 'Pod.shop.a.b', check_ids: ['CKV_K8S_8', 'CKV_K8S_9'] };
    assert.deepEqual(
      said(readCheckovBaseline({ failed_checks: [{ file: '/a/[b].yaml', findings: [finding] }] })),
      [
        [
          'CKV_K8S_8,CKV_K8S_9',
          { files: ['a/\\[b\\].yaml'], kinds: ['Pod'], namespaces: ['shop'], names: ['a.b'] },
        ],
      ],
    );
    assert.equal(left(readCheckovBaseline({ failed_checks: [{ file: '/a', findings: [{}] }, 3] })).length, 1);
  });
});

test('kube-linter', () => {
  const foreign = readKubeLinterConfiguration({ checks: { exclude: ['a'], ignorePaths: ['b/**', '/c'] } });
  assert.deepEqual(said(foreign), [
    ['a', {}],
    ['all', { files: ['b/**'] }],
  ]);
  assert.equal(left(foreign).length, 1);
});

test('polaris', () => {
  const foreign = readPolarisConfiguration({
    exemptions: [{ namespace: 'a' }, { containerNames: ['c'], rules: ['r'] }, { controllerNames: [] }, 3],
  });
  assert.deepEqual(said(foreign), [
    ['all', { namespaces: ['a'] }],
    ['r', { containers: ['c*'] }],
  ]);
  assert.equal(left(foreign).length, 2);
});

test('kyverno', () => {
  const read = (spec: Json): Foreign =>
    readPolicyException({
      apiVersion: 'kyverno.io/v2',
      kind: 'PolicyException',
      metadata: { name: 'n' },
      spec,
    });
  const exceptions = [{ policyName: 'shop/p', ruleNames: ['*'] }];
  const any = (resources: Json): Json => ({ any: [{ resources }] });
  assert.deepEqual(
    said(read({ exceptions, match: any({ kinds: ['apps/v1/Deployment', 'Pod/exec'], name: 'a?' }) })),
    [['p', { kinds: ['Deployment', 'Pod'], names: ['a?'] }]],
  );
  assert.deepEqual(said(read({ exceptions, match: { all: [{ resources: { kinds: ['*'] } }] } })), [
    ['p', {}],
  ]);
  assert.deepEqual(said(read({ exceptions, match: any({ selector: { matchLabels: { a: 'b' } } }) })), [
    ['p', { labels: { a: 'b' } }],
  ]);
  assert.match(left(read({ exceptions, match: any({ annotations: {} }) }))[0]!, /limited by annotations/);
  assert.deepEqual(said(read({ exceptions: [{}, 3], match: any({}) })), []);
  assert.deepEqual(said(read(null)), []);
  assert.ok(isPolicyException({ apiVersion: 'policies.kyverno.io/v1', kind: 'PolicyException' }));
  assert.ok(!isPolicyException({ apiVersion: 'example.com/v1', kind: 'PolicyException' }));
});

test('comments of a manifest', () => {
  assert.deepEqual(
    peerComments(
      'a: b # trivy:ignore:AVD-KSV-0017\n#tfsec:ignore:x\n  # checkov:skip=CKV_K8S_8:why\n# other\n',
    ),
    [
      { tool: 'trivy', check: 'AVD-KSV-0017', line: 1, column: 6 },
      { tool: 'trivy', check: 'x', line: 2, column: 1 },
      { tool: 'checkov', check: 'CKV_K8S_8', line: 3, column: 3 },
    ],
  );
});
