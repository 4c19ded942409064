import { isDeepStrictEqual } from 'node:util';
import type { Json, JsonObject } from '../../src/model/object.ts';
import { formatPath } from '../../src/model/path.ts';
import { serverView, type ServerView } from '../../src/kube/view/server-view.ts';
import type { Answer, ApiServer } from './api-server.ts';
import { apiServerSuite } from './api-server-suite.ts';
import { report } from './differential-report.ts';
import { inParallel } from './in-parallel.ts';
import { collectionOf } from './installed-policies.ts';
import { damage } from './manifest-damage.ts';
import { generatedKinds, generateManifest } from './manifest-generator.ts';
import { Random } from './random.ts';
import { sampleSize, seed } from './sample-size.ts';

/** The view is what the server makes of an object before any admission plugin changes it. */
const flags = ['--disable-admission-plugins=DefaultTolerationSeconds,Priority,RuntimeClass'];

apiServerSuite('server view', { flags }, (test) => {
  for (const key of generatedKinds) {
    test(`a policy sees of a ${key} what the server makes of it`, async (server, context) => {
      const random = new Random(seed);
      const manifests = Array.from({ length: sampleSize(100) }, (_, index) =>
        generateManifest(random, key, `case-${index}`),
      );
      const { accepted, disagreements } = await compareAll(server, manifests);
      const numbers = [`${accepted} accepted and compared`];
      report(context, { cases: manifests.length, numbers, disagreements });
      if (accepted < manifests.length / 4) throw new Error('too few are accepted to prove anything');
    });
  }

  test('values of wrong types are refused in its words, unknown fields named as it does', async (server, context) => {
    const random = new Random(seed);
    const manifests = Array.from({ length: sampleSize(400) }, (_, index) =>
      damage(random, generateManifest(random, random.pick(generatedKinds), `case-${index}`)),
    );
    const { accepted, refused, disagreements } = await compareAll(server, manifests);
    const numbers = [`${refused} not decoded`, `${accepted} accepted`];
    report(context, { cases: manifests.length, numbers, disagreements });
    if (refused < manifests.length / 10) throw new Error('too few are damaged to prove anything');
  });
});

interface Outcome {
  /** Objects that the server would have stored. */
  accepted: number;
  /** Objects that it could not decode. */
  refused: number;
  disagreements: string[];
}

async function compareAll(server: ApiServer, manifests: readonly JsonObject[]): Promise<Outcome> {
  const outcome: Outcome = { accepted: 0, refused: 0, disagreements: [] };
  await inParallel(manifests, async (manifest) => {
    const answer = await server.request('POST', `${collectionOf(manifest)}?dryRun=All`, manifest);
    const view = serverView(manifest, { namespace: 'default' });
    if (answer.status === 201) outcome.accepted++;
    if (answer.status === 400) outcome.refused++;
    const found = disagreement(answer, view);
    if (found !== undefined) outcome.disagreements.push(`${found}\n  manifest ${JSON.stringify(manifest)}`);
  });
  return outcome;
}

/** Undefined where both agree, and where the server finds an object invalid only after it made its view of it. */
function disagreement({ status, body, warnings }: Answer, view: ServerView): string | undefined {
  const problem = view.problems[0]?.message;
  if (![201, 400, 422].includes(status)) return `server ${status} ${JSON.stringify(body)}`;
  if (status === 400) {
    return problem === body.message ? undefined : `server ${body.message}\n  ours   ${problem ?? 'a view'}`;
  }
  if (view.object === null) return `server ${status} ${body.message ?? ''}\n  ours   ${problem}`;
  if (status !== 201) return undefined;
  const ours = withoutAssigned(readBack(view.object as JsonObject));
  const theirs = withoutAssigned(body as JsonObject);
  const path = firstDifference(theirs, ours);
  if (path !== undefined) {
    const shown = (object: JsonObject): string => JSON.stringify(valueAt(object, path)) ?? 'nothing';
    return `${formatPath(path)}\n  server ${shown(theirs)}\n  ours   ${shown(ours)}`;
  }
  const unknown = warnings.filter((text) => text.startsWith('unknown field')).sort();
  const own = view.unknownFields.map((field) => `unknown field "${printedPath(field)}"`).sort();
  return isDeepStrictEqual(unknown, own) ? undefined : `server ${unknown.join()}\n  ours   ${own.join()}`;
}

/**
 * The answer is the object as read back from storage, which defaults a Job once more: one without labels gets those of
 * its template. A policy is judged before; that it sees no labels then was tried with a policy.
 */
function readBack(view: JsonObject): JsonObject {
  const labels = valueAt(view, ['spec', 'template', 'metadata', 'labels']);
  const metadata = view['metadata'] as JsonObject;
  if (view['kind'] !== 'Job' || metadata['labels'] !== undefined || labels === undefined) return view;
  return { ...view, metadata: { ...metadata, labels } };
}

/** The server prints map keys as they are. */
function printedPath(path: readonly (string | number)[]): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .slice(1);
}

/** The object without what only a cluster knows. */
function withoutAssigned(object: JsonObject): JsonObject {
  const copy = structuredClone(object) as any;
  const { uid } = copy.metadata;
  for (const name of ['uid', 'creationTimestamp', 'managedFields']) delete copy.metadata[name];
  if (copy.kind === 'Service') {
    if (copy.spec.clusterIP && copy.spec.clusterIP !== 'None') {
      copy.spec.clusterIP = 'assigned';
      copy.spec.clusterIPs = copy.spec.clusterIPs?.map(() => 'assigned');
    }
    for (const port of copy.spec.ports ?? []) if (port.nodePort) port.nodePort = 1;
    if (copy.spec.healthCheckNodePort) copy.spec.healthCheckNodePort = 1;
  }
  for (const condition of copy.status?.conditions ?? []) condition.lastTransitionTime = 'assigned';
  return JSON.parse(JSON.stringify(copy).replaceAll(uid, 'uid'));
}

function valueAt(value: Json | undefined, path: readonly (string | number)[]): Json | undefined {
  return path.reduce<any>((at, step) => at?.[step], value);
}

/** Where two values first differ; undefined where they do not. */
function firstDifference(a: Json | undefined, b: Json | undefined): (string | number)[] | undefined {
  if (isDeepStrictEqual(a, b)) return undefined;
  const isNested = (value: unknown) => typeof value === 'object' && value !== null;
  if (!isNested(a) || !isNested(b) || Array.isArray(a) !== Array.isArray(b)) return [];
  const isList = Array.isArray(a);
  const [left, right] = [a as JsonObject, b as JsonObject];
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const below = firstDifference(left[key], right[key]);
    if (below !== undefined) return [isList ? Number(key) : key, ...below];
  }
  return [];
}
