import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Problem } from '../../model/finding.ts';
import { position, readDocuments } from '../../yaml/index.ts';
import type { FoundInput } from '../manifests.ts';
import { kustomizationFile } from './kustomization.ts';
import { type Overlay, readOverlay, renderOverlay } from './kustomize.ts';
import { findProgram } from './program.ts';
import type { SourceFiles } from './source-files.ts';
import { notInstalled, type RenderOptions, type Task, type Tasks } from './task.ts';
import type { Wrapper } from './wrapper.ts';

/** Keys of a kustomization that only list complete objects. */
const harmless = new Set(['apiVersion', 'kind', 'metadata', 'resources', 'bases', 'crds', 'sortOptions']);

/**
 * What to render of kustomizations (absolute folders): those that no other one refers to and that change something, once
 * for each Flux or Argo CD object that applies them with parameters of its own.
 */
export function overlayTasks(
  kustomizations: ReadonlySet<string>,
  wrappers: readonly Wrapper[],
  found: readonly FoundInput[],
  files: SourceFiles,
  options: RenderOptions,
): Tasks {
  if (kustomizations.size === 0 || options.chartsOnly === true) return { tasks: [], problems: [] };
  const problems: Problem[] = [];
  const overlays = [...kustomizations].flatMap((folder) => {
    const overlay = readOverlay(folder, files);
    if (overlay === undefined) problems.push(unreadable(folder, files));
    return overlay ?? [];
  });
  const used = new Set(overlays.flatMap(({ parts }) => parts.slice(1).map(({ folder }) => folder)));
  const there = new Set(found.map(({ absolute }) => absolute));
  const wrapped = (overlay: Overlay): Wrapper[] =>
    wrappers.filter(({ folder }) => folder === overlay.parts[0]!.folder);
  const wanted = overlays.filter((overlay) => {
    const own = wrapped(overlay);
    if (own.some(({ kustomize }) => Object.keys(kustomize).length > 0)) return true;
    const isRoot = own.length > 0 || !used.has(overlay.parts[0]!.folder);
    return isRoot && differs(overlay, there);
  });
  if (wanted.length === 0) return { tasks: [], problems };
  const shown = ({ parts }: Overlay): string => files.shown(parts[0]!.folder);
  const tool = kustomizeProgram(options);
  if (tool === undefined) {
    const roots = wanted.map(({ parts }) => parts[0]!.folder);
    const variable = 'SCANTLING_KUBECTL';
    problems.push(notInstalled(roots, 'kustomization.yaml', 'kubectl or kustomize', variable, files));
    return { tasks: [], problems, without: wanted.map(shown) };
  }
  const tasks = wanted.flatMap((overlay, i): Task[] => {
    const { obstacle, parts } = overlay;
    if (obstacle !== undefined) {
      problems.push(obstacle);
      return [];
    }
    const inputs = new Set(parts.flatMap((part) => [part.file, ...part.resources, ...part.others]));
    const own = wrapped(overlay);
    const runs = own.length === 0 ? [undefined] : own;
    return runs.map((wrapper, j): Task => ({
      shown: files.shown(parts[0]!.file),
      only: undefined,
      wrapper,
      covers: (file) => inputs.has(file),
      run: (program) => {
        const folder = path.join(program.cwd, `overlay-${i}-${j}`);
        return renderOverlay(tool, overlay, wrapper, folder, options.cwd, program);
      },
    }));
  });
  const without = wanted.filter(({ obstacle }) => obstacle !== undefined).map(shown);
  return { tasks, problems, without };
}

/** Why the kustomization of a folder cannot be read. */
function unreadable(folder: string, files: SourceFiles): Problem {
  const file = kustomizationFile(folder) ?? path.join(folder, 'kustomization.yaml');
  const why = (reason: string, line = 1, column = 1): Problem => ({
    file: files.shown(file),
    line,
    column,
    severity: 'warning',
    reason: `the kustomization is not rendered: ${reason}`,
  });
  try {
    for (const document of readDocuments(readFileSync(file))) {
      const found = document.problems.find(({ severity }) => severity === 'error');
      if (found === undefined) continue;
      const { line, column } = position(document, found.start);
      return why(found.reason, line, column);
    }
  } catch {
    return why('it cannot be read');
  }
  return why('it holds no fields');
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

function kustomizeProgram({
  cwd,
  env,
}: RenderOptions): { readonly file: string; readonly verb: 'kustomize' | 'build' } | undefined {
  const kubectl = findProgram('kubectl', 'SCANTLING_KUBECTL', env, cwd);
  if (kubectl !== undefined) return { file: kubectl, verb: 'kustomize' };
  const kustomize = findProgram('kustomize', 'SCANTLING_KUSTOMIZE', env, cwd);
  return kustomize === undefined ? undefined : { file: kustomize, verb: 'build' };
}
