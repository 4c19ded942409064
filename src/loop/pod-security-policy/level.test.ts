import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../model/object.ts';
import { type PodSecurityPolicy, readPodSecurityPolicy } from './definition.ts';
import { impliedLevel, obstaclesOf } from './level.ts';

const any = { rule: 'RunAsAny' };
const annotations = {
  'seccomp.security.alpha.kubernetes.io/allowedProfileNames': 'runtime/default',
  'apparmor.security.beta.kubernetes.io/allowedProfileNames': 'runtime/default',
};
const strict = {
  runAsUser: { rule: 'MustRunAsNonRoot' },
  seLinux: { rule: 'MustRunAs', seLinuxOptions: { level: 's0' } },
  fsGroup: any,
  supplementalGroups: any,
  volumes: ['secret', 'csi'],
  requiredDropCapabilities: ['ALL'],
  allowPrivilegeEscalation: false,
};

function policy(spec: JsonObject, own: Record<string, string> = annotations): PodSecurityPolicy {
  const read = readPodSecurityPolicy({
    metadata: { name: 'p', annotations: own },
    spec: { ...strict, ...spec },
  });
  assert.deepEqual(read.problems, []);
  return read.policy!;
}

const ways = (spec: JsonObject, own?: Record<string, string>): string[] =>
  obstaclesOf(policy(spec, own)).map(({ field, level, reason }) => `${level} ${field}: ${reason}`);

const nonRoot =
  'restricted runAsUser: a user other than 0 is enough, while the level asks for runAsNonRoot: true and no 0 anywhere';

test('the strictest policy implies baseline; what restricted asks for beyond is told', () => {
  assert.deepEqual(ways({}), [nonRoot]);
  assert.equal(impliedLevel(obstaclesOf(policy({}))), 'baseline');
  assert.equal(impliedLevel([]), 'restricted');
});

test('each field that lets more through than baseline says so', () => {
  const cases: [JsonObject, string][] = [
    [{ privileged: true }, 'privileged: is allowed'],
    [{ hostNetwork: true }, 'hostNetwork: is allowed'],
    [{ hostPID: true }, 'hostPID: is allowed'],
    [{ hostIPC: true }, 'hostIPC: is allowed'],
    [{ hostPorts: [{ min: 80, max: 80 }] }, 'hostPorts: some are allowed'],
    [{ volumes: ['*'] }, 'volumes: all kinds are allowed, hostPath too'],
    [{ volumes: ['hostPath'] }, 'volumes: hostPath is allowed'],
    [{ allowedCapabilities: ['NET_ADMIN', 'CHOWN'] }, 'allowedCapabilities: NET_ADMIN may be added'],
    [{ defaultAddCapabilities: ['SYS_TIME'] }, 'defaultAddCapabilities: SYS_TIME may be added'],
    [{ allowedProcMountTypes: ['Unmasked'] }, 'allowedProcMountTypes: Unmasked is allowed'],
    [{ allowedUnsafeSysctls: ['net.*'] }, 'allowedUnsafeSysctls: net.* may be set'],
    [{ seLinux: any }, 'seLinux: any user, role and type may be set'],
    [{ seLinux: { rule: 'MustRunAs', seLinuxOptions: { type: 'spc_t' } } }, 'seLinux: sets the type spc_t'],
    [{ seLinux: { rule: 'MustRunAs', seLinuxOptions: { role: 'r' } } }, 'seLinux: sets a user or role'],
  ];
  for (const [spec, words] of cases) {
    assert.ok(ways(spec).includes(`baseline ${words}`), words);
    assert.equal(impliedLevel(obstaclesOf(policy(spec))), 'privileged');
  }
  assert.ok(ways({}, {}).includes('baseline AppArmor annotations: unconfined is allowed'));
  const open = { ...annotations, 'seccomp.security.alpha.kubernetes.io/allowedProfileNames': '*' };
  assert.ok(ways({}, open).includes('baseline seccomp annotations: unconfined is allowed'));
});

test('each field that lets more through than restricted says so', () => {
  const cases: [JsonObject, string][] = [
    [{ volumes: ['nfs'] }, 'volumes: nfs is allowed'],
    [{ allowedCapabilities: ['CHOWN'] }, 'allowedCapabilities: CHOWN may be added'],
    [{ requiredDropCapabilities: ['KILL'] }, 'requiredDropCapabilities: ALL need not be dropped'],
    [{ allowPrivilegeEscalation: true }, 'allowPrivilegeEscalation: is allowed'],
    [{ runAsUser: any }, 'runAsUser: root is allowed'],
    [{ runAsUser: { rule: 'MustRunAs', ranges: [{ min: 0, max: 9 }] } }, 'runAsUser: root is allowed'],
  ];
  for (const [spec, words] of cases) assert.ok(ways(spec).includes(`restricted ${words}`), words);
  const { 'seccomp.security.alpha.kubernetes.io/allowedProfileNames': _, ...unset } = annotations;
  assert.ok(ways({}, unset).includes('restricted seccomp annotations: no profile is asked for'));
});

test("what both levels allow is in nobody's way", () => {
  assert.deepEqual(ways({ allowedCapabilities: ['NET_BIND_SERVICE'], volumes: ['ephemeral'] }), [nonRoot]);
});
