import { compileRegex, Regex } from '../../../cel/regex/index.ts';
import type { Json, JsonObject } from '../../../model/object.ts';
import { formatPath, valueAt } from '../../../model/path.ts';
import { isMapping } from '../files.ts';
import { withParameterDefaults } from './parameter-defaults.ts';

type Segments = readonly (string | number)[];

/**
 * Why a constraint does not fit the schema that its template has for parameters; undefined where nothing speaks against it.
 * Looks at types, required fields, enumerations, bounds, patterns and combinations, which is most of what an API server
 * looks at: to find nothing does not prove that the server finds nothing.
 *
 * Source: frameworks, constraint/pkg/client/crds; OpenAPI 3.0, Schema Object.
 */
export function parameterMismatch(constraint: JsonObject, template: JsonObject): string | undefined {
  const schema = valueAt(template, ['spec', 'crd', 'spec', 'validation', 'openAPIV3Schema']);
  const parameters = valueAt(withParameterDefaults(constraint, template), ['spec', 'parameters']);
  if (!isMapping(schema) || parameters === undefined || parameters === null) return undefined;
  return mismatch(parameters, schema, ['spec', 'parameters']);
}

function mismatch(value: Json, schema: JsonObject, at: Segments): string | undefined {
  const where = formatPath(at);
  if (value === null && schema['nullable'] === true) return undefined;
  const type = schema['type'];
  if (schema['x-kubernetes-int-or-string'] === true) {
    if (!isOfType(value, 'integer') && typeof value !== 'string')
      return `${where} is neither an integer nor a string`;
  } else if (typeof type === 'string' && !isOfType(value, type)) return `${where} is no ${type}`;
  const { enum: allowed } = schema;
  if (Array.isArray(allowed) && !allowed.some((one) => textOf(one) === textOf(value)))
    return `${where} is none of the values allowed`;
  return bounds(value, schema, where) ?? inside(value, schema, at) ?? combinations(value, schema, at);
}

/** A value as text, for comparing; JavaScript's own writer refuses long integers. */
function textOf(value: Json): string {
  return JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? Number(one) : one));
}

function isOfType(value: Json, type: string): boolean {
  switch (type) {
    case 'object':
      return isMapping(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return typeof value === 'bigint' || Number.isInteger(value);
    case 'number':
      return typeof value === 'bigint' || typeof value === 'number';
    case 'string':
    case 'boolean':
      return typeof value === type;
    default:
      return true;
  }
}

/** The keywords that bound a size, each with what it is the size of. */
const sizes: readonly (readonly [least: string, most: string, size: (value: Json) => number | undefined])[] =
  [
    [
      'minimum',
      'maximum',
      (value) => (typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined),
    ],
    ['minLength', 'maxLength', (value) => (typeof value === 'string' ? [...value].length : undefined)],
    ['minItems', 'maxItems', (value) => (Array.isArray(value) ? value.length : undefined)],
    ['minProperties', 'maxProperties', (value) => (isMapping(value) ? Object.keys(value).length : undefined)],
  ];

function bounds(value: Json, schema: JsonObject, where: string): string | undefined {
  for (const [least, most, sizeOf] of sizes) {
    const size = sizeOf(value);
    if (size === undefined) continue;
    const [low, high] = [schema[least], schema[most]];
    if (typeof low === 'number' && size < low) return `${where} is below its ${least} of ${low}`;
    if (typeof high === 'number' && size > high) return `${where} is above its ${most} of ${high}`;
  }
  const { pattern } = schema;
  if (typeof value !== 'string' || typeof pattern !== 'string') return undefined;
  const regex = compileRegex(pattern);
  return regex instanceof Regex && !regex.test(value) ? `${where} does not match its pattern` : undefined;
}

function inside(value: Json, schema: JsonObject, at: Segments): string | undefined {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (!isMapping(items)) return undefined;
    return first(value as readonly Json[], (one, i) => mismatch(one, items, [...at, i]));
  }
  if (!isMapping(value)) return undefined;
  const required: readonly Json[] = Array.isArray(schema['required']) ? schema['required'] : [];
  const missing = required.find((key) => typeof key === 'string' && !Object.hasOwn(value, key));
  if (missing !== undefined) return `${formatPath([...at, String(missing)])} is required`;
  const properties = isMapping(schema['properties']) ? schema['properties'] : {};
  const others = schema['additionalProperties'];
  return first(Object.entries(value), ([key, one]) => {
    const own = Object.hasOwn(properties, key) ? properties[key] : others;
    return isMapping(own) ? mismatch(one, own, [...at, key]) : undefined;
  });
}

function combinations(value: Json, schema: JsonObject, at: Segments): string | undefined {
  const each = (key: string): (string | undefined)[] => {
    const list = schema[key];
    return Array.isArray(list) ? list.filter(isMapping).map((one) => mismatch(value, one, at)) : [];
  };
  const [all, any, exactlyOne] = [each('allOf'), each('anyOf'), each('oneOf')];
  const wrong = all.find((one) => one !== undefined);
  if (wrong !== undefined) return wrong;
  if (any.length > 0 && !any.includes(undefined)) return any[0];
  if (exactlyOne.length > 0 && exactlyOne.filter((one) => one === undefined).length !== 1)
    return exactlyOne.find((one) => one !== undefined) ?? `${formatPath(at)} fits several of oneOf`;
  const { not } = schema;
  return isMapping(not) && mismatch(value, not, at) === undefined
    ? `${formatPath(at)} is what it must not be`
    : undefined;
}

function first<T>(
  all: readonly T[],
  check: (one: T, index: number) => string | undefined,
): string | undefined {
  for (const [i, one] of all.entries()) {
    const found = check(one, i);
    if (found !== undefined) return found;
  }
  return undefined;
}
