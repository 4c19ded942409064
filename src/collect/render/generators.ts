import type { Json, JsonObject } from '../../model/object.ts';
import { parseSelector } from '../../kube/selector.ts';
import { readDocuments } from '../../yaml/index.ts';
import { filled, flat } from './application-set-template.ts';
import { gitParameters } from './git-generator.ts';
import { asMap, listOf, mapsOf } from './kustomization.ts';
import type { Repository } from './repository.ts';

/** What generators are read with. */
export interface GeneratorContext {
  readonly repository: Repository;
  /** Parameters are filled in by Go's templates, where inner mappings stay what they are. */
  readonly isGo: boolean;
}

/** The parameters of each Application that a generator makes; in a sentence why they are not known. */
export type GeneratorReading = readonly JsonObject[] | string;

/**
 * What a generator of an ApplicationSet makes: of lists, of folders and files of the repository (git), of all pairs of two
 * others (matrix), and of others put together by keys (merge). All else is asked of clusters, code hosts and plug-ins.
 * Source: argo-cd.readthedocs.io "Generators".
 */
export function parametersOf(
  generator: JsonObject | undefined,
  context: GeneratorContext,
  depth = 0,
): GeneratorReading {
  const { selector, ...own } = generator ?? {};
  const [kind = 'nothing'] = Object.keys(own);
  const body = asMap(own[kind]) ?? {};
  if (body['template'] !== undefined) return `${unknown}: one of ${kind} with a template of its own`;
  const read = readers[kind];
  if (read === undefined || (depth > 1 && kind !== 'list' && kind !== 'git'))
    return `${unknown}: of ${kind}, which Argo CD alone can ask`;
  const made = read(body, context, depth);
  if (typeof made === 'string') return made;
  const all = context.isGo ? made : made.map(flat);
  return selector === undefined ? all : selected(all, asMap(selector));
}

const unknown = 'what its generators make is not known here';

type Reader = (body: JsonObject, context: GeneratorContext, depth: number) => GeneratorReading;

const readers: Readonly<Record<string, Reader | undefined>> = Object.assign(Object.create(null) as object, {
  list: ofList,
  git: gitParameters,
  matrix: ofMatrix,
  merge: ofMerge,
});

function ofList({ elements, elementsYaml }: JsonObject): GeneratorReading {
  const written = typeof elementsYaml === 'string' ? [...readDocuments(elementsYaml)] : [];
  const broken = written.flatMap(({ problems }) => problems).find(({ severity }) => severity === 'error');
  if (broken !== undefined) return `the elementsYaml of its list cannot be read: ${broken.reason}`;
  const all = [...listOf(elements), ...written.flatMap(({ value }) => listOf(value as Json | undefined))];
  const maps = mapsOf(all);
  return maps.length === all.length ? maps : 'an element of its list is no mapping';
}

/** Each of the first with each of the second, into which the parameters of the first are filled. */
function ofMatrix({ generators }: JsonObject, context: GeneratorContext, depth: number): GeneratorReading {
  const [first, second, ...more] = listOf(generators);
  if (second === undefined || more.length > 0) return `${unknown}: a matrix is of two generators`;
  const firsts = parametersOf(asMap(first), context, depth + 1);
  if (typeof firsts === 'string') return firsts;
  const pairs: JsonObject[] = [];
  for (const one of firsts) {
    const missing: string[] = [];
    const generator = asMap(filled(second, one, context.isGo, missing));
    if (missing.length > 0) return `its generators have nothing for ${missing[0]}`;
    const others = parametersOf(generator, context, depth + 1);
    if (typeof others === 'string') return others;
    for (const other of others) {
      const twice = Object.keys(other).find(
        (key) => one[key] !== undefined && !context.isGo && one[key] !== other[key],
      );
      if (twice !== undefined) return `both generators of its matrix give ${twice}`;
      pairs.push({ ...one, ...other });
    }
    if (pairs.length > most) return `it makes more than ${most} Applications`;
  }
  return pairs;
}

/** The elements of the first, with what those of the others add that agree with them in all keys. */
function ofMerge(
  { generators, mergeKeys }: JsonObject,
  context: GeneratorContext,
  depth: number,
): GeneratorReading {
  const keys = listOf(mergeKeys).map(String);
  const byKey = new Map<string, JsonObject>();
  for (const [i, generator] of listOf(generators).entries()) {
    const all = parametersOf(asMap(generator), context, depth + 1);
    if (typeof all === 'string') return all;
    for (const one of all) {
      const known = flat(one);
      const key = JSON.stringify(keys.map((name) => known[name] ?? null));
      const before = byKey.get(key);
      if (i === 0) {
        if (before !== undefined) return `two elements of its merge have the same ${keys.join(' and ')}`;
        byKey.set(key, one);
      } else if (before !== undefined) byKey.set(key, { ...before, ...one });
    }
  }
  return [...byKey.values()];
}

/** More Applications than one set makes of what it finds in a repository. */
const most = 10_000;

function selected(all: readonly JsonObject[], selector: JsonObject | undefined): GeneratorReading {
  const { problem, selector: selects } = parseSelector(selector);
  if (problem !== undefined) return `the selector of its generator cannot be read: ${problem.message}`;
  return all.filter((one) => selects(texts(flat(one))));
}

const texts = (parameters: JsonObject): Record<string, string> =>
  Object.fromEntries(Object.entries(parameters).map(([key, value]) => [key, String(value)]));
