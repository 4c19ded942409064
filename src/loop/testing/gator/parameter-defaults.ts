import type { Json, JsonObject } from '../../../model/object.ts';
import { valueAt } from '../../../model/path.ts';
import { isMapping } from '../files.ts';

const defaulted = new WeakMap<JsonObject, WeakMap<JsonObject, JsonObject>>();

/**
 * The constraint with the defaults that its template's schema has for parameters; the very object where nothing is missing.
 * As with custom resources, what is missing on the way to a default is not made: without `spec.parameters` only a default
 * of the whole applies.
 *
 * Source: frameworks, constraint/pkg/client/template_client.go; apiextensions-apiserver, pkg/apiserver/schema/defaulting.
 */
export function withParameterDefaults(constraint: JsonObject, template: JsonObject): JsonObject {
  const known = defaulted.get(template) ?? new WeakMap<JsonObject, JsonObject>();
  defaulted.set(template, known);
  let found = known.get(constraint);
  if (found === undefined) known.set(constraint, (found = filledIn(constraint, template)));
  return found;
}

function filledIn(constraint: JsonObject, template: JsonObject): JsonObject {
  const schema = valueAt(template, ['spec', 'crd', 'spec', 'validation', 'openAPIV3Schema']);
  const { spec } = constraint;
  if (!isMapping(schema) || !isMapping(spec)) return constraint;
  const filled = field(spec['parameters'], schema);
  return filled === undefined || filled === spec['parameters']
    ? constraint
    : { ...constraint, spec: { ...spec, parameters: filled } };
}

/** The value of a field that may be missing. */
function field(value: Json | undefined, schema: JsonObject): Json | undefined {
  const isMissing = value === undefined || (value === null && schema['nullable'] !== true);
  const written = isMissing && schema['default'] !== undefined ? schema['default'] : value;
  return written === undefined ? undefined : inside(written, schema);
}

function inside(value: Json, schema: JsonObject): Json {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (!isMapping(items)) return value;
    const all = (value as readonly Json[]).map((one) => inside(one, items));
    return all.some((one, i) => one !== value[i]) ? all : value;
  }
  if (!isMapping(value)) return value;
  const properties = isMapping(schema['properties']) ? schema['properties'] : {};
  const others = schema['additionalProperties'];
  const changed = new Map<string, Json>();
  for (const [key, one] of Object.entries(properties)) {
    const own = Object.hasOwn(value, key) ? value[key] : undefined;
    const filled = isMapping(one) ? field(own, one) : own;
    if (filled !== undefined && filled !== own) changed.set(key, filled);
  }
  for (const [key, own] of Object.entries(value)) {
    if (!isMapping(others) || Object.hasOwn(properties, key)) continue;
    const filled = inside(own, others);
    if (filled !== own) changed.set(key, filled);
  }
  return changed.size === 0 ? value : { ...value, ...Object.fromEntries(changed) };
}
