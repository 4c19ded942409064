import type { Json, JsonObject, Path } from '../../model/object.ts';
import { child } from '../../model/path.ts';
import { readDocuments } from '../../yaml/index.ts';
import { type ConfigObjects, notThere } from './config-objects.ts';
import { asMap, listOf } from './kustomization.ts';
import type { Lack, WrittenValues } from './wrapper.ts';

/**
 * The values that a HelmRelease of Flux takes from ConfigMaps and Secrets, weakest first, and what of them is not in the
 * input. `from`: its file. Source: fluxcd.io/flux/components/helm "Values references".
 */
export function valuesFrom(
  spec: JsonObject,
  namespace: string,
  objects: ConfigObjects,
  from: string,
): { readonly values: readonly WrittenValues[]; readonly lacks: readonly Lack[] } {
  const values: WrittenValues[] = [];
  const lacks: Lack[] = [];
  for (const [i, one] of listOf(spec['valuesFrom']).entries()) {
    const { kind, name, optional, targetPath, valuesKey } = asMap(one) ?? {};
    const at: Path = ['spec', 'valuesFrom', i];
    const key = typeof valuesKey === 'string' ? valuesKey : 'values.yaml';
    const found = objects.find(String(kind), namespace, String(name), from);
    const field = typeof found === 'string' ? undefined : found.field(key);
    if (field === undefined) {
      if (optional === true && found === notThere) continue;
      const why = typeof found === 'string' ? found : `has no key "${key}", or ${notThere}`;
      lacks.push({ at, reason: `the ${String(kind)} ${String(name)} ${why}` });
      continue;
    }
    const { text, ...place } = field;
    if (targetPath === undefined) {
      values.push({ ...place, value: text });
      continue;
    }
    const steps = typeof targetPath === 'string' ? stepsOf(targetPath) : undefined;
    if (steps !== undefined)
      values.push({ ...place, value: nested(steps, scalarOf(text), values.map(mapping)) });
    else
      lacks.push({
        at: [...at, 'targetPath'],
        reason: `the targetPath ${String(targetPath)} is not understood`,
      });
  }
  return { values, lacks };
}

/**
 * The steps of a path as `helm --set` writes it: `image.tag`, `servers[0].port`, with a backslash before a dot that belongs
 * to a key; undefined for anything else.
 */
function stepsOf(text: string): readonly (string | number)[] | undefined {
  const steps: (string | number)[] = [];
  let rest = text;
  while (rest !== '') {
    const [whole, , key, index] = /^(\.?)(?:((?:[^.[\]{},=\\]|\\[^])+)|\[(\d{1,5})\])/.exec(rest) ?? [];
    const isFirst = steps.length === 0;
    if (whole === undefined || whole.startsWith('.') === (isFirst || index !== undefined)) return undefined;
    if (isFirst && key === undefined) return undefined;
    steps.push(index === undefined ? key!.replace(/\\([^])/g, '$1') : Number(index));
    rest = rest.slice(whole.length);
  }
  return steps.length === 0 ? undefined : steps;
}

/**
 * A value at a path. Files of values replace lists as a whole, but an element is set in the list that stronger and weaker
 * values `before` it have made, so the rest of that list comes along.
 */
function nested(steps: readonly (string | number)[], value: Json, before: readonly Json[]): Json {
  const [step, ...more] = steps;
  if (step === undefined) return value;
  const inner = before.map((one) => child(one, step) ?? null);
  if (typeof step === 'string') return { [step]: nested(more, value, inner) };
  const list = [...listOf(before.findLast((one) => Array.isArray(one)))];
  while (list.length < step) list.push(null);
  const element = list[step] ?? null;
  const made = nested(more, value, [element]);
  const isMerged = asMap(made) !== undefined && asMap(element) !== undefined;
  list[step] = isMerged ? mergedMaps(asMap(element)!, asMap(made)!) : made;
  return list;
}

function mergedMaps(weak: JsonObject, strong: JsonObject): JsonObject {
  const merged: Record<string, Json> = { ...weak };
  for (const [key, value] of Object.entries(strong)) {
    const [a, b] = [asMap(merged[key]), asMap(value)];
    merged[key] = a !== undefined && b !== undefined ? mergedMaps(a, b) : value;
  }
  return merged;
}

/** What a text of YAML says. */
function mapping({ value }: WrittenValues): Json {
  if (typeof value !== 'string') return value;
  const [document] = readDocuments(value);
  return (document?.value as Json | undefined) ?? null;
}

/** As `helm --set` reads a value; Flux takes what is in quotes for a text. */
function scalarOf(text: string): Json {
  const [, quoted] = /^(?:'(.*)'|"(.*)")$/s.exec(text)?.filter((part) => part !== undefined) ?? [];
  if (quoted !== undefined) return quoted;
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === 'null') return null;
  return /^-?(?:0|[1-9][0-9]{0,14})$/.test(text) ? Number(text) : text;
}
