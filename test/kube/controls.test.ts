import assert from 'node:assert/strict';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { type CaseObject, type ControlCase, expandCase, readCases } from '../../src/catalogue/case.ts';
import { loadCatalogue, readYaml } from '../../src/catalogue/load.ts';
import { type Control, parameterObject, type PolicyVariant } from '../../src/catalogue/control.ts';
import { inRange, latestMinorVersion } from '../../src/catalogue/versions.ts';
import type { JsonObject } from '../../src/model/object.ts';
import type { ApiServer } from './api-server.ts';
import { apiServerSuite } from './api-server-suite.ts';
import { report } from './differential-report.ts';
import { inParallel } from './in-parallel.ts';
import {
  bindPolicy,
  collectionOf,
  gated,
  installPolicy,
  isServed,
  type Verdict,
  verdictOf,
  waitForDenial,
} from './installed-policies.ts';

const root = path.join(import.meta.dirname, '../..');

/** One request to a real server: an object of a case, judged by one variant of its control. */
interface Trial {
  readonly gate: string;
  readonly policyName: string;
  readonly one: ControlCase;
  readonly made: CaseObject;
  readonly label: string;
}

/** One variant of a control with one set of parameters. */
interface Group {
  readonly gate: string;
  readonly policyName: string;
  readonly parameters: JsonObject | undefined;
  readonly trials: Trial[];
}

function nameOf(control: Control, variant: PolicyVariant): string {
  return variant.until === undefined ? control.id : `${control.id}-1-${variant.until}`;
}

/** Sorts the cases of all controls by policy variant and parameters. */
function groupsOf(controls: Iterable<Control>): Group[] {
  const groups: Group[] = [];
  for (const control of controls) {
    const wrong: string[] = [];
    const { cases, complaints } = readCases(
      readYaml(path.join(root, 'controls', control.id, 'tests.yaml'), wrong),
    );
    assert.deepEqual([...wrong, ...complaints], [], control.id);
    for (const variant of control.variants) {
      const policyName = nameOf(control, variant);
      const version = variant.until ?? latestMinorVersion;
      const own = new Map<string, Group>();
      for (const one of cases.filter(({ kubernetes }) => inRange(version, kubernetes))) {
        const parameters = parameterObject(control, one.parameters);
        const key = JSON.stringify(parameters);
        const gate = own.get(key)?.gate ?? (own.size === 0 ? policyName : `${policyName}-${own.size}`);
        const group = own.get(key) ?? { gate, policyName, parameters, trials: [] };
        own.set(key, group);
        for (const made of expandCase(one).filter(({ object }) => isServed(object))) {
          const label = `${policyName}: ${one.expect}: ${one.name} (${made.kind}, ${made.list ?? 'whole object'})`;
          group.trials.push({ gate, policyName, one, made, label });
        }
      }
      groups.push(...own.values());
    }
  }
  return groups;
}

/**
 * A dry run of the trial's object. Ephemeral containers can only be added to a pod that exists: it is stored without
 * them by `prepare` before any binding exists, under a name of its own.
 */
async function send(api: ApiServer, trial: Trial, names: ReadonlyMap<Trial, string>): Promise<Verdict> {
  const object = gated(trial.made.object, trial.gate);
  const stored = names.get(trial);
  if (stored === undefined) {
    return verdictOf(
      await api.request('POST', `${collectionOf(object)}?dryRun=All&fieldValidation=Strict`, object),
    );
  }
  const url = `/api/v1/namespaces/default/pods/${stored}`;
  const pod = (await api.request('GET', url)).body;
  pod.spec.ephemeralContainers = (object['spec'] as JsonObject)['ephemeralContainers'];
  return verdictOf(await api.request('PUT', `${url}/ephemeralcontainers?dryRun=All`, pod));
}

async function prepare(api: ApiServer, trials: readonly Trial[]): Promise<Map<Trial, string>> {
  const names = new Map<Trial, string>();
  const ephemeral = trials.filter(({ made }) => made.list === 'ephemeralContainers');
  await inParallel(ephemeral, async (trial) => {
    const name = `stored-${ephemeral.indexOf(trial)}`;
    const { ephemeralContainers: _, ...spec } = trial.made.object['spec'] as JsonObject;
    const metadata = { ...(trial.made.object['metadata'] as JsonObject), name };
    const pod = gated({ ...trial.made.object, metadata, spec }, trial.gate);
    const answer = await api.request('POST', '/api/v1/namespaces/default/pods', pod);
    if (answer.status < 300) names.set(trial, name);
    else assert.ok(trial.one.refused !== undefined, `${trial.label}: ${answer.body.message}`);
  });
  return names;
}

/** Why the server's verdict is not the one the case expects; undefined where it is. */
function mismatch(trial: Trial, verdict: Verdict): string | undefined {
  const { one, label } = trial;
  const got = `${label}\n    got ${JSON.stringify(verdict)}`;
  if (one.refused !== undefined) return verdict.kind === 'refused' ? undefined : got;
  if (one.expect !== 'fail') return verdict.kind === 'allowed' ? undefined : got;
  if (verdict.kind !== 'denied' || verdict.by !== trial.policyName) return got;
  return one.message === undefined || one.message === verdict.message ? undefined : got;
}

apiServerSuite('controls', {}, (test) => {
  test('every case of every control gets the same verdict from a real API server', judgeCases);
  test('a policy lets go what runs already, and only that', changeWhatRuns);
});

async function judgeCases(api: ApiServer, context: TestContext): Promise<void> {
  const { controls } = loadCatalogue(root);
  const groups = groupsOf(controls.values());
  const trials = groups.flatMap((group) => group.trials);
  const names = await prepare(api, trials);
  for (const control of controls.values()) {
    for (const variant of control.variants) {
      await installPolicy(api, variant.policy, nameOf(control, variant));
    }
  }
  for (const group of groups) await bindPolicy(api, { ...group, name: group.gate });
  for (const group of groups) {
    const sentinel = group.trials.find(({ one }) => one.expect === 'fail' && one.refused === undefined);
    if (sentinel !== undefined) await waitForDenial(() => send(api, sentinel, names), sentinel.label);
  }
  const wrong: string[] = [];
  await inParallel(trials, async (trial) => {
    if (trial.made.list === 'ephemeralContainers' && !names.has(trial)) return;
    const found = mismatch(trial, await send(api, trial, names));
    if (found !== undefined) wrong.push(found);
  });
  report(context, {
    cases: trials.length,
    numbers: [`${groups.length} bindings`],
    disagreements: wrong,
    generated: false,
  });
}

async function changeWhatRuns(api: ApiServer): Promise<void> {
  const gate = 'running';
  const template = {
    metadata: { labels: { app: 'web' } },
    spec: { containers: [{ name: 'web', image: 'web:1', securityContext: { privileged: true } }] },
  };
  const deployment = gated(
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', finalizers: ['example.com/hold'] },
      spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template },
    },
    gate,
  );
  const pod = gated(
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web', finalizers: ['example.com/hold'] },
      spec: template.spec,
    },
    gate,
  );
  const deployments = collectionOf(deployment);
  const pods = collectionOf(pod);
  assert.equal((await api.request('POST', deployments, deployment)).status, 201);
  assert.equal((await api.request('POST', pods, pod)).status, 201);
  await installPolicy(
    api,
    loadCatalogue(root).controls.get('privileged-container')?.variants.at(-1)?.policy ?? {},
    'running',
  );
  await bindPolicy(api, { name: 'running', policyName: 'running', gate });
  const dryRun = async (): Promise<Verdict> =>
    verdictOf(
      await api.request('POST', `${deployments}?dryRun=All`, {
        ...deployment,
        metadata: { ...(deployment['metadata'] as JsonObject), name: 'new' },
      }),
    );
  await waitForDenial(dryRun, 'a new privileged Deployment');

  // oxlint-disable-next-line typescript/no-explicit-any -- objects as the server gives them
  const change = async (url: string, edit: (object: any) => void): Promise<Verdict> => {
    const object = (await api.request('GET', url)).body;
    edit(object);
    return verdictOf(await api.request('PUT', url, object));
  };
  const one = `${deployments}/web`;
  assert.equal((await change(one, (object) => (object.spec.replicas = 3))).kind, 'allowed', 'replicas');
  assert.equal((await change(one, (object) => (object.metadata.annotations = { a: 'b' }))).kind, 'allowed');
  const image = await change(one, (object) => (object.spec.template.spec.containers[0].image = 'web:2'));
  assert.equal(image.kind, 'denied', 'another image');
  const tolerate = await change(`${pods}/web`, (object) =>
    object.spec.tolerations.push({ operator: 'Exists' }),
  );
  assert.equal(tolerate.kind, 'allowed', 'a toleration');
  assert.equal(
    (await change(`${pods}/web`, (object) => (object.spec.containers[0].image = 'web:2'))).kind,
    'denied',
  );
  for (const url of [one, `${pods}/web`]) {
    await api.request('DELETE', url);
    assert.equal(
      (await change(url, (object) => (object.metadata.finalizers = []))).kind,
      'allowed',
      'finalizers',
    );
    assert.equal((await api.request('GET', url)).status, 404, `${url} is gone`);
  }
}
