/**
 * Derives src/kube/schema/structure.generated.ts: how lists and maps of the built-in types merge, which Go types do not
 * say. The types themselves come from src/kube/kinds.generated.ts; the script fails where that table and the OpenAPI
 * document disagree about a field.
 *
 *   node scripts/generate-schema.ts OPENAPI.json.gz > src/kube/schema/structure.generated.ts
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type GoType, goStruct, servedKinds } from '../src/kube/go-type.ts';

interface OpenApiSchema {
  type?: string;
  format?: string;
  $ref?: string;
  default?: unknown;
  oneOf?: unknown;
  properties?: Record<string, OpenApiSchema>;
  items?: OpenApiSchema;
  additionalProperties?: OpenApiSchema;
  'x-kubernetes-list-type'?: string;
  'x-kubernetes-list-map-keys'?: string[];
  'x-kubernetes-map-type'?: string;
}

const [openApiFile] = process.argv.slice(2);
if (openApiFile === undefined) {
  console.error('usage: node scripts/generate-schema.ts OPENAPI.json.gz');
  process.exit(2);
}
const { version, schemas } = JSON.parse(gunzipSync(readFileSync(openApiFile)).toString()) as {
  version: string;
  schemas: Record<string, OpenApiSchema>;
};
const minor = version.match(/1\.\d+/)?.[0] ?? '';
const byShortName = new Map(
  Object.entries(schemas).map(([name, schema]) => [name.split('.').slice(-3).join('.'), schema]),
);

const lines = new Map<string, string>();
const mismatches: string[] = [];
for (const { type } of servedKinds().values()) visitStruct(type);
if (mismatches.length > 0) {
  console.error(mismatches.join('\n'));
  process.exit(1);
}

function visitStruct(line: number): void {
  const { name, fields } = goStruct(line);
  if (lines.has(name)) return;
  lines.set(name, '');
  const schema = byShortName.get(name);
  if (schema === undefined) return void mismatches.push(`${name}: no schema`);
  const notes: string[] = [];
  for (const field of fields) {
    const property = schema.properties?.[field.name];
    if (property === undefined) mismatches.push(`${name}.${field.name}: not in OpenAPI`);
    else {
      const note = noteOf(property);
      compare(`${name}.${field.name}`, field.type, property);
      if (note !== '') notes.push(`${field.name}=${note}`);
    }
  }
  for (const property of Object.keys(schema.properties ?? {})) {
    if (!fields.some((field) => field.name === property)) mismatches.push(`${name}.${property}: no Go field`);
  }
  const isAtomic = schema['x-kubernetes-map-type'] === 'atomic';
  if (notes.length > 0 || isAtomic) lines.set(name, [`${name}${isAtomic ? '!' : ''}`, ...notes].join(' '));
  for (const field of fields) visitType(field.type);
}

function visitType(type: GoType): void {
  if (type.kind === 'struct') visitStruct(type.line);
  else if (type.kind === 'list') visitType(type.item);
  else if (type.kind === 'map') visitType(type.value);
}

/** How a field merges, where that is not the default: lists are atomic, maps and structs are granular. */
function noteOf(property: OpenApiSchema): string {
  const mapType = property['x-kubernetes-map-type'];
  if (mapType !== undefined) return mapType === 'atomic' ? '!' : '+';
  // structured-merge-diff knows this type by its name and takes it as one value.
  if (property.$ref?.endsWith('.RawExtension') === true) return '!';
  const listType = property['x-kubernetes-list-type'];
  if (listType === 'set') return 'set';
  if (listType !== 'map') return '';
  const item = schemas[property.items?.$ref ?? ''];
  return (property['x-kubernetes-list-map-keys'] ?? [])
    .map((key) => {
      const keyDefault = item?.properties?.[key]?.default;
      return keyDefault === undefined ? key : `${key}:${JSON.stringify(keyDefault)}`;
    })
    .join();
}

function compare(place: string, type: GoType, schema: OpenApiSchema): void {
  const described = describe(schema);
  const expected = type.kind === 'struct' ? goStruct(type.line).name : type.kind;
  if (described !== expected) mismatches.push(`${place}: Go ${expected}, OpenAPI ${described}`);
  if (type.kind === 'list' && schema.items !== undefined) compare(`${place}[]`, type.item, schema.items);
  if (type.kind === 'map' && schema.additionalProperties !== undefined) {
    compare(`${place}{}`, type.value, schema.additionalProperties);
  }
}

function describe(schema: OpenApiSchema): string {
  const { type, format, $ref } = schema;
  if ($ref !== undefined) {
    const target = schemas[$ref] ?? {};
    const bare = $ref.split('.').at(-1) ?? '';
    if (target.type === 'object' && target.properties !== undefined)
      return $ref.split('.').slice(-3).join('.');
    const opaque: Record<string, string> = {
      Quantity: 'quantity',
      Time: 'time',
      MicroTime: 'microTime',
      IntOrString: 'intOrString',
    };
    return opaque[bare] ?? 'any';
  }
  if (type === 'array') return 'list';
  if (type === 'object') return schema.additionalProperties === undefined ? 'any' : 'map';
  if (type === 'integer') return format ?? 'int64';
  if (type === 'number') return 'float64';
  if (type === 'boolean') return 'bool';
  return format === 'byte' ? 'bytes' : (type ?? 'any');
}

process.stdout
  .write(`// Generated by scripts/generate-schema.ts from the OpenAPI document of Kubernetes ${minor}; do not edit.

/** A line for each built-in type with something to tell; the notation is explained in built-in.ts. */
export const structureLines = \`
${[...lines.values()].filter((line) => line !== '').join('\n')}
\`;
`);
