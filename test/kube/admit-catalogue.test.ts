import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { readCases } from '../../src/catalogue/case.ts';
import { type Control, parameterObject, policyFor } from '../../src/catalogue/control.ts';
import { loadCatalogue, readYaml } from '../../src/catalogue/load.ts';
import { parseMinorVersion } from '../../src/catalogue/versions.ts';
import { Admission, type ReviewResponse, type ReviewStatus } from '../../src/loop/admission/admission.ts';
import { Cluster } from '../../src/loop/admission/cluster.ts';
import { readReviewText } from '../../src/loop/admission/review-text.ts';
import { readReview } from '../../src/loop/admission/review.ts';
import type { Json, JsonObject } from '../../src/model/object.ts';
import { valueAt } from '../../src/model/path.ts';
import { type BoundPolicy, PolicyCompiler } from '../../src/policy/index.ts';
import type { Answer, ApiServer } from './api-server.ts';
import { apiServerSuite } from './api-server-suite.ts';
import { report } from './differential-report.ts';
import { inParallel } from './in-parallel.ts';
import { collectionOf } from './installed-policies.ts';
import { generateManifest } from './manifest-generator.ts';
import { Random } from './random.ts';
import { ReviewRecorder } from './review-recorder.ts';
import { sampleSize, seed } from './sample-size.ts';
import { until } from './until.ts';

/**
 * Every policy of the catalogue on generated objects, created, updated and deleted as dry runs. `admit` is asked twice:
 * about the review that the server sends to a webhook, and about one made of the manifest as a person would write it.
 */
const version = '1.36';
const admission = 'admissionregistration.k8s.io/v1';
const gateLabel = 'gate';
const kinds = [
  'v1/Pod',
  'apps/v1/Deployment',
  'apps/v1/StatefulSet',
  'apps/v1/DaemonSet',
  'batch/v1/Job',
  'batch/v1/CronJob',
];
const changeable = ['apps/v1/Deployment', 'apps/v1/DaemonSet', 'batch/v1/CronJob'];
const trials = sampleSize(400);
/** Warnings beyond 4,096 characters are cut, and where depends on the order of policies, which is a map's. */
const longestWarnings = 4_000;

interface Trial {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly name: string;
  /** Undefined for DELETE. */
  readonly manifest: JsonObject | undefined;
  /** What is there before, as the server stores it; undefined for CREATE. */
  readonly stored: JsonObject | undefined;
}

const plain = (value: object): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject;

function gated(object: JsonObject, gate: string): JsonObject {
  const { labels, ...metadata } = object['metadata'] as JsonObject;
  return { ...object, metadata: { ...metadata, labels: { ...(labels as JsonObject), [gateLabel]: gate } } };
}

/** The catalogue as it is installed: each control denies behind a gate of its own, and warns behind one with others. */
class Installed {
  readonly objects: JsonObject[] = [];
  readonly gates: string[] = [];
  readonly bound: BoundPolicy[] = [];

  constructor(controls: Iterable<Control>) {
    const compiler = new PolicyCompiler({ version });
    let index = 0;
    for (const control of controls) {
      const variant = policyFor(control, parseMinorVersion(version)!);
      if (variant === undefined) continue;
      const policy = plain({ ...variant.policy, metadata: { name: control.id } });
      const parameter = parameterObject(control, parametersOf(control));
      const paramRef = parameter && {
        name: control.id,
        namespace: 'default',
        parameterNotFoundAction: 'Deny',
      };
      const shared = `shared-${index++ % 9}`;
      const bindings = [
        bindingOf(control.id, control.id, ['Deny', 'Audit'], paramRef),
        bindingOf(control.id, shared, ['Warn'], paramRef),
      ];
      if (parameter !== undefined)
        this.objects.push({ ...parameter, metadata: { name: control.id, namespace: 'default' } });
      this.objects.push(policy, ...bindings);
      this.gates.push(control.id, shared);
      const compiled = compiler.compilePolicy(policy).policy!;
      for (const binding of bindings) {
        this.bound.push({ policy: compiled, binding: compiler.compileBinding(binding).binding });
      }
    }
  }
}

/** The parameters of the first case that has any. */
function parametersOf(control: Control): JsonObject {
  const file = path.join(import.meta.dirname, '../../controls', control.id, 'tests.yaml');
  const { cases } = readCases(readYaml(file, []));
  return cases.find(({ parameters }) => Object.keys(parameters).length > 0)?.parameters ?? {};
}

function bindingOf(
  policyName: string,
  gate: string,
  validationActions: string[],
  paramRef: object | undefined,
): JsonObject {
  return plain({
    apiVersion: admission,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: `${policyName}-${gate}` },
    spec: {
      policyName,
      validationActions,
      matchResources: { objectSelector: { matchLabels: { [gateLabel]: gate } } },
      ...(paramRef && { paramRef }),
    },
  });
}

apiServerSuite('the catalogue through admit', {}, (test) => {
  test('every policy answers generated requests as the real server does', async (api, context) => {
    const random = new Random(seed);
    const installed = new Installed(loadCatalogue(path.join(import.meta.dirname, '../..')).controls.values());
    const stored = await store(api, random, installed);
    await install(api, installed.objects);
    const recorder = await ReviewRecorder.start(api, { 'kubernetes.io/metadata.name': 'default' });
    try {
      await untilInForce(api, recorder);
      const made = Array.from({ length: trials }, (_, index) => trialOf(random, index, installed, stored));
      const answers = new Map<Trial, Answer>();
      await inParallel(made, async (trial) => void answers.set(trial, await send(api, trial)));
      const reviews = new Map(recorder.take().map((text) => [keyOf(JSON.parse(text).request), text]));
      const namespace = (await api.request('GET', '/api/v1/namespaces/default')).body as JsonObject;
      const cluster = new Cluster([namespace, ...installed.objects], true);
      const options = { policies: installed.bound, mutations: [], cluster, explain: true };
      const ours = new Admission(options);
      const answer = (text: string): ReviewResponse => {
        const read = readReviewText(text);
        if ('problem' in read) throw new Error(read.problem);
        return ours.answer(readReview(read.value, cluster.kinds)).review.response;
      };
      const disagreements: string[] = [];
      const tally = { allowed: 0, denied: 0, warned: 0, refused: 0, recorded: 0, 'too many warnings': 0 };
      let cases = 0;
      for (const trial of made) {
        const theirs = answers.get(trial)!;
        const isDenied = String(theirs.body.message).includes('ValidatingAdmissionPolicy');
        if (theirs.status >= 300 && !isDenied) {
          // An invalid object never meets a policy.
          tally.refused++;
          continue;
        }
        if (theirs.warnings.join('').length > longestWarnings) {
          tally['too many warnings']++;
          continue;
        }
        tally[isDenied ? 'denied' : 'allowed']++;
        if (theirs.warnings.length > 0) tally.warned++;
        const recorded = reviews.get(keyOf({ ...trial, object: trial.manifest ?? null }));
        const texts = [writtenReview(trial), ...(recorded === undefined ? [] : [recorded])];
        if (recorded !== undefined) tally.recorded++;
        for (const text of texts) {
          cases++;
          const difference = compare(answer(text), theirs, isDenied);
          if (difference !== undefined) disagreements.push(`${difference}\n${text}`);
        }
      }
      report(context, {
        cases,
        numbers: Object.entries(tally).map(([name, count]) => `${count} ${name}`),
        disagreements,
      });
    } finally {
      recorder.stop();
    }
  });
});

const idOf = (object: JsonObject | null | undefined): Json | undefined =>
  valueAt(object ?? undefined, ['metadata', 'annotations', 'trial']);

/** Deletions of one object are all the same. */
const keyOf = ({
  operation,
  name,
  object,
}: {
  operation: string;
  name: string;
  object?: JsonObject | null;
}) => `${operation} ${name} ${String(idOf(object))}`;

/** Undefined where both say the same. */
function compare(own: ReviewResponse, theirs: Answer, isDenied: boolean): string | undefined {
  const words = theirs.warnings.filter((text) => text.startsWith('Validation failed')).toSorted();
  const answer = {
    allowed: !isDenied,
    status: isDenied ? withoutNoise(theirs.body) : undefined,
    warnings: words,
  };
  const ours = {
    allowed: own.allowed,
    status: own.status && withoutNoise(own.status),
    warnings: [...new Set(own.warnings ?? [])].toSorted(),
  };
  const isSame = isDeepStrictEqual(ours, answer) || (isDenied && !own.allowed && saysTheSame(own, theirs));
  return isSame ? undefined : `ours:   ${JSON.stringify(ours)}\nserver: ${JSON.stringify(answer)}`;
}

/** Of several denying policies the server names any one: with the first failure of one of ours. */
function saysTheSame({ explain = [] }: ReviewResponse, { body }: Answer): boolean {
  const denying = explain.filter(({ validationActions }) => validationActions.includes('Deny'));
  const first = denying.filter(
    ({ binding }, index) => denying.findIndex((other) => other.binding === binding) === index,
  );
  return first.some(({ policy, binding, message }) =>
    String(body.message).endsWith(
      `: ValidatingAdmissionPolicy '${policy}' with binding '${binding}' denied request: ${message}`,
    ),
  );
}

function withoutNoise({ message, reason, code, details }: Partial<ReviewStatus>): object {
  return { message, reason, code, details };
}

/** Stores objects to change and delete, before any policy is there. */
async function store(api: ApiServer, random: Random, installed: Installed): Promise<JsonObject[]> {
  const stored: JsonObject[] = [];
  const made = Array.from({ length: Math.max(20, Math.round(trials / 12)) }, (_, index) => {
    const kind = random.pick([...changeable, 'v1/Pod']);
    return gated(generateManifest(random, kind, `stored-${index}`), random.pick(installed.gates));
  });
  await inParallel(made, async (object) => {
    const { status, body } = await api.request('POST', collectionOf(object), object);
    if (status === 201) stored.push(body as JsonObject);
  });
  return stored.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

const nameOf = (object: JsonObject): string => String((object['metadata'] as JsonObject)['name']);

async function install(api: ApiServer, objects: readonly JsonObject[]): Promise<void> {
  for (const object of objects) {
    const isParameter = object['kind'] === 'ConfigMap';
    const isPolicy = object['kind'] === 'ValidatingAdmissionPolicy';
    const plural = isPolicy ? 'validatingadmissionpolicies' : 'validatingadmissionpolicybindings';
    const url = isParameter ? '/api/v1/namespaces/default/configmaps' : `/apis/${admission}/${plural}`;
    const { status, body } = await api.request('POST', url, object);
    if (status !== 201) throw new Error(`${nameOf(object)}: ${body.message}`);
  }
  // The last to come is the last to be in force.
  const everything = { apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] };
  const matchConstraints = {
    objectSelector: { matchLabels: { [gateLabel]: 'sentinel' } },
    resourceRules: [everything],
  };
  const sentinel = {
    apiVersion: admission,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'sentinel' },
    spec: { matchConstraints, validations: [{ expression: 'false' }] },
  };
  await api.request('POST', `/apis/${admission}/validatingadmissionpolicies`, sentinel);
  const binding = bindingOf('sentinel', 'sentinel', ['Warn'], undefined);
  await api.request('POST', `/apis/${admission}/validatingadmissionpolicybindings`, binding);
}

async function untilInForce(api: ApiServer, recorder: ReviewRecorder): Promise<void> {
  const probe = gated({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'probe' } }, 'sentinel');
  await until(async () => {
    const { warnings } = await api.request('POST', '/api/v1/namespaces/default/configmaps?dryRun=All', probe);
    return warnings.length > 0 && recorder.take().length > 0;
  }, 'the catalogue and the webhook are in force');
}

function trialOf(random: Random, index: number, installed: Installed, stored: readonly JsonObject[]): Trial {
  const operation = random.pick(['CREATE', 'CREATE', 'CREATE', 'UPDATE', 'UPDATE', 'DELETE'] as const);
  const gate = random.pick(installed.gates);
  if (operation === 'CREATE') {
    const name = `trial-${index}`;
    const manifest = gated(generateManifest(random, random.pick(kinds), name), gate);
    return { operation, name, manifest, stored: undefined };
  }
  const before = random.pick(stored);
  const name = nameOf(before);
  if (operation === 'DELETE') return { operation, name, manifest: undefined, stored: before };
  const key = `${String(before['apiVersion'])}/${String(before['kind'])}`;
  const made = generateManifest(random, key, name);
  // A pod that runs can hardly be changed; here and there an object is left as it is but for its labels.
  const isKept = key === 'v1/Pod' || random.chance(0.2);
  const changed = isKept ? { ...made, spec: before['spec'] as Json } : made;
  const metadata = { ...(changed['metadata'] as JsonObject) };
  const annotations = { ...(metadata['annotations'] as JsonObject), trial: String(index) };
  const manifest = gated({ ...changed, metadata: { ...metadata, annotations } }, gate);
  return { operation, name, manifest, stored: before };
}

async function send(api: ApiServer, { operation, name, manifest, stored }: Trial): Promise<Answer> {
  const collection = collectionOf((manifest ?? stored)!);
  const query = 'dryRun=All';
  if (operation === 'CREATE') return api.request('POST', `${collection}?${query}`, manifest);
  if (operation === 'DELETE') return api.request('DELETE', `${collection}/${name}?${query}`);
  return api.request('PUT', `${collection}/${name}?${query}`, manifest);
}

/** The review as a person would write it: the manifest, without what a server fills in. */
function writtenReview({ operation, name, manifest, stored }: Trial): string {
  const object = (manifest ?? stored)!;
  const [group, version] = `/${String(object['apiVersion'])}`.split('/').slice(-2);
  const kind = String(object['kind']);
  const request = {
    uid: name,
    kind: { group, version, kind },
    resource: { group, version, resource: collectionOf(object).split('/').at(-1) },
    name,
    namespace: 'default',
    operation,
    userInfo: { username: 'admin', uid: 'admin', groups: ['system:masters', 'system:authenticated'] },
    object: manifest ?? null,
    oldObject: stored ?? null,
    dryRun: true,
  };
  return JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request });
}
