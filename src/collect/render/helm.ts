import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Location, Problem } from '../../model/finding.ts';
import type { Document } from '../../yaml/index.ts';
import type { RenderedFrom, RenderedPlace, RenderedText } from '../rendered.ts';
import { type Chart, subchart } from './chart.ts';
import { Helpers } from './helpers.ts';
import { type PackedChart, packedChart } from './packed-chart.ts';
import { type ProgramOptions, runProgram } from './program.ts';
import { filesUnder, SourceFiles } from './source-files.ts';
import { TemplateOrigin } from './template-origin.ts';
import type { ValuesSource } from './values.ts';

/** With what a chart is rendered. */
export interface HelmParameters {
  readonly release: string;
  readonly namespace: string;
  /** Files of values (absolute), a later one wins; and where these values are written, if not in the file itself. */
  readonly values: readonly GivenValues[];
  /** Arguments of `--set` and its like, as `helm` takes them. */
  readonly set: readonly string[];
  /** What to call the rendering where the same chart may have several; what has it rendered. */
  readonly wrapper?: string | undefined;
}

/** A file of values that Helm is given, and the source that people write them in. */
export interface GivenValues {
  readonly file: string;
  readonly source: ValuesSource;
}

/** What became of a chart: its text, or why there is none. */
export type HelmResult = RenderedText | { readonly problem: Problem };

/**
 * Renders a chart with `helm template`: no cluster is asked, no repository, and hooks and tests are part of the answer.
 * `kubernetesVersion` is `1.NN`.
 */
export async function renderChart(
  helm: string,
  chart: Chart,
  parameters: HelmParameters,
  kubernetesVersion: string,
  cwd: string,
  options: ProgramOptions,
): Promise<HelmResult> {
  const result = await runProgram(
    helm,
    [
      'template',
      parameters.release,
      chart.folder,
      `--namespace=${parameters.namespace}`,
      `--kube-version=v${kubernetesVersion}.0`,
      ...parameters.values.map(({ file }) => `--values=${file}`),
      ...parameters.set,
    ],
    options,
  );
  const files = new SourceFiles(cwd);
  if ('failure' in result) return { problem: located(result.failure, chart, files) };
  const origins = new ChartOrigins(chart, parameters, files);
  return { text: result.output, fromOf: (document) => origins.of(document) };
}

/** Origins of the documents of a chart, by the comment that Helm puts above each. */
class ChartOrigins {
  private readonly chart: Chart;
  private readonly values: readonly ValuesSource[];
  private readonly wrapper: string | undefined;
  private readonly files: SourceFiles;
  private readonly helpers: Helpers;
  private readonly byName = new Map<string, RenderedFrom>();
  private readonly archives = new Map<string, PackedChart | undefined>();
  private inputs: readonly string[] | undefined;

  constructor(chart: Chart, { values, wrapper }: HelmParameters, files: SourceFiles) {
    this.chart = chart;
    this.values = values.map(({ source }) => source);
    this.wrapper = wrapper;
    this.files = files;
    this.helpers = new Helpers(chart.folder, files);
  }

  of(document: Document): RenderedFrom {
    const name = /^\s*# Source: (.+?)\r?$/m.exec(document.text)?.[1] ?? '';
    let known = this.byName.get(name);
    if (known === undefined) this.byName.set(name, (known = this.from(name)));
    return known;
  }

  private from(name: string): RenderedFrom {
    const { chart, files } = this;
    const { template, sources, packed, inArchive } = this.find(name.split('/').slice(1));
    const rendering = files.shown(chart.folder) + (this.wrapper === undefined ? '' : ` for ${this.wrapper}`);
    const base = {
      rendering,
      textOf: (file: string) => files.textOf(file),
      inputs: () => (this.inputs ??= [...filesUnder(chart.folder), ...this.values.map(({ file }) => file)]),
    };
    if (template === undefined || inArchive) {
      const file = files.shown(path.join(chart.folder, 'Chart.yaml'));
      const line = chart.lineOf(packed === undefined ? [] : ['dependencies', packed]);
      const length = files.lines(path.join(chart.folder, 'Chart.yaml'))?.line(line).length ?? 0;
      const location = { file, line, column: 1, endLine: line, endColumn: length + 1 };
      const by = name === '' ? '' : `${name} of a packed chart`;
      const packedOrigin =
        template === undefined ? undefined : new TemplateOrigin(template, sources, this.helpers, files);
      return {
        ...base,
        file,
        instead: `rendered from ${name}, which is packed; change the values of ${rendering}`,
        locate: (document, at) =>
          packedOrigin === undefined
            ? { location, rendered: { text: '', by, place: undefined } }
            : fromArchive(packedOrigin.locate(document, at), location),
      };
    }
    const origin = new TemplateOrigin(template, sources, this.helpers, files);
    const file = files.shown(template);
    return {
      ...base,
      file,
      instead: `rendered from ${file}; change the template or its values`,
      locate: (document, at) => origin.locate(document, at),
    };
  }

  /** The file of a template by the way Helm names it behind the chart's name, `charts/db/templates/web.yaml`. */
  private find(steps: readonly string[]): {
    readonly template: string | undefined;
    readonly sources: readonly ValuesSource[];
    /** Which dependency is packed, by its place in Chart.yaml. */
    readonly packed: number | undefined;
    /** Whether the template stands in an archive. */
    readonly inArchive: boolean;
  } {
    let { chart } = this;
    let rest = steps;
    let sources: ValuesSource[] = [
      ...this.values.toReversed(),
      { file: path.join(chart.folder, 'values.yaml'), below: [] },
    ];
    while (rest[0] === 'charts' && rest.length > 2) {
      const alias = rest[1]!;
      const inner = subchart(chart, alias);
      if (inner === undefined) {
        const packed = chart.dependencies.findIndex((one) => one.alias === alias);
        const isOwn = chart === this.chart && packed >= 0;
        const inside = this.inArchive(chart, rest.slice(1), sources);
        return { ...inside, packed: isOwn ? packed : undefined, inArchive: true };
      }
      sources = [
        ...sources.map((one) => ({ ...one, below: [...one.below, alias] })),
        { file: path.join(inner.folder, 'values.yaml'), below: [] },
      ];
      chart = inner;
      rest = rest.slice(2);
    }
    const template = path.join(chart.folder, ...rest);
    const isInside = rest.length > 0 && !rest.includes('..') && existsSync(template);
    return { template: isInside ? template : undefined, sources, packed: undefined, inArchive: false };
  }

  /** The same in the archive of a dependency: `[alias, ...steps]`, of which charts in it may be the first ones. */
  private inArchive(
    chart: Chart,
    [alias, ...steps]: readonly string[],
    outer: readonly ValuesSource[],
  ): { readonly template: string | undefined; readonly sources: readonly ValuesSource[] } {
    const packed = this.archive(chart, alias!);
    if (packed === undefined) return { template: undefined, sources: outer };
    const sourcesOf = (folder: string, around: readonly ValuesSource[], name: string): ValuesSource[] => [
      ...around.map((one) => ({ ...one, below: [...one.below, name] })),
      { file: path.join(folder, 'values.yaml'), below: [] },
    ];
    let folder = packed.archive;
    let sources = sourcesOf(folder, outer, alias!);
    let rest = steps;
    while (rest[0] === 'charts' && rest.length > 2) {
      folder = path.join(folder, 'charts', rest[1]!);
      sources = sourcesOf(folder, sources, rest[1]!);
      rest = rest.slice(2);
    }
    const isThere = packed.files.has(steps.join('/'));
    return { template: isThere ? path.join(folder, ...rest) : undefined, sources };
  }

  /** The archive of a dependency, its files known by paths behind its own. */
  private archive(chart: Chart, alias: string): PackedChart | undefined {
    const key = `${chart.folder}\0${alias}`;
    if (!this.archives.has(key)) {
      const name = chart.dependencies.find((one) => one.alias === alias)?.name ?? alias;
      const packed = packedChart(chart, name);
      for (const [inside, text] of packed?.files ?? []) {
        this.files.add(path.join(packed!.archive, inside), text);
      }
      this.archives.set(key, packed);
    }
    return this.archives.get(key);
  }
}

/**
 * What is in an archive nobody edits, and no editor opens: shown is the value that decides, where that is written outside
 * of it, else the dependency; the line of the template is named beside it.
 */
function fromArchive(inside: RenderedPlace, dependency: Location): RenderedPlace {
  const { location, rendered } = inside;
  const place = rendered?.place;
  const isOutside = place !== undefined && !/\.(?:tgz|tar\.gz)\//.test(place.file);
  const at = `${location.file}:${location.line}`;
  const by = rendered === undefined || rendered.by === '' ? at : `${rendered.by}, ${at}`;
  return {
    location: isOutside ? place : dependency,
    rendered: { text: rendered?.text ?? '', by, place: undefined },
  };
}

/** A complaint of Helm, at the line it names. */
function located(failure: string, chart: Chart, files: SourceFiles): Problem {
  const chartFile = files.shown(path.join(chart.folder, 'Chart.yaml'));
  const said = failure
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^(?:WARNING|Use --debug|walk\.go|coalesce\.go)/.test(line))
    .join(' ')
    .replace(/^Error: /, '');
  const reason = `helm template: ${said.length > 600 ? `${said.slice(0, 600)}…` : said}`;
  if (said.includes('missing in charts/ directory')) {
    const line = chart.lineOf(['dependencies']);
    return { file: chartFile, line, column: 1, severity: 'warning', reason: missing(said) };
  }
  const place = /(?:^|[\s(])([\w.-]+\/[^\s:()]+\.(?:ya?ml|tpl|txt|json))(?::(\d+)(?::(\d+))?)?/i.exec(said);
  const [, name, line, column] = place ?? [];
  if (name === undefined || !name.startsWith(`${chart.name}/`))
    return { file: chartFile, line: 1, column: 1, severity: 'warning', reason };
  const file = path.join(chart.folder, ...name.split('/').slice(1));
  if (!existsSync(file)) return { file: chartFile, line: 1, column: 1, severity: 'warning', reason };
  return {
    file: files.shown(file),
    line: Number(line ?? 1),
    column: Number(column ?? 0) + 1,
    severity: 'warning',
    reason,
  };
}

function missing(said: string): string {
  const names = /directory: (.+)$/.exec(said)?.[1] ?? '';
  return `the chart is not rendered: it depends on charts that are not in charts/ (${names.trim()}); helm dependency build fetches them`;
}
