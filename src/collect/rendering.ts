import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Json } from '../model/object.ts';
import { readDocuments } from '../yaml/index.ts';

const kustomizationNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

/** Keys of a kustomization that only list complete objects; with any other, what is applied differs from the files. */
const harmlessKeys = new Set(['apiVersion', 'kind', 'metadata', 'resources', 'bases', 'crds', 'sortOptions']);

interface Kustomization {
  /** Absolute paths of the files it uses as patches or as configuration of transformers: partial objects. */
  readonly partial: ReadonlySet<string>;
  readonly changes: boolean;
}

/**
 * Recognises files that are input of a renderer and would be misjudged raw: templates of a Helm chart and patches of a
 * Kustomize directory. Source: helm.sh/docs "Charts"; kubectl.docs.kubernetes.io "Kustomization".
 */
export class Rendering {
  private readonly charts = new Map<string, boolean>();
  private readonly kustomizations = new Map<string, Kustomization | undefined>();

  /** The chart or Kustomize folder (absolute) that has to be rendered to judge `file`, if there is one. */
  folderFor(file: string): string | undefined {
    if (isKustomizationFile(file)) {
      const folder = path.dirname(file);
      return this.kustomizationIn(folder)?.changes === true ? folder : undefined;
    }
    let found: string | undefined;
    for (const folder of ancestors(path.dirname(file))) {
      const inside = path.relative(folder, file).split(path.sep);
      if (this.isChart(folder)) {
        // The outermost chart is the one to render; its `crds/` are plain objects.
        if (inside[0] === 'templates' || (found !== undefined && inside[0] === 'charts')) found = folder;
      } else if (found === undefined && this.kustomizationIn(folder)?.partial.has(file) === true) {
        found = folder;
      }
      if (existsSync(path.join(folder, '.git'))) break;
    }
    return found;
  }

  private isChart(folder: string): boolean {
    let known = this.charts.get(folder);
    if (known === undefined) this.charts.set(folder, (known = existsSync(path.join(folder, 'Chart.yaml'))));
    return known;
  }

  private kustomizationIn(folder: string): Kustomization | undefined {
    if (!this.kustomizations.has(folder)) this.kustomizations.set(folder, readKustomization(folder));
    return this.kustomizations.get(folder);
  }
}

/** Whether a file is Kustomize's own configuration. */
export function isKustomizationFile(file: string): boolean {
  return (kustomizationNames as readonly string[]).includes(path.basename(file));
}

function* ancestors(folder: string): Generator<string> {
  for (let at = folder; ; at = path.dirname(at)) {
    yield at;
    if (path.dirname(at) === at) return;
  }
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
