import { kindRegistry } from '../../src/kube/kinds.ts';
import type { JsonObject } from '../../src/model/object.ts';
import type { ApiServer } from './api-server.ts';
import { until } from './until.ts';

const group = '/apis/admissionregistration.k8s.io/v1';

/** The label whose value picks the policies that judge an object; objects without it are judged by none. */
export const gateLabel = 'test.scantling.dev/judge';

/**
 * Creates a policy under another name. Throws with the server's words when it is refused: that is a failed test.
 * Status warnings of the type checker need a controller manager and are not looked at.
 */
export async function installPolicy(server: ApiServer, policy: JsonObject, name: string): Promise<void> {
  await create(server, `${group}/validatingadmissionpolicies`, { ...policy, metadata: { name } });
}

/** Binds a policy to the objects that carry `gate` as their gate label, with Deny. */
export async function bindPolicy(
  server: ApiServer,
  binding: { name: string; policyName: string; gate: string; parameters?: JsonObject | undefined },
): Promise<void> {
  let paramRef: JsonObject | undefined;
  if (binding.parameters !== undefined) {
    await create(server, '/api/v1/namespaces/default/configmaps', {
      ...binding.parameters,
      metadata: { name: binding.name },
    });
    paramRef = { name: binding.name, namespace: 'default', parameterNotFoundAction: 'Deny' };
  }
  await create(server, `${group}/validatingadmissionpolicybindings`, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: binding.name },
    spec: {
      policyName: binding.policyName,
      validationActions: ['Deny'],
      matchResources: { objectSelector: { matchLabels: { [gateLabel]: binding.gate } } },
      ...(paramRef !== undefined && { paramRef }),
    },
  });
}

/** The object with the gate label on its own metadata. */
export function gated(object: JsonObject, gate: string): JsonObject {
  const metadata = (object['metadata'] ?? {}) as JsonObject;
  const labels = (metadata['labels'] ?? {}) as JsonObject;
  return { ...object, metadata: { ...metadata, labels: { ...labels, [gateLabel]: gate } } };
}

const kinds = kindRegistry();

/** Whether a server without extensions has the object's kind; configuration files of components are none of its kinds. */
export function isServed(object: JsonObject): boolean {
  return kinds.resolve(String(object['apiVersion']), String(object['kind'])).source !== 'guessed';
}

/** Where an object is created: in its namespace, `default` where it names none, or in the cluster. */
export function collectionOf(object: JsonObject): string {
  const apiVersion = String(object['apiVersion']);
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const { plural, namespaced } = kinds.resolve(apiVersion, String(object['kind']));
  const { namespace } = (object['metadata'] ?? {}) as { namespace?: string };
  return namespaced === false
    ? `${root}/${plural}`
    : `${root}/namespaces/${namespace ?? 'default'}/${plural}`;
}

/** What a real server made of a request. `denied` holds the messages of the policies. */
export type Verdict =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'denied'; readonly by: string; readonly message: string }
  | { readonly kind: 'refused'; readonly message: string };

/** Reads a verdict from the server's answer; a denial by a policy is told from a refusal for other reasons. */
export function verdictOf(answer: { status: number; body: { message?: string } }): Verdict {
  if (answer.status < 300) return { kind: 'allowed' };
  const message = answer.body.message ?? JSON.stringify(answer.body);
  const denial = /ValidatingAdmissionPolicy '([^']+)' with binding '[^']+' denied request: ([^]*)$/.exec(
    message,
  );
  if (denial === null) return { kind: 'refused', message };
  return { kind: 'denied', by: denial[1] ?? '', message: denial[2] ?? '' };
}

/** Waits until a request that its policy must deny is denied: a new binding takes effect after about a second. */
export async function waitForDenial(send: () => Promise<Verdict>, what: string): Promise<void> {
  let last: Verdict = { kind: 'allowed' };
  await until(
    async () => {
      last = await send();
      return last.kind === 'denied';
    },
    () => `${what} is denied; the last answer was ${JSON.stringify(last)}`,
  );
}

async function create(server: ApiServer, path: string, object: JsonObject): Promise<void> {
  const answer = await server.request('POST', `${path}?fieldValidation=Strict`, object);
  if (answer.status >= 300)
    throw new Error(`${path} refused ${JSON.stringify(object['metadata'])}: ${answer.body.message}`);
}
