import { parseApiVersion } from '../kube/group-version.ts';
import { builtInKind } from '../kube/kinds.ts';
import { podTemplatePath, podTemplates } from '../kube/pod-template.ts';
import type { Json, JsonObject, Path } from '../model/object.ts';
import { child, valueAt } from '../model/path.ts';
import { readReferences, type Reference } from './reference-fields.ts';
import { isMap, itemsOf, mapOf, textOf } from './shape.ts';
import { readSelectors, type SelectorFact } from './selector-fields.ts';

/** What other objects ask of a pod, or of the pods a template makes. */
export interface PodFact {
  /** Where metadata and spec of the pod stand; empty for a Pod. */
  readonly path: Path;
  readonly labels: Readonly<Record<string, string>>;
  /** Names of the ports that containers declare. */
  readonly ports: readonly string[];
  /** Of its first containers. */
  readonly images: readonly string[];
  readonly serviceAccount: string;
  readonly hostNetwork: boolean;
}

/**
 * What of an object can matter to others: all that a scan keeps of it until every object is read. Kinds are known by
 * group, since a reference does not name versions. Names and shapes only: never the value of a Secret or ConfigMap.
 */
export interface Extract {
  readonly group: string;
  readonly kind: string;
  /** Empty where none is written, and of cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
  /** Of Namespaces and Services, which others select by label. */
  readonly labels: Readonly<Record<string, string>>;
  readonly pods: readonly PodFact[];
  readonly references: readonly Reference[];
  readonly selectors: readonly SelectorFact[];
  /** The keys of a ConfigMap or Secret; undefined for other kinds. */
  readonly keys: readonly string[] | undefined;
  /** Objects that a controller makes of this one: `Secret/name`. */
  readonly makes: readonly string[];
  /** The few fields of a kind that a derivation asks for, as they are written. */
  readonly fields: JsonObject;
}

/** An extract as a scan keeps it: what is long was left out, and is read again from the object when it is asked for. */
export interface KeptExtract {
  readonly extract: Extract;
  readonly isPartial: boolean;
}

/** Of how many containers the images are kept. */
const mostImages = 8;

/** Characters of JSON beyond which the long parts of an extract are not kept. */
const mostKept = 900;

/** Reads from an object as it is written; what has another type than it should is passed over. Never throws. */
export function extract(value: JsonObject): Extract {
  const apiVersion = textOf(value['apiVersion']);
  const kind = textOf(value['kind']);
  const { group } = parseApiVersion(apiVersion) ?? { group: '' };
  const metadata = mapOf(value['metadata']);
  const builtIn = builtInKind(apiVersion, kind);
  const id = `${group}/${kind}`;
  const isLabelled = id === '/Namespace' || id === '/Service';
  const pods = podPaths(value, apiVersion, kind).map(({ path, spec }) => podFact(value, path, spec));
  return {
    group,
    kind,
    namespace: builtIn?.namespaced === false ? '' : textOf(metadata['namespace']),
    name: textOf(metadata['name']),
    labels: isLabelled ? textsIn(metadata['labels']) : noTexts,
    pods: pods.length === 0 ? nothing : pods,
    references: readReferences(
      value,
      id,
      pods.map(({ path }) => path),
    ),
    selectors: readSelectors(value, id),
    keys: id === '/ConfigMap' || id === '/Secret' ? keysOf(value) : undefined,
    makes: makesOf(value, id),
    fields: fieldsOf(value, id),
  };
}

/** Characters of long extracts that a scan keeps whole: they spare it reading objects again, and most inputs have fewer. */
const mostLong = 4_000_000;

/** Keeps extracts one after the other, long ones whole while they are few. */
export class ExtractKeeper {
  private left: number;

  /** `left` is how many characters of long extracts are kept at most: none of a dump, whose objects are too many. */
  constructor(left = mostLong) {
    this.left = left;
  }

  keep(whole: Extract): KeptExtract {
    const size = sizeOf(whole);
    if (size > mostKept && size > this.left) return shortened(whole);
    if (size > mostKept) this.left -= size;
    return { extract: whole, isPartial: false };
  }
}

/** What is kept of an extract: all of it where that is short. */
export function keep(whole: Extract): KeptExtract {
  return sizeOf(whole) <= mostKept ? { extract: whole, isPartial: false } : shortened(whole);
}

function shortened(whole: Extract): KeptExtract {
  const fields = Object.entries(whole.fields).filter(
    ([, value]) => value === null || typeof value !== 'object',
  );
  const short: Extract = {
    ...whole,
    references: [],
    selectors: [],
    keys: undefined,
    fields: Object.fromEntries(fields),
  };
  return { extract: short, isPartial: true };
}

/** About how long an extract is as JSON; most are far from the limit. */
function sizeOf({ references, selectors, keys = nothing, pods, fields }: Extract): number {
  let size = selectors.length === 0 ? 0 : JSON.stringify(selectors).length;
  for (const { name, key, path } of references) size += 120 + name.length + key.length + 10 * path.length;
  for (const key of keys) size += 3 + key.length;
  for (const { labels, ports, images } of pods) {
    size += 120;
    for (const name in labels) size += 6 + name.length + labels[name]!.length;
    for (const port of ports) size += 3 + port.length;
    for (const image of images) size += 3 + image.length;
  }
  for (const name in fields) {
    const value = fields[name];
    size +=
      5 + name.length + (value !== null && typeof value === 'object' ? JSON.stringify(value).length : 10);
  }
  return size;
}

/** The pods of an object, the templates in custom resources included. */
function podPaths(value: JsonObject, apiVersion: string, kind: string): { path: Path; spec: Path }[] {
  const known = podTemplatePath(apiVersion, kind);
  if (known !== undefined) return [{ path: known, spec: [...known, 'spec'] }];
  if (builtInKind(apiVersion, kind) !== undefined) return [];
  return podTemplates(value).map(({ inner, path }) =>
    inner.length === 1 ? { path, spec: [...path, 'spec'] } : { path: [], spec: path },
  );
}

function podFact(value: JsonObject, path: Path, specPath: Path): PodFact {
  const spec = mapOf(valueAt(value, specPath));
  const isWhole = specPath.length === path.length + 1;
  const containers = ['containers', 'initContainers'].flatMap((list) => itemsOf(spec[list]).filter(isMap));
  return {
    path: isWhole ? path : specPath,
    labels: isWhole ? textsIn(valueAt(value, [...path, 'metadata', 'labels'])) : {},
    ports: containers
      .flatMap((container) => itemsOf(container['ports']).map((port) => textOf(child(port, 'name'))))
      .filter((name) => name !== ''),
    images: itemsOf(spec['containers'])
      .slice(0, mostImages)
      .map((container) => textOf(child(container, 'image'))),
    serviceAccount: textOf(spec['serviceAccountName']) || textOf(spec['serviceAccount']) || 'default',
    hostNetwork: spec['hostNetwork'] === true,
  };
}

function keysOf(value: JsonObject): string[] {
  return ['data', 'binaryData', 'stringData'].flatMap((field) => Object.keys(mapOf(value[field])));
}

/** Custom resources whose controllers make Secrets by a name that stands in them. */
function makesOf(value: JsonObject, id: string): readonly string[] {
  const name = textOf(child(value['metadata'], 'name'));
  const said = (path: Path): string => textOf(valueAt(value, path));
  switch (id) {
    case 'cert-manager.io/Certificate':
      return [`Secret/${said(['spec', 'secretName'])}`];
    case 'external-secrets.io/ExternalSecret':
      return [`Secret/${said(['spec', 'target', 'name']) || name}`];
    case 'bitnami.com/SealedSecret':
      return [`Secret/${said(['spec', 'template', 'metadata', 'name']) || name}`];
    case 'secrets-store.csi.x-k8s.io/SecretProviderClass':
      return itemsOf(valueAt(value, ['spec', 'secretObjects']))
        .filter(isMap)
        .map((made) => `Secret/${textOf(made['secretName'])}`);
    case 'apps/StatefulSet':
      return itemsOf(valueAt(value, ['spec', 'volumeClaimTemplates'])).flatMap((claim) => {
        const of = textOf(valueAt(claim, ['metadata', 'name']));
        return of === '' ? [] : [`PersistentVolumeClaim/${of}-${name}-`];
      });
    default:
      return nothing;
  }
}

/** Paths of what derivations ask for, by kind; what is missing in the object is left out. */
const fieldTexts: Readonly<Record<string, readonly string[]>> = {
  '/Service': ['spec.type', 'spec.clusterIP', 'spec.ports', 'spec.externalName'],
  '/PersistentVolume': ['spec.storageClassName'],
  'networking.k8s.io/NetworkPolicy': ['spec.policyTypes'],
  'policy/PodDisruptionBudget': ['spec.minAvailable', 'spec.maxUnavailable'],
  'autoscaling/HorizontalPodAutoscaler': ['spec.minReplicas'],
  'apps/Deployment': ['spec.replicas'],
  'apps/StatefulSet': ['spec.replicas'],
  'apps/ReplicaSet': ['spec.replicas'],
  '/ReplicationController': ['spec.replicas'],
  'argoproj.io/Rollout': ['spec.replicas'],
  'rbac.authorization.k8s.io/Role': ['rules', 'metadata.labels'],
  'rbac.authorization.k8s.io/ClusterRole': ['rules', 'aggregationRule', 'metadata.labels'],
  'apiextensions.k8s.io/CustomResourceDefinition': ['spec.group', 'spec.names.plural', 'spec.scope'],
  'apiregistration.k8s.io/APIService': ['spec.group'],
  'cilium.io/CiliumNetworkPolicy': ['spec.enableDefaultDeny'],
  'cilium.io/CiliumClusterwideNetworkPolicy': ['spec.enableDefaultDeny'],
};

const fieldPaths: Readonly<Record<string, readonly (readonly [string, Path])[]>> = Object.fromEntries(
  Object.entries(fieldTexts).map(([id, texts]) => [
    id,
    texts.map((text) => [text, text.split('.')] as const),
  ]),
);

/** What many extracts have in common is one object. */
const nothing: readonly never[] = [];
const noTexts: Readonly<Record<string, never>> = {};

function fieldsOf(value: JsonObject, id: string): JsonObject {
  const paths = fieldPaths[id];
  if (paths === undefined && id !== 'networking.k8s.io/Ingress') return noTexts;
  const fields: Record<string, Json> = {};
  for (const [text, path] of paths ?? []) {
    const found = valueAt(value, path);
    if (found !== undefined && found !== null) fields[text] = plain(found);
  }
  const spec = mapOf(value['spec']);
  switch (id) {
    case 'networking.k8s.io/NetworkPolicy':
      // How many rules there are says whether the direction is closed; what is in them does not matter here.
      fields['ingress'] = itemsOf(spec['ingress']).length;
      fields['egress'] = itemsOf(spec['egress']).length;
      break;
    case 'cilium.io/CiliumNetworkPolicy':
    case 'cilium.io/CiliumClusterwideNetworkPolicy': {
      const all = [spec, ...itemsOf(value['specs']).filter(isMap)];
      fields['closesIngress'] = all.some((one) => 'ingress' in one || 'ingressDeny' in one);
      fields['closesEgress'] = all.some((one) => 'egress' in one || 'egressDeny' in one);
      break;
    }
    case 'argoproj.io/Rollout':
      // The controller adds a label of the revision to their selectors, so the same selector is meant.
      fields['services'] = [
        ...servicesOf(valueAt(spec, ['strategy', 'blueGreen']), ['activeService', 'previewService']),
        ...servicesOf(valueAt(spec, ['strategy', 'canary']), ['stableService', 'canaryService']),
      ];
      break;
    case 'networking.k8s.io/Ingress': {
      const annotations = mapOf(valueAt(value, ['metadata', 'annotations']));
      fields['class'] =
        textOf(spec['ingressClassName']) || textOf(annotations['kubernetes.io/ingress.class']);
      // A canary takes a share of what another Ingress routes: it has the same paths on purpose.
      if (annotations['nginx.ingress.kubernetes.io/canary'] === 'true') break;
      fields['routes'] = itemsOf(spec['rules']).flatMap((rule, i) => {
        const host = textOf(child(rule, 'host'));
        return itemsOf(valueAt(rule, ['http', 'paths'])).map((one, j) => ({
          at: ['spec', 'rules', i, 'http', 'paths', j],
          host,
          path: textOf(child(one, 'path')),
        }));
      });
      break;
    }
  }
  return fields;
}

function servicesOf(strategy: Json | undefined, names: readonly string[]): string[] {
  return names.map((name) => textOf(child(strategy, name))).filter((name) => name !== '');
}

/** Without integers beyond 2^53, which JSON cannot hold and nothing here needs exactly. */
function plain(value: Json): Json {
  if (typeof value === 'bigint') return Number(value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}

/** The entries of a mapping whose values are texts. */
function textsIn(value: Json | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(mapOf(value)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
