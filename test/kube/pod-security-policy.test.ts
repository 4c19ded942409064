import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { kindRegistry } from '../../src/kube/kinds.ts';
import { serverView } from '../../src/kube/view/server-view.ts';
import { admitted, sorted } from '../../src/loop/pod-security-policy/admission.fixture.ts';
import { convert } from '../../src/loop/pod-security-policy/convert.ts';
import { admissionPolicies } from '../../src/loop/pod-security-policy/admission-policies.ts';
import type { AdmissionOptions } from '../../src/loop/pod-security-policy/part.ts';
import {
  type PodSecurityPolicy,
  readPodSecurityPolicy,
} from '../../src/loop/pod-security-policy/definition.ts';
import { pods, policies } from '../../src/loop/pod-security-policy/samples.fixture.ts';
import type { JsonObject } from '../../src/model/object.ts';
import type { ApiServer } from './api-server.ts';
import { apiServerSuite } from './api-server-suite.ts';
import { report } from './differential-report.ts';
import { inParallel } from './in-parallel.ts';
import { collectionOf, gated, gateLabel, verdictOf, waitForDenial } from './installed-policies.ts';
import { Random } from './random.ts';
import { scale, seed } from './sample-size.ts';
import { until } from './until.ts';

/** PodSecurityPolicies that are converted together. */
const groups: readonly (readonly string[])[] = [
  ...policies.map(({ metadata }) => [String(metadata.name)]),
  ['restricted', 'users', 'capabilities'],
  ['paths', 'sysctls', 'classes', 'may-groups'],
];

const options: AdmissionOptions = {
  name: '',
  mutatingVersion: 'admissionregistration.k8s.io/v1',
  enforced: 'privileged',
  useGroups: undefined,
  actions: ['Deny'],
  exempt: [],
};

apiServerSuite('PodSecurityPolicies', { users: { bob: { user: 'bob', groups: [] } } }, (test) => {
  test('converted policies refuse and fill in what the admission of Kubernetes 1.24 did', compare);
  test('labels and what is left to the policies refuse together what the admission refused', withLabels);
  test('who may use a policy is asked of the cluster, and a bad pod can go', usage);
});

function read(names: readonly string[]): PodSecurityPolicy[] {
  return policies
    .filter(({ metadata }) => names.includes(metadata.name))
    .map((one) => readPodSecurityPolicy(one).policy!);
}

async function install(
  api: ApiServer,
  objects: readonly (JsonObject | undefined)[],
  gate?: string,
): Promise<void> {
  for (const object of objects) {
    if (object === undefined) continue;
    const isBinding = String(object['kind']).endsWith('Binding') && gate !== undefined;
    const spec = object['spec'] as JsonObject;
    const body = isBinding
      ? {
          ...object,
          spec: { ...spec, matchResources: { objectSelector: { matchLabels: { [gateLabel]: gate } } } },
        }
      : object;
    const { group, plural, version } = kindRegistry().resolve(
      String(object['apiVersion']),
      String(object['kind']),
    );
    const answer = await api.request(
      'POST',
      `/apis/${group}/${version}/${plural}?fieldValidation=Strict`,
      body,
    );
    assert.ok(answer.status < 300, `${gate}: ${answer.body.message}`);
  }
}

const seen = (pod: JsonObject): JsonObject =>
  serverView(pod, { namespace: 'default', stage: 'mutating' }).object as JsonObject;

async function compare(api: ApiServer, context: TestContext): Promise<void> {
  for (const name of ['gvisor', 'kata']) {
    const body = { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name }, handler: name };
    await api.request('POST', '/apis/node.k8s.io/v1/runtimeclasses', body);
  }
  const random = new Random(seed);
  const sample = pods(() => random.next(), Math.round(60 * scale));
  const wrong: string[] = [];
  let cases = 0;
  let refused = 0;
  for (const [i, names] of groups.entries()) {
    const gate = `psp-${i}`;
    const some = read(names);
    const { mutating, validating } = admissionPolicies(some, { ...options, name: gate });
    await install(api, [...(mutating ?? []), ...(validating ?? [])], gate);
    const bad = ['hostIPC', 'nfs', 'other sysctl', 'pod user 0']
      .map((label) => sample.get(label))
      .find((pod) => admitted(seen(pod), some) === undefined);
    if (bad !== undefined)
      await waitForDenial(async () => verdictOf(await create(api, gated(bad, gate))), names.join('+'));
    // The mutation takes effect on its own; nothing tells when but a pod that needs it.
    const needy = [...sample.values()].find((pod) => {
      const after = admitted(seen(pod), some);
      return after !== undefined && text(after) !== text(seen(pod));
    });
    if (mutating !== undefined && needy !== undefined) await untilCreated(api, gated(needy, gate));
    await inParallel([...sample], async ([label, pod]) => {
      if ((await create(api, gated(pod, 'nobody'))).status >= 300) return void refused++;
      cases++;
      const expected = admitted(seen(pod), some);
      const answer = await create(api, gated(pod, gate));
      const verdict = verdictOf(answer);
      const where = `${names.join('+')}: ${label}`;
      if (expected === undefined) {
        if (verdict.kind === 'allowed') wrong.push(`${where}: allowed`);
      } else if (verdict.kind !== 'allowed') {
        // The API server may find that the pod with these defaults is not valid, as it did after PodSecurityPolicies.
        const again = await create(api, gated(expected, 'nobody'));
        if (again.status < 300) wrong.push(`${where}: ${JSON.stringify(verdict)}`);
      } else {
        const again = await create(api, gated(expected, 'nobody'));
        if (text(answer.body) !== text(again.body))
          wrong.push(`${where}:\n   theirs ${text(answer.body)}\n   ours   ${text(again.body)}`);
      }
    });
  }
  const numbers = [`${groups.length} groups of policies`, `${refused} pods that the server takes in no case`];
  report(context, { cases, numbers, disagreements: wrong, generated: true });
}

async function create(api: ApiServer, pod: JsonObject, token?: string) {
  return api.request('POST', `${collectionOf(pod)}?dryRun=All`, pod, token);
}

async function untilCreated(api: ApiServer, pod: JsonObject): Promise<void> {
  for (let i = 0; i < 100; i++) {
    if ((await create(api, pod)).status < 300) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A pod without what every creation makes anew. */
function text(pod: JsonObject): string {
  const { annotations, finalizers, name } = pod['metadata'] as JsonObject;
  const { status: _, ...rest } = pod;
  return JSON.stringify(sorted({ ...rest, metadata: { annotations, finalizers, name } }));
}

/** Policies that leave something to a namespace that enforces baseline. */
const leaving: readonly (readonly [string, JsonObject])[] = [
  ['restricted', {}],
  [
    'closed',
    {
      volumes: ['secret', 'emptyDir', 'nfs', 'projected'],
      allowedCapabilities: ['CHOWN', 'NET_BIND_SERVICE'],
      seLinux: { rule: 'MustRunAs', seLinuxOptions: { type: 'container_t' } },
    },
  ],
];

async function withLabels(api: ApiServer, context: TestContext): Promise<void> {
  const random = new Random(seed);
  const sample = pods(() => random.next(), Math.round(60 * scale));
  const wrong: string[] = [];
  let cases = 0;
  let denied = 0;
  for (const [name, spec] of leaving) {
    const written = policies.find(({ metadata }) => metadata.name === name);
    const annotations = {
      'seccomp.security.alpha.kubernetes.io/allowedProfileNames': 'runtime/default,',
      'apparmor.security.beta.kubernetes.io/allowedProfileNames': 'runtime/default',
      'apparmor.security.beta.kubernetes.io/defaultProfileName': 'runtime/default',
      ...written.metadata.annotations,
    };
    const { policy } = readPodSecurityPolicy({
      ...written,
      metadata: { name, annotations },
      spec: { ...written.spec, ...spec },
    });
    const namespace = `labelled-${name}`;
    const { level, objects } = convert({
      policies: [policy!],
      grants: { grants: [], wildcards: [], dangling: [] },
      version: 36,
      namespaces: [namespace],
      enforce: undefined,
      whole: false,
      name: namespace,
      actions: ['Deny'],
      exempt: [],
    });
    assert.equal(level, 'baseline');
    const [labels, ...admission] = objects;
    const made = await api.request('POST', '/api/v1/namespaces', labels);
    assert.ok(made.status < 300, made.body.message);
    const selected = admission.map((object) => {
      if (!String(object['kind']).endsWith('Binding')) return object;
      const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
      return {
        ...object,
        spec: { ...(object['spec'] as JsonObject), matchResources: { namespaceSelector } },
      };
    });
    await install(api, selected);
    const inside = (pod: JsonObject): JsonObject => ({
      ...pod,
      metadata: { ...(pod['metadata'] as JsonObject), namespace },
    });
    const other = inside(sample.get('csi')!);
    await until(
      async () => (await create(api, other)).status >= 300,
      () => `${namespace} is judged`,
    );
    await untilCreated(api, inside(sample.get('plain')!));
    await inParallel([...sample], async ([label, pod]) => {
      if ((await create(api, gated(pod, 'nobody'))).status >= 300) return;
      cases++;
      const expected = admitted(seen(pod), [policy!]);
      const answer = await create(api, inside(pod));
      if (answer.status >= 300) denied++;
      if (expected === undefined) {
        if (answer.status < 300) wrong.push(`${name}: ${label}: allowed`);
      } else if (answer.status >= 300 && (await create(api, gated(expected, 'nobody'))).status < 300) {
        wrong.push(`${name}: ${label}: ${answer.body.message}`);
      }
    });
  }
  report(context, { cases, numbers: [`${denied} refused`], disagreements: wrong, generated: true });
}

async function usage(api: ApiServer): Promise<void> {
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const made = async (path: string, body: object): Promise<void> => {
    const answer = await api.request('POST', path, body);
    assert.ok(answer.status < 300, answer.body.message);
  };
  await made('/api/v1/namespaces/default/pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'old', finalizers: ['example.com/hold'], labels: { [gateLabel]: 'psp-usage' } },
    spec: {
      automountServiceAccountToken: false,
      containers: [{ name: 'web', image: 'web', securityContext: { privileged: true } }],
    },
  });
  for (const name of ['trusted', 'plain', 'careful']) {
    await made('/api/v1/namespaces/default/serviceaccounts', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name },
    });
  }
  for (const [account, policy] of [
    ['trusted', 'open'],
    ['careful', 'restricted'],
  ]) {
    const metadata = { name: `use-${policy}`, namespace: 'default' };
    await made(`${rbac}/namespaces/default/roles`, {
      metadata,
      rules: [
        {
          apiGroups: ['policy'],
          resources: ['podsecuritypolicies'],
          resourceNames: [policy],
          verbs: ['use'],
        },
      ],
    });
    await made(`${rbac}/namespaces/default/rolebindings`, {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace: 'default' }],
    });
  }
  await made(`${rbac}/clusterroles`, {
    metadata: { name: 'bob' },
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['create', 'get', 'update', 'delete'] }],
  });
  await made(`${rbac}/clusterrolebindings`, {
    metadata: { name: 'bob' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'bob' },
    subjects: [{ kind: 'User', name: 'bob' }],
  });
  const some = read(['open', 'closed', 'restricted']);
  const { mutating, validating } = admissionPolicies(some, {
    ...options,
    name: 'psp-usage',
    useGroups: () => ['policy', 'extensions'],
  });
  await install(api, [...(mutating ?? []), ...(validating ?? [])], 'psp-usage');
  const pod = (serviceAccountName: string, privileged = true): JsonObject =>
    gated(
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'new' },
        spec: {
          serviceAccountName,
          automountServiceAccountToken: false,
          containers: [{ name: 'web', image: 'web', securityContext: { privileged } }],
        },
      },
      'psp-usage',
    );
  await waitForDenial(async () => verdictOf(await create(api, pod('plain'), 'bob')), 'a pod of plain');
  const answer = async (account: string, token?: string): Promise<number> =>
    (await create(api, pod(account), token)).status;
  assert.equal(await answer('trusted', 'bob'), 201, 'the ServiceAccount may');
  assert.equal(await answer('plain', 'bob'), 422, 'neither bob nor the ServiceAccount may');
  assert.equal(await answer('plain'), 201, 'the administrator may do everything');
  const filledIn = await create(api, pod('careful', false), 'bob');
  assert.equal(filledIn.status, 201, filledIn.body.message);
  assert.deepEqual(filledIn.body.spec.containers[0].securityContext.capabilities, { drop: ['ALL'] });
  const asItIs = await create(api, pod('trusted', false), 'bob');
  assert.equal(asItIs.body.spec.containers[0].securityContext.capabilities, undefined);
  assert.equal((await create(api, pod('plain', false), 'bob')).status, 422, 'nothing is filled in for plain');
  const denied = (await create(api, pod('plain'), 'bob')).body.message as string;
  assert.match(
    denied,
    /no PodSecurityPolicy admits the pod; closed: container "web" runs privileged; open: may not be used here; restricted: container "web" runs privileged, /,
  );
  const old = '/api/v1/namespaces/default/pods/old';
  assert.ok((await api.request('DELETE', old, undefined, 'bob')).status < 300);
  const body = (await api.request('GET', old)).body;
  body.metadata.finalizers = [];
  const freed = await api.request('PUT', old, body, 'bob');
  assert.ok(freed.status < 300, freed.body.message);
  assert.equal((await api.request('GET', old)).status, 404, 'the old pod is gone');
}
