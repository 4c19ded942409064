import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request as send } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { JsonObject } from '../../src/model/object.ts';
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
import { type ApiServer, assets, missingAssets, startApiServer } from './api-server.ts';
import { generateCase, generateObject, group, type PolicyCase, Random } from './policy-generator.ts';

/** `POLICY_SEED=7 POLICY_CASES=2000` repeats or enlarges a run. */
const seed = Number(process.env['POLICY_SEED'] ?? 1);
const cases = Number(process.env['POLICY_CASES'] ?? 60);
const objectsPerCase = Number(process.env['POLICY_OBJECTS'] ?? 8);

const skip = assets === undefined ? missingAssets : false;
if (skip !== false) process.stderr.write(`${missingAssets}\n`);

const namespaces = {
  alpha: { name: 'alpha', labels: { env: 'prod' } },
  beta: { name: 'beta', labels: { team: 'x' } },
} as const;
const configMap = (name: string, namespace: string, limit: string, use: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, labels: { use } },
  data: { limit },
});
const configMaps = [
  configMap('limits', 'alpha', '3', 'yes'),
  configMap('more', 'alpha', '1', 'yes'),
  configMap('limits', 'beta', 'not a number', 'no'),
];
const settings = configMaps.map((object) => ({ ...object, apiVersion: `${group}/v1`, kind: 'Setting' }));

let server: ApiServer;
let directory: string;
before(async () => {
  if (skip !== false) return;
  directory = await mkdtemp(join(tmpdir(), 'scantling-policy-'));
  const auditPolicy = { apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules: [{ level: 'Metadata' }] };
  await writeFile(join(directory, 'audit.json'), JSON.stringify(auditPolicy));
  const flags = [
    `--audit-policy-file=${join(directory, 'audit.json')}`,
    `--audit-log-path=${join(directory, 'audit.log')}`,
    // Big enough that the log is never rotated away.
    '--audit-log-maxsize=1000',
  ];
  server = await startApiServer({ flags });
  await prepare();
});
after(async () => {
  if (skip !== false) return;
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

test('generated policies decide as the real server does', { skip, timeout: 1_800_000 }, async () => {
  const random = new Random(seed);
  const compiler = new PolicyCompiler({ version: '1.36' });
  const generated = Array.from({ length: cases }, (_, index) => generateCase(random, index));
  const installed: { policyCase: PolicyCase; bound: readonly BoundPolicy[] }[] = [];
  const differences: string[] = [];
  for (const policyCase of generated) {
    const { policy, problems } = compiler.compilePolicy(policyCase.policy);
    const answer = await server.request(
      'POST',
      `${admission}/validatingadmissionpolicies`,
      policyCase.policy,
    );
    const ours = problems.map(({ reason }) => reason).join('\n');
    if ((answer.status === 201) !== (ours === '')) {
      differences.push(
        `policy ${JSON.stringify(policyCase.policy)}\n server: ${answer.body.message}\n ours: ${ours}`,
      );
    }
    if (answer.status !== 201 || policy === undefined || ours !== '') continue;
    const bound = [];
    for (const object of policyCase.bindings) {
      const { binding, problems: wrong } = compiler.compileBinding(object);
      assert.deepEqual(wrong, [], JSON.stringify(object));
      await create(`${admission}/validatingadmissionpolicybindings`, object);
      bound.push({ policy, binding });
    }
    installed.push({ policyCase, bound });
  }
  await untilInForce();
  const requests = installed.flatMap(({ policyCase, bound }) =>
    Array.from({ length: objectsPerCase }, (_, index) => ({
      id: `${policyCase.label}-${index}`,
      policyCase,
      bound,
      object: generateObject(random, policyCase.label, index),
    })),
  );
  const judged: { id: string; judgements: readonly Judgement[]; request: AdmissionRequest; shown: string }[] =
    [];
  const tally = { allowed: 0, denied: 0, warned: 0, audited: 0, verdicts: {} as Record<string, number> };
  await inParallel(8, requests, async ({ id, policyCase, bound, object }) => {
    const answer = await dryRun(object, id);
    const request = requestFor(object, id);
    const judgements = judge(bound, request, context);
    const difference = compare(judgements, request, answer);
    for (const { verdict } of judgements) tally.verdicts[verdict] = (tally.verdicts[verdict] ?? 0) + 1;
    if (answer.status === 201) tally.allowed++;
    else tally.denied++;
    if (answer.warnings.length > 0) tally.warned++;
    const shown = [
      `object ${JSON.stringify(object)}`,
      `policy ${JSON.stringify(policyCase.policy['spec'])}`,
      `bindings ${JSON.stringify(policyCase.bindings.map((binding) => binding['spec']))}`,
    ].join('\n');
    judged.push({ id, judgements, request, shown });
    if (difference !== undefined) differences.push(`${difference}\n${shown}`);
  });
  const events = await auditAnnotations();
  for (const { id, judgements, request, shown } of judged) {
    const difference = compareAudit(judgements, request, events.get(id));
    if (events.get(id)?.[failureKey] !== undefined) tally.audited++;
    if (difference !== undefined) differences.push(`${difference}\n${shown}`);
  }
  process.stderr.write(
    `policy differential: seed ${seed}, ${installed.length} policies, ${requests.length} requests, ${differences.length} differences; ${JSON.stringify(tally)}\n`,
  );
  const fewest = Math.min(tally.allowed, tally.denied, tally.warned, tally.audited);
  assert.ok(fewest > requests.length / 50, 'a lopsided sample');
  assert.equal(
    differences.length,
    0,
    `\n${differences
      .toSorted((a, b) => Number(a.startsWith('policy')) - Number(b.startsWith('policy')))
      .slice(0, 10)
      .join('\n\n')}`,
  );
});

const admission = '/apis/admissionregistration.k8s.io/v1';

async function create(path: string, object: object): Promise<void> {
  const { status, body } = await server.request('POST', path, object);
  assert.equal(status, 201, `${path}: ${JSON.stringify(body)} for ${JSON.stringify(object)}`);
}

function definition(kind: string, plural: string, scope: string): object {
  const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const version = (name: string, storage: boolean) => ({
    name,
    served: true,
    storage,
    schema: { openAPIV3Schema: anything },
  });
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope,
      names: { kind, plural, singular: kind.toLowerCase() },
      versions: [version('v1', true), version('v2', false)],
    },
  };
}

async function prepare(): Promise<void> {
  const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  await create(crds, definition('Thing', 'things', 'Namespaced'));
  await create(crds, definition('Wide', 'wides', 'Cluster'));
  await create(crds, definition('Setting', 'settings', 'Namespaced'));
  for (const metadata of Object.values(namespaces)) {
    await create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });
  }
  for (const plural of ['things', 'wides', 'settings']) {
    await until(async () => (await server.request('GET', `/apis/${group}/v1/${plural}`)).status === 200);
  }
  for (const object of configMaps) {
    await create(`/api/v1/namespaces/${object.metadata.namespace}/configmaps`, object);
  }
  for (const object of settings) {
    await create(`/apis/${group}/v1/namespaces/${object.metadata.namespace}/settings`, object);
  }
}

/** Policies take effect a moment after they are created: a last one whose verdict is known says when. */
async function untilInForce(): Promise<void> {
  const everything = { apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] };
  for (const [name, kind] of [
    ['sentinel-built-in', { apiVersion: 'v1', kind: 'ConfigMap' }],
    ['sentinel-custom', { apiVersion: `${group}/v1`, kind: 'Setting' }],
  ] as const) {
    await create(`${admission}/validatingadmissionpolicies`, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name },
      spec: {
        paramKind: kind,
        matchConstraints: { objectSelector: { matchLabels: { case: name } }, resourceRules: [everything] },
        validations: [{ expression: "params.data.limit == 'never'", message: 'in force' }],
      },
    });
    await create(`${admission}/validatingadmissionpolicybindings`, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name },
      spec: {
        policyName: name,
        validationActions: ['Deny'],
        paramRef: { name: 'limits', namespace: 'alpha', parameterNotFoundAction: 'Deny' },
      },
    });
    const metadata = { name: 'probe', namespace: 'alpha', labels: { case: name } };
    const probe = { apiVersion: `${group}/v1`, kind: 'Thing', metadata };
    await until(async () => /denied request: in force/.test((await dryRun(probe)).message));
  }
}

interface ServerAnswer {
  readonly status: number;
  readonly message: string;
  readonly reason: string;
  readonly warnings: readonly string[];
}

/** Creates an object as a dry run; warnings come in headers. */
async function dryRun(object: JsonObject, id = 'probe'): Promise<ServerAnswer> {
  const [, version] = String(object['apiVersion']).split('/');
  const namespace = valueAt(object, ['metadata', 'namespace']);
  const path =
    namespace === undefined
      ? `/apis/${group}/${version}/wides`
      : `/apis/${group}/${version}/namespaces/${String(namespace)}/things`;
  return new Promise((resolve, reject) => {
    const outgoing = send(
      new URL(`${path}?dryRun=All&fieldManager=${id}`, server.url),
      {
        method: 'POST',
        rejectUnauthorized: false,
        headers: { authorization: 'Bearer admin', 'content-type': 'application/json' },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const body = JSON.parse(Buffer.concat(chunks).toString());
          const warnings = incoming.headersDistinct['warning'] ?? [];
          resolve({
            status: incoming.statusCode ?? 0,
            message: body.kind === 'Status' ? body.message : '',
            reason: body.kind === 'Status' ? body.reason : '',
            warnings: warnings.map(warningText),
          });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify(object));
  });
}

/** `299 - "text"` with backslashes before quotes, bytes as Latin-1, which is how HTTP headers arrive. */
function warningText(header: string): string {
  const quoted = header.slice(header.indexOf('"') + 1, header.lastIndexOf('"'));
  return Buffer.from(quoted, 'latin1').toString().replaceAll(/\\(.)/g, '$1');
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
  params: { objects: [...configMaps, ...settings], complete: true, scopeOf: () => 'Namespaced' },
  convert: (object, kind) => ({ ...object, apiVersion: `${kind.group}/${kind.version}` }),
};

function requestFor(object: JsonObject, id: string): AdmissionRequest {
  const version = String(object['apiVersion']).split('/')[1]!;
  const kind = String(object['kind']);
  const resource = `${kind.toLowerCase()}s`;
  const other = version === 'v1' ? 'v2' : 'v1';
  return {
    operation: 'CREATE',
    kind: { group, version, kind },
    resource: { group, version, resource },
    subresource: '',
    name: String(valueAt(object, ['metadata', 'name'])),
    namespace: String(valueAt(object, ['metadata', 'namespace']) ?? ''),
    scope: kind === 'Wide' ? 'Cluster' : 'Namespaced',
    object,
    oldObject: null,
    userInfo: {
      username: 'admin',
      uid: 'admin',
      groups: ['system:masters', 'system:authenticated'],
      extra: {},
    },
    dryRun: true,
    options: { apiVersion: 'meta.k8s.io/v1', kind: 'CreateOptions', dryRun: ['All'], fieldManager: id },
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
  const shown = (response: AdmissionResponse) => `${response.status?.reason} ${response.status?.message}`;
  if (whole.allowed === undefined) {
    return `unknown: ${judgements.map(({ reason }) => reason).join('; ')}\n server: ${answer.message}`;
  }
  const theirs = answer.status === 201;
  if (whole.allowed !== theirs) {
    return `ours: ${whole.allowed ? 'allowed' : shown(whole)}\n server: ${theirs ? 'allowed' : answer.message}`;
  }
  const possible = judgements.map((judgement) => shown(respond([judgement], request)));
  if (!theirs && !possible.includes(`${answer.reason} ${answer.message}`)) {
    return `ours: ${shown(whole)}\n server: ${answer.reason} ${answer.message}`;
  }
  const own = whole.warnings.toSorted();
  const others = answer.warnings.toSorted();
  if (JSON.stringify(own) === JSON.stringify(others)) return undefined;
  return `warnings ours: ${JSON.stringify(own)}\n server: ${JSON.stringify(others)}`;
}

type Annotations = Readonly<Record<string, string>>;

/** The annotations of each audited request, by the field manager that tells requests apart. */
async function auditAnnotations(): Promise<ReadonlyMap<string, Annotations>> {
  const events = new Map<string, Annotations>();
  for (const line of (await readFile(join(directory, 'audit.log'), 'utf8')).split('\n')) {
    if (line === '') continue;
    const { requestURI, stage, annotations = {} } = JSON.parse(line);
    const id = new URL(requestURI, 'https://server').searchParams.get('fieldManager');
    if (id !== null && stage === 'ResponseComplete') events.set(id, annotations);
  }
  return events;
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
  const written = Object.entries(theirs).filter(([key]) => key === failureKey || key.startsWith('policy-'));
  const asSets = (entries: [string, string][]) =>
    JSON.stringify(
      entries
        .filter(([key]) => key !== failureKey)
        .map(([key, value]) => [key, value.split(', ').toSorted()])
        .toSorted(),
    );
  if (asSets(Object.entries(own)) !== asSets(written)) {
    return `annotations ours: ${JSON.stringify(own)}\n server: ${JSON.stringify(written)}`;
  }
  const possible = judgements.map((judgement) => respond([judgement], request).auditAnnotations[failureKey]);
  const failure = theirs[failureKey];
  if (failure === undefined && own[failureKey] === undefined) return undefined;
  return failure !== undefined && possible.includes(failure)
    ? undefined
    : `audit ours: ${own[failureKey]}\n server: ${failure}`;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (!(await condition())) {
    assert.ok(Date.now() < deadline, 'the server did not get ready in two minutes');
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
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
