import assert from 'node:assert/strict';
import path from 'node:path';
import type { TestContext } from 'node:test';
import fc from 'fast-check';
import { loadCatalogue } from '../../src/catalogue/load.ts';
import { policyFor } from '../../src/catalogue/control.ts';
import { minorVersions } from '../../src/catalogue/versions.ts';
import type { JsonObject } from '../../src/model/object.ts';
import type { ApiServer } from './api-server.ts';
import { apiServerSuite } from './api-server-suite.ts';
import { report } from './differential-report.ts';
import { inParallel } from './in-parallel.ts';
import { installPolicy } from './installed-policies.ts';
import { sampleSize, seed } from './sample-size.ts';
import { until } from './until.ts';

const root = path.join(import.meta.dirname, '../..');
/** Versions that the server's own Pod Security admission knows; it is a 1.36. */
const versions = minorVersions.filter((version) => version <= 36);
const levels = ['baseline', 'restricted'] as const;

/** What Pod Security admission calls a violation, and the control that must find it. */
const reasons: Readonly<Record<string, readonly string[]>> = {
  'host namespaces': ['host-namespaces'],
  privileged: ['privileged-container'],
  'non-default capabilities': ['capabilities-added'],
  'hostPath volumes': ['host-path-volume'],
  hostPort: ['host-port'],
  'forbidden AppArmor profile': ['apparmor-profile'],
  'forbidden AppArmor profiles': ['apparmor-profile'],
  seLinuxOptions: ['selinux-options'],
  procMount: ['proc-mount', 'proc-mount-restricted'],
  seccompProfile: ['seccomp-unconfined', 'seccomp-profile'],
  'forbidden sysctls': ['unsafe-sysctls'],
  hostProcess: ['windows-host-process'],
  'probe or lifecycle host': ['probe-host'],
  'restricted volume types': ['volume-types'],
  'allowPrivilegeEscalation != false': ['privilege-escalation'],
  'runAsNonRoot != true': ['run-as-non-root'],
  'runAsUser=0': ['run-as-root-user'],
  'unrestricted capabilities': ['capabilities-restricted'],
};

const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: 2 });
const often = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: 5 });
const record = (model: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<JsonObject> =>
  fc.record(model).map((value) => JSON.parse(JSON.stringify(value)) as JsonObject);

const profile = fc.constantFrom(
  { type: 'RuntimeDefault' },
  { type: 'Unconfined' },
  { type: 'Localhost', localhostProfile: 'x.json' },
);
const seLinux = record({
  type: seldom(
    fc.constantFrom('', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t', 'spc_t'),
  ),
  user: fc.option(fc.constantFrom('', 'system_u'), { nil: undefined, freq: 1 }),
  role: fc.option(fc.constantFrom('', 'sysadm_r'), { nil: undefined, freq: 1 }),
  level: seldom(fc.constant('s0:c1')),
});
const capability = fc.constantFrom(
  'ALL',
  'CHOWN',
  'NET_BIND_SERVICE',
  'NET_RAW',
  'SYS_ADMIN',
  'SYS_CHROOT',
  'all',
);
const linuxContainer = {
  privileged: seldom(fc.constantFrom(false, false, true)),
  allowPrivilegeEscalation: often(fc.constantFrom(false, false, true)),
  runAsNonRoot: seldom(fc.boolean()),
  runAsUser: seldom(fc.constantFrom(0, 1000)),
  procMount: seldom(fc.constantFrom('Default', 'Unmasked')),
  seccompProfile: seldom(profile),
  appArmorProfile: seldom(profile),
  seLinuxOptions: seldom(seLinux),
  capabilities: often(
    record({
      add: seldom(fc.array(capability, { maxLength: 2 })),
      drop: often(fc.array(capability, { maxLength: 3 })),
    }),
  ),
};
const handler = fc.constantFrom(
  { httpGet: { port: 80 } },
  { httpGet: { port: 80, host: 'example.com' } },
  { tcpSocket: { port: 80, host: '10.0.0.1' } },
  { tcpSocket: { port: 80, host: '' } },
);
const port = record({
  containerPort: fc.integer({ min: 1, max: 3 }),
  hostPort: seldom(fc.constantFrom(0, 80)),
});
const container = (name: string): fc.Arbitrary<JsonObject> =>
  record({
    name: fc.constant(name),
    image: fc.constant('web:1'),
    securityContext: often(record(linuxContainer)),
    ports: seldom(port.map((one) => [one])),
    livenessProbe: seldom(handler),
    startupProbe: seldom(handler),
    lifecycle: seldom(record({ postStart: seldom(handler), preStop: seldom(handler) })),
  });
const initContainer = record({
  name: fc.constant('init'),
  image: fc.constant('web:1'),
  securityContext: often(record(linuxContainer)),
});
const volume = fc.constantFrom(
  { name: 'v', emptyDir: {} },
  { name: 'v', hostPath: { path: '/srv' } },
  { name: 'v', nfs: { server: 'a', path: '/' } },
  { name: 'v', configMap: { name: 'x' } },
  { name: 'v', image: { reference: 'web:1' } },
  { name: 'v' },
);
const sysctl = fc
  .constantFrom(
    'net.ipv4.tcp_syncookies',
    'net.ipv4.tcp_rmem',
    'net.ipv4.tcp_fin_timeout',
    'kernel.msgmax',
    'net.ipv4.tcp_notsent_lowat',
  )
  .map((name) => ({ name, value: '1' }));
const linuxPod = record({
  hostNetwork: seldom(fc.constantFrom(false, false, true)),
  hostPID: seldom(fc.constantFrom(false, false, true)),
  hostIPC: seldom(fc.constantFrom(false, false, true)),
  hostUsers: seldom(fc.boolean()),
  os: seldom(fc.constant({ name: 'linux' })),
  volumes: seldom(volume.map((one) => [one])),
  securityContext: often(
    record({
      runAsNonRoot: seldom(fc.boolean()),
      runAsUser: seldom(fc.constantFrom(0, 1000)),
      seccompProfile: often(profile),
      appArmorProfile: seldom(profile),
      seLinuxOptions: seldom(seLinux),
      sysctls: seldom(sysctl.map((one) => [one])),
    }),
  ),
  containers: fc
    .tuple(container('web'), seldom(container('log')))
    .map((all) => all.filter((one) => one !== undefined)),
  initContainers: seldom(initContainer.map((one) => [one])),
});
const windowsOptions = record({
  hostProcess: seldom(fc.boolean()),
  runAsUserName: seldom(fc.constant('ContainerUser')),
});
const windowsPod = record({
  os: fc.constant({ name: 'windows' }),
  hostNetwork: seldom(fc.constant(true)),
  securityContext: seldom(
    record({ runAsNonRoot: seldom(fc.boolean()), windowsOptions: seldom(windowsOptions) }),
  ),
  containers: record({
    name: fc.constant('web'),
    image: fc.constant('web:1'),
    securityContext: seldom(
      record({ runAsNonRoot: seldom(fc.boolean()), windowsOptions: seldom(windowsOptions) }),
    ),
  }).map((one) => [one]),
});
const annotations = fc.constantFrom(
  {},
  {},
  {},
  ...['unconfined', 'runtime/default', 'localhost/x'].map((value) => ({
    'container.apparmor.security.beta.kubernetes.io/web': value,
  })),
);

/** A Pod or a Deployment of a random pod. */
const workload = fc
  .tuple(
    fc.oneof({ weight: 9, arbitrary: linuxPod }, { weight: 1, arbitrary: windowsPod }),
    annotations,
    fc.boolean(),
  )
  .map(([spec, notes, bare]): JsonObject => {
    if (bare) return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', annotations: notes }, spec };
    const template = { metadata: { labels: { app: 'web' }, annotations: notes }, spec };
    const selector = { matchLabels: { app: 'web' } };
    return {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { selector, template },
    };
  });

apiServerSuite('Pod Security admission', { prepare: install }, (test) => {
  test(
    "our policies and the server's own Pod Security admission agree on random pods, check by check",
    judgeRandomPods,
  );
});

const namespaceOf = (level: string, version: number): string => `${level}-1-${version}`;

/** One namespace for each level and version, where both the server's own check and our policies warn. */
async function install(api: ApiServer): Promise<void> {
  const catalogue = loadCatalogue(root);
  const installed = new Set<string>();
  for (const level of levels) {
    for (const version of versions) {
      const name = namespaceOf(level, version);
      const labels = {
        'pod-security.kubernetes.io/warn': level,
        'pod-security.kubernetes.io/warn-version': `v1.${version}`,
      };
      await api.request('POST', '/api/v1/namespaces', {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name, labels },
      });
      for (const id of catalogue.profiles.get(`pss-${level}`)?.controls ?? []) {
        const control = catalogue.controls.get(id);
        const variant = control && policyFor(control, version);
        if (variant === undefined) continue;
        const policyName = `${id}.${variant.until ?? 'newest'}`;
        if (!installed.has(policyName)) await installPolicy(api, variant.policy, policyName);
        installed.add(policyName);
        const answer = await api.request(
          'POST',
          '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings',
          {
            apiVersion: 'admissionregistration.k8s.io/v1',
            kind: 'ValidatingAdmissionPolicyBinding',
            metadata: { name: `${policyName}.${name}` },
            spec: {
              policyName,
              validationActions: ['Warn'],
              matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } },
            },
          },
        );
        assert.equal(answer.status, 201, answer.body.message);
      }
    }
  }
}

/** Which controls warn, by the server's own check and by our policies; undefined where the object is refused. */
async function judge(
  api: ApiServer,
  object: JsonObject,
  namespace: string,
): Promise<{ theirs: string[]; ours: string[] } | undefined> {
  const path = object['kind'] === 'Pod' ? '/api/v1' : '/apis/apps/v1';
  const resource = object['kind'] === 'Pod' ? 'pods' : 'deployments';
  const answer = await api.request('POST', `${path}/namespaces/${namespace}/${resource}?dryRun=All`, object);
  if (answer.status >= 300) return undefined;
  const theirs = new Set<string>();
  const ours = new Set<string>();
  const restricted = namespace.startsWith('restricted');
  // Since 1.35 the server takes an unmasked /proc in user namespaces only, which the restricted control is about.
  const hasUserNamespaces = Number(namespace.split('-').at(-1)) >= 35;
  for (const warning of answer.warnings) {
    const own = /^Validation failed for ValidatingAdmissionPolicy '([^.']+)/.exec(warning);
    if (own !== null) ours.add(own[1] ?? '');
    if (!warning.startsWith('would violate PodSecurity ')) continue;
    for (const [reason, [baseline = '', stricter = baseline]] of Object.entries(reasons)) {
      if (warning.includes(`: ${reason} (`) || warning.includes(`, ${reason} (`)) {
        const isOverridden = restricted && (reason !== 'procMount' || hasUserNamespaces);
        theirs.add(isOverridden ? stricter : baseline);
      }
    }
  }
  return { theirs: [...theirs].sort(), ours: [...ours].sort() };
}

async function judgeRandomPods(api: ApiServer, context: TestContext): Promise<void> {
  const bad = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web' },
    spec: { hostPID: true, containers: [{ name: 'web', image: 'web:1' }] },
  };
  for (const level of levels) {
    for (const version of versions) {
      const namespace = namespaceOf(level, version);
      await until(async () => {
        const found = await judge(api, bad, namespace);
        return found !== undefined && found.ours.length === found.theirs.length;
      }, `our policies warn in ${namespace}`);
    }
  }
  const count = sampleSize(3000);
  const samples = fc.sample(fc.tuple(workload, fc.constantFrom(...levels), fc.constantFrom(...versions)), {
    numRuns: count,
    seed,
  });
  let compared = 0;
  let violations = 0;
  const wrong: string[] = [];
  const seen = new Set<string>();
  await inParallel(samples, async ([object, level, version]) => {
    const found = await judge(api, object, namespaceOf(level, version));
    if (found === undefined) return;
    compared++;
    violations += found.theirs.length;
    for (const id of found.theirs) seen.add(id);
    if (found.ours.join() !== found.theirs.join()) {
      wrong.push(
        `${namespaceOf(level, version)}: theirs ${found.theirs.join()} ours ${found.ours.join()}\n${JSON.stringify(object)}`,
      );
    }
  });
  const numbers = [`${compared} accepted and compared`, `${violations} violations of ${seen.size} controls`];
  report(context, { cases: count, numbers, disagreements: wrong });
  assert.ok(compared > count / 4, `only ${compared} of ${count} pods were accepted`);
}
