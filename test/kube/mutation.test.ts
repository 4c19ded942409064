import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { parseApiVersion } from '../../src/kube/group-version.ts';
import { builtInKind } from '../../src/kube/kinds.ts';
import { serverView } from '../../src/kube/view/server-view.ts';
import type { JsonObject } from '../../src/model/object.ts';
import {
  type AdmissionRequest,
  bindMutations,
  type BoundMutation,
  mutate,
  type MutationResult,
  PolicyCompiler,
} from '../../src/policy/index.ts';
import type { Answer, ApiServer } from './api-server.ts';
import { apiServerSuite } from './api-server-suite.ts';
import { report } from './differential-report.ts';
import { inParallel } from './in-parallel.ts';
import { collectionOf } from './installed-policies.ts';
import { generateMutationCase, type MutationCase, parameters, short } from './mutation-generator.ts';
import { saysTheSame } from './mutation-message.ts';
import { Random } from './random.ts';
import { sampleSize, seed } from './sample-size.ts';
import { until } from './until.ts';

const cases = sampleSize(80);
const objectsPerCase = 6;
const admission = '/apis/admissionregistration.k8s.io/v1';

apiServerSuite(
  'mutating policies against the real server',
  { flags: ['--disable-admission-plugins=DefaultTolerationSeconds,Priority,TaintNodesByCondition'] },
  (serverTest) => {
    serverTest('generated mutations come out as on the real server', async (server, context) => {
      const random = new Random(seed);
      const generated = Array.from({ length: cases }, (_, index) =>
        generateMutationCase(random, index, objectsPerCase),
      );
      for (const object of parameters) {
        await create(server, '/api/v1/namespaces/default/configmaps', object);
      }
      const disagreements: string[] = [];
      const installed = new Map<MutationCase, readonly BoundMutation[]>();
      let refused = 0;
      await inParallel(generated, async (one) => {
        const { bound, complaints, isRefused } = await install(server, one);
        disagreements.push(...complaints);
        if (isRefused) refused++;
        else installed.set(one, bound);
      });
      await untilInForce(server);
      const tally = new Map<string, number>();
      await inParallel(
        [...installed].flatMap(([one, bound]) => one.objects.map((object) => ({ one, bound, object }))),
        async ({ one, bound, object }) => {
          const answer = await send(server, object);
          const outcome = outcomeOf(answer);
          tally.set(outcome, (tally.get(outcome) ?? 0) + 1);
          const complaints = orders(bound).flatMap((order) =>
            [parameters, parameters.toReversed()].map((params) =>
              complaint(run(order, object, params), answer),
            ),
          );
          if (!complaints.includes(undefined)) {
            const policies = one.policies.map(({ metadata, spec }) =>
              short({ metadata, spec } as JsonObject),
            );
            disagreements.push([complaints[0], `object ${short(object)}`, ...policies].join('\n'));
          }
        },
      );
      const count = [...tally.values()].reduce((sum, some) => sum + some, 0);
      report(context, {
        cases: count,
        numbers: [
          `${installed.size} cases of policies`,
          `${refused} refused`,
          ...[...tally].map(([name, some]) => `${some} ${name}`),
        ],
        disagreements,
      });
      for (const name of ['mutated', 'denied', 'internal error']) {
        assert.ok((tally.get(name) ?? 0) > count / 50, `a lopsided sample: ${[...tally].join(', ')}`);
      }
    });
  },
);

/** Stores the policies of a case; what only one side refuses is a complaint. */
async function install(
  server: ApiServer,
  { policies, bindings }: MutationCase,
): Promise<{ bound: readonly BoundMutation[]; complaints: string[]; isRefused: boolean }> {
  const compiler = new PolicyCompiler({ version: '1.36' });
  const complaints: string[] = [];
  let isRefused = false;
  const compiled = [];
  for (const object of policies) {
    const { policy, problems } = compiler.compileMutatingPolicy(object);
    const ours = problems.filter(({ severity }) => severity === 'error').map(({ reason }) => reason);
    const { status, body } = await server.request('POST', `${admission}/mutatingadmissionpolicies`, object);
    if (status !== 201) isRefused = true;
    if ((status === 201) !== (ours.length === 0)) {
      complaints.push(
        `policy: server ${status} ${body.message ?? ''}\n  ours ${ours.join()}\n${short(object)}`,
      );
      isRefused = true;
    }
    if (policy !== undefined) compiled.push(policy);
  }
  if (isRefused) {
    for (const object of policies) {
      const { name } = object['metadata'] as { name: string };
      await server.request('DELETE', `${admission}/mutatingadmissionpolicies/${name}`);
    }
    return { bound: [], complaints, isRefused };
  }
  for (const object of bindings) await create(server, `${admission}/mutatingadmissionpolicybindings`, object);
  const own = bindings.map((object) => compiler.compileMutatingBinding(object).binding!);
  return { bound: bindMutations(compiled, own).bound, complaints, isRefused };
}

/** Policies take effect a moment after they are created: a last one whose work is known says when. */
async function untilInForce(server: ApiServer): Promise<void> {
  const api = { apiVersion: 'admissionregistration.k8s.io/v1' };
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] };
  await create(server, `${admission}/mutatingadmissionpolicies`, {
    ...api,
    kind: 'MutatingAdmissionPolicy',
    metadata: { name: 'sentinel' },
    spec: {
      reinvocationPolicy: 'Never',
      matchConstraints: { resourceRules: [rule] },
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      mutations: [
        {
          patchType: 'ApplyConfiguration',
          applyConfiguration: { expression: 'Object{data: {"force": params.data.v}}' },
        },
      ],
    },
  });
  const paramRef = { name: 'one', namespace: 'default', parameterNotFoundAction: 'Deny' };
  await create(server, `${admission}/mutatingadmissionpolicybindings`, {
    ...api,
    kind: 'MutatingAdmissionPolicyBinding',
    metadata: { name: 'sentinel' },
    spec: { policyName: 'sentinel', paramRef },
  });
  const probe = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'probe' } };
  await until(
    async () => (await send(server, probe))?.body.data?.force === 'one',
    'the last mutating policy is in force',
  );
}

/** Creates the object as a dry run; undefined where the server closed the connection without an answer. */
async function send(server: ApiServer, object: JsonObject): Promise<Answer | undefined> {
  return server.request('POST', `${collectionOf(object)}?dryRun=All`, object).catch(() => undefined);
}

async function create(server: ApiServer, path: string, object: object): Promise<void> {
  const { status, body } = await server.request('POST', path, object);
  assert.equal(status, 201, `${path}: ${JSON.stringify(body)} for ${JSON.stringify(object)}`);
}

function outcomeOf(answer: Answer | undefined): string {
  if (answer === undefined) return 'panic';
  const { status } = answer;
  if (status === 201) return 'mutated';
  if (status === 500) return 'internal error';
  return status === 403 ? 'denied' : status === 422 ? 'invalid afterwards' : `status ${status}`;
}

/**
 * The server's order of policies, of the bindings of one, and of the parameters that a selector selects, is not known; the
 * bindings of one stay together.
 */
function orders(bound: readonly BoundMutation[]): readonly (readonly BoundMutation[])[] {
  const names = [...new Set(bound.map(({ policy }) => policy.name))];
  return [names, names.toReversed()].flatMap((order) =>
    order.reduce<readonly (readonly BoundMutation[])[]>(
      (starts, name) => {
        const own = bound.filter(({ policy }) => policy.name === name);
        const ways = own.length > 1 ? [own, own.toReversed()] : [own];
        return starts.flatMap((start) => ways.map((way) => [...start, ...way]));
      },
      [[]],
    ),
  );
}

function run(
  bound: readonly BoundMutation[],
  written: JsonObject,
  params: readonly JsonObject[],
): MutationResult {
  const object = serverView(written, { namespace: 'default', stage: 'mutating' }).object as JsonObject;
  const { apiVersion, kind } = written as { apiVersion: string; kind: string };
  const { group, version } = parseApiVersion(apiVersion)!;
  const request: AdmissionRequest = {
    operation: 'CREATE',
    kind: { group, version, kind },
    resource: { group, version, resource: builtInKind(apiVersion, kind)!.plural },
    subresource: '',
    name: (written['metadata'] as { name: string }).name,
    namespace: 'default',
    scope: 'Namespaced',
    object,
    oldObject: null,
    dryRun: true,
    userInfo: {
      username: 'admin',
      uid: 'admin',
      groups: ['system:masters', 'system:authenticated'],
      extra: {},
    },
  };
  return mutate(bound, request, {
    findNamespace: (name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }),
    params: { objects: params, complete: true, scopeOf: () => 'Namespaced' },
  });
}

/** What is wrong with our result; undefined where it is the server's. */
function complaint(result: MutationResult, answer: Answer | undefined): string | undefined {
  const { denial, crash, unknown } = result;
  if (unknown.length > 0) return `unknown: ${unknown.join()}`;
  if (answer === undefined) return crash === undefined ? 'server panics\n  ours does not' : undefined;
  const { status, body } = answer;
  if (crash !== undefined) return `server ${status} ${body.message ?? ''}\n  ours panics: ${crash}`;
  const isOfMutation =
    status === 500 ||
    (status === 403 && /^policy ['"]/.test(body.message)) ||
    (status === 400 && /does not match the namespace/.test(body.message));
  if (isOfMutation) {
    if (denial === undefined) return `server ${status} ${body.message}\n  ours mutates`;
    const same =
      saysTheSame(denial.message, body.message) && denial.code === status && denial.reason === body.reason;
    if (!same)
      return `server ${status} ${body.reason} ${body.message}\n  ours   ${denial.code} ${denial.reason} ${denial.message}`;
    const causes = ((body.details?.causes ?? []) as { message: string }[]).map(({ message }) => message);
    const own = denial.causes;
    const isSame = causes.length === own.length && causes.every((cause, i) => saysTheSame(own[i]!, cause));
    return status !== 403 || isSame ? undefined : `causes ${causes.join(' | ')}\n  ours ${own.join(' | ')}`;
  }
  if (denial !== undefined)
    return `server ${status} ${body.message ?? ''}\n  ours   ${denial.code} ${denial.message}`;
  if (status !== 201) return undefined;
  const theirs = withoutAssigned(body as JsonObject);
  const ours = withoutAssigned(
    serverView(result.object!, { namespace: 'default', stage: 'mutated' }).object as JsonObject,
  );
  return isDeepStrictEqual(theirs, ours) ? undefined : firstDifference(theirs, ours, '');
}

function withoutAssigned(object: JsonObject): JsonObject {
  const copy = structuredClone(object) as { metadata: Record<string, unknown> };
  for (const name of ['uid', 'creationTimestamp', 'managedFields']) delete copy.metadata[name];
  return JSON.parse(
    JSON.stringify(copy).replaceAll(/"lastTransitionTime":"[^"]*"/g, '"lastTransitionTime":""'),
  ) as JsonObject;
}

function firstDifference(a: unknown, b: unknown, path: string): string {
  const isNested = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null;
  if (!isNested(a) || !isNested(b))
    return `${path}: server ${JSON.stringify(a)}\n  ours ${JSON.stringify(b)}`;
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    if (!isDeepStrictEqual(a[key], b[key])) return firstDifference(a[key], b[key], `${path}.${key}`);
  }
  return `${path}: another order`;
}
