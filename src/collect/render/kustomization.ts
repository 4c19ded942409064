import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Json, JsonObject, Path } from '../../model/object.ts';
import { type Document, locate, position, readDocuments } from '../../yaml/index.ts';

/** Names of Kustomize's own files, in the order they are looked for. */
export const kustomizationNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

/** A kustomization as it is written. Source: kubectl.docs.kubernetes.io, "Kustomization File". */
export interface Kustomization {
  /** Absolute. */
  readonly folder: string;
  /** Its file, absolute. */
  readonly file: string;
  readonly value: JsonObject;
  readonly document: Document;
  /** Kustomizations it is made of: resources that are folders, bases and components (absolute). */
  readonly folders: readonly string[];
  /** Resources that are files (absolute). */
  readonly resources: readonly string[];
  /** Other files it reads: patches, configuration, sources of generators (absolute). */
  readonly others: readonly string[];
  /** What it refers to outside of the file system, or what else it takes to build it; with the path of each. */
  readonly obstacles: readonly { readonly at: Path; readonly reason: string }[];
}

/** A patch of a kustomization. */
export interface Patch {
  /** Where it is written in the kustomization. */
  readonly at: Path;
  /** Its file (absolute), or its text. */
  readonly source: { readonly file: string } | { readonly text: string; readonly at: Path };
  /** What it selects, where it says so. */
  readonly target: JsonObject | undefined;
}

/** The kustomization file of a folder (absolute), if there is one. */
export function kustomizationFile(folder: string): string | undefined {
  return kustomizationNames.map((name) => path.join(folder, name)).find((file) => existsSync(file));
}

/** Reads the kustomization of a folder; undefined where there is none that can be read. */
export function readKustomization(folder: string): Kustomization | undefined {
  const file = kustomizationFile(folder);
  if (file === undefined) return undefined;
  let documents: Document[];
  try {
    documents = [...readDocuments(readFileSync(file))];
  } catch {
    return undefined;
  }
  const document = documents.find(({ isEmpty }) => !isEmpty);
  const value = asMap(document?.value as Json | undefined);
  if (document === undefined || value === undefined) return undefined;
  const folders: string[] = [];
  const resources: string[] = [];
  const obstacles: { at: Path; reason: string }[] = [];
  for (const key of ['resources', 'bases', 'components', 'crds'] as const) {
    for (const [i, entry] of listOf(value[key]).entries()) {
      if (typeof entry !== 'string') continue;
      const absolute = path.resolve(folder, entry);
      const stat = entry.includes('\n') ? undefined : statSync(absolute, { throwIfNoEntry: false });
      if (stat?.isDirectory() === true) folders.push(absolute);
      else if (stat !== undefined) resources.push(absolute);
      else if (isRemote(entry)) obstacles.push({ at: [key, i], reason: `${entry} is not in the input` });
      else obstacles.push({ at: [key, i], reason: `there is no file or folder ${entry}` });
    }
  }
  for (const key of ['helmCharts', 'helmChartInflationGenerator'] as const) {
    if (listOf(value[key]).length > 0)
      obstacles.push({ at: [key], reason: `${key} is not followed: it may fetch charts` });
  }
  return { folder, file, value, document, folders, resources, others: otherFiles(value, folder), obstacles };
}

/** Line and column of a path of a kustomization. */
export function placeIn({ document }: Kustomization, at: Path): { line: number; column: number } {
  const [place] = locate(document, [at]);
  return position(document, (place!.key ?? place!.span).start);
}

/** The patches of a kustomization in the order they are applied. */
export function patchesOf({ folder, value }: Kustomization): readonly Patch[] {
  const patches: Patch[] = [];
  for (const key of ['patchesStrategicMerge', 'patchesJson6902', 'patches'] as const) {
    for (const [i, entry] of listOf(value[key]).entries()) {
      const at = [key, i];
      if (typeof entry === 'string') {
        const isInline = entry.includes('\n') || entry.trimStart().startsWith('{');
        patches.push({
          at,
          source: isInline ? { text: entry, at } : { file: path.resolve(folder, entry) },
          target: undefined,
        });
        continue;
      }
      const fields = asMap(entry);
      if (fields === undefined) continue;
      const target = asMap(fields['target']);
      if (typeof fields['path'] === 'string')
        patches.push({ at, source: { file: path.resolve(folder, fields['path']) }, target });
      else if (typeof fields['patch'] === 'string')
        patches.push({ at, source: { text: fields['patch'], at: [...at, 'patch'] }, target });
    }
  }
  return patches;
}

/** The items of a list, none of anything else. */
export function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

/** A mapping, or undefined. */
export function asMap(value: Json | undefined): JsonObject | undefined {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

/** The mappings among values. */
export function mapsOf(values: readonly Json[]): readonly JsonObject[] {
  return values.flatMap((one) => {
    const map = asMap(one);
    return map === undefined ? [] : [map];
  });
}

/** Kustomize takes for a repository or an address what is no path. */
function isRemote(entry: string): boolean {
  return /:\/\/|^git@|^[\w-]+(?:\.[\w-]+)+[/:]|\?ref=/.test(entry);
}

function otherFiles(value: JsonObject, folder: string): string[] {
  const keys = ['transformers', 'generators', 'configurations', 'validators', 'replacements', 'openapi'];
  const files = keys.flatMap((key) => {
    const entries = Array.isArray(value[key]) ? listOf(value[key]) : [value[key] ?? null];
    return entries.flatMap((entry: Json) => {
      if (typeof entry === 'string') return entry.includes('\n') ? [] : [entry];
      const file = asMap(entry)?.['path'];
      return typeof file === 'string' ? [file] : [];
    });
  });
  for (const key of ['configMapGenerator', 'secretGenerator']) {
    for (const generator of listOf(value[key])) {
      const { envs, env, files: sources } = asMap(generator) ?? {};
      for (const source of [...listOf(envs), env, ...listOf(sources)])
        if (typeof source === 'string') files.push(source.replace(/^[^=]*=/, ''));
    }
  }
  const patches = ['patches', 'patchesStrategicMerge', 'patchesJson6902'].flatMap((key) =>
    listOf(value[key]).flatMap((entry) => {
      const file = typeof entry === 'string' ? entry : asMap(entry)?.['path'];
      return typeof file === 'string' && !file.includes('\n') ? [file] : [];
    }),
  );
  return [...files, ...patches].map((file) => path.resolve(folder, file));
}
