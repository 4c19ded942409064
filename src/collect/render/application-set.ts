import type { Json, JsonObject } from '../../model/object.ts';
import { asMap, listOf } from './kustomization.ts';

/**
 * What an ApplicationSet of Argo CD makes, each as the set itself with the parameters filled into its template, so that
 * paths stay those of the file; in a sentence why that cannot be told without a cluster. Lists are known, other generators
 * ask repositories and clusters. Source: argo-cd.readthedocs.io "List Generator", "Go Template".
 */
export function applicationsOf(set: JsonObject): readonly JsonObject[] | string {
  const spec = asMap(set['spec']) ?? {};
  const template = asMap(spec['template']) ?? {};
  if (spec['templatePatch'] !== undefined) return 'its templatePatch is made by Argo CD alone';
  const elements = listOf(spec['generators']).flatMap((one): readonly (JsonObject | string)[] =>
    elementsOf(asMap(one)),
  );
  const unknown = elements.find((one) => typeof one === 'string');
  if (unknown !== undefined) return unknown;
  const fill = spec['goTemplate'] === true ? goTemplate : plainTemplate;
  const made: JsonObject[] = [];
  for (const element of elements as readonly JsonObject[]) {
    const missing: string[] = [];
    const filled = asMap(eachText(template, (text) => fill(text, element, missing)))!;
    if (missing.length > 0) return `its list has nothing for ${missing[0]}`;
    made.push({ ...set, metadata: filled['metadata'] ?? {}, spec: { ...spec, template: filled } });
  }
  return made;
}

/** The elements of a generator; a text for one that is not known here. */
function elementsOf(generator: JsonObject | undefined): readonly (JsonObject | string)[] {
  const list = asMap(generator?.['list']);
  const [kind = 'nothing'] = Object.keys(generator ?? {});
  if (list === undefined) return [`what its generators make is not known here: of ${kind}; only of lists`];
  if (
    generator!['selector'] !== undefined ||
    list['template'] !== undefined ||
    list['elementsYaml'] !== undefined
  )
    return ['what its generators make is not known here: a list with a selector, template or elementsYaml'];
  return listOf(list['elements']).map((one) => asMap(one) ?? 'an element of its list is no mapping');
}

function goTemplate(text: string, element: JsonObject, missing: string[]): string {
  return text.replace(/\{\{.*?\}\}/gs, (action) => {
    const [, steps] = /^\{\{-?\s*\.([\w-]+(?:\.[\w-]+)*)\s*-?\}\}$/.exec(action) ?? [];
    const found = steps?.split('.').reduce<Json | undefined>((at, step) => asMap(at)?.[step], element);
    return textOf(found, action, missing);
  });
}

/** Without Go's templates keys of inner mappings are written with dots, and may have dots themselves. */
function plainTemplate(text: string, element: JsonObject, missing: string[]): string {
  return text.replace(/\{\{\s*(.*?)\s*\}\}/gs, (action, name: string) => {
    const inner = name.split('.').reduce<Json | undefined>((at, step) => asMap(at)?.[step], element);
    return textOf(element[name] ?? inner, action, missing);
  });
}

function textOf(value: Json | undefined, action: string, missing: string[]): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  missing.push(action);
  return '';
}

function eachText(value: Json | undefined, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return (value as readonly Json[]).map((one) => eachText(one, change));
  const map = asMap(value);
  if (map === undefined) return value ?? null;
  return Object.fromEntries(Object.entries(map).map(([key, one]) => [change(key), eachText(one, change)]));
}
