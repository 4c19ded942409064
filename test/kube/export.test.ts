import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { bindControl, bindFix } from '../../src/catalogue/bind.ts';
import { type ControlCase, expandCase, readCases } from '../../src/catalogue/case.ts';
import { controlCompiler } from '../../src/catalogue/catalogue.ts';
import type { Control } from '../../src/catalogue/control.ts';
import { exportControls, type ExportOptions, type ExportedObject } from '../../src/catalogue/export.ts';
import { mended } from '../../src/catalogue/fix-check.ts';
import { checkout, loadCatalogue, readYaml } from '../../src/catalogue/load.ts';
import { inRange } from '../../src/catalogue/versions.ts';
import { kindRegistry } from '../../src/kube/kinds.ts';
import type { JsonObject } from '../../src/model/object.ts';
import { PolicyCompiler } from '../../src/policy/index.ts';
import { stringify, type Value } from '../../src/yaml/index.ts';
import type { ApiServer } from './api-server.ts';
import { apiServerSuite } from './api-server-suite.ts';
import { report } from './differential-report.ts';
import { inParallel } from './in-parallel.ts';
import { gated, gateLabel, type Verdict, verdictOf, waitForDenial } from './installed-policies.ts';

/** The version of the real server. */
const version = 36;
const catalogue = loadCatalogue(checkout);
const kinds = kindRegistry();

const options: ExportOptions = {
  to: 'native',
  version,
  fixes: 'all',
  actions: ['Deny'],
  exempt: ['kube-system', 'default'],
  namespace: 'scantling',
  parameters: () => ({}),
};

apiServerSuite('export', {}, (test) => {
  test('exported policies and fixes do to the cases of their controls what ours do', judgeCases);
  test('everything that is exported is accepted and lets go what is on its way out', enforce);
});

/** A request of one case to a policy or a fix of one control. */
interface Trial {
  readonly control: Control;
  readonly one: ControlCase;
  readonly object: JsonObject;
}

function trialsOf(control: Control): Trial[] {
  const wrong: string[] = [];
  const { cases } = readCases(readYaml(path.join(checkout, 'controls', control.id, 'tests.yaml'), wrong));
  assert.deepEqual(wrong, []);
  return cases
    .filter(({ kubernetes, refused }) => inRange(version, kubernetes) && refused === undefined)
    .flatMap((one) => {
      const made = expandCase(one).find(
        ({ list, object }) =>
          list !== 'ephemeralContainers' &&
          kinds.resolve(String(object['apiVersion']), String(object['kind'])).source === 'built-in',
      );
      return made === undefined ? [] : [{ control, one, object: made.object }];
    });
}

async function judgeCases(api: ApiServer, context: TestContext): Promise<void> {
  const groups = new Map<string, { control: Control; parameters: JsonObject; trials: Trial[] }>();
  for (const control of catalogue.controls.values()) {
    const indices = new Map<string, number>();
    for (const trial of trialsOf(control)) {
      const key = JSON.stringify(trial.one.parameters);
      const index = indices.get(key) ?? indices.size;
      indices.set(key, index);
      const gate = `${control.id}-${index}`;
      const group = groups.get(gate) ?? { control, parameters: trial.one.parameters, trials: [] };
      group.trials.push(trial);
      groups.set(gate, group);
    }
  }
  const fixed = new Set<string>();
  for (const [gate, { control, parameters }] of groups) {
    const { objects } = exportControls([control], { ...options, exempt: [], parameters: () => parameters });
    for (const { kind, object } of objects) {
      if (kind === 'mutating') fixed.add(gate);
      await install(api, renamed(object, gate, kind));
    }
    if (objects.length === 0) groups.delete(gate);
  }
  await context.test('bindings take effect', async () => {
    for (const [gate, { trials }] of groups) {
      const failing = await firstTaken(api, trials);
      if (failing !== undefined) await waitForDenial(() => dryRun(api, failing.object, gate), gate);
    }
  });
  const wrong: string[] = [];
  let mutations = 0;
  let refused = 0;
  await inParallel([...groups], async ([gate, { trials }]) => {
    for (const { control, object, one } of trials) {
      const verdict = await dryRun(api, object, gate);
      if (verdict.kind === 'refused' && !(await isTaken(api, object))) {
        refused++;
        continue;
      }
      const expected = one.expect === 'fail' ? 'denied' : 'allowed';
      const label = `${control.id}: ${one.name}`;
      if (verdict.kind !== expected) wrong.push(`${label}: ${JSON.stringify(verdict)}`);
      if (!fixed.has(gate)) continue;
      mutations++;
      const difference = await fixDifference(api, control, one, object, gate);
      if (difference !== undefined) wrong.push(`${label}: ${difference}`);
    }
  });
  const cases = [...groups.values()].reduce((sum, { trials }) => sum + trials.length, 0);
  const numbers = [
    `${groups.size} exported policies`,
    `${mutations} mutations`,
    `${refused} that the server takes in no case`,
  ];
  report(context, { cases, numbers, disagreements: wrong, generated: false });
}

/** Whether the server takes an object that no policy looks at; some cases exist in files only. */
async function isTaken(api: ApiServer, object: JsonObject): Promise<boolean> {
  return (await post(api, gated(object, 'nobody'))).status < 300;
}

async function firstTaken(api: ApiServer, trials: readonly Trial[]): Promise<Trial | undefined> {
  for (const trial of trials) {
    if (trial.one.expect === 'fail' && (await isTaken(api, trial.object))) return trial;
  }
  return undefined;
}

/** What the server's exported fix makes of an object and ours does not, or the other way round. */
async function fixDifference(
  api: ApiServer,
  control: Control,
  one: ControlCase,
  object: JsonObject,
  gate: string,
): Promise<string | undefined> {
  const bound = bindControl(control, version, controlCompiler(catalogue, version), one.parameters)!;
  const fix = bindFix(control, new PolicyCompiler({ version: '1.36' }), bound.parameters);
  const {
    group,
    kind,
    namespaced,
    plural,
    version: served,
  } = kinds.resolve(String(object['apiVersion']), String(object['kind']));
  const metadata = object['metadata'] as JsonObject | undefined;
  const ours = mended(
    fix!.bound,
    object,
    {
      kind: { group, version: served, kind },
      resource: { group, version: served, resource: plural },
      subresource: '',
      operation: 'CREATE',
      name: String(metadata?.['name'] ?? ''),
      namespace: namespaced === true ? String(metadata?.['namespace'] ?? 'default') : '',
      scope: namespaced === true ? 'Namespaced' : 'Cluster',
      object,
      oldObject: null,
    },
    {
      findNamespace: () => undefined,
      params: { objects: bound.parameters, complete: true, scopeOf: () => 'Namespaced' },
    },
  );
  if (typeof ours === 'string') return `ours fails: ${ours}`;
  const theirs = await post(api, gated(object, `fix.${gate}`));
  const again = await post(api, gated(ours.object as JsonObject, 'nobody'));
  if (theirs.status >= 300) {
    return (await isTaken(api, object)) ? `refused: ${theirs.body.message}` : undefined;
  }
  if (again.status >= 300) return `ours is refused: ${again.body.message}`;
  const [left, right] = [bare(theirs.body), bare(again.body)];
  return left === right ? undefined : `\n    theirs ${left}\n    ours   ${right}`;
}

/** An object without what every creation makes anew. */
function bare(object: JsonObject): string {
  const { labels: _, ...metadata } = object['metadata'] as JsonObject;
  const rest = Object.entries(metadata).filter(
    ([key]) => !['uid', 'creationTimestamp', 'managedFields', 'generation'].includes(key),
  );
  // Names of pod templates and uids in selectors are made by the server as well.
  return JSON.stringify({ ...object, metadata: Object.fromEntries(rest) }, (key, value: unknown) =>
    key === 'controller-uid' || key === 'batch.kubernetes.io/controller-uid' ? '' : value,
  );
}

/** The exported object for one gate: under its name, and bound to what carries its label. */
function renamed(object: JsonObject, gate: string, kind: ExportedObject['kind']): JsonObject {
  const spec = object['spec'] as JsonObject;
  const named = { ...object, metadata: { name: gate } };
  if (object['kind'] === 'Namespace') return object;
  if (kind === 'parameters') return { ...named, metadata: { name: gate, namespace: 'scantling' } };
  if (!String(object['kind']).endsWith('Binding')) return named;
  const label = kind === 'mutating' ? `fix.${gate}` : gate;
  const paramRef = spec['paramRef'] as JsonObject | undefined;
  return {
    ...named,
    spec: {
      ...spec,
      policyName: gate,
      matchResources: { objectSelector: { matchLabels: { [gateLabel]: label } } },
      ...(paramRef !== undefined && { paramRef: { ...paramRef, name: gate } }),
    },
  };
}

function urlOf(object: JsonObject, namespace: string): string {
  const {
    group,
    namespaced,
    plural,
    version: served,
  } = kinds.resolve(String(object['apiVersion']), String(object['kind']));
  const root = group === '' ? '/api/v1' : `/apis/${group}/${served}`;
  return `${root}${namespaced === true ? `/namespaces/${namespace}` : ''}/${plural}`;
}

async function install(api: ApiServer, object: JsonObject): Promise<void> {
  const metadata = object['metadata'] as JsonObject;
  const url = urlOf(object, String(metadata['namespace'] ?? 'default'));
  const answer = await api.request('POST', `${url}?fieldValidation=Strict`, object);
  const isThere = answer.status === 409 && object['kind'] === 'Namespace';
  assert.ok(answer.status < 300 || isThere, `${String(metadata['name'])}: ${answer.body.message}`);
}

/** A dry run that creates an object, in the namespace that it names or else in `default`. */
async function post(api: ApiServer, object: JsonObject) {
  const metadata = object['metadata'] as JsonObject;
  const namespace = String(metadata['namespace'] ?? 'default');
  if (namespace !== 'default') {
    const created = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
    await api.request('POST', '/api/v1/namespaces', created);
  }
  return api.request('POST', `${urlOf(object, namespace)}?dryRun=All`, object);
}

async function dryRun(api: ApiServer, object: JsonObject, gate: string): Promise<Verdict> {
  return verdictOf(await post(api, gated(object, gate)));
}

const bad = (name: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'enforced', finalizers: ['example.com/hold'] },
  spec: { containers: [{ name: 'web', image: 'web', securityContext: { privileged: true } }] },
});

async function enforce(api: ApiServer): Promise<void> {
  const pods = '/api/v1/namespaces/enforced/pods';
  await install(api, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'enforced' } });
  await install(api, bad('old'));
  const settings = (id: string): JsonObject =>
    Object.fromEntries(
      Object.entries(catalogue.controls.get(id)!.parameters).map(([name, { type }]) => [
        name,
        type === 'list' ? ['example.com'] : '1',
      ]),
    );
  const { objects } = exportControls(catalogue.controls.values(), { ...options, parameters: settings });
  // Fixes would mend what is to be denied: those are accepted, and reach nothing here.
  const apart = exportControls(catalogue.controls.values(), {
    ...options,
    parameters: settings,
    exempt: [...options.exempt, 'enforced'],
  });
  const all = [
    ...objects.filter(({ kind }) => kind !== 'mutating'),
    ...apart.objects.filter(({ kind }) => kind === 'mutating'),
  ];
  for (const { object } of all) await install(api, object);
  const isDenied = async (): Promise<Verdict> =>
    verdictOf(await api.request('POST', `${pods}?dryRun=All`, bad('new')));
  await waitForDenial(isDenied, 'a new bad pod');
  assert.equal((await api.request('DELETE', `${pods}/old`)).status, 200);
  const old = (await api.request('GET', `${pods}/old`)).body;
  old.metadata.finalizers = [];
  const freed = await api.request('PUT', `${pods}/old`, old);
  assert.ok(freed.status < 300, freed.body.message);
  assert.equal((await api.request('GET', `${pods}/old`)).status, 404, 'the old pod is gone');
}

const folder = mkdtempSync(path.join(tmpdir(), 'scantling-static-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

/** Writes what an API server reads at its start, and returns the flags for it. */
function staticFlags(): string[] {
  const parameters = (id: string): JsonObject =>
    id === 'forbidden-registries' ? { forbidden: ['evil.example'] } : {};
  const { objects } = exportControls(catalogue.controls.values(), {
    ...options,
    to: 'static',
    exempt: ['kube-system'],
    parameters,
  });
  const plugins: object[] = [];
  for (const [kind, plugin] of [
    ['validating', 'ValidatingAdmissionPolicy'],
    ['mutating', 'MutatingAdmissionPolicy'],
  ] as const) {
    const own = path.join(folder, kind);
    mkdirSync(own);
    const texts = objects.filter((one) => one.kind === kind).map(({ object }) => stringify(object as Value));
    assert.ok(texts.length > 0, kind);
    writeFileSync(path.join(own, 'all.yaml'), texts.join('---\n'));
    plugins.push({
      name: plugin,
      configuration: {
        apiVersion: 'apiserver.config.k8s.io/v1',
        kind: `${plugin}Configuration`,
        staticManifestsDir: own,
      },
    });
  }
  const file = path.join(folder, 'admission.yaml');
  const configuration = { apiVersion: 'apiserver.config.k8s.io/v1', kind: 'AdmissionConfiguration', plugins };
  writeFileSync(file, JSON.stringify(configuration));
  return [
    `--admission-control-config-file=${file}`,
    '--feature-gates=ManifestBasedAdmissionControlConfig=true',
  ];
}

apiServerSuite('export to the disk of the API server', { flags: staticFlags() }, (test) => {
  test('a server starts with everything that is exported, and enforces it', async (api) => {
    const pod = (image: string): JsonObject => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web' },
      spec: { containers: [{ name: 'web', image, securityContext: { privileged: true } }] },
    });
    const send = (image: string) =>
      api.request('POST', '/api/v1/namespaces/default/pods?dryRun=All', pod(image));
    await waitForDenial(
      async () => verdictOf(await send('evil.example/web:1')),
      'an image of a forbidden registry',
    );
    const denied = (await send('evil.example/web:1')).body.message as string;
    assert.match(denied, /\.static\.k8s\.io'/);
    const { objects } = exportControls([catalogue.controls.get('privileged-container')!], {
      ...options,
      to: 'static',
    });
    for (const { object } of objects) {
      const answer = await api.request('POST', urlOf(object, ''), object);
      assert.ok(answer.status >= 400, 'such a name is taken from files only');
    }
  });
});
