import { builtInKind } from '../kube/kinds.ts';
import { namespaceLabels } from '../kube/namespace.ts';
import { parseSelector, type Selector } from '../kube/selector.ts';
import type { JsonObject } from '../model/object.ts';
import type { Extract, KeptExtract, PodFact } from './extract.ts';
import { createdAnyway } from './created-anyway.ts';
import type { SelectorFact } from './selector-fields.ts';
import { mapOf } from './shape.ts';

/**
 * How much of a cluster the input is. `cluster`: all of it, so what is absent does not exist. `folder`: whole folders, so
 * what is absent from a namespace does not exist if the namespace itself is defined there. `files`: some files, or
 * folders of which something could not be read: whatever is absent may stand elsewhere.
 */
export type Given = 'cluster' | 'folder' | 'files';

/** An object of the input. */
export interface Entry extends KeptExtract {
  /** The file it stands in. */
  readonly file: string;
  /** Reads the extract again from the object. */
  readonly reload: () => Extract;
}

/** Whether something exists: `maybe` where it is not in the input and could be elsewhere. */
export type Existence = 'yes' | 'no' | 'maybe';

/** A pod or pod template of the input. */
export interface PodEntry {
  readonly entry: Entry;
  readonly pod: PodFact;
}

/** The objects of a kind; most names stand for one of them. */
interface OfKind {
  readonly isBuiltIn: boolean;
  readonly entries: Entry[];
  readonly byName: Map<string, Entry | Entry[]>;
}

const nobody: readonly Entry[] = [];

/** Groups of custom resources that make no pods, Services or ConfigMaps of a namespace. */
const quietGroups = new Set([
  'monitoring.coreos.com',
  'gateway.networking.k8s.io',
  'cert-manager.io',
  'networking.istio.io',
  'security.istio.io',
  'cilium.io',
  'external-secrets.io',
  'bitnami.com',
  'secrets-store.csi.x-k8s.io',
  'snapshot.storage.k8s.io',
  'policy.networking.k8s.io',
  'kyverno.io',
  'autoscaling.k8s.io',
  'traefik.io',
  'traefik.containo.us',
]);

/** Custom resources that bring whole sets of objects, into any namespace. */
const bringers = new Set([
  'HelmRelease',
  'HelmChart',
  'Application',
  'ApplicationSet',
  'Kustomization',
  'App',
  'Subscription',
]);

/** All objects of the input, by what others ask for. */
export class Inventory {
  readonly entries: readonly Entry[];
  readonly given: Given;
  /** By group, then by kind. */
  private readonly kinds = new Map<string, Map<string, OfKind>>();
  private readonly namespaces = new Map<string, Entry>();
  private readonly made = new Map<string, Set<string>>();
  private readonly operated = new Set<string>();
  /** All pods and pod templates of the input. */
  readonly pods: PodEntry[] = [];
  /** By key, then by value. */
  private readonly podsByLabel = new Map<string, Map<string, PodEntry[]>>();
  private readonly selectors = new WeakMap<JsonObject, Selector>();
  /** Of what is kept in part: many may refer to one large ConfigMap. */
  private readonly reloaded = new Map<Entry, Extract>();
  private bringsAnything = false;

  constructor(entries: readonly Entry[], given: Given) {
    this.entries = entries;
    this.given = given;
    for (const entry of entries) this.add(entry);
  }

  private add(entry: Entry): void {
    const { group, kind, namespace, name, makes, pods } = entry.extract;
    const ofKind = this.kindOf(group, kind);
    ofKind.entries.push(entry);
    const before = ofKind.byName.get(name);
    if (before === undefined) ofKind.byName.set(name, entry);
    else if (Array.isArray(before)) before.push(entry);
    else ofKind.byName.set(name, [before, entry]);
    if (group === '' && kind === 'Namespace') this.namespaces.set(name, entry);
    for (const one of makes) {
      const [of, made = ''] = one.split('/') as [string, string?];
      const names = this.made.get(`${of}/${namespace}`) ?? new Set<string>();
      this.made.set(`${of}/${namespace}`, names.add(made));
    }
    for (const pod of pods) {
      const found = { entry, pod };
      this.pods.push(found);
      for (const key in pod.labels) {
        let byValue = this.podsByLabel.get(key);
        if (byValue === undefined) this.podsByLabel.set(key, (byValue = new Map<string, PodEntry[]>()));
        push(byValue, pod.labels[key]!, found);
      }
    }
    if (ofKind.isBuiltIn) return;
    if (bringers.has(kind)) this.bringsAnything = true;
    if (!quietGroups.has(group)) this.operated.add(namespace);
  }

  private kindOf(group: string, kind: string): OfKind {
    let ofGroup = this.kinds.get(group);
    if (ofGroup === undefined) this.kinds.set(group, (ofGroup = new Map<string, OfKind>()));
    let ofKind = ofGroup.get(kind);
    if (ofKind === undefined) {
      const isBuiltIn = builtInKind(group === '' ? 'v1' : `${group}/v1`, kind) !== undefined;
      ofGroup.set(kind, (ofKind = { isBuiltIn, entries: [], byName: new Map() }));
    }
    return ofKind;
  }

  /** The whole extract of an entry. */
  full(entry: Entry): Extract {
    if (!entry.isPartial) return entry.extract;
    let whole = this.reloaded.get(entry);
    if (whole === undefined) this.reloaded.set(entry, (whole = entry.reload()));
    return whole;
  }

  /** Forgets what was read again; it is read once more when somebody asks. */
  forget(): void {
    this.reloaded.clear();
  }

  ofKind(group: string, kind: string): readonly Entry[] {
    return this.kinds.get(group)?.get(kind)?.entries ?? [];
  }

  /** The Namespace object, if it is in the input. */
  namespace(name: string): Entry | undefined {
    return this.namespaces.get(name);
  }

  /**
   * The objects of that name which may be meant. Whoever applies an object without a namespace chooses one, so it may be
   * in every namespace, and what it names may be too.
   */
  find(group: string, kind: string, namespace: string, name: string): readonly Entry[] {
    const named = this.kinds.get(group)?.get(kind)?.byName.get(name);
    if (named === undefined) return nobody;
    if (!Array.isArray(named)) return mayBeSame(named.extract.namespace, namespace) ? [named] : nobody;
    return named.filter(({ extract }) => mayBeSame(extract.namespace, namespace));
  }

  /** Whether such an object exists. */
  exists(group: string, kind: string, namespace: string, name: string): Existence {
    if (this.find(group, kind, namespace, name).length > 0) return 'yes';
    if (createdAnyway(group, kind, namespace, name)) return 'yes';
    if (group === '' && this.isMade(kind, namespace, name)) return 'yes';
    return this.isCertain(group, kind, namespace) ? 'no' : 'maybe';
  }

  /** Whether a controller makes it of an object of the input. */
  private isMade(kind: string, namespace: string, name: string): boolean {
    for (const one of new Set([namespace, ''])) {
      for (const made of this.made.get(`${kind}/${one}`) ?? []) {
        if (made === name || (made.endsWith('-') && name.startsWith(made))) return true;
      }
    }
    return false;
  }

  /**
   * Whether what is absent from the input is absent from the cluster. Secrets are kept out of files on purpose, an
   * operator makes objects that no file has, and what belongs to no namespace is defined by the cluster alone.
   */
  isCertain(group: string, kind: string, namespace: string): boolean {
    if (this.given === 'cluster') return true;
    if (this.given === 'files' || this.bringsAnything || namespace === '') return false;
    if (!this.namespaces.has(namespace) || systemNamespaces.has(namespace)) return false;
    if (group === '' && kind === 'Secret') return false;
    return policyKinds.has(kind) || !(this.operated.has(namespace) || this.operated.has(''));
  }

  /** What is asked of labels; a selector that the server would refuse selects nothing. */
  selector(selector: JsonObject): Selector {
    let known = this.selectors.get(selector);
    if (known === undefined) {
      known = parseSelector(withoutControllerLabels(selector)).selector ?? (() => false);
      this.selectors.set(selector, known);
    }
    return known;
  }

  /** The namespaces a selector of an object looks into; undefined for all, `''` for one that is not known. */
  namespacesOf({ namespaces }: SelectorFact, own: string): readonly string[] | undefined {
    if (namespaces === 'own') return [own];
    if (namespaces === 'all') return undefined;
    if (isNames(namespaces)) return namespaces;
    return this.selectNamespaces(namespaces);
  }

  /** The namespaces of the input, and those of every cluster, that a label selector selects. */
  selectNamespaces(selector: JsonObject): readonly string[] {
    const selects = this.selector(selector);
    return [...new Set([...this.namespaces.keys(), ...systemNamespaces])].filter((name) =>
      selects(namespaceLabels(name, this.namespaces.get(name)?.extract.labels)),
    );
  }

  /** The pods of the input that a selector of an object selects. */
  selectPods(fact: SelectorFact, own: string): readonly PodEntry[] {
    const selects = this.selector(fact.selector);
    const among = this.namespacesOf(fact, own);
    const isAmong = (namespace: string): boolean =>
      among === undefined || namespace === '' || among.includes(namespace) || among.includes('');
    return this.candidates(fact.selector).filter(
      ({ entry, pod }) => isAmong(entry.extract.namespace) && selects(pod.labels),
    );
  }

  /** All pods with one of the labels that a selector asks for, the rarest; all pods for one that asks for none. */
  private candidates(selector: JsonObject): readonly PodEntry[] {
    let rarest: readonly PodEntry[] | undefined;
    for (const [key, value] of Object.entries(mapOf(selector['matchLabels']))) {
      if (controllerLabels.has(key)) continue;
      const pods = this.podsByLabel.get(key)?.get(String(value)) ?? [];
      if (rarest === undefined || pods.length < rarest.length) rarest = pods;
    }
    return rarest ?? this.pods;
  }
}

/** Labels that controllers put on the pods they make; no template has them. */
const controllerLabels = new Set([
  'apps.kubernetes.io/pod-index',
  'batch.kubernetes.io/controller-uid',
  'batch.kubernetes.io/job-completion-index',
  'batch.kubernetes.io/job-name',
  'controller-revision-hash',
  'controller-uid',
  'job-name',
  'pod-template-generation',
  'pod-template-hash',
  'rollouts-pod-template-hash',
  'statefulset.kubernetes.io/pod-name',
]);

function withoutControllerLabels(selector: JsonObject): JsonObject {
  const labels = Object.entries(mapOf(selector['matchLabels']));
  if (!labels.some(([key]) => controllerLabels.has(key))) return selector;
  return {
    ...selector,
    matchLabels: Object.fromEntries(labels.filter(([key]) => !controllerLabels.has(key))),
  };
}

/** Namespaces that the cluster itself fills. */
const systemNamespaces = new Set(['kube-system', 'kube-public', 'kube-node-lease', 'default']);

/** Kinds that people write and no operator makes. */
const policyKinds = new Set(['NetworkPolicy', 'ResourceQuota', 'LimitRange', 'PodDisruptionBudget']);

function isNames(namespaces: SelectorFact['namespaces']): namespaces is readonly string[] {
  return Array.isArray(namespaces);
}

/** Whether two objects with these namespaces may be in the same one. */
export function mayBeSame(a: string, b: string): boolean {
  return a === b || a === '' || b === '';
}

/** The folder of a file, with the slash at its end. */
export function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf('/') + 1);
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}
