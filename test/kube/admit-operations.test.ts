import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { main } from '../../src/cli/main.ts';
import type { JsonObject } from '../../src/model/object.ts';
import type { Answer, ApiServer } from './api-server.ts';
import { apiServerSuite } from './api-server-suite.ts';
import { report } from './differential-report.ts';
import { ReviewRecorder } from './review-recorder.ts';
import { until } from './until.ts';

/**
 * Every kind of request that policies see: operations, subresources, connections. A webhook keeps the AdmissionReviews that
 * the server makes of them; `scantling admit` answers these, and its warnings must be those the client got.
 */
const admission = 'admissionregistration.k8s.io/v1';
const labels = { suite: 'operations' };
const shows = (what: string): string => `(has(${what}) ? 'yes' : 'no')`;

const describing = [
  "'operation ' + request.operation",
  "'kind ' + request.kind.group + '/' + request.kind.version + '/' + request.kind.kind",
  "'resource ' + request.resource.group + '/' + request.resource.version + '/' + request.resource.resource",
  "'subresource ' + (has(request.subResource) ? request.subResource + '+' + request.requestSubResource : 'none')",
  "'name ' + (has(request.name) ? request.name : 'none')",
  "'namespace ' + (has(request.namespace) ? request.namespace : 'none')",
  "'user ' + request.userInfo.username + ' ' + request.userInfo.groups.join('+')",
  "'dryRun ' + string(request.dryRun)",
  `'options ' + ${shows('request.options')} + (has(request.options.kind) ? string(request.options.kind) : ' none')`,
  "'namespaceObject ' + (namespaceObject == null ? 'null' : namespaceObject.metadata.name)",
  "'object ' + (object == null ? 'null' : string(object.apiVersion) + ' ' + string(object.kind))",
  `'object has ' + (object == null ? '' : ${shows('object.metadata')} + ${shows('object.spec')} + ${shows('object.status')})`,
  "'object says ' + (object == null ? '' : string(object.?spec.?replicas.orValue(-1)) + string(object.?command.orValue([]).size()) + string(object.?spec.?ephemeralContainers.orValue([]).size()))",
  "'oldObject ' + (oldObject == null ? 'null' : string(oldObject.apiVersion) + ' ' + string(oldObject.kind))",
  `'oldObject has ' + (oldObject == null ? '' : ${shows('oldObject.metadata')} + ${shows('oldObject.spec')} + ${shows('oldObject.status')})`,
];

const policies: readonly JsonObject[] = [
  policyOf(
    'describe',
    { resources: ['*/*'] },
    describing.map((text) => ({ expression: 'false', messageExpression: text })),
  ),
  ...Object.entries({
    'no-subresource': { resources: ['*'] },
    'pod-parts': { resources: ['pods/*'] },
    'scale-only': { resources: ['*/scale'] },
    'creates-only': { resources: ['*/*'], operations: ['CREATE'] },
    'connects-only': { resources: ['*/*'], operations: ['CONNECT'] },
    'by-name': { resources: ['*/*'], resourceNames: ['web', 'p1'] },
    namespaced: { resources: ['*/*'], scope: 'Namespaced' },
    cluster: { resources: ['*/*'], scope: 'Cluster' },
  }).map(([name, rule]) => policyOf(name, rule, [{ expression: 'false', message: 'matches' }])),
];

function policyOf(name: string, rule: object, validations: readonly object[]): JsonObject {
  const everything = { apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] };
  return plain({
    apiVersion: admission,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      matchConstraints: {
        namespaceSelector: { matchLabels: labels },
        resourceRules: [{ ...everything, ...rule }],
      },
      validations,
    },
  });
}

const bindings = policies.map(({ metadata }) =>
  plain({
    apiVersion: admission,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata,
    spec: { policyName: (metadata as JsonObject)['name'], validationActions: ['Warn'] },
  }),
);

const namespace = plain({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'operations', labels } });
const template = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image: 'web:1' }] },
};
const inNamespace = '/api/v1/namespaces/operations';
const apps = '/apis/apps/v1/namespaces/operations';
const dry = 'dryRun=All';

interface Sample {
  readonly what: string;
  readonly method: string;
  readonly path: string;
  /** Made of the object that is there. */
  readonly from?: string;
  readonly body?: (stored: any) => object;
}

const pod = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: template.spec,
});
const put = (path: string, change: (stored: any) => object = (stored) => stored, from = path): Sample => ({
  what: `PUT ${path}`,
  method: 'PUT',
  path: `${path}?${dry}`,
  from,
  body: change,
});
const post = (path: string, object: object): Sample => ({
  what: `POST ${path}`,
  method: 'POST',
  path: `${path}?${dry}`,
  body: () => object,
});
const debug = { name: 'debug', image: 'debug:1', targetContainerName: 'web' };

const samples: readonly Sample[] = [
  post(`${inNamespace}/pods`, pod('new')),
  post(`${inNamespace}/pods`, { ...pod('x'), metadata: { generateName: 'made-' } }),
  put(`${inNamespace}/pods/p1`, (stored) => ({
    ...stored,
    metadata: { ...stored.metadata, labels: { a: 'b' } },
  })),
  put(`${inNamespace}/pods/p1/status`, (stored) => ({
    ...stored,
    status: { ...stored.status, message: 'x' },
  })),
  put(`${inNamespace}/pods/p1/ephemeralcontainers`, (stored) => ({
    ...stored,
    spec: { ...stored.spec, ephemeralContainers: [debug] },
  })),
  put(`${inNamespace}/pods/p1/resize`),
  post(`${inNamespace}/pods/p1/binding`, {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name: 'p1' },
    target: { apiVersion: 'v1', kind: 'Node', name: 'n1' },
  }),
  post(`${inNamespace}/pods/p1/eviction`, {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name: 'p1' },
  }),
  { what: 'exec', method: 'POST', path: `${inNamespace}/pods/p1/exec?command=a&command=b&stdout=true` },
  { what: 'attach', method: 'POST', path: `${inNamespace}/pods/p1/attach?stdout=true` },
  { what: 'port-forward', method: 'POST', path: `${inNamespace}/pods/p1/portforward?ports=80` },
  { what: 'pod proxy', method: 'GET', path: `${inNamespace}/pods/p1/proxy/x` },
  { what: 'service proxy', method: 'GET', path: `${inNamespace}/services/web/proxy` },
  { what: 'delete a pod', method: 'DELETE', path: `${inNamespace}/pods/p1?${dry}` },
  {
    what: 'delete with options',
    method: 'DELETE',
    path: `${inNamespace}/pods/p1?${dry}&gracePeriodSeconds=0`,
  },
  { what: 'delete all of a kind', method: 'DELETE', path: `${inNamespace}/configmaps?${dry}` },
  post(`${apps}/deployments`, deployment('other')),
  put(`${apps}/deployments/web`, (stored) => ({ ...stored, spec: { ...stored.spec, replicas: 3 } })),
  put(`${apps}/deployments/web/status`, (stored) => ({ ...stored, status: { replicas: 1 } })),
  put(`${apps}/deployments/web/scale`, (stored) => ({ ...stored, spec: { replicas: 7 } })),
  { what: 'delete a deployment', method: 'DELETE', path: `${apps}/deployments/web?${dry}` },
  post(`${inNamespace}/serviceaccounts/robot/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: {},
  }),
  put('/api/v1/namespaces/operations', (stored) => ({
    ...stored,
    metadata: { ...stored.metadata, annotations: { a: 'b' } },
  })),
  put('/api/v1/namespaces/operations/status'),
  put('/api/v1/namespaces/operations/finalize', (stored) => stored, '/api/v1/namespaces/operations'),
  post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'second', labels } }),
  { what: 'delete the namespace', method: 'DELETE', path: `/api/v1/namespaces/operations?${dry}` },
  post(`${inNamespace}/events`, {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'e' },
    involvedObject: { namespace: 'operations', kind: 'Pod', name: 'p1' },
  }),
  post('/apis/autoscaling/v2/namespaces/operations/horizontalpodautoscalers', {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'h' },
    spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
  }),
  post(`${inNamespace}/secrets`, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's' },
    stringData: { a: 'b' },
  }),
];

function deployment(name: string): object {
  const spec = { replicas: 1, selector: { matchLabels: { app: 'web' } }, template };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec };
}

apiServerSuite('admit', {}, (test) => {
  test('all kinds of requests get the answers of the real server', async (api, context) => {
    await prepare(api);
    const recorder = await ReviewRecorder.start(api, labels);
    try {
      let last: Answer | undefined;
      await until(
        async () => {
          last = await api.request('POST', `${inNamespace}/configmaps?${dry}`, configMap('probe'));
          return last.warnings.length > 0 && recorder.take().length > 0;
        },
        () => `policies and webhook are in force; the last answer was ${JSON.stringify(last)}`,
      );
      const tried: { sample: Sample; answer: Answer; reviews: string[] }[] = [];
      for (const sample of samples) {
        const stored = sample.from === undefined ? undefined : (await api.request('GET', sample.from)).body;
        recorder.take();
        const answer = await api.request(sample.method, sample.path, sample.body?.(stored));
        tried.push({ sample, answer, reviews: recorder.take() });
      }
      const answers = await admit(tried.flatMap(({ reviews }) => reviews));
      const disagreements: string[] = [];
      for (const { sample, answer, reviews } of tried) {
        if (reviews.length === 0) {
          disagreements.push(
            `${sample.what}: no review, the server says ${answer.status} ${answer.body?.message}`,
          );
          continue;
        }
        // A request on a collection makes a review for each object, and its warnings are those of all.
        const own = reviews.flatMap(
          (text) => answers.get(JSON.parse(text).request.uid)?.warnings ?? ['none'],
        );
        const theirs = answer.warnings.filter((text) => text.startsWith('Validation failed'));
        if (sorted(own) !== sorted(theirs)) {
          disagreements.push(`${sample.what}\n  server ${sorted(theirs)}\n  ours   ${sorted(own)}`);
        }
      }
      report(context, { cases: samples.length, disagreements, generated: false });
    } finally {
      recorder.stop();
    }
  });
});

async function prepare(api: ApiServer): Promise<void> {
  const create = async (url: string, object: object): Promise<void> => {
    const { status, body } = await api.request('POST', url, object);
    assert.equal(status, 201, `${url}: ${body.message}`);
  };
  await create('/api/v1/namespaces', namespace);
  await create('/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } });
  await create(`${inNamespace}/serviceaccounts`, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'robot' },
  });
  await create(`${inNamespace}/pods`, pod('p1'));
  await create(`${inNamespace}/services`, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { ports: [{ port: 80 }] },
  });
  await create(`${apps}/deployments`, deployment('web'));
  for (const name of ['c1', 'c2']) await create(`${inNamespace}/configmaps`, configMap(name));
  for (const policy of policies) await create(`/apis/${admission}/validatingadmissionpolicies`, policy);
  for (const binding of bindings)
    await create(`/apis/${admission}/validatingadmissionpolicybindings`, binding);
}

interface OwnAnswer {
  readonly allowed: boolean;
  readonly warnings?: readonly string[];
}

/** The answers of the program itself, by uid. */
async function admit(reviews: readonly string[]): Promise<ReadonlyMap<string, OwnAnswer>> {
  const folder = mkdtempSync(path.join(tmpdir(), 'scantling-admit-'));
  try {
    const list = (items: readonly JsonObject[]) => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    writeFileSync(path.join(folder, 'policies.json'), list([...policies, ...bindings]));
    writeFileSync(path.join(folder, 'cluster.json'), list([namespace]));
    let out = '';
    let err = '';
    const flags = ['--policy', 'policies.json', '--context', 'cluster.json', '--kubernetes-version', '1.36'];
    const code = await main(['admit', ...flags, '-'], {
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      outIsTerminal: false,
      errIsTerminal: false,
      columns: 120,
      stdin: () => Buffer.from(reviews.join('\n')),
      env: {},
      cwd: folder,
    });
    assert.equal(code, 0, err);
    return new Map(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).response)
        .map((response) => [response.uid, response]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });

/** Equal warnings are sent once. */
function sorted(warnings: readonly string[]): string {
  return [...new Set(warnings)].sort().join('\n    ');
}

function plain(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}
