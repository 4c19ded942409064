import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Json, JsonObject } from '../../model/object.ts';
import { readDocuments } from '../../yaml/index.ts';
import { filled, flat } from './application-set-template.ts';
import type { GeneratorContext, GeneratorReading } from './generators.ts';
import { filePattern, folderPattern } from './glob-pattern.ts';
import { asMap, listOf, mapsOf } from './kustomization.ts';

/**
 * What a git generator finds in the repository that the input is of: folders, or what files say. Which repository it names
 * is not compared, as for the folders of Applications. Source: argo-cd.readthedocs.io "Git Generator".
 */
export function gitParameters(git: JsonObject, { isGo, repository }: GeneratorContext): GeneratorReading {
  const { directories, files, pathParamPrefix, values } = git;
  const isOfFiles = files !== undefined;
  const patterns = listOf(files ?? directories).map((one) => asMap(one) ?? {});
  const found = repository.list(isOfFiles ? 'files' : 'folders');
  if (found === undefined) return 'its git generator looks through too many files';
  const matcher = isOfFiles ? filePattern : folderPattern;
  const matching = (isExcluded: boolean): RegExp[] =>
    patterns.flatMap(({ exclude, path: glob }) =>
      typeof glob === 'string' && (exclude === true) === isExcluded ? [matcher(glob)] : [],
    );
  const [wanted, unwanted] = [matching(false), matching(true)];
  const chosen = found.filter(
    (one) => wanted.some((pattern) => pattern.test(one)) && !unwanted.some((pattern) => pattern.test(one)),
  );
  if (chosen.length === 0) {
    const globs = patterns.flatMap(({ path: glob }) => (typeof glob === 'string' ? [glob] : []));
    return `its git generator finds nothing here for ${globs.join(', ')}`;
  }
  const prefix = typeof pathParamPrefix === 'string' ? pathParamPrefix : '';
  const all: JsonObject[] = [];
  for (const one of chosen) {
    const contents = isOfFiles ? contentsOf(path.join(repository.root, one)) : [{}];
    if (contents === undefined) return `its git generator cannot read ${one}`;
    for (const content of contents) {
      const place = isGo ? goPlace(one, isOfFiles, prefix) : plainPlace(one, isOfFiles, prefix);
      const parameters = { ...(isGo ? content : flat(content)), ...place };
      const missing: string[] = [];
      const added = filled(asMap(values) ?? {}, parameters, isGo, missing);
      if (missing.length > 0) return `its generators have nothing for ${missing[0]}`;
      all.push(values === undefined ? parameters : { ...parameters, values: added });
    }
  }
  return all;
}

/** The mappings of a file: it is one, or a list of them. */
function contentsOf(file: string): readonly JsonObject[] | undefined {
  try {
    const [document] = readDocuments(readFileSync(file));
    if (document === undefined || document.problems.some(({ severity }) => severity === 'error'))
      return undefined;
    const value = document.value as Json | undefined;
    const all = Array.isArray(value) ? listOf(value) : [value ?? null];
    const maps = mapsOf(all);
    return maps.length === all.length ? maps : undefined;
  } catch {
    return undefined;
  }
}

function goPlace(found: string, isFile: boolean, prefix: string): JsonObject {
  const folder = isFile ? path.posix.dirname(found) : found;
  const place: JsonObject = { path: folder, ...namesOf(found, isFile), segments: folder.split('/') };
  return prefix === '' ? { path: place } : { [prefix]: { path: place } };
}

function plainPlace(found: string, isFile: boolean, prefix: string): JsonObject {
  const folder = isFile ? path.posix.dirname(found) : found;
  const start = prefix === '' ? 'path' : `${prefix}.path`;
  return {
    [start]: folder,
    ...Object.fromEntries(
      Object.entries(namesOf(found, isFile)).map(([key, name]) => [`${start}.${key}`, name]),
    ),
    ...Object.fromEntries(folder.split('/').map((segment, i) => [`${start}[${i}]`, segment])),
  };
}

function namesOf(found: string, isFile: boolean): Record<string, string> {
  const basename = path.posix.basename(isFile ? path.posix.dirname(found) : found);
  const filename = path.posix.basename(found);
  return {
    basename,
    basenameNormalized: normalized(basename),
    ...(isFile && { filename, filenameNormalized: normalized(filename) }),
  };
}

/** As a DNS name, in the way of Argo CD. */
const normalized = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^-a-z0-9.]/g, '-')
    .slice(0, 253)
    .replace(/^[-.]+|[-.]+$/g, '');
