import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Json, JsonObject } from '../../model/object.ts';
import { readDocuments } from '../../yaml/index.ts';
import { filled, flat } from './application-set-template.ts';
import type { GeneratorContext, GeneratorReading } from './generators.ts';
import { asMap, listOf, mapsOf } from './kustomization.ts';

/**
 * What a git generator finds in the repository that the input is of: folders, or what files say. Which repository it names
 * is not compared, as for the folders of Applications. Source: argo-cd.readthedocs.io "Git Generator".
 */
export function gitParameters(git: JsonObject, { isGo, root }: GeneratorContext): GeneratorReading {
  const { directories, files, pathParamPrefix, values } = git;
  const isOfFiles = files !== undefined;
  const patterns = listOf(files ?? directories).map((one) => asMap(one) ?? {});
  const found = isOfFiles ? filesIn(root) : foldersIn(root);
  if (found === undefined) return `its git generator looks through more than ${mostEntries} files`;
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
    const contents = isOfFiles ? contentsOf(path.join(root, one)) : [{}];
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

/** More entries than a repository of manifests has. */
const mostEntries = 100_000;

/** All folders below `root` as POSIX paths, without those whose names begin with a dot; undefined where they are too many. */
function foldersIn(root: string): readonly string[] | undefined {
  return entriesIn(
    root,
    (name) => !name.startsWith('.'),
    (isFolder) => isFolder,
  );
}

/** All files below `root`, as git has them. */
function filesIn(root: string): readonly string[] | undefined {
  return entriesIn(
    root,
    (name) => name !== '.git',
    (isFolder) => !isFolder,
  );
}

function entriesIn(
  root: string,
  enters: (folder: string) => boolean,
  keeps: (isFolder: boolean) => boolean,
): readonly string[] | undefined {
  const found: string[] = [];
  let seen = 0;
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of listed(path.join(root, folder))) {
      if (++seen > mostEntries) return undefined;
      const isFolder = entry.isDirectory();
      if (!isFolder && !entry.isFile()) continue;
      const inside = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (isFolder && !enters(entry.name)) continue;
      if (keeps(isFolder)) found.push(inside);
      if (isFolder) folders.push(inside);
    }
  }
  return found.sort();
}

function listed(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** As Go's `path.Match`: no wildcard stands for a slash. */
const folderPattern = (glob: string): RegExp => pattern(glob, '[^/]*', '[^/]', '');

/** As git's pathspecs: wildcards stand for slashes too, and a folder means all that is in it. */
const filePattern = (glob: string): RegExp => pattern(glob, '.*', '.', '(?:/.*)?');

function pattern(glob: string, many: string, one: string, end: string): RegExp {
  const source = glob.replace(/^(?:\.\/)+|\/+$/g, '').replace(/\*+|\?|\[[!^]?[^\]/]+\]|\\?[^]/g, (part) => {
    if (part.startsWith('*')) return many;
    if (part === '?') return one;
    if (part.startsWith('[') && part.length > 1)
      return part.replace(/^\[[!^]/, '[^').replaceAll('\\', '\\\\');
    return (part.length > 1 ? part.slice(1) : part).replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
  });
  try {
    return new RegExp(`^${source}${end}$`, 's');
  } catch {
    return /(?!)/;
  }
}
