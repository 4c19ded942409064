import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../model/object.ts';
import { formatPath } from '../../model/path.ts';
import { isPodSecurityPolicy, readPodSecurityPolicy } from './definition.ts';

const any = { rule: 'RunAsAny' };
const least = { runAsUser: any, seLinux: any, fsGroup: any, supplementalGroups: any };
const read = (spec: JsonObject, metadata: JsonObject = { name: 'a' }) =>
  readPodSecurityPolicy({ apiVersion: 'policy/v1beta1', kind: 'PodSecurityPolicy', metadata, spec });
const problems = (spec: JsonObject): string[] =>
  read(spec).problems.map(({ path, reason }) => `${formatPath(path)}: ${reason}`);

test('the least policy gets the defaults of the API server', () => {
  const { policy, problems } = read(least);
  assert.deepEqual(problems, []);
  assert.equal(policy!.allowPrivilegeEscalation, true);
  assert.equal(policy!.privileged, false);
  assert.deepEqual(policy!.runAsGroup, { rule: 'RunAsAny', ranges: [] });
  assert.equal(policy!.seccomp.allowed, undefined);
});

test('annotations: an empty list is not the same as none', () => {
  const { policy } = read(least, {
    name: 'a',
    annotations: {
      'seccomp.security.alpha.kubernetes.io/allowedProfileNames': 'runtime/default,',
      'apparmor.security.beta.kubernetes.io/allowedProfileNames': '',
      'apparmor.security.beta.kubernetes.io/defaultProfileName': '',
    },
  });
  assert.deepEqual(policy!.seccomp, { byDefault: undefined, allowed: ['runtime/default', ''] });
  assert.deepEqual(policy!.appArmor, { byDefault: undefined, allowed: [''] });
});

test('what the API server refused is told where it stands', () => {
  const { seLinux: _, ...without } = least;
  assert.deepEqual(problems(without), ['spec.seLinux: is required']);
  const cases: [JsonObject, string][] = [
    [
      { runAsUser: { rule: 'Any' } },
      'spec.runAsUser.rule: must be one of MustRunAs, MustRunAsNonRoot, RunAsAny',
    ],
    [
      { runAsUser: { rule: 'MustRunAs' } },
      'spec.runAsUser: MustRunAs needs ranges; the API server never used this policy',
    ],
    [{ seLinux: { rule: 'MustRunAs' } }, 'spec.seLinux.seLinuxOptions: is required'],
    [
      { hostPorts: [{ min: 9, max: 1 }] },
      'spec.hostPorts[0]: a range needs whole numbers min and max, 0 <= min <= max',
    ],
    [{ hostPorts: { min: 1 } }, 'spec.hostPorts: must be a list'],
    [{ privileged: 'yes' }, 'spec.privileged: must be true or false'],
    [{ volumes: ['secret', 3] }, 'spec.volumes[1]: must be a string'],
    [{ allowedHostPaths: [{}] }, 'spec.allowedHostPaths[0].pathPrefix: is required'],
    [
      { allowedCapabilities: ['*'], requiredDropCapabilities: ['ALL'] },
      'spec.requiredDropCapabilities: must be empty where all capabilities are allowed ("*")',
    ],
    [
      { defaultAddCapabilities: ['KILL'], requiredDropCapabilities: ['KILL'] },
      'spec.defaultAddCapabilities: KILL has to be dropped as well (requiredDropCapabilities)',
    ],
    [
      { allowPrivilegeEscalation: false, defaultAllowPrivilegeEscalation: true },
      'spec.defaultAllowPrivilegeEscalation: is true while allowPrivilegeEscalation is false',
    ],
  ];
  for (const [more, words] of cases) {
    const spec = { ...least, ...more };
    assert.deepEqual(problems(spec), [words]);
    assert.equal(read(spec).policy, undefined);
  }
});

test('hostile shapes break nothing', () => {
  for (const spec of [null, [], 'x', 3, { runAsUser: [] }] as const) {
    const { policy, problems } = readPodSecurityPolicy({ metadata: null, spec } as unknown as JsonObject);
    assert.equal(policy, undefined);
    assert.ok(problems.length > 0);
  }
});

test('fields that do not exist are told and cost nothing', () => {
  const { policy, unused } = read({ ...least, priviledged: true });
  assert.equal(policy!.privileged, false);
  assert.deepEqual(unused, [
    { path: ['spec', 'priviledged'], reason: 'a PodSecurityPolicy has no field "priviledged"' },
  ]);
});

test('both API groups that served it', () => {
  const of = (apiVersion: string): boolean => isPodSecurityPolicy({ apiVersion, kind: 'PodSecurityPolicy' });
  assert.deepEqual(['policy/v1beta1', 'extensions/v1beta1', 'policy/v1'].map(of), [true, true, false]);
});
