import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Json, JsonObject } from '../model/object.ts';
import { readDocuments } from '../yaml/index.ts';

const kustomizationNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

/** Keys of a kustomization that only list complete objects; with any other, what is applied differs from the files. */
const harmlessKeys = new Set(['apiVersion', 'kind', 'metadata', 'resources', 'bases', 'crds', 'sortOptions']);

interface Kustomization {
  /** Absolute paths of the files it uses as patches or as configuration of transformers: partial objects. */
  readonly partial: ReadonlySet<string>;
  readonly changes: boolean;
}

/** A folder on the way to a file that a renderer is about. */
interface RenderersFolder {
  readonly folder: string;
  readonly isChart: boolean;
  readonly kustomization: Kustomization | undefined;
}

/** Folders (absolute) that a renderer makes objects of. */
export interface RenderedFolders {
  /**
   * The outermost charts, with the files that were asked for by name where nothing else of the chart was: only what comes
   * from these is wanted.
   */
  readonly charts: ReadonlyMap<string, ReadonlySet<string> | undefined>;
  readonly kustomizations: ReadonlySet<string>;
}

/**
 * Recognises files that are input of a renderer and would be misjudged raw: templates of a Helm chart and patches of a
 * Kustomize directory. Source: helm.sh/docs "Charts"; kubectl.docs.kubernetes.io "Kustomization".
 */
export class Rendering {
  private readonly folders = new Map<string, RenderersFolder | undefined>();
  private readonly ways = new Map<string, readonly RenderersFolder[]>();

  /** The chart or Kustomize folder (absolute) that has to be rendered to judge `file`, if there is one. */
  folderFor(file: string): string | undefined {
    const way = this.wayTo(path.dirname(file));
    if (way.length === 0) return undefined;
    if (isKustomizationFile(file)) {
      const folder = path.dirname(file);
      return way[0]!.folder === folder && way[0]!.kustomization?.changes === true ? folder : undefined;
    }
    let found: string | undefined;
    for (const { folder, isChart, kustomization } of way) {
      const inside = path.relative(folder, file).split(path.sep);
      if (isChart) {
        // The outermost chart is the one to render; its `crds/` are plain objects.
        if (inside[0] === 'templates' || (found !== undefined && inside[0] === 'charts')) found = folder;
      } else if (found === undefined && kustomization?.partial.has(file) === true) {
        found = folder;
      }
    }
    return found;
  }

  /** What is to be rendered of all that the files belong to. */
  foldersOf(
    files: Iterable<{ readonly absolute: string | undefined; readonly named: boolean }>,
  ): RenderedFolders {
    const charts = new Map<string, Set<string> | undefined>();
    const kustomizations = new Set<string>();
    for (const { absolute, named } of files) {
      if (absolute === undefined) continue;
      const folder = path.dirname(absolute);
      const way = this.wayTo(folder);
      if (way.length === 0) continue;
      const needed = this.folderFor(absolute);
      const isTemplate = needed !== undefined && this.at(needed)?.isChart === true;
      const chart = isTemplate ? needed : this.chartWith(absolute, named, way);
      if (chart !== undefined) {
        const names = charts.has(chart) ? charts.get(chart) : new Set<string>();
        charts.set(chart, named && isTemplate ? names?.add(absolute) : undefined);
      } else if (needed !== undefined) kustomizations.add(needed);
      else if (way[0]!.folder === folder && way[0]!.kustomization !== undefined && !named)
        kustomizations.add(folder);
      else if (isKustomizationFile(absolute)) kustomizations.add(folder);
    }
    return { charts, kustomizations };
  }

  /** The chart that a file beside its Chart.yaml belongs to; the outermost, where charts stand in one another. */
  private chartWith(file: string, named: boolean, way: readonly RenderersFolder[]): string | undefined {
    if (way[0]!.folder !== path.dirname(file) || !way[0]!.isChart) return undefined;
    if (named && !chartFiles.has(path.basename(file))) return undefined;
    let found = way[0]!.folder;
    for (const { folder, isChart } of way.slice(1))
      if (isChart && path.relative(folder, found).split(path.sep)[0] === 'charts') found = folder;
    return found;
  }

  /** The folders of renderers from a folder upwards, to the root of the repository. */
  private wayTo(folder: string): readonly RenderersFolder[] {
    let way = this.ways.get(folder);
    if (way === undefined) {
      const here = this.at(folder);
      const parent = path.dirname(folder);
      const isTop = parent === folder || existsSync(path.join(folder, '.git'));
      const above = isTop ? [] : this.wayTo(parent);
      way = here === undefined ? above : [here, ...above];
      this.ways.set(folder, way);
    }
    return way;
  }

  private at(folder: string): RenderersFolder | undefined {
    if (!this.folders.has(folder)) {
      const isChart = existsSync(path.join(folder, 'Chart.yaml'));
      const kustomization = readKustomization(folder);
      const isAny = isChart || kustomization !== undefined;
      this.folders.set(folder, isAny ? { folder, isChart, kustomization } : undefined);
    }
    return this.folders.get(folder);
  }
}

/** Files beside templates that what is rendered depends on as a whole. */
const chartFiles = new Set(['Chart.yaml', 'values.yaml', 'values.yml', 'values.schema.json']);

/** Whether an object has others rendered that are written elsewhere: by Argo CD or Flux. */
export function mayWrap({ apiVersion, kind }: JsonObject): boolean {
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return false;
  const [group] = apiVersion.split('/');
  if (group === 'argoproj.io') return kind === 'Application' || kind === 'ApplicationSet';
  return (
    (group === 'helm.toolkit.fluxcd.io' && kind === 'HelmRelease') ||
    (group === 'kustomize.toolkit.fluxcd.io' && kind === 'Kustomization')
  );
}

/**
 * Whether such an object, in a file (absolute), only applies files of the repository as they are; `cwd` is where paths
 * start from outside of one.
 */
export function wrapsPlainFiles({ kind, spec }: JsonObject, file: string, cwd: string): boolean {
  const fields = asMap(spec);
  const source = kind === 'Kustomization' ? fields : asMap(fields?.['source']);
  const folder = kind === 'Kustomization' ? (source?.['path'] ?? './') : source?.['path'];
  if (typeof folder !== 'string') return false;
  const changing = ['kustomize', 'plugin', 'namePrefix', 'nameSuffix', 'patches', 'images', 'postBuild'];
  if (source === undefined || changing.some((key) => source[key] !== undefined)) return false;
  const absolute = path.resolve(repositoryOf(file) ?? cwd, folder.replace(/^\/+/, ''));
  const names = namesIn(absolute);
  return (
    names.length > 0 && !names.includes('Chart.yaml') && !names.some((name) => isKustomizationFile(name))
  );
}

/** The root of the repository that a file (absolute) is in. */
export function repositoryOf(file: string): string | undefined {
  for (let at = path.dirname(file); ; at = path.dirname(at)) {
    if (existsSync(path.join(at, '.git'))) return at;
    if (path.dirname(at) === at) return undefined;
  }
}

/** Whether a file is Kustomize's own configuration. */
export function isKustomizationFile(file: string): boolean {
  return (kustomizationNames as readonly string[]).includes(path.basename(file));
}

function readKustomization(folder: string): Kustomization | undefined {
  const name = namesIn(folder).find((entry) => (kustomizationNames as readonly string[]).includes(entry));
  if (name === undefined) return undefined;
  let text: Uint8Array;
  try {
    text = readFileSync(path.join(folder, name));
  } catch {
    return { partial: new Set(), changes: true };
  }
  for (const document of readDocuments(text)) {
    const value = document.value as Json | undefined;
    if (value === null || typeof value !== 'object' || Array.isArray(value)) continue;
    const fields = value as Readonly<Record<string, Json>>;
    const partial = partialFiles(fields).map((file) => path.resolve(folder, file));
    return {
      partial: new Set(partial),
      changes: Object.keys(fields).some((key) => !harmlessKeys.has(key)),
    };
  }
  return { partial: new Set(), changes: true };
}

function asMap(value: Json | undefined): JsonObject | undefined {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function partialFiles(kustomization: Readonly<Record<string, Json>>): string[] {
  const keys = [
    'patches',
    'patchesStrategicMerge',
    'patchesJson6902',
    'replacements',
    'transformers',
    'generators',
    'configurations',
    'validators',
  ];
  return keys.flatMap((key) => {
    const list = kustomization[key];
    if (!Array.isArray(list)) return [];
    return list.flatMap((entry: Json) => {
      if (typeof entry === 'string') return entry.includes('\n') ? [] : [entry];
      const file =
        entry !== null && typeof entry === 'object' ? (entry as Record<string, Json>)['path'] : undefined;
      return typeof file === 'string' ? [file] : [];
    });
  });
}
