import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Problem } from '../../model/finding.ts';
import { applySplices, edit, readDocuments, stringify } from '../../yaml/index.ts';
import type { RenderedText } from '../rendered.ts';
import { type Kustomization, listOf, asMap, placeIn, readKustomization } from './kustomization.ts';
import { KustomizeOrigins } from './kustomize-origin.ts';
import { type ProgramOptions, runProgram } from './program.ts';
import { SourceFiles } from './source-files.ts';
import type { Wrapper } from './wrapper.ts';

/** The annotations by which Kustomize says where an object came from. */
const originAnnotation = 'config.kubernetes.io/origin';
const notes = [originAnnotation, 'alpha.config.kubernetes.io/transformations'] as const;

/** Most kustomizations one may be made of; a circle ends here too. */
const maxParts = 500;

/** A kustomization with all it is made of, itself first. */
export interface Overlay {
  readonly parts: readonly Kustomization[];
  /** Why it cannot be built here, at its place; undefined where nothing is known to be in the way. */
  readonly obstacle: Problem | undefined;
}

/** Reads a kustomization and those it refers to; undefined where it cannot be read. */
export function readOverlay(folder: string, files: SourceFiles): Overlay | undefined {
  const first = readKustomization(folder);
  if (first === undefined) return undefined;
  const parts = [first];
  const seen = new Set([folder]);
  for (let i = 0; i < parts.length && parts.length < maxParts; i++) {
    for (const one of parts[i]!.folders) {
      if (seen.has(one)) continue;
      seen.add(one);
      const read = readKustomization(one);
      if (read !== undefined) parts.push(read);
    }
  }
  return { parts, obstacle: obstacleOf(parts, files) };
}

/**
 * Builds a kustomization with `kubectl kustomize` or `kustomize build`. Kustomize is asked to note where each object came
 * from, by a kustomization around it in `folder` (absolute); the notes are taken out of the answer. A wrapper's parameters
 * stand in that kustomization too.
 */
export async function renderOverlay(
  program: { readonly file: string; readonly verb: 'kustomize' | 'build' },
  overlay: Overlay,
  wrapper: Wrapper | undefined,
  folder: string,
  cwd: string,
  options: ProgramOptions,
): Promise<RenderedText | { readonly problem: Problem }> {
  const files = new SourceFiles(cwd);
  const [root] = overlay.parts;
  mkdirSync(folder, { recursive: true });
  const relative = path.relative(folder, root!.folder).split(path.sep).join('/');
  const around = { ...wrapper?.kustomize, resources: [relative], buildMetadata: ['originAnnotations'] };
  writeFileSync(path.join(folder, 'kustomization.yaml'), stringify(around));
  let result = await runProgram(program.file, [program.verb, folder], options);
  if ('failure' in result && Object.keys(wrapper?.kustomize ?? {}).length === 0) {
    // Alone it says better what is wrong with it, and may do where there is no way to it from the temporary folder.
    result = await runProgram(program.file, [program.verb, root!.folder], options);
  }
  if ('failure' in result) return { problem: located(result.failure, root!, files) };
  const origins = new Map<number, string>();
  const text = withoutNotes(result.output, origins);
  const found = new KustomizeOrigins(overlay, wrapper, folder, origins, files);
  return { text, fromOf: (document) => found.of(document) };
}

/** The text without Kustomize's notes; what they say of each document goes into `origins`, by the document's number. */
function withoutNotes(output: string, origins: Map<number, string>): string {
  const changed: string[] = [];
  for (const document of readDocuments(output)) {
    const metadata = asMap(asMap(document.value as never)?.['metadata']);
    const annotations = asMap(metadata?.['annotations']);
    const origin = annotations?.[originAnnotation];
    if (typeof origin === 'string') origins.set(changed.length, origin);
    const there = notes.filter((name) => annotations?.[name] !== undefined);
    const isAll = there.length === Object.keys(annotations ?? {}).length;
    const paths =
      there.length === 0
        ? []
        : isAll
          ? [['metadata', 'annotations']]
          : there.map((name) => ['metadata', 'annotations', name]);
    const { splices } = edit(
      document,
      paths.map((one) => ({ op: 'remove', path: one })),
    );
    const local = splices.map((splice) => ({
      ...splice,
      start: splice.start - document.start,
      end: splice.end - document.start,
    }));
    changed.push(applySplices(document.text, local).trimEnd());
  }
  return `${changed.join('\n---\n')}\n`;
}

function obstacleOf(parts: readonly Kustomization[], files: SourceFiles): Problem | undefined {
  for (const part of parts) {
    const [first] = part.obstacles;
    if (first === undefined) continue;
    const { line, column } = placeIn(part, first.at);
    const reason = `the kustomization is not rendered: ${first.reason}`;
    return { file: files.shown(part.file), line, column, severity: 'warning', reason };
  }
  return undefined;
}

/** What Kustomize complains of, at the kustomization; most of its messages are chains of which the end says it. */
function located(failure: string, root: Kustomization, files: SourceFiles): Problem {
  const said = failure
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^#|^Warning/i.test(line))
    .join(' ')
    .replace(/^[Ee]rror: /, '');
  const reason = `kustomize: ${said.length > 600 ? `…${said.slice(-600)}` : said}`;
  const keys = ['patches', 'resources', 'components'] as const;
  const at = keys.flatMap((key) =>
    listOf(root.value[key]).flatMap((entry, i) => {
      const name = typeof entry === 'string' ? entry : asMap(entry)?.['path'];
      return typeof name === 'string' && said.includes(name) ? [[key, i]] : [];
    }),
  )[0];
  const { line, column } = placeIn(root, at ?? []);
  return { file: files.shown(root.file), line, column, severity: 'warning', reason };
}
