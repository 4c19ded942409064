import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Json, JsonObject, Path } from '../../model/object.ts';
import { valueAt } from '../../model/path.ts';
import { type Document, readDocuments } from '../../yaml/index.ts';
import { mayWrap, repositoryOf } from '../rendering.ts';
import { applicationsOf } from './application-set.ts';
import { ConfigObjects } from './config-objects.ts';
import { asMap, listOf } from './kustomization.ts';
import { valuesFrom } from './values-from.ts';

/** An object of Argo CD or Flux that has a folder of the repository rendered, with parameters of its own. */
export interface Wrapper {
  /** Its file, absolute, and its document there. */
  readonly file: string;
  readonly document: Document;
  /** The folder, absolute. */
  readonly folder: string;
  readonly release: string;
  readonly namespace: string;
  /** Files of values, absolute or relative to the chart; a later one wins. */
  readonly valueFiles: readonly string[];
  /** Values in the object itself, or in others that it names; a later one wins. */
  readonly values: readonly WrittenValues[];
  /** What of its values is not in the input; it is rendered without. */
  readonly lacks: readonly Lack[];
  /** Which of several that the same document makes; empty where it is the only one. */
  readonly variant: string;
  /** `--set` and `--set-string` for Helm. */
  readonly set: readonly string[];
  /** What is put around a kustomization. */
  readonly kustomize: JsonObject;
}

/** Values for a chart that stand in an object. */
export interface WrittenValues {
  /** Absolute. */
  readonly file: string;
  readonly document: Document;
  readonly at: Path;
  /** A mapping, or a text of YAML. */
  readonly value: Json;
}

/** Something that a wrapper names and the input does not have. */
export interface Lack {
  readonly at: Path;
  readonly reason: string;
}

/** A wrapper, or why what it applies cannot be rendered. */
export type WrapperReading =
  | Wrapper
  | { readonly document: Document; readonly at: Path; readonly reason: string };

/**
 * The wrappers in a file (absolute). `cwd`: where paths start from outside of a repository; `objects`: where values may
 * be taken from. Source: argo-cd.readthedocs.io
 * "Application Specification", fluxcd.io/flux/components "HelmRelease" and "Kustomization".
 */
export function readWrappers(
  file: string,
  cwd: string,
  objects = new ConfigObjects([file]),
): readonly WrapperReading[] {
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
    readings.push(...wrappersOf({ file, document, value, cwd, objects, variant: '' }));
  }
  return readings;
}

interface Source {
  readonly file: string;
  readonly document: Document;
  readonly value: JsonObject;
  readonly cwd: string;
  readonly objects: ConfigObjects;
  readonly variant: string;
}

function wrappersOf(source: Source): readonly WrapperReading[] {
  const { document, value } = source;
  const kind = String(value['kind']);
  if (kind === 'HelmRelease') return [helmRelease(source)];
  if (kind === 'Kustomization') return [fluxKustomization(source)];
  if (kind !== 'ApplicationSet') return application(source, ['spec']);
  if (!/\{\{/.test(document.text)) return application(source, ['spec', 'template', 'spec']);
  const made = applicationsOf(value, rootOf(source));
  if (typeof made === 'string') return [{ document, at: ['spec'], reason: made }];
  return made.flatMap((one) =>
    application({ ...source, value: one, variant: nameOf(one) }, ['spec', 'template', 'spec']),
  );
}

function application(source: Source, spec: Path): readonly WrapperReading[] {
  const { value } = source;
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
  const { ignoreMissingValueFiles, parameters, releaseName, values, valuesObject } = asMap(helm) ?? {};
  const inline = [
    ...(typeof values === 'string' ? [written(from, [...at, 'helm', 'values'])] : []),
    ...(asMap(valuesObject) === undefined ? [] : [written(from, [...at, 'helm', 'valuesObject'])]),
  ];
  const named = valueFilesOf(from, at, found, { isOptional: ignoreMissingValueFiles === true });
  const namespace = valueAt(value, [...spec, 'destination', 'namespace']);
  return {
    ...baseOf(from, found),
    release: textOr(releaseName, nameOf(value)),
    namespace: textOr(namespace, 'default'),
    ...named,
    values: inline,
    set: listOf(parameters).flatMap((one) => parameterArgument(asMap(one))),
    kustomize: argoKustomize(asMap(kustomize), namespace),
  };
}

/** The files of values of a source; `$name/file` stands in the repository of the source that is called so. */
function valueFilesOf(
  from: Source,
  at: Path,
  chart: string,
  { isOptional }: { readonly isOptional: boolean },
): Pick<Wrapper, 'valueFiles' | 'lacks'> {
  const valueFiles: string[] = [];
  const lacks: Lack[] = [];
  for (const [i, one] of listOf(valueAt(from.value, [...at, 'helm', 'valueFiles'])).entries()) {
    if (typeof one !== 'string') continue;
    const [, name, inside] = /^\$([\w-]+)\/(.+)$/.exec(one) ?? [];
    const file = name === undefined ? one : path.join(rootOf(from), inside!);
    const isFile = statSync(path.resolve(chart, file), { throwIfNoEntry: false })?.isFile() === true;
    if (isFile) valueFiles.push(file);
    else if (!isOptional) {
      lacks.push({
        at: [...at, 'helm', 'valueFiles', i],
        reason: `the values file ${one} is not in the input`,
      });
    }
  }
  return { valueFiles, lacks };
}

const written = ({ document, file, value }: Source, at: Path): WrittenValues => ({
  file,
  document,
  at,
  value: valueAt(value, at) ?? null,
});

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
  const others = valuesFrom(spec, namespaceOf(value), from.objects, from.file);
  return {
    ...baseOf(from, found),
    release: textOr(spec['releaseName'], nameOf(value)),
    namespace,
    valueFiles: listOf(chart['valuesFiles'])
      .filter((one) => typeof one === 'string')
      .map((one) => path.relative(found, path.resolve(rootOf(from), one as string))),
    values: [
      ...others.values,
      ...(asMap(spec['values']) === undefined ? [] : [written(from, ['spec', 'values'])]),
    ],
    lacks: others.lacks,
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
    lacks: [],
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

function baseOf(
  { document, file, variant }: Source,
  folder: string,
): Pick<Wrapper, 'file' | 'document' | 'folder' | 'variant'> {
  return { file, document, folder, variant };
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
