import { readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Json, JsonObject, Path } from '../../model/object.ts';
import { readDocuments } from '../../yaml/index.ts';
import type { ConfigField, ConfigObject } from './config-objects.ts';
import { asMap, type Kustomization, listOf, readKustomization } from './kustomization.ts';

/** A ConfigMap or Secret that a kustomization generates, under the name that other objects of it use. */
export interface GeneratedConfig extends ConfigObject {
  /** `ConfigMap namespace/name`; without a namespace where the kustomization names none. */
  readonly key: string;
  /** The files that the kustomization lists (absolute). */
  readonly resources: readonly string[];
}

/**
 * What the generators of a folder's kustomization make of files, literals and files of settings. Those that change what
 * another kustomization makes are left out. Source: kubectl.docs.kubernetes.io "configMapGenerator".
 */
export function generatedBy(folder: string): readonly GeneratedConfig[] {
  const kustomization = readKustomization(folder);
  if (kustomization === undefined) return [];
  const { resources, value } = kustomization;
  return Object.entries({ configMapGenerator: 'ConfigMap', secretGenerator: 'Secret' }).flatMap(
    ([field, kind]) =>
      listOf(value[field]).flatMap((one, i): GeneratedConfig[] => {
        const generator = asMap(one) ?? {};
        const { behavior, name, namespace = value['namespace'] } = generator;
        if (behavior === 'merge' || behavior === 'replace') return [];
        const key = `${kind} ${typeof namespace === 'string' ? namespace : ''}/${String(name)}`;
        return [{ key, resources, field: (wanted) => fieldOf(kustomization, generator, [field, i], wanted) }];
      }),
  );
}

function fieldOf(
  { document, file, folder }: Kustomization,
  generator: JsonObject,
  at: Path,
  wanted: string,
): ConfigField | undefined {
  for (const source of texts(generator['files'])) {
    const [key, name] = source.includes('=') ? split(source) : [path.basename(source), source];
    if (key === wanted) return wholeFile(folder, name);
  }
  for (const [i, literal] of listOf(generator['literals']).entries()) {
    const [key, text] = split(String(literal));
    if (key === wanted) return { file, document, at: [...at, 'literals', i], text: unquoted(text) };
  }
  for (const name of texts(generator['envs'] ?? [generator['env'] ?? null])) {
    const lines = wholeFile(folder, name)?.text.split(/\r?\n/) ?? [];
    const line = lines.find((one) => split(one.trimStart())[0] === wanted);
    if (line !== undefined) return { file, document, at, text: split(line)[1] };
  }
  return undefined;
}

/** A file of the kustomization's own folder: Kustomize reads none outside of it. */
function wholeFile(folder: string, name: string): ConfigField | undefined {
  const file = path.resolve(folder, name);
  try {
    const inside = path.relative(realpathSync(folder), realpathSync(file));
    if (inside.startsWith('..') || path.isAbsolute(inside)) return undefined;
    // A pipe would be waited for.
    if (!statSync(file).isFile()) return undefined;
    const bytes = readFileSync(file);
    const [document] = readDocuments(bytes);
    return document && { file, document, at: [], text: bytes.toString() };
  } catch {
    return undefined;
  }
}

const texts = (value: Json | undefined): readonly string[] =>
  listOf(value).filter((one) => typeof one === 'string');

/** Both sides of the first equals sign. */
function split(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** Kustomize takes off quotes around what a literal says. */
const unquoted = (text: string): string => /^(["'])(.*)\1$/s.exec(text)?.[2] ?? text;
