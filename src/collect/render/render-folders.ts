import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { Problem } from '../../model/finding.ts';
import type { Path } from '../../model/object.ts';
import type { Document } from '../../yaml/index.ts';
import type { FoundInput } from '../manifests.ts';
import type { RenderedFolders } from '../rendering.ts';
import { chartTasks } from './chart-tasks.ts';
import { ConfigObjects } from './config-objects.ts';
import { kustomizationFile } from './kustomization.ts';
import { overlayTasks } from './overlay-tasks.ts';
import { eachAtOnce } from './program.ts';
import { seclusion } from './seclusion.ts';
import { SourceFiles } from './source-files.ts';
import type { RenderOptions, Task } from './task.ts';
import { readWrappers, type Wrapper } from './wrapper.ts';
import { locationIn } from './written-location.ts';

export type { RenderOptions } from './task.ts';

/** The inputs with what was rendered among them, and what there is to say. */
export interface RenderOutcome {
  readonly found: readonly FoundInput[];
  readonly problems: readonly Problem[];
  /** Folders as shown that should have been rendered and were not. */
  readonly unrendered: readonly string[];
  /** Objects of Argo CD and Flux with which nothing more is to be done, as `file#document`. */
  readonly unwrapped: ReadonlySet<string>;
}

/** Bytes that one chart or kustomization may render to. */
const maxOutput = 64 * 2 ** 20;

/**
 * Renders the charts and kustomizations that the inputs belong to and puts what they make in the place of their files. What
 * cannot be rendered stays as it is, with a problem that says why.
 */
export async function renderFolders(
  found: readonly FoundInput[],
  folders: RenderedFolders,
  options: RenderOptions,
): Promise<RenderOutcome> {
  const files = new SourceFiles(options.cwd);
  const { problems, unwrapped, wrappers } = unwrap(found, folders, files, options.cwd);
  const charts = chartTasks(folders.charts, wrappers, files, options);
  const overlays = overlayTasks(folders.kustomizations, wrappers, found, files, options);
  problems.push(...charts.problems, ...overlays.problems);
  const tasks = [...charts.tasks, ...overlays.tasks];
  const unrendered = [...(charts.without ?? []), ...(overlays.without ?? [])];
  if (tasks.length === 0) return { found, problems, unrendered, unwrapped };
  const results = await run(tasks, options);
  const rendered: FoundInput[] = [];
  const done: Task[] = [];
  const failed = new Set<Wrapper>();
  for (const [i, result] of results.entries()) {
    const task = tasks[i]!;
    if ('problem' in result) {
      problems.push(result.problem);
      unrendered.push(path.posix.dirname(task.shown));
      if (task.wrapper !== undefined) failed.add(task.wrapper);
      continue;
    }
    done.push(task);
    const { only, shown } = task;
    rendered.push({ absolute: undefined, shown, named: false, rendered: { ...result, only } });
  }
  for (const { wrapper } of done)
    if (wrapper !== undefined && !failed.has(wrapper)) unwrapped.add(keyOf(wrapper, files));
  const rest = found.filter(
    ({ absolute }) => absolute === undefined || !done.some(({ covers }) => covers(absolute)),
  );
  return { found: [...rendered, ...rest], problems, unrendered, unwrapped };
}

async function run(
  tasks: readonly Task[],
  { env, onProgress, timeoutSeconds }: RenderOptions,
): Promise<readonly Awaited<ReturnType<Task['run']>>[]> {
  const alone = seclusion(env);
  const program = { cwd: alone.folder, env: alone.env, timeoutSeconds, maxOutput };
  let done = 0;
  try {
    return await eachAtOnce(tasks, Math.min(4, availableParallelism()), async (task) => {
      const result = await task.run(program);
      onProgress?.(++done, tasks.length);
      return result;
    });
  } finally {
    alone.end();
  }
}

interface Unwrapped {
  readonly wrappers: readonly Wrapper[];
  readonly problems: Problem[];
  readonly unwrapped: Set<string>;
}

/** Looks for objects of Argo CD and Flux that say how to render what is in the input. */
function unwrap(
  found: readonly FoundInput[],
  { charts, kustomizations }: RenderedFolders,
  files: SourceFiles,
  cwd: string,
): Unwrapped {
  const problems: Problem[] = [];
  const unwrapped = new Set<string>();
  const wrappers: Wrapper[] = [];
  const objects = new ConfigObjects(
    found.flatMap(({ absolute }) => absolute ?? []),
    [...kustomizations],
  );
  const warn = (document: Document, at: Path, absolute: string, reason: string): void => {
    const { file, line, column } = locationIn(document, at, files.shown(absolute));
    problems.push({ file, line, column, severity: 'warning', reason });
  };
  for (const { absolute } of found) {
    if (absolute === undefined) continue;
    for (const reading of readWrappers(absolute, cwd, objects)) {
      const reason = 'reason' in reading ? reading.reason : notFound(reading, charts, kustomizations);
      if (reason !== undefined) {
        const at = 'reason' in reading ? reading.at : ['spec'];
        warn(
          reading.document,
          at,
          absolute,
          `what ${kindOf(reading.document)} applies is not judged: ${reason}`,
        );
      } else if (!('reason' in reading)) {
        wrappers.push(reading);
        for (const { at, reason: lack } of reading.lacks) {
          warn(
            reading.document,
            at,
            absolute,
            `${kindOf(reading.document)} is rendered without values: ${lack}`,
          );
        }
        // A folder of plain files needs no renderer, and a kustomization that changes nothing none either.
        if (!charts.has(reading.folder) && Object.keys(reading.kustomize).length === 0)
          unwrapped.add(keyOf(reading, files));
      }
    }
  }
  return { wrappers, problems, unwrapped };
}

function notFound(
  { folder }: Wrapper,
  charts: RenderedFolders['charts'],
  kustomizations: ReadonlySet<string>,
): string | undefined {
  const isChart = existsSync(path.join(folder, 'Chart.yaml'));
  const isThere = isChart
    ? charts.has(folder)
    : kustomizationFile(folder) === undefined || kustomizations.has(folder);
  return isThere ? undefined : `the folder ${path.basename(folder)} is not among the inputs`;
}

function kindOf({ value }: Wrapper['document']): string {
  const { kind, metadata } = value as { kind?: unknown; metadata?: { name?: unknown } };
  return `${String(kind)} ${String(metadata?.name ?? '')}`;
}

const keyOf = ({ document, file }: Wrapper, files: SourceFiles): string =>
  `${files.shown(file)}#${document.index}`;
