import type { Json, JsonObject } from '../../model/object.ts';
import { asMap } from './kustomization.ts';

/**
 * Fills parameters into every text of a value, as Argo CD does into the template of an ApplicationSet and into generators;
 * `missing` gets the actions that nothing is known for. Source: argo-cd.readthedocs.io "Go Template".
 */
export function filled(value: Json, parameters: JsonObject, isGo: boolean, missing: string[]): Json {
  const fill = isGo ? goTemplate : plainTemplate;
  return eachText(value, (text) => fill(text, parameters, missing));
}

/** Parameters without inner mappings, whose keys are written with dots: all there are without Go's templates. */
export function flat(parameters: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(parameters).flatMap(([key, value]) => flatEntries(key, value)));
}

function flatEntries(key: string, value: Json): readonly (readonly [string, Json])[] {
  if (Array.isArray(value))
    return (value as readonly Json[]).flatMap((one, i) => flatEntries(`${key}.${i}`, one));
  const map = asMap(value);
  if (map === undefined) return [[key, value]];
  return Object.entries(map).flatMap(([inner, one]) => flatEntries(`${key}.${inner}`, one));
}

/** Of Go's language the two actions that most templates are made of: a field, and an element by its index or key. */
function goTemplate(text: string, parameters: JsonObject, missing: string[]): string {
  return text.replace(/\{\{.*?\}\}/gs, (action) => {
    const [, field, indexed, key, number] =
      /^\{\{-?\s*(?:\.([\w-]+(?:\.[\w-]+)*)|index\s+\.([\w-]+(?:\.[\w-]+)*)\s+(?:"([^"\\]*)"|(\d{1,9})))\s*-?\}\}$/.exec(
        action,
      ) ?? [];
    const at = (field ?? indexed)
      ?.split('.')
      .reduce<Json | undefined>((from, step) => asMap(from)?.[step], parameters);
    const found =
      indexed === undefined ? at : number === undefined ? asMap(at)?.[key!] : elementOf(at, number);
    return textOf(found, action, missing);
  });
}

const elementOf = (list: Json | undefined, number: string): Json | undefined =>
  Array.isArray(list) ? (list as readonly Json[])[Number(number)] : undefined;

/** Keys of inner mappings are written with dots, and may have dots themselves. */
function plainTemplate(text: string, parameters: JsonObject, missing: string[]): string {
  return text.replace(/\{\{\s*(.*?)\s*\}\}/gs, (action, name: string) => {
    const inner = name.split('.').reduce<Json | undefined>((at, step) => asMap(at)?.[step], parameters);
    return textOf(parameters[name] ?? inner, action, missing);
  });
}

function textOf(value: Json | undefined, action: string, missing: string[]): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  missing.push(action);
  return '';
}

function eachText(value: Json, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return (value as readonly Json[]).map((one) => eachText(one, change));
  const map = asMap(value);
  if (map === undefined) return value;
  return Object.fromEntries(Object.entries(map).map(([key, one]) => [change(key), eachText(one, change)]));
}
