import type { Json, JsonObject } from '../model/object.ts';
import { type Complaint, FieldReader, isMapping } from './complaint.ts';
import { anyVersion, parseVersionRange, type VersionRange } from './versions.ts';

/** What a case expects of its control. */
export type Expectation = 'pass' | 'fail' | 'not-applicable' | 'unknown';

/** The three lists of containers that every rule about containers must look at. */
export const containerLists = ['containers', 'initContainers', 'ephemeralContainers'] as const;
/** A list of containers of a pod. */
export type ContainerList = (typeof containerLists)[number];

/**
 * One case of a control's `tests.yaml`, written for one container of one pod; `expandCase` makes objects of it.
 * The format is described in `controls/README.md`.
 */
export interface ControlCase {
  readonly name: string;
  readonly expect: Expectation;
  /** Fields of the container under test, beside its name and image. */
  readonly container: JsonObject;
  /** Fields of the pod's spec. */
  readonly pod: JsonObject;
  /** Fields of the pod's metadata. */
  readonly metadata: JsonObject;
  /** A whole object, instead of the above; it is tested as it is. */
  readonly object: JsonObject | undefined;
  /** Several objects that stand together, for a control on what is derived of them; undefined for all others. */
  readonly objects: readonly JsonObject[] | undefined;
  /** Whether `objects` are a whole cluster, and not only a whole folder. */
  readonly isComplete: boolean;
  /** The control's parameters, by name. */
  readonly parameters: JsonObject;
  /** Where a failing case fails: paths that begin with `container`, `pod` or `metadata`, or full paths of `object`. */
  readonly paths: readonly string[];
  /** The exact message of a failing case, where it matters. */
  readonly message: string | undefined;
  /** Versions for which the case holds. */
  readonly kubernetes: VersionRange;
  /** The only kinds to test it on; undefined for all. */
  readonly kinds: readonly string[] | undefined;
  /** The only lists to put the container in; undefined for all. */
  readonly lists: readonly ContainerList[] | undefined;
  /** Why a real API server refuses the object before any policy sees it; undefined where it does not. */
  readonly refused: string | undefined;
  /** Why the control's own fix does not mend the object; undefined where it does. */
  readonly notFixed: string | undefined;
}

const caseKeys = [
  'pass',
  'fail',
  'not-applicable',
  'unknown',
  'container',
  'pod',
  'metadata',
  'object',
  'objects',
  'complete',
  'parameters',
  'path',
  'message',
  'kubernetes',
  'kinds',
  'lists',
  'refused',
  'not-fixed',
];
const expectations: readonly Expectation[] = ['pass', 'fail', 'not-applicable', 'unknown'];

/**
 * Reads the value of a `tests.yaml`. Strict: an unknown key, two cases of one name or of one content, a failing case
 * without a path, and a file without a passing and a failing case are complaints.
 */
export function readCases(value: Json | undefined): {
  cases: readonly ControlCase[];
  complaints: readonly Complaint[];
} {
  const complaints: Complaint[] = [];
  const cases: ControlCase[] = [];
  if (!isMapping(value) || !Array.isArray(value['cases'])) {
    return { cases, complaints: [{ path: [], reason: 'a tests.yaml holds `cases:`, a list' }] };
  }
  for (const key of Object.keys(value)) {
    if (key !== 'cases')
      complaints.push({ path: [key], reason: `unknown key "${key}"; only "cases" is known` });
  }
  const names = new Map<string, number>();
  const contents = new Map<string, number>();
  for (const [index, item] of (value['cases'] as readonly Json[]).entries()) {
    const complain = (reason: string): void => void complaints.push({ path: ['cases', index], reason });
    const found = readCase(item, index, complaints);
    if (found === undefined) continue;
    const { name: _, ...content } = found;
    const sameName = names.get(found.name);
    if (sameName !== undefined) complain(`case ${sameName + 1} has the same name`);
    const key = JSON.stringify(content);
    const sameContent = contents.get(key);
    if (sameContent !== undefined) complain(`case ${sameContent + 1} tests the same`);
    names.set(found.name, index);
    contents.set(key, index);
    cases.push(found);
  }
  for (const expectation of ['pass', 'fail'] as const) {
    if (!cases.some((one) => one.expect === expectation)) {
      complaints.push({ path: ['cases'], reason: `there is no case that says "${expectation}"` });
    }
  }
  return { cases, complaints };
}

function readCase(item: Json, index: number, complaints: Complaint[]): ControlCase | undefined {
  const read = new FieldReader(isMapping(item) ? item : {}, ['cases', index], complaints);
  if (!isMapping(item)) {
    read.complain('a case is a mapping');
    return undefined;
  }
  read.refuseOthers(caseKeys);
  const expected = expectations.filter((key) => read.has(key));
  const [expect] = expected;
  const name = expect === undefined ? undefined : read.text(expect);
  if (expect === undefined || expected.length > 1 || name === undefined || name === '') {
    read.complain('a case begins with one of pass, fail, not-applicable and unknown, and what it is about');
    return undefined;
  }
  const object = read.has('object') ? read.mapping('object') : undefined;
  if (object !== undefined) {
    for (const key of ['container', 'pod', 'metadata', 'kinds', 'lists']) {
      if (read.has(key)) read.complain(`"${key}" means nothing beside "object"`, key);
    }
  }
  const objects = readObjects(item['objects'], read);
  if (objects === undefined && expect === 'unknown') {
    read.complain('only what is derived of several "objects" is unknown in a case', 'unknown');
  }
  return {
    name,
    expect,
    objects,
    isComplete: item['complete'] === true,
    container: read.mapping('container'),
    pod: read.mapping('pod'),
    metadata: read.mapping('metadata'),
    object,
    parameters: read.mapping('parameters'),
    paths: readPaths(read, expect, object !== undefined || objects !== undefined),
    message: read.text('message'),
    kubernetes: readRange(read),
    kinds: readWords(read, 'kinds', workloadKinds),
    lists: readWords(read, 'lists', containerLists),
    refused: read.text('refused'),
    notFixed: read.text('not-fixed'),
  };
}

function readObjects(value: Json | undefined, read: FieldReader): readonly JsonObject[] | undefined {
  if (value === undefined) {
    if (read.has('complete')) read.complain('"complete" means nothing without "objects"', 'complete');
    return undefined;
  }
  for (const key of ['container', 'pod', 'metadata', 'kinds', 'lists', 'object', 'refused', 'not-fixed']) {
    if (read.has(key)) read.complain(`"${key}" means nothing beside "objects"`, key);
  }
  if (Array.isArray(value) && value.length > 0 && value.every((one) => isMapping(one as Json)))
    return value as readonly JsonObject[];
  read.complain('"objects" is a list of objects', 'objects');
  return [];
}

function readPaths(read: FieldReader, expect: Expectation, isWhole: boolean): readonly string[] {
  const paths = read.texts('path') ?? [];
  if (expect === 'fail' && paths.length === 0) {
    read.complain('a failing case names the path at which it fails');
  }
  if (expect !== 'fail' && paths.length > 0) read.complain('only a failing case has a path', 'path');
  if (isWhole) return paths;
  for (const path of paths) {
    if (/^(container|pod|metadata)(?![A-Za-z])/.test(path)) continue;
    read.complain(`the path "${path}" does not begin with container, pod or metadata`, 'path');
  }
  return paths;
}

function readRange(read: FieldReader): VersionRange {
  const text = read.text('kubernetes');
  if (text === undefined) return anyVersion;
  const range = parseVersionRange(text);
  if (range === undefined) read.complain(`"${text}" is no range of versions such as ">=1.32"`, 'kubernetes');
  return range ?? anyVersion;
}

function readWords<Word extends string>(
  read: FieldReader,
  key: string,
  known: readonly Word[],
): readonly Word[] | undefined {
  const words = read.texts(key);
  if (words === undefined) return undefined;
  const found = known.filter((word) => words.includes(word));
  for (const word of words) {
    if (!found.includes(word as Word)) {
      read.complain(`unknown word "${word}"; known are ${known.join(', ')}`, key);
    }
  }
  return found;
}

/** An object made of a case, and what it stands for. */
export interface CaseObject {
  readonly kind: string;
  /** The list that holds the container under test; undefined for a case with an object of its own. */
  readonly list: ContainerList | undefined;
  readonly object: JsonObject;
  /** The case's paths as full paths of this object. */
  readonly paths: readonly string[];
}

/** The kinds that carry a pod or a pod template. */
export const workloadKinds: readonly string[] = [
  'Pod',
  'PodTemplate',
  'ReplicationController',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'Job',
  'CronJob',
];

/**
 * Makes the objects that a case stands for: each kind of workload times each list of containers. Ephemeral containers
 * exist in pods only, so they are tried there alone. A case of several objects stands for itself: see `wrongTogether`.
 */
export function expandCase(one: ControlCase): CaseObject[] {
  if (one.objects !== undefined) return [];
  if (one.object !== undefined) {
    const kind = typeof one.object['kind'] === 'string' ? one.object['kind'] : '';
    return [{ kind, list: undefined, object: one.object, paths: one.paths }];
  }
  const objects: CaseObject[] = [];
  for (const kind of one.kinds ?? workloadKinds) {
    for (const list of one.lists ?? containerLists) {
      if (list === 'ephemeralContainers' && kind !== 'Pod') continue;
      const { object, podPath, metadataPath } = wrap(kind, podOf(one, kind, list), one.metadata);
      const paths = one.paths.map((path) =>
        path
          .replace(/^container/, `${podPath}.${list}[0]`)
          .replace(/^pod/, podPath)
          .replace(/^metadata/, metadataPath),
      );
      objects.push({ kind, list, object, paths });
    }
  }
  return objects;
}

/** The container under test. */
const tested = { name: 'tested', image: 'registry.k8s.io/pause:3.10' };

/** What every container should say, whatever its system. */
const wellKept = {
  resources: {
    requests: { cpu: '10m', memory: '16Mi', 'ephemeral-storage': '16Mi' },
    limits: { cpu: '10m', memory: '16Mi', 'ephemeral-storage': '16Mi' },
  },
  livenessProbe: { exec: { command: ['/live'] } },
  readinessProbe: { exec: { command: ['/ready'] } },
  lifecycle: { preStop: { exec: { command: ['/stop'] } } },
};

/** A container beside the one under test where its list cannot stand alone; written to pass every control. */
const companion = {
  name: 'other',
  image: `registry.k8s.io/pause:3.10@sha256:${'0'.repeat(64)}`,
  imagePullPolicy: 'Always',
  ...wellKept,
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
  },
};

/** A Windows pod may not have the Linux fields of the companion. */
const bareCompanion = {
  name: companion.name,
  image: companion.image,
  imagePullPolicy: companion.imagePullPolicy,
  ...wellKept,
};

function podOf(one: ControlCase, kind: string, list: ContainerList): JsonObject {
  const own: Record<string, Json> = { [list]: [{ ...tested, ...one.container }] };
  if (list !== 'containers') own['containers'] = [isWindows(one.pod) ? bareCompanion : companion];
  if (kind === 'Job' || kind === 'CronJob') own['restartPolicy'] = 'Never';
  return { ...one.pod, ...own };
}

function isWindows(pod: JsonObject): boolean {
  return isMapping(pod['os']) && pod['os']['name'] === 'windows';
}

/** Puts a pod into an object of `kind`. */
function wrap(
  kind: string,
  spec: JsonObject,
  metadata: JsonObject,
): { object: JsonObject; podPath: string; metadataPath: string } {
  const name = { name: 'tested' };
  const app = { app: 'tested' };
  const template = { metadata: { labels: app, ...metadata }, spec };
  const make = (apiVersion: string, own: JsonObject, place: string) => ({
    object: { apiVersion, kind, metadata: name, ...own },
    podPath: `${place}.spec`,
    metadataPath: `${place}.metadata`,
  });
  const selector = { matchLabels: app };
  switch (kind) {
    case 'Pod':
      return {
        object: { apiVersion: 'v1', kind, metadata: { ...name, ...metadata }, spec },
        podPath: 'spec',
        metadataPath: 'metadata',
      };
    case 'PodTemplate':
      return make('v1', { template }, 'template');
    case 'ReplicationController':
      return make('v1', { spec: { selector: app, template } }, 'spec.template');
    case 'Deployment':
    case 'DaemonSet':
    case 'ReplicaSet':
      return make('apps/v1', { spec: { selector, template } }, 'spec.template');
    case 'StatefulSet':
      return make('apps/v1', { spec: { serviceName: 'tested', selector, template } }, 'spec.template');
    case 'Job':
      return make('batch/v1', { spec: { template } }, 'spec.template');
    case 'CronJob': {
      const jobTemplate = { spec: { template } };
      return make(
        'batch/v1',
        { spec: { schedule: '@daily', jobTemplate } },
        'spec.jobTemplate.spec.template',
      );
    }
    default:
      throw new TypeError(`no workload is of kind ${kind}`);
  }
}
