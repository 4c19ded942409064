import type { Json } from '../../model/object.ts';
import { bareName, type GoType, goStruct, servedKinds } from '../go-type.ts';
import type { ListKey, Schema, StructSchema } from './schema.ts';
import { structureLines } from './structure.generated.ts';

/** How the parts of a Go struct merge: of each field `!` atomic, `+` granular, `set`, or the keys of a map list. */
interface Structure {
  readonly atomic: boolean;
  readonly fields: ReadonlyMap<string, string>;
}

const plain: Structure = { atomic: false, fields: new Map() };
let structures: Map<string, Structure> | undefined;
const structs = new Map<string, StructSchema>();

/**
 * The schema of a built-in kind in a served version, `builtInSchema('apps/v1', 'Deployment')`; undefined for any other.
 * Types, list types and map types are those that the API server publishes for Kubernetes 1.36 (`/openapi/v3`).
 */
export function builtInSchema(apiVersion: string, kind: string): StructSchema | undefined {
  const served = servedKinds().get(`${apiVersion}/${kind}`);
  return served && structSchema(served.type, false);
}

function structSchema(line: number, isGranular: boolean): StructSchema {
  const key = `${line} ${isGranular}`;
  const known = structs.get(key);
  if (known !== undefined) return known;
  const go = goStruct(line);
  const structure = structureOf(go.name);
  let fields: Map<string, Schema> | undefined;
  const schema: StructSchema = {
    kind: 'struct',
    name: bareName(go),
    atomic: structure.atomic && !isGranular,
    get fields() {
      fields ??= new Map(
        go.fields.map(({ name, type }) => [name, schemaOf(type, structure.fields.get(name) ?? '')]),
      );
      return fields;
    },
  };
  structs.set(key, schema);
  return schema;
}

function schemaOf(type: GoType, note: string): Schema {
  switch (type.kind) {
    case 'struct':
      return structSchema(type.line, note === '+');
    case 'map':
      return { kind: 'map', value: schemaOf(type.value, ''), atomic: note === '!' };
    case 'list':
      return listSchema(schemaOf(type.item, ''), note);
    case 'int32':
    case 'int64':
      return { kind: 'integer', format: type.kind };
    case 'float64':
      return { kind: 'number', format: undefined };
    case 'bool':
      return { kind: 'boolean', format: undefined };
    case 'microTime':
      return { kind: 'time', format: undefined };
    case 'any':
      return { kind: 'any', atomic: note === '!' };
    default:
      return { kind: type.kind, format: undefined };
  }
}

function listSchema(item: Schema, note: string): Schema {
  if (note === '') return { kind: 'list', item, merge: 'atomic', keys: [] };
  if (note === 'set') return { kind: 'list', item, merge: 'set', keys: [] };
  return { kind: 'list', item, merge: 'map', keys: note.split(',').map(listKey) };
}

function listKey(text: string): ListKey {
  const colon = text.indexOf(':');
  if (colon < 0) return { name: text, default: undefined };
  return { name: text.slice(0, colon), default: JSON.parse(text.slice(colon + 1)) as Json };
}

/**
 * A line is the type's name with `!` where the whole type is atomic, then `field=note`: `!` an atomic and `+` a granular
 * map or struct, `set`, or the keys of a map list, each with its default: `ports=containerPort:0,protocol:"TCP"`.
 */
function structureOf(name: string): Structure {
  if (structures === undefined) {
    structures = new Map();
    for (const line of structureLines.trim().split('\n')) {
      const [type = '', ...notes] = line.split(' ');
      const fields = new Map(
        notes.map((note): [string, string] => {
          const equals = note.indexOf('=');
          return [note.slice(0, equals), note.slice(equals + 1)];
        }),
      );
      const atomic = type.endsWith('!');
      structures.set(atomic ? type.slice(0, -1) : type, { atomic, fields });
    }
  }
  return structures.get(name) ?? plain;
}
