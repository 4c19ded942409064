import { isDeepStrictEqual } from 'node:util';
import { parseApiVersion } from '../../src/kube/group-version.ts';
import { builtInKind } from '../../src/kube/kinds.ts';
import { serverView } from '../../src/kube/view/server-view.ts';
import { Admission, type ReviewResponse } from '../../src/loop/admission/admission.ts';
import { Cluster } from '../../src/loop/admission/cluster.ts';
import { readReview } from '../../src/loop/admission/review.ts';
import type { Json, JsonObject } from '../../src/model/object.ts';
import { bindMutations, bindPolicies, PolicyCompiler } from '../../src/policy/index.ts';
import { applyJsonPatch } from '../../src/policy/mutation/json-patch.ts';
import type { Answer, ApiServer } from './api-server.ts';
import { apiServerSuite } from './api-server-suite.ts';
import { report } from './differential-report.ts';
import { inParallel } from './in-parallel.ts';
import { collectionOf } from './installed-policies.ts';
import { generateMutationCase, parameters, short } from './mutation-generator.ts';
import { saysTheSame } from './mutation-message.ts';
import { Random } from './random.ts';
import { sampleSize, seed } from './sample-size.ts';
import { until } from './until.ts';

/**
 * Mutating and validating policies together, through `admit`: the patch that it answers makes of the object what the real
 * server makes of it, and the validating policy has judged that. What mutations do one by one is proved elsewhere; here
 * each case has one mutating policy with one binding, whose order is certain.
 */
const group = 'admissionregistration.k8s.io/v1';
const api = `/apis/${group}`;
const objectsPerCase = 6;
const wanted = sampleSize(60);
const compiler = new PolicyCompiler({ version: '1.36' });
const namespace: JsonObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } };

/** Tells what it sees of the mutated object, and denies some. */
const judging = {
  apiVersion: group,
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name: 'judging' },
  spec: {
    failurePolicy: 'Fail',
    matchConstraints: {
      resourceRules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['CREATE'], resources: ['*'] }],
    },
    matchConditions: [{ name: 'case', expression: 'object.metadata.?labels.?case.hasValue()' }],
    validations: [
      {
        expression:
          'size(object.metadata.?labels.orValue({})) + size(object.metadata.?annotations.orValue({})) < 5',
        messageExpression:
          "string(size(object.metadata.?labels.orValue({}))) + ' labels, ' + string(size(object.metadata.?annotations.orValue({}))) + ' annotations on ' + object.metadata.name + ' alias ' + request.name",
      },
      {
        expression: 'object.?spec.?containers.orValue([]).all(c, c.?env.orValue([]).size() < 2)',
        message: 'too much environment',
        reason: 'Forbidden',
      },
    ],
  },
};
const judgingBinding = {
  apiVersion: group,
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: { name: 'judging' },
  spec: { policyName: 'judging', validationActions: ['Deny'] },
};

interface Tried {
  readonly object: JsonObject;
  readonly ours: ReviewResponse;
  readonly theirs: Answer | undefined;
  readonly policy: JsonObject;
}

apiServerSuite(
  'admit with mutations',
  {
    flags: [
      '--disable-admission-plugins=DefaultTolerationSeconds,Priority,RuntimeClass,TaintNodesByCondition',
    ],
  },
  (test) => {
    test('mutations, then validations, then a patch: as on the real server', async (server, context) => {
      const random = new Random(seed);
      for (const object of parameters) await create(server, '/api/v1/namespaces/default/configmaps', object);
      await create(server, `${api}/validatingadmissionpolicies`, judging);
      await create(server, `${api}/validatingadmissionpolicybindings`, judgingBinding);
      const { bound: policies } = bindPolicies(
        [compiler.compilePolicy(plain(judging)).policy!],
        [compiler.compileBinding(plain(judgingBinding)).binding!],
      );
      const cluster = new Cluster([namespace, ...parameters], true);
      const made: { object: JsonObject; admission: Admission; policy: JsonObject }[] = [];
      for (let index = 0; made.length < wanted * objectsPerCase; index++) {
        const one = generateMutationCase(random, index, objectsPerCase);
        const [policy, binding] = [one.policies[0]!, one.bindings[0]!];
        if (one.policies.length > 1 || one.bindings.length > 1 || selectsSeveral(binding)) continue;
        const { policy: compiled, problems } = compiler.compileMutatingPolicy(policy);
        const { status } = await server.request('POST', `${api}/mutatingadmissionpolicies`, policy);
        if (status !== 201 || compiled === undefined || problems.some(({ severity }) => severity === 'error'))
          continue;
        await create(server, `${api}/mutatingadmissionpolicybindings`, binding);
        const { bound: mutations } = bindMutations(
          [compiled],
          [compiler.compileMutatingBinding(binding).binding!],
        );
        const admission = new Admission({ policies, mutations, cluster, explain: false });
        made.push(...one.objects.map((object) => ({ object, admission, policy })));
      }
      await untilInForce(server);
      const tried: Tried[] = [];
      await inParallel(made, async ({ object, admission, policy }) => {
        const theirs = await send(server, object);
        const review = readReview(reviewOf(object), cluster.kinds);
        tried.push({ object, policy, theirs, ours: admission.answer(review).review.response });
      });
      const tally = { patched: 0, unchanged: 0, denied: 0, invalid: 0, crashed: 0 };
      const disagreements: string[] = [];
      for (const one of tried) {
        const { theirs, ours, object, policy } = one;
        if (theirs === undefined) tally.crashed++;
        else if (isInvalid(theirs)) tally.invalid++;
        else if (theirs.status >= 300) tally.denied++;
        else tally[ours.patch === undefined ? 'unchanged' : 'patched']++;
        const complaint = complaintOf(one);
        if (complaint !== undefined) disagreements.push(`${complaint}\n${short(object)}\n${short(policy)}`);
      }
      const numbers = Object.entries(tally).map(([name, count]) => `${count} ${name}`);
      report(context, { cases: tried.length, numbers, disagreements });
    });
  },
);

/** What is wrong with our answer; undefined where it is the server's. */
function complaintOf({ object, ours, theirs }: Tried): string | undefined {
  const own = JSON.stringify({ allowed: ours.allowed, status: ours.status });
  if (theirs === undefined) {
    return ours.status?.message.startsWith('the API server would crash')
      ? undefined
      : `the server crashed, ours ${own}`;
  }
  // What we take for valid a server may refuse before any validating policy.
  if (isInvalid(theirs)) return undefined;
  const { status, body } = theirs;
  if (status < 300 !== ours.allowed) return `server ${status} ${body.message ?? ''}\n  ours ${own}`;
  if (!ours.allowed) {
    const { code, reason, message, details } = ours.status!;
    const isSame =
      code === body.code &&
      reason === body.reason &&
      saysTheSame(message, body.message) &&
      isDeepStrictEqual(outlined(details), outlined(body.details));
    return isSame ? undefined : `server ${body.code} ${body.reason} ${body.message}\n  ours ${own}`;
  }
  const patched = ours.patch === undefined ? object : applied(object, ours.patch);
  const view = serverView(patched, { namespace: 'default', stage: 'mutated' }).object as JsonObject;
  const [mine, other] = [view, body as JsonObject].map(withoutAssigned);
  return isDeepStrictEqual(mine, other) ? undefined : `server ${short(other!)}\n  ours ${short(mine!)}`;
}

/** The details but for the texts of causes, of which the first is the message. */
function outlined({
  causes = [],
  ...details
}: NonNullable<ReviewResponse['status']>['details'] = {}): object {
  return { ...details, causes: causes.length };
}

/** Refused by the validation of objects, between mutating and validating policies. */
function isInvalid({ status, body }: Answer): boolean {
  return status === 422 && !String(body.message).includes('ValidatingAdmissionPolicy');
}

function applied(object: JsonObject, patch: string): JsonObject {
  const operations = JSON.parse(Buffer.from(patch, 'base64').toString()) as {
    op: string;
    path: string;
    value?: Json;
  }[];
  const result = applyJsonPatch(
    object,
    operations.map(({ op, path, value }) => ({ op, path, from: '', value })),
  );
  if (result.kind !== 'patched') throw new Error(`the patch cannot be applied: ${JSON.stringify(result)}`);
  return result.object as JsonObject;
}

/** A selector may find both parameters, in any order. */
function selectsSeveral(binding: JsonObject): boolean {
  return JSON.stringify(binding).includes('"selector"');
}

function reviewOf(object: JsonObject): JsonObject {
  const { apiVersion, kind } = object as { apiVersion: string; kind: string };
  const { group: kindGroup, version } = parseApiVersion(apiVersion)!;
  const base = { group: kindGroup, version };
  return plain({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'u',
      kind: { ...base, kind },
      resource: { ...base, resource: builtInKind(apiVersion, kind)!.plural },
      namespace: 'default',
      operation: 'CREATE',
      dryRun: true,
      userInfo: { username: 'admin', uid: 'admin', groups: ['system:masters', 'system:authenticated'] },
      object,
    },
  });
}

function withoutAssigned(object: JsonObject): JsonObject {
  const copy = structuredClone(object) as { metadata: Record<string, unknown> };
  for (const name of ['uid', 'creationTimestamp', 'managedFields']) delete copy.metadata[name];
  return JSON.parse(
    JSON.stringify(copy).replaceAll(/"lastTransitionTime":"[^"]*"/g, '"lastTransitionTime":""'),
  ) as JsonObject;
}

/** Creates the object as a dry run; undefined where the server closed the connection without an answer. */
async function send(server: ApiServer, object: JsonObject): Promise<Answer | undefined> {
  return server.request('POST', `${collectionOf(object)}?dryRun=All`, object).catch(() => undefined);
}

async function create(server: ApiServer, path: string, object: object): Promise<void> {
  const { status, body } = await server.request('POST', path, object);
  if (status !== 201) throw new Error(`${path}: ${JSON.stringify(body)} for ${JSON.stringify(object)}`);
}

/** Policies take effect a moment after they are created; the last one shows. */
async function untilInForce(server: ApiServer): Promise<void> {
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] };
  const expression = 'Object{data: {"force": "yes"}}';
  await create(server, `${api}/mutatingadmissionpolicies`, {
    apiVersion: group,
    kind: 'MutatingAdmissionPolicy',
    metadata: { name: 'sentinel' },
    spec: {
      reinvocationPolicy: 'Never',
      matchConstraints: { resourceRules: [rule], objectSelector: { matchLabels: { sentinel: 'yes' } } },
      mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression } }],
    },
  });
  await create(server, `${api}/mutatingadmissionpolicybindings`, {
    apiVersion: group,
    kind: 'MutatingAdmissionPolicyBinding',
    metadata: { name: 'sentinel' },
    spec: { policyName: 'sentinel' },
  });
  const metadata = { name: 'probe', labels: { sentinel: 'yes' } };
  const probe = { apiVersion: 'v1', kind: 'ConfigMap', metadata };
  await until(
    async () => (await send(server, probe))?.body.data?.force === 'yes',
    'the last mutating policy is in force',
  );
}

function plain(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}
