import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { Problem } from '../../model/finding.ts';
import type { FoundInput } from '../manifests.ts';
import type { RenderedText } from '../rendered.ts';
import type { RenderedFolders } from '../rendering.ts';
import { readChart } from './chart.ts';
import { type HelmParameters, renderChart } from './helm.ts';
import { type Overlay, readOverlay, renderOverlay } from './kustomize.ts';
import { eachAtOnce, findProgram, type ProgramOptions } from './program.ts';
import { seclusion } from './seclusion.ts';
import { SourceFiles } from './source-files.ts';

/** How charts and kustomizations are rendered. */
export interface RenderOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `1.NN`. */
  readonly kubernetesVersion: string;
  /** How long one chart or kustomization may take. */
  readonly timeoutSeconds: number;
  /** Files of values for all charts (absolute), a later one wins. */
  readonly values: readonly string[];
  /** Leave kustomizations as they are. */
  readonly chartsOnly?: boolean;
  readonly onProgress?: (done: number, all: number) => void;
}

/** The inputs with what was rendered among them, and what there is to say. */
export interface RenderOutcome {
  readonly found: readonly FoundInput[];
  readonly problems: readonly Problem[];
}

/** Bytes that one chart or kustomization may render to. */
const maxOutput = 64 * 2 ** 20;

/** One thing to render. */
interface Task {
  /** Its Chart.yaml or kustomization.yaml, as shown: what is set for this file counts for it. */
  readonly shown: string;
  /** Files as shown whose objects are wanted where not all are. */
  readonly only: ReadonlySet<string> | undefined;
  readonly run: (program: ProgramOptions) => Promise<RenderedText | { readonly problem: Problem }>;
  /** Whether a file (absolute) is not to be judged raw when this has been rendered. */
  readonly covers: (file: string) => boolean;
}

/**
 * Renders the charts and kustomizations that the inputs belong to and puts what they make in the place of their files. What
 * cannot be rendered stays as it is, with a problem that says why.
 */
export async function renderFolders(
  found: readonly FoundInput[],
  folders: RenderedFolders,
  options: RenderOptions,
): Promise<RenderOutcome> {
  const problems: Problem[] = [];
  const files = new SourceFiles(options.cwd);
  const tasks = [
    ...chartTasks(folders, files, options, problems),
    ...(options.chartsOnly === true ? [] : overlayTasks(found, folders, files, options, problems)),
  ];
  if (tasks.length === 0) return { found, problems };
  const alone = seclusion(options.env);
  const { timeoutSeconds } = options;
  const program = { cwd: alone.folder, env: alone.env, timeoutSeconds, maxOutput };
  try {
    let done = 0;
    const results = await eachAtOnce(tasks, Math.min(4, availableParallelism()), async (task) => {
      const result = await task.run(program);
      options.onProgress?.(++done, tasks.length);
      return result;
    });
    const rendered: FoundInput[] = [];
    const covering: Task[] = [];
    for (const [i, result] of results.entries()) {
      const task = tasks[i]!;
      if ('problem' in result) {
        problems.push(result.problem);
        continue;
      }
      covering.push(task);
      const { only, shown } = task;
      rendered.push({ absolute: undefined, shown, named: false, rendered: { ...result, only } });
    }
    const rest = found.filter(
      ({ absolute }) => absolute === undefined || !covering.some(({ covers }) => covers(absolute)),
    );
    return { found: [...rendered, ...rest], problems };
  } finally {
    alone.end();
  }
}

function chartTasks(
  { charts }: RenderedFolders,
  files: SourceFiles,
  options: RenderOptions,
  problems: Problem[],
): Task[] {
  if (charts.size === 0) return [];
  const helm = findProgram('helm', 'SCANTLING_HELM', options.env, options.cwd);
  if (helm === undefined) {
    problems.push(notInstalled([...charts.keys()], 'Chart.yaml', 'helm', 'SCANTLING_HELM', files));
    return [];
  }
  return [...charts].flatMap(([folder, only]): Task[] => {
    const chart = readChart(folder);
    const file = files.shown(path.join(folder, 'Chart.yaml'));
    if (typeof chart === 'string') {
      const reason = `the chart is not rendered: ${chart}`;
      problems.push({ file, line: 1, column: 1, severity: 'warning', reason });
      return [];
    }
    const covers = (one: string): boolean => isInside(one, folder) && !isPlain(one, folder);
    const task = { shown: file, only: shownOf(only, files), covers };
    if (chart.isLibrary) {
      const line = chart.lineOf(['type']);
      const reason = 'a library chart makes no objects of its own; it is judged in the charts that use it';
      problems.push({ file, line, column: 1, severity: 'warning', reason });
      return [{ ...task, run: () => Promise.resolve(nothing) }];
    }
    const release = releaseName(chart.name);
    const parameters: HelmParameters = { release, namespace: release, values: options.values, set: [] };
    const { cwd, kubernetesVersion } = options;
    return [
      { ...task, run: (program) => renderChart(helm, chart, parameters, kubernetesVersion, cwd, program) },
    ];
  });
}

function overlayTasks(
  found: readonly FoundInput[],
  { kustomizations }: RenderedFolders,
  files: SourceFiles,
  options: RenderOptions,
  problems: Problem[],
): Task[] {
  const overlays = [...kustomizations].flatMap((folder) => readOverlay(folder, files) ?? []);
  const used = new Set(overlays.flatMap(({ parts }) => parts.slice(1).map(({ folder }) => folder)));
  const there = new Set(found.map(({ absolute }) => absolute));
  const wanted = overlays.filter((one) => !used.has(one.parts[0]!.folder) && differs(one, there));
  if (wanted.length === 0) return [];
  const tool = kustomizeProgram(options);
  if (tool === undefined) {
    const roots = wanted.map(({ parts }) => parts[0]!.folder);
    problems.push(
      notInstalled(roots, 'kustomization.yaml', 'kubectl or kustomize', 'SCANTLING_KUBECTL', files),
    );
    return [];
  }
  return wanted.flatMap((overlay, i): Task[] => {
    const { obstacle, parts } = overlay;
    if (obstacle !== undefined) {
      problems.push(obstacle);
      return [];
    }
    const used = new Set(parts.flatMap((part) => [part.file, ...part.resources, ...part.others]));
    return [
      {
        shown: files.shown(parts[0]!.file),
        only: undefined,
        covers: (one) => used.has(one),
        run: (program) => {
          const folder = path.join(program.cwd, `overlay-${i}`);
          return renderOverlay(tool, overlay, {}, folder, options.cwd, program);
        },
      },
    ];
  });
}

/** Whether what is applied may differ from the files as they are, or is not all among the inputs. */
function differs({ parts }: Overlay, there: ReadonlySet<string | undefined>): boolean {
  const [root] = parts;
  // A component alone is a part of something else.
  if (root!.value['kind'] === 'Component') return false;
  return parts.some(
    ({ obstacles, resources, value }) =>
      obstacles.length > 0 ||
      Object.keys(value).some((key) => !harmless.has(key)) ||
      resources.some((file) => !there.has(file)),
  );
}

/** Keys of a kustomization that only list complete objects. */
const harmless = new Set(['apiVersion', 'kind', 'metadata', 'resources', 'bases', 'crds', 'sortOptions']);

function kustomizeProgram({
  cwd,
  env,
}: RenderOptions): { file: string; verb: 'kustomize' | 'build' } | undefined {
  const kubectl = findProgram('kubectl', 'SCANTLING_KUBECTL', env, cwd);
  if (kubectl !== undefined) return { file: kubectl, verb: 'kustomize' };
  const kustomize = findProgram('kustomize', 'SCANTLING_KUSTOMIZE', env, cwd);
  return kustomize === undefined ? undefined : { file: kustomize, verb: 'build' };
}

const nothing: RenderedText = {
  text: '',
  fromOf: () => {
    throw new Error('nothing was rendered');
  },
};

function notInstalled(
  folders: readonly string[],
  name: string,
  program: string,
  variable: string,
  files: SourceFiles,
): Problem {
  const file = files.shown(path.join(folders[0]!, name));
  const more = folders.length === 1 ? '' : `, nor are ${folders.length - 1} more`;
  const reason = `not rendered and not judged${more}: ${program} is not installed; install it, or name it in ${variable}`;
  return { file, line: 0, column: 0, severity: 'warning', reason };
}

/** A name a release may have: that of the chart, as far as Helm allows it. */
function releaseName(chart: string): string {
  const name = chart
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .slice(0, 53)
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'release-name' : name;
}

function shownOf(names: ReadonlySet<string> | undefined, files: SourceFiles): Task['only'] {
  return names === undefined ? undefined : new Set([...names].map((file) => files.shown(file)));
}

function isInside(file: string, folder: string): boolean {
  return file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);
}

/** What of a chart is not a template: its `crds/`, and files of its own folder that may be anything. */
function isPlain(file: string, folder: string): boolean {
  const [top] = path.relative(folder, file).split(path.sep);
  return !['templates', 'charts', 'Chart.yaml', 'values.yaml'].includes(top!);
}
