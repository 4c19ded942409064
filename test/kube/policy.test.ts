import assert from 'node:assert/strict';
import { valueAt } from '../../src/model/path.ts';
import {
  type AdmissionRequest,
  type AdmissionResponse,
  type BoundPolicy,
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
  { flags: auditLog?.flags, prepare: (started) => new PolicyServer(started).prepare() },
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
          const request = requestFor(trial);
          const judgements = judge(bound, request, judging);
          tally.add(trial, judgements, answer, policyCase);
          const difference = compare(judgements, request, answer);
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
    return Math.min(...this.#counts.values());
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

const judging: JudgeContext = {
  findNamespace: (name) => {
    const metadata = Object.hasOwn(namespaces, name)
      ? namespaces[name as keyof typeof namespaces]
      : undefined;
    if (metadata === undefined) return null;
    const labels = { ...metadata.labels, 'kubernetes.io/metadata.name': name };
    return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels }, status: { phase: 'Active' } };
  },
  params: { objects: parameters, complete: true, scopeOf: () => 'Namespaced' },
  convert: (object, kind) => ({ ...object, apiVersion: `${kind.group}/${kind.version}` }),
};

const optionsKinds = { CREATE: 'CreateOptions', UPDATE: 'UpdateOptions', DELETE: 'DeleteOptions' };

function requestFor({ operation, object, oldObject }: Trial): AdmissionRequest {
  const subject = (object ?? oldObject)!;
  const version = String(subject['apiVersion']).split('/')[1]!;
  const kind = String(subject['kind']);
  const resource = `${kind.toLowerCase()}s`;
  const other = version === 'v1' ? 'v2' : 'v1';
  return {
    operation,
    kind: { group, version, kind },
    resource: { group, version, resource },
    subresource: '',
    name: String(valueAt(subject, ['metadata', 'name'])),
    namespace: String(valueAt(subject, ['metadata', 'namespace']) ?? ''),
    scope: kind === 'Wide' ? 'Cluster' : 'Namespaced',
    object,
    oldObject,
    userInfo: {
      username: 'admin',
      uid: 'admin',
      groups: ['system:masters', 'system:authenticated'],
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
  const possible = judgements.map((judgement) => shown(respond([judgement], request)));
  if (!answer.allowed && !possible.includes(`${answer.reason} ${answer.message}`)) {
    return `ours: ${shown(whole)}\n server: ${answer.reason} ${answer.message}`;
  }
  const own = JSON.stringify(whole.warnings.toSorted());
  const theirs = JSON.stringify(answer.warnings.toSorted());
  return own === theirs ? undefined : `warnings ours: ${own}\n server: ${theirs}`;
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
