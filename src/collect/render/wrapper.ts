import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Json, JsonObject, Path } from '../../model/object.ts';
import { valueAt } from '../../model/path.ts';
import { type Document, readDocuments } from '../../yaml/index.ts';
import { mayWrap, repositoryOf } from '../rendering.ts';
import { asMap, listOf } from './kustomization.ts';

/** An object of Argo CD or Flux that has a folder of the repository rendered, with parameters of its own. */
export interface Wrapper {
  /** Its file, absolute, and its document there. */
  readonly file: string;
  readonly document: Document;
  /** The folder, absolute. */
  readonly folder: string;
  readonly release: string;
  readonly namespace: string;
  /** Files of values, relative to the chart; a later one wins. */
  readonly valueFiles: readonly string[];
  /** Where values stand in the object itself, as a mapping or as a text of YAML; a later one wins. */
  readonly values: readonly Path[];
  /** `--set` and `--set-string` for Helm. */
  readonly set: readonly string[];
  /** What is put around a kustomization. */
  readonly kustomize: JsonObject;
}

/** A wrapper, or why what it applies cannot be rendered. */
export type WrapperReading =
  | Wrapper
  | { readonly document: Document; readonly at: Path; readonly reason: string };

/**
 * The wrappers in a file (absolute). `cwd`: where paths start from outside of a repository. Source: argo-cd.readthedocs.io
 * "Application Specification", fluxcd.io/flux/components "HelmRelease" and "Kustomization".
 */
export function readWrappers(file: string, cwd: string): readonly WrapperReading[] {
  let text: Buffer;
  try {
    text = readFileSync(file);
  } catch {
    return [];
  }
  if (!text.includes('argoproj.io') && !text.includes('toolkit.fluxcd.io')) return [];
  const readings: WrapperReading[] = [];
  for (const document of readDocuments(text)) {
    const value = asMap(document.value as Json | undefined);
    if (value === undefined || !mayWrap(value)) continue;
    readings.push(...wrappersOf({ file, document, value, cwd }));
  }
  return readings;
}

interface Source {
  readonly file: string;
  readonly document: Document;
  readonly value: JsonObject;
  readonly cwd: string;
}

function wrappersOf(source: Source): readonly WrapperReading[] {
  const { document, value } = source;
  const kind = String(value['kind']);
  if (kind === 'HelmRelease') return [helmRelease(source)];
  if (kind === 'Kustomization') return [fluxKustomization(source)];
  const spec: Path = kind === 'ApplicationSet' ? ['spec', 'template', 'spec'] : ['spec'];
  if (kind === 'ApplicationSet' && /\{\{/.test(document.text))
    return [{ document, at: ['spec'], reason: 'what its generators make is not known here' }];
  const single = valueAt(value, [...spec, 'source']);
  if (single !== undefined) return [argoSource(source, spec, [...spec, 'source'])];
  return listOf(valueAt(value, [...spec, 'sources']))
    .map((_, i) => argoSource(source, spec, [...spec, 'sources', i]))
    .filter((one) => !('reason' in one) || one.reason !== '');
}

function argoSource(from: Source, spec: Path, at: Path): WrapperReading {
  const { document, value } = from;
  const source = asMap(valueAt(value, at)) ?? {};
  const { chart, helm, kustomize, path: folder, plugin, repoURL } = source;
  if (typeof chart === 'string') {
    return {
      document,
      at: [...at, 'chart'],
      reason: `the chart ${chart} of ${String(repoURL)} is not in the input`,
    };
  }
  // A source of values alone for the others.
  if (folder === undefined && source['ref'] !== undefined) return { document, at, reason: '' };
  if (plugin !== undefined)
    return { document, at: [...at, 'plugin'], reason: 'it takes a plug-in to render it' };
  const found = folderOf(from, folder);
  if (found === undefined) {
    return { document, at: [...at, 'path'], reason: `the folder ${String(folder)} is not in the input` };
  }
  const { parameters, releaseName, valueFiles, values, valuesObject } = asMap(helm) ?? {};
  const inline = [
    ...(typeof values === 'string' ? [[...at, 'helm', 'values']] : []),
    ...(asMap(valuesObject) === undefined ? [] : [[...at, 'helm', 'valuesObject']]),
  ];
  const namespace = valueAt(value, [...spec, 'destination', 'namespace']);
  return {
    ...baseOf(from, found),
    release: textOr(releaseName, nameOf(value)),
    namespace: textOr(namespace, 'default'),
    valueFiles: listOf(valueFiles).filter(
      (one) => typeof one === 'string' && !one.startsWith('$'),
    ) as string[],
    values: inline,
    set: listOf(parameters).flatMap((one) => parameterArgument(asMap(one))),
    kustomize: argoKustomize(asMap(kustomize), namespace),
  };
}

function helmRelease(from: Source): WrapperReading {
  const { document, value } = from;
  const at: Path = ['spec', 'chart', 'spec'];
  const chart = asMap(valueAt(value, at));
  if (chart === undefined) {
    return { document, at: ['spec'], reason: 'the chart it refers to is not in the input' };
  }
  const sourceKind = asMap(chart['sourceRef'])?.['kind'];
  const name = chart['chart'];
  const found = sourceKind === 'GitRepository' ? folderOf(from, name) : undefined;
  if (found === undefined) {
    return { document, at: [...at, 'chart'], reason: `the chart ${String(name)} is not in the input` };
  }
  const spec = asMap(value['spec']) ?? {};
  const namespace = textOr(spec['targetNamespace'], namespaceOf(value));
  return {
    ...baseOf(from, found),
    release: textOr(spec['releaseName'], nameOf(value)),
    namespace,
    valueFiles: listOf(chart['valuesFiles'])
      .filter((one) => typeof one === 'string')
      .map((one) => path.relative(found, path.resolve(rootOf(from), one as string))),
    values: asMap(spec['values']) === undefined ? [] : [['spec', 'values']],
    set: [],
    kustomize: {},
  };
}

function fluxKustomization(from: Source): WrapperReading {
  const { document, value } = from;
  const spec = asMap(value['spec']) ?? {};
  const found = folderOf(from, spec['path'] ?? './');
  if (found === undefined) {
    return {
      document,
      at: ['spec', 'path'],
      reason: `the folder ${String(spec['path'])} is not in the input`,
    };
  }
  const { commonMetadata, images, namePrefix, nameSuffix, patches, targetNamespace } = spec;
  const { annotations, labels } = asMap(commonMetadata) ?? {};
  return {
    ...baseOf(from, found),
    release: nameOf(value),
    namespace: textOr(targetNamespace, 'default'),
    valueFiles: [],
    values: [],
    set: [],
    kustomize: present({
      namespace: targetNamespace,
      namePrefix,
      nameSuffix,
      images,
      patches,
      labels: labels === undefined ? undefined : [{ pairs: labels }],
      commonAnnotations: annotations,
    }),
  };
}

function baseOf({ document, file }: Source, folder: string): Pick<Wrapper, 'file' | 'document' | 'folder'> {
  return { file, document, folder };
}

/** Argo writes images as `name=new:tag`. */
function argoKustomize(kustomize: JsonObject | undefined, namespace: Json | undefined): JsonObject {
  const { commonAnnotations, commonLabels, images, namePrefix, nameSuffix, patches, replicas } =
    kustomize ?? {};
  const own = kustomize?.['namespace'];
  const entries = listOf(images).flatMap((one): JsonObject[] => {
    const [, name, , renamed, tag, digest] =
      /^(?:([^=]+)=)?((.+?)(?::([\w.-]+))?(?:@(sha256:\w+))?)$/.exec(String(one)) ?? [];
    if (renamed === undefined) return [];
    return [present({ name: name ?? renamed, newName: renamed, newTag: tag, digest })];
  });
  return present({
    // Only where the kustomization has none would the destination's count, and not for what has one: so only what is said.
    namespace: own ?? (kustomize === undefined ? undefined : namespace),
    namePrefix,
    nameSuffix,
    patches,
    replicas,
    commonLabels,
    commonAnnotations,
    images: entries.length === 0 ? undefined : entries,
  });
}

function parameterArgument(parameter: JsonObject | undefined): string[] {
  const { forceString, name, value } = parameter ?? {};
  if (typeof name !== 'string') return [];
  const text = String(value ?? '').replace(/([,\\])/g, '\\$1');
  return [`${forceString === true ? '--set-string' : '--set'}=${name}=${text}`];
}

/** A folder of the repository that a path of an object means; undefined where it is not there. */
function folderOf(from: Source, folder: Json | undefined): string | undefined {
  if (typeof folder !== 'string' || folder.includes('{{')) return undefined;
  const root = rootOf(from);
  const absolute = path.resolve(root, folder.replace(/^\/+/, ''));
  const isInside = absolute === root || absolute.startsWith(root.endsWith(path.sep) ? root : root + path.sep);
  return isInside && statSync(absolute, { throwIfNoEntry: false })?.isDirectory() === true
    ? absolute
    : undefined;
}

/** Where paths of an object start from. */
const rootOf = ({ cwd, file }: Source): string => repositoryOf(file) ?? cwd;

function present(fields: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, Json] => entry[1] !== undefined),
  );
}

const textOr = (value: Json | undefined, otherwise: string): string =>
  typeof value === 'string' && value !== '' ? value : otherwise;

const nameOf = (value: JsonObject): string => textOr(valueAt(value, ['metadata', 'name']), 'release-name');

const namespaceOf = (value: JsonObject): string =>
  textOr(valueAt(value, ['metadata', 'namespace']), 'default');
