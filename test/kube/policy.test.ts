import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
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
import { assets, missingAssets } from './api-server.ts';
import {
  generateCase,
  generateTrial,
  group,
  type PolicyCase,
  Random,
  type Trial,
} from './policy-generator.ts';
import {
  type Annotations,
  namespaces,
  parameters,
  PolicyServer,
  type ServerAnswer,
} from './policy-server.ts';

/** `POLICY_SEED=7 POLICY_CASES=1000 POLICY_TRIALS=20` repeats or enlarges a run. */
const seed = Number(process.env['POLICY_SEED'] ?? 1);
const cases = Number(process.env['POLICY_CASES'] ?? 60);
const trialsPerCase = Number(process.env['POLICY_TRIALS'] ?? 8);

const skip = assets === undefined ? missingAssets : false;
if (skip !== false) process.stderr.write(`${missingAssets}\n`);

let server: PolicyServer;
before(async () => {
  if (skip === false) server = await PolicyServer.start();
});
after(async () => {
  if (skip === false) await server.stop();
});

/** A policy that the server took, with what is tried on it. */
interface Installed {
  readonly policyCase: PolicyCase;
  readonly bound: readonly BoundPolicy[];
  readonly trials: readonly Trial[];
}

test('generated policies decide as the real server does', { skip, timeout: 3_600_000 }, async () => {
  const random = new Random(seed);
  const generated = Array.from({ length: cases }, (_, index) => {
    const policyCase = generateCase(random, index);
    const trials = Array.from({ length: trialsPerCase }, (_none, trial) =>
      generateTrial(random, policyCase.label, trial),
    );
    return { policyCase, trials };
  });
  const differences: string[] = [];
  const stored = generated
    .flatMap(({ trials }) => trials.map(({ oldObject }) => oldObject))
    .filter((object) => object !== null);
  await inParallel(8, stored, (object) => server.addObject(object));
  const installed = await install(generated, differences);
  await server.untilInForce();
  const tally = {
    allowed: 0,
    denied: 0,
    warned: 0,
    audited: 0,
    denials: {} as Record<string, number>,
    verdicts: {} as Record<string, number>,
  };
  const tried: { trial: Trial; judgements: readonly Judgement[]; shown: string }[] = [];
  const all = installed.flatMap(({ trials, ...rest }) => trials.map((trial) => ({ ...rest, trial })));
  await inParallel(8, all, async ({ policyCase, bound, trial }) => {
    const answer = await server.try(trial);
    const request = requestFor(trial);
    const judgements = judge(bound, request, context);
    for (const { verdict } of judgements) tally.verdicts[verdict] = (tally.verdicts[verdict] ?? 0) + 1;
    tally[answer.allowed ? 'allowed' : 'denied']++;
    if (answer.warnings.length > 0) tally.warned++;
    if (!answer.allowed) tally.denials[trial.operation] = (tally.denials[trial.operation] ?? 0) + 1;
    const shown = [
      `trial ${JSON.stringify(trial)}`,
      `policy ${JSON.stringify(policyCase.policy['spec'])}`,
      `bindings ${JSON.stringify(policyCase.bindings.map((binding) => binding['spec']))}`,
    ].join('\n');
    tried.push({ trial, judgements, shown });
    const difference = compare(judgements, request, answer);
    if (difference !== undefined) differences.push(`${difference}\n${shown}`);
  });
  const annotations = await server.annotations();
  for (const { trial, judgements, shown } of tried) {
    const theirs = annotations.get(trial.id);
    if (theirs?.[failureKey] !== undefined) tally.audited++;
    const difference = compareAudit(judgements, requestFor(trial), theirs);
    if (difference !== undefined) differences.push(`${difference}\n${shown}`);
  }
  process.stderr.write(
    `policy differential: seed ${seed}, ${installed.length} policies, ${tried.length} requests, ${differences.length} differences; ${JSON.stringify(tally)}\n`,
  );
  assert.equal(differences.length, 0, `\n${differences.slice(0, 10).join('\n\n')}`);
  const { CREATE = 0, UPDATE = 0, DELETE = 0 } = tally.denials;
  const fewest = Math.min(tally.allowed, tally.warned, tally.audited, CREATE, UPDATE, DELETE);
  assert.ok(fewest > tried.length / 100, 'a lopsided sample proves nothing');
});

/** Stores the policies; one that only one side refuses is a difference. */
async function install(
  generated: readonly { readonly policyCase: PolicyCase; readonly trials: readonly Trial[] }[],
  differences: string[],
): Promise<Installed[]> {
  const compiler = new PolicyCompiler({ version: '1.36' });
  const installed: Installed[] = [];
  for (const { policyCase, trials } of generated) {
    const { policy, problems } = compiler.compilePolicy(policyCase.policy);
    const theirs = await server.addPolicy(policyCase.policy);
    const ours = problems.map(({ reason }) => reason).join('\n');
    if ((theirs === '') !== (ours === '')) {
      differences.push(`policy ${JSON.stringify(policyCase.policy)}\n server: ${theirs}\n ours: ${ours}`);
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

const context: JudgeContext = {
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

async function inParallel<T>(
  width: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) await work(items[next++]!);
  };
  await Promise.all(Array.from({ length: width }, worker));
}
