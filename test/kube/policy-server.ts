import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../../src/model/object.ts';
import { valueAt } from '../../src/model/path.ts';
import type { ApiServer } from './api-server.ts';
import { group, type Trial } from './policy-generator.ts';
import { until } from './until.ts';

/** The namespaces of the suite with their labels. */
export const namespaces = {
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

/** The parameters of the suite: built-in and custom objects. */
export const parameters: readonly JsonObject[] = [...configMaps, ...settings];

/** What the server answered; message and reason are empty where it allowed the request. */
export interface ServerAnswer {
  readonly allowed: boolean;
  readonly message: string;
  readonly reason: string;
  /** The whole status of a denial. */
  readonly status: JsonObject | undefined;
  /** As the headers give them. */
  readonly warnings: readonly string[];
}

/** The annotations of an audited request. */
export type Annotations = Readonly<Record<string, string>>;

const admission = '/apis/admissionregistration.k8s.io/v1';

/** The audit log of a server, in a folder that goes when the tests end. */
export class AuditLog {
  readonly #directory = mkdtempSync(join(tmpdir(), 'scantling-audit-'));
  constructor() {
    const policy = { apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules: [{ level: 'Metadata' }] };
    writeFileSync(join(this.#directory, 'policy.json'), JSON.stringify(policy));
    process.once('exit', () => rmSync(this.#directory, { recursive: true, force: true }));
  }

  /** What makes a server write the log. */
  get flags(): string[] {
    return [
      `--audit-policy-file=${join(this.#directory, 'policy.json')}`,
      `--audit-log-path=${join(this.#directory, 'audit.log')}`,
      // Big enough that the log is never rotated away.
      '--audit-log-maxsize=1000',
    ];
  }

  /** The annotations of each audited trial, by its id. */
  annotations(): ReadonlyMap<string, Annotations> {
    const events = new Map<string, Annotations>();
    for (const line of readFileSync(join(this.#directory, 'audit.log'), 'utf8').split('\n')) {
      if (line === '') continue;
      const { requestURI, stage, annotations = {} } = JSON.parse(line);
      const id = new URL(requestURI, 'https://server').searchParams.get('trial');
      if (id !== null && stage === 'ResponseComplete') events.set(id, annotations);
    }
    return events;
  }
}

/** The suite's way of using a real API server. */
export class PolicyServer {
  readonly #server: ApiServer;
  constructor(server: ApiServer) {
    this.#server = server;
  }

  /** Makes the suite's kinds, namespaces and parameters. */
  async prepare(): Promise<void> {
    const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    for (const definition of definitions) await this.#create(crds, definition);
    for (const metadata of Object.values(namespaces)) {
      await this.#create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });
    }
    for (const plural of ['things', 'wides', 'settings']) {
      const path = `/apis/${group}/v1/${plural}`;
      await until(
        async () => (await this.#server.request('GET', path)).status === 200,
        () => `${plural} are served`,
      );
    }
    for (const object of configMaps) {
      await this.#create(`/api/v1/namespaces/${object.metadata.namespace}/configmaps`, object);
    }
    const rbac = '/apis/rbac.authorization.k8s.io/v1';
    const rules = [{ apiGroups: [group], resources: ['*'], verbs: ['*'] }];
    const api = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name: 'bob' } };
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'bob' };
    const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'bob' }];
    await this.#create(`${rbac}/clusterroles`, { ...api, kind: 'ClusterRole', rules });
    await this.#create(`${rbac}/clusterrolebindings`, {
      ...api,
      kind: 'ClusterRoleBinding',
      roleRef,
      subjects,
    });
    for (const object of settings) {
      await this.#create(`/apis/${group}/v1/namespaces/${object.metadata.namespace}/settings`, object);
    }
  }

  /** Why the server refuses to store a policy; empty where it stores it. */
  async addPolicy(policy: JsonObject): Promise<string> {
    const path = `${admission}/validatingadmissionpolicies`;
    const { status, body } = await this.#server.request('POST', path, policy);
    return status === 201 ? '' : String(body.message);
  }

  async addBinding(binding: JsonObject): Promise<void> {
    await this.#create(`${admission}/validatingadmissionpolicybindings`, binding);
  }

  /** Stores the object that a trial changes or deletes; to be called before any policy is there. */
  async addObject(object: JsonObject): Promise<void> {
    await this.#create(collection(object), object);
  }

  /** Policies take effect a moment after they are created: a last one whose verdict is known says when. */
  async untilInForce(): Promise<void> {
    const everything = { apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] };
    const api = { apiVersion: 'admissionregistration.k8s.io/v1' };
    for (const [name, paramKind] of [
      ['sentinel-built-in', { apiVersion: 'v1', kind: 'ConfigMap' }],
      ['sentinel-custom', { apiVersion: `${group}/v1`, kind: 'Setting' }],
    ] as const) {
      const matchConstraints = {
        objectSelector: { matchLabels: { case: name } },
        resourceRules: [everything],
      };
      const validations = [{ expression: "params.data.limit == 'never'", message: 'in force' }];
      await this.#create(`${admission}/validatingadmissionpolicies`, {
        ...api,
        kind: 'ValidatingAdmissionPolicy',
        metadata: { name },
        spec: { paramKind, matchConstraints, validations },
      });
      await this.#create(`${admission}/validatingadmissionpolicybindings`, {
        ...api,
        kind: 'ValidatingAdmissionPolicyBinding',
        metadata: { name },
        spec: {
          policyName: name,
          validationActions: ['Deny'],
          paramRef: { name: 'limits', namespace: 'alpha', parameterNotFoundAction: 'Deny' },
        },
      });
      const metadata = { name: 'probe', namespace: 'alpha', labels: { case: name } };
      const object = { apiVersion: `${group}/v1`, kind: 'Thing', metadata };
      const probe: Trial = {
        id: 'probe',
        operation: 'CREATE',
        subresource: '',
        user: 'admin',
        object,
        oldObject: null,
      };
      await until(
        async () => (await this.try(probe)).message.endsWith('denied request: in force'),
        () => `${name} is in force`,
      );
    }
  }

  /** Makes the request of a trial as a dry run. */
  async try({ id, operation, subresource, user, object, oldObject }: Trial): Promise<ServerAnswer> {
    const [method, path] = target(operation, (object ?? oldObject)!);
    const body = operation === 'UPDATE' ? await this.#withVersion(path, object!) : object;
    const part = subresource === '' ? '' : `/${subresource}`;
    // The server ignores the parameter `trial`; the audit log keeps it.
    const url = `${path}${part}?dryRun=All&trial=${id}`;
    const answer = await this.#server.request(method, url, body ?? undefined, user);
    const allowed = answer.status < 300;
    return {
      allowed,
      message: allowed ? '' : String(answer.body.message),
      reason: allowed ? '' : String(answer.body.reason),
      status: allowed ? undefined : answer.body,
      warnings: answer.warnings,
    };
  }

  /** An update of a custom resource must say which version of the object it replaces. */
  async #withVersion(path: string, object: JsonObject): Promise<JsonObject> {
    const { body } = await this.#server.request('GET', path);
    const { resourceVersion } = body.metadata;
    return { ...object, metadata: { ...(object['metadata'] as JsonObject), resourceVersion } };
  }

  async #create(path: string, object: object): Promise<void> {
    const { status, body } = await this.#server.request('POST', path, object);
    assert.equal(status, 201, `${path}: ${JSON.stringify(body)} for ${JSON.stringify(object)}`);
  }
}

function target(operation: Trial['operation'], object: JsonObject): [method: string, path: string] {
  const path = collection(object);
  if (operation === 'CREATE') return ['POST', path];
  const name = String(valueAt(object, ['metadata', 'name']));
  return [operation === 'UPDATE' ? 'PUT' : 'DELETE', `${path}/${name}`];
}

function collection(object: JsonObject): string {
  const namespace = valueAt(object, ['metadata', 'namespace']);
  const base = `/apis/${String(object['apiVersion'])}`;
  return namespace === undefined ? `${base}/wides` : `${base}/namespaces/${String(namespace)}/things`;
}

/** The definitions of the suite's kinds. */
export const definitions: readonly JsonObject[] = [
  definition('Thing', 'things', 'Namespaced'),
  definition('Wide', 'wides', 'Cluster'),
  definition('Setting', 'settings', 'Namespaced'),
];

function definition(kind: string, plural: string, scope: string): JsonObject {
  const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const version = (name: string, storage: boolean) => ({
    name,
    served: true,
    storage,
    schema: { openAPIV3Schema: anything },
    subresources: { status: {} },
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
