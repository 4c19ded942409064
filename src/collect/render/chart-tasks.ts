import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Problem } from '../../model/finding.ts';
import { stringify } from '../../yaml/index.ts';
import type { RenderedText } from '../rendered.ts';
import { type Chart, readChart } from './chart.ts';
import { type GivenValues, renderChart } from './helm.ts';
import { findProgram } from './program.ts';
import type { SourceFiles } from './source-files.ts';
import { notInstalled, type RenderOptions, type Task, type Tasks } from './task.ts';
import type { Wrapper } from './wrapper.ts';

/**
 * What to render of charts (absolute folders, with the files that alone are wanted of them): each with its own values, or
 * once for each object of Argo CD or Flux that has it rendered with others.
 */
export function chartTasks(
  charts: ReadonlyMap<string, ReadonlySet<string> | undefined>,
  wrappers: readonly Wrapper[],
  files: SourceFiles,
  options: RenderOptions,
): Tasks {
  if (charts.size === 0) return { tasks: [], problems: [] };
  const helm = findProgram('helm', 'SCANTLING_HELM', options.env, options.cwd);
  if (helm === undefined) {
    const problem = notInstalled([...charts.keys()], 'Chart.yaml', 'helm', 'SCANTLING_HELM', files);
    return { tasks: [], problems: [problem] };
  }
  const problems: Problem[] = [];
  const tasks = [...charts].flatMap(([folder, wanted]): Task[] => {
    const chart = readChart(folder);
    const shown = files.shown(path.join(folder, 'Chart.yaml'));
    if (typeof chart === 'string') {
      const reason = `the chart is not rendered: ${chart}`;
      problems.push({ file: shown, line: 1, column: 1, severity: 'warning', reason });
      return [];
    }
    const only = wanted === undefined ? undefined : new Set([...wanted].map((file) => files.shown(file)));
    const covers = (file: string): boolean => isInput(file, folder);
    const task = { shown, only, covers, wrapper: undefined };
    if (chart.isLibrary) {
      const line = chart.lineOf(['type']);
      const reason = 'a library chart makes no objects of its own; it is judged in the charts that use it';
      problems.push({ file: shown, line, column: 1, severity: 'warning', reason });
      return [{ ...task, run: () => Promise.resolve(nothing) }];
    }
    const own = wrappers.filter((one) => one.folder === folder);
    const runs = own.length === 0 ? [undefined] : own;
    return runs.map((wrapper) => ({ ...task, wrapper, run: runOf(helm, chart, wrapper, files, options) }));
  });
  return { tasks, problems };
}

function runOf(
  helm: string,
  chart: Chart,
  wrapper: Wrapper | undefined,
  files: SourceFiles,
  { cwd, kubernetesVersion, values }: RenderOptions,
): Task['run'] {
  const given = values.map((file): GivenValues => ({ file, source: { file, below: [] } }));
  const release = releaseName(wrapper?.release ?? chart.name);
  return (program) => {
    const parameters = {
      release,
      namespace: wrapper?.namespace ?? release,
      values: wrapper === undefined ? given : [...valuesOf(wrapper, chart, program.cwd), ...given],
      set: wrapper?.set ?? [],
      wrapper: wrapper === undefined ? undefined : wrapperName(wrapper, files),
    };
    return renderChart(helm, chart, parameters, kubernetesVersion, cwd, program);
  };
}

const wrapperName = ({ file, variant }: Wrapper, files: SourceFiles): string =>
  `${files.shown(file)}${variant === '' ? '' : ` (${variant})`}`;

let count = 0;

/** The values of a wrapper as files in a folder, for Helm. */
function valuesOf(wrapper: Wrapper, chart: Chart, folder: string): GivenValues[] {
  const named = wrapper.valueFiles.map((name): GivenValues => {
    const file = path.resolve(chart.folder, name);
    return { file, source: { file, below: [] } };
  });
  const inline = wrapper.values.map(({ at, document, file: source, value }): GivenValues => {
    const file = path.join(folder, 'values', `${count++}.yaml`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, typeof value === 'string' ? value : stringify(value as never));
    return { file, source: { file: source, part: { document, at }, below: [] } };
  });
  return [...named, ...inline];
}

const nothing: RenderedText = {
  text: '',
  fromOf: () => {
    throw new Error('nothing was rendered');
  },
};

/** A name a release may have: that of the chart, as far as Helm allows it. */
function releaseName(chart: string): string {
  const name = chart
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .slice(0, 53)
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'release-name' : name;
}

/** Whether a file is input of the chart; its `crds/` are plain objects, and other files may be anything. */
function isInput(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  if (relative.startsWith('..') || path.isAbsolute(relative)) return false;
  return ['templates', 'charts', 'Chart.yaml', 'values.yaml'].includes(relative.split(path.sep)[0]!);
}
