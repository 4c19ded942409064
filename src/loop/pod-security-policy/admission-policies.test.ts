import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverView } from '../../kube/view/server-view.ts';
import type { JsonObject } from '../../model/object.ts';
import {
  type AdmissionRequest,
  judge,
  type JudgeContext,
  mutate,
  noParams,
  PolicyCompiler,
} from '../../policy/index.ts';
import { admitted, sorted } from './admission.fixture.ts';
import { admissionPolicies } from './admission-policies.ts';
import { type PodSecurityPolicy, readPodSecurityPolicy } from './definition.ts';
import type { AdmissionOptions } from './part.ts';
import { pods, policies } from './samples.fixture.ts';
import { createRequest } from '../../policy/request.fixture.ts';

const context: JudgeContext = { findNamespace: () => undefined, params: noParams };
const options: AdmissionOptions = {
  name: 'psp',
  mutatingVersion: 'admissionregistration.k8s.io/v1',
  enforced: 'privileged',
  useGroups: undefined,
  actions: ['Deny'],
  exempt: [],
};

const all = policies.map((one): PodSecurityPolicy => {
  const { policy, problems } = readPodSecurityPolicy(one);
  assert.deepEqual(problems, []);
  return policy!;
});

/** Pseudorandom numbers that are the same in every run. */
function numbers(): () => number {
  let state = 7;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

const seen = (pod: JsonObject): JsonObject =>
  serverView(pod, { namespace: 'default', stage: 'mutating' }).object as JsonObject;

function request(object: JsonObject, oldObject: JsonObject | null = null): AdmissionRequest {
  const operation = oldObject === null ? 'CREATE' : 'UPDATE';
  return createRequest({ operation, namespace: 'default', object, oldObject });
}

/** What our engine makes of a pod by the converted policies; undefined where it is refused. */
function converted(
  some: readonly PodSecurityPolicy[],
  more: Partial<AdmissionOptions> = {},
  around = context,
) {
  const { mutating, validating } = admissionPolicies(some, { ...options, ...more });
  const compiler = new PolicyCompiler({ version: '1.36' });
  const vap = validating && compiler.compilePolicy(validating[0]);
  const map = mutating && compiler.compileMutatingPolicy(mutating[0]);
  assert.deepEqual([...(vap?.problems ?? []), ...(map?.problems ?? [])], []);
  const judged = (object: JsonObject, oldObject: JsonObject | null = null) =>
    vap === undefined
      ? []
      : judge([{ policy: vap.policy!, binding: undefined }], request(object, oldObject), around);
  const mutated = (object: JsonObject): JsonObject => {
    if (map === undefined) return object;
    const result = mutate([{ policy: map.policy!, binding: undefined }], request(object), around);
    assert.equal(result.crash, undefined);
    assert.equal(result.denial, undefined);
    assert.deepEqual(result.unknown, []);
    return result.object!;
  };
  return { judged, mutated };
}

const isRefused = (judgements: readonly { verdict: string; reason: string }[]): boolean => {
  for (const { reason, verdict } of judgements)
    assert.ok(['pass', 'fail', 'not-applicable'].includes(verdict), reason);
  return judgements.some(({ verdict }) => verdict === 'fail');
};

const same = (a: unknown, b: unknown, label: string): void =>
  assert.equal(JSON.stringify(sorted(a), null, 1), JSON.stringify(sorted(b), null, 1), label);

function compare(
  some: readonly PodSecurityPolicy[],
  sample: ReadonlyMap<string, JsonObject>,
): { yes: number; no: number } {
  const { judged, mutated } = converted(some);
  const count = { yes: 0, no: 0 };
  for (const [name, pod] of sample) {
    const label = `${some.map((one) => one.name).join('+')}: ${name}`;
    const before = seen(pod);
    const expected = admitted(before, some);
    const after = mutated(before);
    const refused = isRefused(judged(after));
    assert.equal(refused, expected === undefined, label);
    if (expected !== undefined) same(after, expected, label);
    count[refused ? 'no' : 'yes']++;
    // On an update nothing is filled in, and what is not as a policy wants it is refused.
    const old = { ...before, metadata: { ...(before['metadata'] as JsonObject), labels: { a: 'b' } } };
    assert.equal(
      isRefused(judged(before, old)),
      admitted(before, some, false) === undefined,
      `update of ${label}`,
    );
  }
  return count;
}

const sample = pods(numbers(), 60);

for (const policy of all) {
  test(`${policy.name}: pods are refused and filled in as its admission did`, () => {
    const { no, yes } = compare([policy], sample);
    assert.ok(policy.name === 'contradiction' || yes > 0);
    assert.ok(no > 0 || policy.name === 'open');
  });
}

test('several policies: the first that takes a pod as it is, else the first that takes it with its defaults', () => {
  const by = (...names: string[]): PodSecurityPolicy[] => all.filter(({ name }) => names.includes(name));
  compare(by('restricted', 'users', 'capabilities'), sample);
  compare(by('paths', 'sysctls', 'classes', 'may-groups'), sample);
  compare(all, new Map([...sample].slice(0, 70)));
});

test('an update that only takes finalizers or owners away is not looked at', () => {
  const { judged } = converted([all.find(({ name }) => name === 'closed')!]);
  const bad = seen({
    ...sample.get('privileged')!,
    metadata: { name: 'web', finalizers: ['example.com/a'] },
  } as JsonObject);
  const freed = { ...bad, metadata: { name: 'web', namespace: 'default' } } as JsonObject;
  assert.ok(isRefused(judged(bad)));
  assert.equal(isRefused(judged(freed, bad)), false);
});

test('what a namespace enforces is left out, and everything else is not', () => {
  const some = all.filter(({ name }) => name === 'closed');
  const whole = converted(some);
  const rest = converted(some, { enforced: 'baseline' });
  const differs: string[] = [];
  for (const [name, pod] of [...sample].slice(0, 70)) {
    const object = seen(pod);
    if (isRefused(whole.judged(object)) !== isRefused(rest.judged(object))) differs.push(name);
  }
  assert.deepEqual(differs, [
    'privileged',
    'hostNetwork',
    'hostPID',
    'hostIPC',
    'hostPort',
    'hostPort 91',
    'hostPort 443',
    'procMount Unmasked',
  ]);
});

test('who may use a policy is asked of the cluster: the ServiceAccount of the pod, and whoever makes it', () => {
  const some = all.filter(({ name }) => name === 'open' || name === 'closed');
  const asked: string[] = [];
  const around = (allowed: string): JudgeContext => ({
    ...context,
    authorizer: {
      authorize: ({ resource, user, verb }) => {
        const question = `${user.username ?? ''} ${verb} ${resource?.resource} ${resource?.group} ${resource?.namespace} ${resource?.name}`;
        asked.push(question);
        return {
          decision: question.startsWith(allowed) && question.endsWith('open') ? 'allow' : 'no-opinion',
          reason: '',
        };
      },
    },
  });
  const useGroups = (): string[] => ['policy'];
  const pod = seen(sample.get('privileged')!);
  const withUser = { ...request(pod), userInfo: { username: 'alice', uid: '', groups: [], extra: {} } };
  const verdict = (allowed: string, policiesUsed = some): string => {
    const { validating } = admissionPolicies(policiesUsed, { ...options, useGroups });
    const { policy } = new PolicyCompiler({ version: '1.36' }).compilePolicy(validating![0]);
    return judge([{ policy: policy!, binding: undefined }], withUser, around(allowed))[0]!.verdict;
  };
  assert.equal(verdict('alice'), 'pass');
  assert.equal(verdict('system:serviceaccount:default:default'), 'pass');
  assert.equal(verdict('bob'), 'fail');
  assert.equal(verdict('alice', [some[0]!]), 'pass');
  assert.equal(verdict('bob', [some[0]!]), 'fail');
  assert.ok(asked.includes('alice use podsecuritypolicies policy default open'));
});

test('a policy that forbids nothing leaves nothing but its defaults', () => {
  const open = all.find(({ name }) => name === 'open')!;
  const nothing: PodSecurityPolicy = { ...open, allowedProcMountTypes: ['Default', 'Unmasked'] };
  const { mutating, validating } = admissionPolicies([nothing], options);
  assert.equal(mutating, undefined);
  // Host ports and sysctls are looked at even where all are allowed.
  assert.equal((validating![0]['spec'] as { validations: unknown[] }).validations.length, 3);
});

test('in a namespace that enforces restricted every container says runAsNonRoot', () => {
  const { mutated } = converted(
    all.filter(({ name }) => name === 'restricted'),
    { enforced: 'restricted' },
  );
  const pod = mutated(seen(sample.get('container user 1000')!)) as any;
  assert.deepEqual(
    pod.spec.containers.map(({ securityContext }: any) => securityContext.runAsNonRoot),
    [true, true],
  );
});

test('names and values of policies cannot break out of the expressions', () => {
  const { policy } = readPodSecurityPolicy({
    ...policies[1],
    metadata: { name: "a'b" },
    spec: {
      ...policies[1].spec,
      allowedCapabilities: ["X'] + ['Y\\"],
      volumes: ['hostPath'],
      allowedHostPaths: [{ pathPrefix: "/a'b\\c" }],
      forbiddenSysctls: ["k'*"],
    },
  });
  const { judged } = converted([policy!]);
  assert.equal(isRefused(judged(seen(sample.get('plain')!))), false);
  const { judged: two } = converted([policy!, all[0]!]);
  assert.equal(isRefused(two(seen(sample.get('plain')!))), false);
});
