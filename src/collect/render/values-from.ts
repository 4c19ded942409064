import type { Json, JsonObject, Path } from '../../model/object.ts';
import type { ConfigObjects } from './config-objects.ts';
import { asMap, listOf } from './kustomization.ts';
import type { Lack, WrittenValues } from './wrapper.ts';

/**
 * The values that a HelmRelease of Flux takes from ConfigMaps and Secrets, weakest first, and what of them is not in the
 * input. Source: fluxcd.io/flux/components/helm "Values references".
 */
export function valuesFrom(
  spec: JsonObject,
  namespace: string,
  objects: ConfigObjects,
): { readonly values: readonly WrittenValues[]; readonly lacks: readonly Lack[] } {
  const values: WrittenValues[] = [];
  const lacks: Lack[] = [];
  for (const [i, one] of listOf(spec['valuesFrom']).entries()) {
    const { kind, name, optional, targetPath, valuesKey } = asMap(one) ?? {};
    const at: Path = ['spec', 'valuesFrom', i];
    const key = typeof valuesKey === 'string' ? valuesKey : 'values.yaml';
    const found = objects.find(String(kind), namespace, String(name));
    const field = fieldOf(found?.value, key);
    if (found === undefined || field === undefined) {
      if (optional === true && found === undefined) continue;
      const what = found === undefined ? '' : ` has no key "${key}", or`;
      lacks.push({ at, reason: `the ${String(kind)} ${String(name)}${what} is not in the input` });
      continue;
    }
    const place = { file: found.file, document: found.document, at: [...found.at, ...field.at] };
    if (targetPath === undefined) values.push({ ...place, value: field.text });
    else if (typeof targetPath === 'string' && /^[^.[\]{},=\\]+(?:\.[^.[\]{},=\\]+)*$/.test(targetPath))
      values.push({ ...place, value: nested(targetPath.split('.'), scalarOf(field.text)) });
    else
      lacks.push({
        at: [...at, 'targetPath'],
        reason: `the targetPath ${String(targetPath)} is not understood`,
      });
  }
  return { values, lacks };
}

function fieldOf(
  object: JsonObject | undefined,
  key: string,
): { readonly text: string; readonly at: Path } | undefined {
  const isSecret = object?.['kind'] === 'Secret';
  for (const field of isSecret ? ['stringData', 'data'] : ['data']) {
    const text = asMap(object?.[field])?.[key];
    if (typeof text !== 'string') continue;
    const isEncoded = isSecret && field === 'data';
    return { text: isEncoded ? Buffer.from(text, 'base64').toString() : text, at: [field, key] };
  }
  return undefined;
}

const nested = (steps: readonly string[], value: Json): Json =>
  steps.reduceRight<Json>((inner, step) => ({ [step]: inner }), value);

/** As `helm --set` reads a value. */
function scalarOf(text: string): Json {
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === 'null') return null;
  return /^-?(?:0|[1-9][0-9]{0,14})$/.test(text) ? Number(text) : text;
}
