import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Json } from '../model/object.ts';
import { CatalogueError } from './catalogue-error.ts';
import { type Complaint, FieldReader, isMapping } from './complaint.ts';
import { describe, readYaml } from './load.ts';

/** The checks of a heading that other tools have, and what became of each here. */
export interface CoverageHeading {
  readonly number: number;
  readonly title: string;
  readonly lines: readonly CoverageLine[];
}

/** One check that other tools have: judged by controls, or waiting for something. */
export interface CoverageLine {
  readonly line: string;
  readonly controls: readonly string[];
  /** What it waits for; undefined where controls judge it. */
  readonly needs: WaitsFor | undefined;
  readonly why: string;
  /** The other tools' ids that no control carries. */
  readonly aliases: Readonly<Record<string, readonly string[]>>;
}

/**
 * `derivation`: something worked out of all objects together that is not worked out yet. `choice`: what is right differs from
 * cluster to cluster. `refused`: it is left out on purpose.
 */
export type WaitsFor = (typeof waitsFor)[number];
const waitsFor = ['node', 'network', 'rbac', 'input', 'derivation', 'choice', 'refused'] as const;

/**
 * Reads `controls/_coverage/` below `directory`: `NUMBER.yaml` for each heading of `headings.yaml`; other files add to lines
 * of any heading. Throws a CatalogueError that lists everything wrong with it.
 */
export function loadCoverage(directory: string): readonly CoverageHeading[] {
  const folder = path.join(directory, 'controls', '_coverage');
  const wrong: string[] = [];
  const titles = readYaml(path.join(folder, 'headings.yaml'), wrong);
  const headings = Object.entries(isMapping(titles) ? titles : {}).map(([number, title]): CoverageHeading => {
    const file = path.join(folder, `${number}.yaml`);
    const { complaints, lines } = existsSync(file)
      ? readCoverage(readYaml(file, wrong))
      : { complaints: [], lines: [] };
    wrong.push(...complaints.map((one) => describe(file, one)));
    return { number: Number(number), title: String(title), lines };
  });
  const numbered = new Set(headings.map(({ number }) => `${number}.yaml`));
  const across = readdirSync(folder)
    .filter((file) => file.endsWith('.yaml') && file !== 'headings.yaml' && !numbered.has(file))
    .flatMap((file) => {
      const whole = path.join(folder, file);
      const { complaints, lines } = readCoverage(readYaml(whole, wrong));
      wrong.push(...complaints.map((one) => describe(whole, one)));
      return lines;
    });
  if (wrong.length > 0) throw new CatalogueError(wrong.join('\n'));
  return merge(headings, across).sort((a, b) => a.number - b.number);
}

/** Adds to the lines of headings what a file that is about many headings says of them. */
function merge(headings: readonly CoverageHeading[], across: readonly CoverageLine[]): CoverageHeading[] {
  const left = new Map(across.map((line) => [line.line, line]));
  const merged = headings.map((heading) => ({
    ...heading,
    lines: heading.lines.map((line): CoverageLine => {
      const other = left.get(line.line);
      if (other === undefined) return line;
      left.delete(line.line);
      const isDone = line.needs === 'derivation' && other.controls.length > 0;
      return {
        line: line.line,
        controls: [...new Set([...line.controls, ...other.controls])],
        needs: isDone ? other.needs : (line.needs ?? other.needs),
        why: isDone ? other.why : [line.why, other.why].filter((why) => why !== '').join(' '),
        aliases: { ...line.aliases, ...other.aliases },
      };
    }),
  }));
  if (left.size === 0) return merged;
  const number = Math.max(0, ...headings.map((heading) => heading.number)) + 1;
  return [...merged, { number, title: 'Across headings', lines: [...left.values()] }];
}

/** Reads the entries of one heading. Strict: an entry has `controls` or `needs` with `why`. */
export function readCoverage(value: Json | undefined): {
  lines: readonly CoverageLine[];
  complaints: readonly Complaint[];
} {
  const complaints: Complaint[] = [];
  const lines: CoverageLine[] = [];
  if (!Array.isArray(value))
    return { lines, complaints: [{ path: [], reason: 'this is a list of entries' }] };
  for (const [index, item] of (value as readonly Json[]).entries()) {
    const read = new FieldReader(isMapping(item) ? item : {}, [index], complaints);
    read.refuseOthers(['line', 'controls', 'needs', 'why', 'aliases']);
    const line = read.requiredText('line');
    const controls = read.texts('controls') ?? [];
    const written = read.text('needs');
    const needs = waitsFor.find((one) => one === written);
    if (written !== undefined && needs === undefined) {
      read.complain(`"needs" is one of ${waitsFor.join(', ')}`, 'needs');
    }
    const why = needs === undefined ? (read.text('why') ?? '') : read.requiredText('why');
    if (controls.length === 0 && written === undefined) read.complain('it has controls or needs something');
    const named = read.mapping('aliases');
    const inner = new FieldReader(named, [index, 'aliases'], complaints);
    const aliases = Object.fromEntries(Object.keys(named).map((name) => [name, inner.texts(name) ?? []]));
    lines.push({ line, controls, needs, why, aliases });
  }
  return { lines, complaints };
}
