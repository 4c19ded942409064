import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { Admission } from '../../src/loop/admission/admission.ts';
import { Cluster } from '../../src/loop/admission/cluster.ts';
import { readReviewText } from '../../src/loop/admission/review-text.ts';
import { readReview } from '../../src/loop/admission/review.ts';
import type { JsonObject } from '../../src/model/object.ts';
import { valueAt } from '../../src/model/path.ts';
import {
  type AdmissionRequest,
  type AdmissionResponse,
  type Authorizer,
  type BoundPolicy,
  type DenialStatus,
  judge,
  type JudgeContext,
  type Judgement,
  PolicyCompiler,
  respond,
} from '../../src/policy/index.ts';
import { apiServerSuite } from './api-server-suite.ts';
import { missingAssets } from './assets.ts';
import { report } from './differential-report.ts';
import { inParallel } from './in-parallel.ts';
import { generateCase, generateTrial, group, type PolicyCase, type Trial } from './policy-generator.ts';
import {
  type Annotations,
  AuditLog,
  definitions,
  namespaces,
  parameters,
  PolicyServer,
  type ServerAnswer,
} from './policy-server.ts';
import { Random } from './random.ts';
import { sampleSize, seed } from './sample-size.ts';

const cases = sampleSize(60);
const trialsPerCase = 8;
const isMissing = missingAssets('kube-apiserver', 'etcd') !== undefined;
const auditLog = isMissing ? undefined : new AuditLog();

/** A policy that the server took, with what is tried on it. */
interface Installed {
  readonly policyCase: PolicyCase;
  readonly bound: readonly BoundPolicy[];
  readonly trials: readonly Trial[];
}

apiServerSuite(
  'policies against the real server',
  {
    flags: auditLog?.flags,
    users: { bob: { user: 'bob', groups: ['dev'] } },
    prepare: (started) => new PolicyServer(started).prepare(),
  },
  (serverTest) => {
    serverTest('generated policies decide as the real server does', async (started, context) => {
      const server = new PolicyServer(started);
      const random = new Random(seed);
      const generated = Array.from({ length: cases }, (_, index) => {
        const policyCase = generateCase(random, index);
        const trials = Array.from({ length: trialsPerCase }, (_none, trial) =>
          generateTrial(random, policyCase.label, trial),
        );
        return { policyCase, trials };
      });
      const stored = generated
        .flatMap(({ trials }) => trials.map(({ oldObject }) => oldObject))
        .filter((object) => object !== null);
      await inParallel(stored, (object) => server.addObject(object));
      const disagreements: string[] = [];
      const installed = await install(server, generated, disagreements);
      await server.untilInForce();
      const tally = new Tally();
      await inParallel(
        installed.flatMap(({ trials, ...rest }) => trials.map((trial) => ({ ...rest, trial }))),
        async ({ policyCase, bound, trial }) => {
          const answer = await server.try(trial);
          if (answer.reason === 'Timeout') return tally.count('timed out on the server');
          const request = requestFor(trial);
          const judgements = judge(bound, request, judging);
          tally.add(trial, judgements, answer, policyCase);
          const difference =
            compare(judgements, request, answer) ?? compareAdmit(bound, trial, respond(judgements, request));
          if (difference !== undefined) disagreements.push(`${difference}\n${shown(trial, policyCase)}`);
        },
      );
      const annotations = auditLog!.annotations();
      for (const { trial, judgements, policyCase } of tally.tried) {
        const difference = compareAudit(judgements, requestFor(trial), annotations.get(trial.id));
        if (difference !== undefined) disagreements.push(`${difference}\n${shown(trial, policyCase)}`);
      }
      const audited = [...annotations.values()].filter((each) => each[failureKey] !== undefined).length;
      tally.count('audited', audited);
      report(context, {
        cases: tally.tried.length,
        numbers: [`${installed.length} policies`, ...tally.numbers],
        disagreements,
      });
      assert.ok(tally.fewest > tally.tried.length / 200, `a lopsided sample: ${tally.numbers.join(', ')}`);
    });
  },
);

/** Counts what the server answered, so that a sample in which nothing happens is noticed. */
class Tally {
  readonly tried: {
    readonly trial: Trial;
    readonly judgements: readonly Judgement[];
    readonly policyCase: PolicyCase;
  }[] = [];
  readonly #counts = new Map<string, number>(
    ['allowed', 'CREATE denied', 'UPDATE denied', 'DELETE denied', 'warned', 'audited'].map((name) => [
      name,
      0,
    ]),
  );

  add(trial: Trial, judgements: readonly Judgement[], answer: ServerAnswer, policyCase: PolicyCase): void {
    this.tried.push({ trial, judgements, policyCase });
    this.count(answer.allowed ? 'allowed' : `${trial.operation} denied`);
    if (answer.warnings.length > 0) this.count('warned');
  }

  count(name: string, times = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + times);
  }

  get numbers(): string[] {
    return [...this.#counts].map(([name, count]) => `${count} ${name}`);
  }

  get fewest(): number {
    return Math.min(
      ...[...this.#counts].map(([name, count]) => (name.startsWith('timed') ? Infinity : count)),
    );
  }
}

function shown(trial: Trial, { policy, bindings }: PolicyCase): string {
  return [
    `trial ${JSON.stringify(trial)}`,
    `policy ${JSON.stringify(policy['spec'])}`,
    `bindings ${JSON.stringify(bindings.map((binding) => binding['spec']))}`,
  ].join('\n');
}

/** Stores the policies; one that only one side refuses is a difference. */
async function install(
  server: PolicyServer,
  generated: readonly { readonly policyCase: PolicyCase; readonly trials: readonly Trial[] }[],
  disagreements: string[],
): Promise<Installed[]> {
  const compiler = new PolicyCompiler({ version: '1.36' });
  const installed: Installed[] = [];
  for (const { policyCase, trials } of generated) {
    const { policy, problems } = compiler.compilePolicy(policyCase.policy);
    const theirs = await server.addPolicy(policyCase.policy);
    const ours = problems.map(({ reason }) => reason).join('\n');
    if ((theirs === '') !== (ours === '')) {
      disagreements.push(`policy ${JSON.stringify(policyCase.policy)}\n server: ${theirs}\n ours: ${ours}`);
    }
    if (theirs !== '' || policy === undefined) continue;
    const bound = policyCase.bindings.map((object) => {
      const { binding, problems: wrong } = compiler.compileBinding(object);
      assert.deepEqual(wrong, [], JSON.stringify(object));
      return { policy, binding };
    });
    for (const binding of policyCase.bindings) await server.addBinding(binding);
    installed.push({ policyCase, bound, trials });
  }
  return installed;
}

const namespaceObjects = Object.values(namespaces).map(({ name, labels }) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { ...labels, 'kubernetes.io/metadata.name': name } },
  status: { phase: 'Active' },
}));

/** What the server's RBAC says: `bob` may do everything with the suite's kinds, the administrator may do everything. */
const authorizer: Authorizer = {
  authorize({ user, resource }) {
    if (user.groups.includes('system:masters')) return { decision: 'allow', reason: '' };
    if (user.username !== 'bob' || resource?.group !== group) return { decision: 'no-opinion', reason: '' };
    const reason = 'RBAC: allowed by ClusterRoleBinding "bob" of ClusterRole "bob" to User "bob"';
    return { decision: 'allow', reason };
  },
};

const judging: JudgeContext = {
  findNamespace: (name) => namespaceObjects.find(({ metadata }) => metadata.name === name) ?? null,
  params: { objects: parameters, complete: true, scopeOf: () => 'Namespaced' },
  convert: (object, kind) => ({ ...object, apiVersion: `${kind.group}/${kind.version}` }),
  authorizer,
};

const cluster = new Cluster([...definitions, ...namespaceObjects, ...parameters], true);

/** The same request as an AdmissionReview, through `scantling admit` from the text of a line on. */
function compareAdmit(
  bound: readonly BoundPolicy[],
  trial: Trial,
  expected: AdmissionResponse,
): string | undefined {
  const { object, oldObject, kind, resource, subresource, ...rest } = requestFor(trial);
  const request = { uid: trial.id, kind, resource, subResource: subresource, object, oldObject, ...rest };
  const line = JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request });
  const read = readReviewText(line);
  if ('problem' in read) return `admit: ${read.problem}`;
  const admission = new Admission({ policies: bound, mutations: [], cluster, authorizer, explain: true });
  const { response } = admission.answer(readReview(read.value, cluster.kinds)).review;
  const { metadata: _, status: __, ...status } = response.status ?? {};
  const own = {
    allowed: response.allowed,
    status: response.status && status,
    warnings: response.warnings ?? [],
    auditAnnotations: response.auditAnnotations ?? {},
    unknowns: [],
  };
  return isDeepStrictEqual(own, expected)
    ? undefined
    : `admit: ${JSON.stringify(own)}\n judge: ${JSON.stringify(expected)}`;
}

const optionsKinds = { CREATE: 'CreateOptions', UPDATE: 'UpdateOptions', DELETE: 'DeleteOptions' };

function requestFor({ operation, subresource, user, object, oldObject }: Trial): AdmissionRequest {
  const subject = (object ?? oldObject)!;
  const version = String(subject['apiVersion']).split('/')[1]!;
  const kind = String(subject['kind']);
  const resource = `${kind.toLowerCase()}s`;
  const other = version === 'v1' ? 'v2' : 'v1';
  return {
    operation,
    kind: { group, version, kind },
    resource: { group, version, resource },
    subresource,
    name: String(valueAt(subject, ['metadata', 'name'])),
    namespace: String(valueAt(subject, ['metadata', 'namespace']) ?? ''),
    scope: kind === 'Wide' ? 'Cluster' : 'Namespaced',
    object,
    oldObject,
    userInfo: {
      username: user,
      uid: user,
      groups: [user === 'admin' ? 'system:masters' : 'dev', 'system:authenticated'],
      extra: {},
    },
    dryRun: true,
    options: { apiVersion: 'meta.k8s.io/v1', kind: optionsKinds[operation], dryRun: ['All'] },
    equivalents: [{ kind: { group, version: other, kind }, resource: { group, version: other, resource } }],
  };
}

/**
 * Undefined where both agree. Bindings and selected parameters have no order in the server, so its one message must be
 * the first denial of any of them; warnings are compared as sets.
 */
function compare(
  judgements: readonly Judgement[],
  request: AdmissionRequest,
  answer: ServerAnswer,
): string | undefined {
  const whole = respond(judgements, request);
  const shown = ({ status }: AdmissionResponse) => `${status?.reason} ${status?.message}`;
  if (whole.allowed !== answer.allowed) {
    const own = whole.allowed === false ? shown(whole) : `allowed ${whole.allowed}`;
    const reasons = judgements.map(({ verdict, reason }) => `${verdict} ${reason}`).join('; ');
    return `ours: ${own} (${reasons})\n server: ${answer.allowed ? 'allowed' : answer.message}`;
  }
  const possible = judgements.flatMap((judgement) => respond([judgement], request).status ?? []);
  if (!answer.allowed && !possible.some((status) => isStatus(status, answer.status!))) {
    return `ours: ${JSON.stringify(whole.status)}\n server: ${JSON.stringify(answer.status)}`;
  }
  const own = JSON.stringify(whole.warnings.toSorted());
  const theirs = JSON.stringify(answer.warnings.toSorted());
  return own === theirs ? undefined : `warnings ours: ${own}\n server: ${theirs}`;
}

function isStatus({ message, reason, code, details }: DenialStatus, theirs: JsonObject): boolean {
  const own = { message, reason, code, details };
  return isDeepStrictEqual(own, {
    message: theirs['message'],
    reason: theirs['reason'],
    code: theirs['code'],
    details: theirs['details'],
  });
}

const failureKey = 'validation.policy.admission.k8s.io/validation_failure';

/** As messages: bindings have no order, so values are compared as sets and the one failure kept may be any of them. */
function compareAudit(
  judgements: readonly Judgement[],
  request: AdmissionRequest,
  theirs: Annotations | undefined,
): string | undefined {
  if (theirs === undefined) return 'the request is not in the audit log';
  const own = respond(judgements, request).auditAnnotations;
  const asSets = (annotations: Annotations) =>
    JSON.stringify(
      Object.entries(annotations)
        .filter(([key]) => key.startsWith('policy-'))
        .map(([key, value]) => [key, value.split(', ').toSorted()])
        .toSorted(),
    );
  if (asSets(own) !== asSets(theirs)) {
    return `annotations ours: ${JSON.stringify(own)}\n server: ${JSON.stringify(theirs)}`;
  }
  const failure = theirs[failureKey];
  if (failure === undefined && own[failureKey] === undefined) return undefined;
  const possible = judgements.map((judgement) => respond([judgement], request).auditAnnotations[failureKey]);
  return failure !== undefined && possible.includes(failure)
    ? undefined
    : `audit ours: ${own[failureKey]}\n server: ${failure}`;
}
