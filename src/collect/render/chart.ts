import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Json, JsonObject } from '../../model/object.ts';
import { type Document, locate, position, readDocuments } from '../../yaml/index.ts';

/** A chart by its Chart.yaml. Source: helm.sh/docs "Charts". */
export interface Chart {
  /** Absolute. */
  readonly folder: string;
  readonly name: string;
  /** Whether it only lends templates to other charts. */
  readonly isLibrary: boolean;
  readonly dependencies: readonly Dependency[];
  /** Line of a field of Chart.yaml, 1 where it is not there. */
  readonly lineOf: (at: readonly (string | number)[]) => number;
}

/** A chart that a chart asks for. */
export interface Dependency {
  readonly name: string;
  /** What it is called in values, and in the names of its templates. */
  readonly alias: string;
}

/** Reads the chart in a folder; in a sentence why that cannot be done. */
export function readChart(folder: string): Chart | string {
  let document: Document | undefined;
  try {
    [document] = readDocuments(readFileSync(path.join(folder, 'Chart.yaml')));
  } catch (error) {
    return `Chart.yaml cannot be read: ${(error as Error).message}`;
  }
  if (document?.value === undefined) return `Chart.yaml cannot be read: ${reasonOf(document)}`;
  const value = asMap(document.value as Json);
  const { dependencies, name, type } = value;
  if (typeof name !== 'string' || name === '') return 'Chart.yaml gives the chart no name';
  // Charts of Helm 2 name what they depend on in a file of its own.
  const listed = Array.isArray(dependencies) ? dependencies : requirements(folder);
  return {
    folder,
    name,
    isLibrary: type === 'library',
    dependencies: listed.flatMap((one): Dependency[] => {
      const entry = asMap(one as Json);
      if (typeof entry['name'] !== 'string') return [];
      const alias = typeof entry['alias'] === 'string' ? entry['alias'] : entry['name'];
      return [{ name: entry['name'], alias }];
    }),
    lineOf: (at) => {
      const [place] = locate(document, [at]);
      return place!.found ? position(document, (place!.key ?? place!.span).start).line : 1;
    },
  };
}

/** The unpacked chart in `charts/` that a dependency of this name or alias stands for. */
export function subchart(chart: Chart, alias: string): Chart | undefined {
  const name = chart.dependencies.find((one) => one.alias === alias)?.name ?? alias;
  const folder = path.join(chart.folder, 'charts');
  const direct = path.join(folder, name);
  const folders = existsSync(path.join(direct, 'Chart.yaml'))
    ? [direct]
    : foldersIn(folder).map((one) => path.join(folder, one));
  for (const one of folders) {
    if (!existsSync(path.join(one, 'Chart.yaml'))) continue;
    const read = readChart(one);
    if (typeof read !== 'string' && read.name === name) return read;
  }
  return undefined;
}

function requirements(folder: string): readonly Json[] {
  const file = path.join(folder, 'requirements.yaml');
  if (!existsSync(file)) return [];
  const [document] = readDocuments(readFileSync(file));
  const { dependencies } = asMap((document?.value ?? null) as Json);
  return Array.isArray(dependencies) ? (dependencies as readonly Json[]) : [];
}

function foldersIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

function reasonOf(document: Document | undefined): string {
  return document?.problems.find(({ severity }) => severity === 'error')?.reason ?? 'it is empty';
}

function asMap(value: Json): JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : {};
}
