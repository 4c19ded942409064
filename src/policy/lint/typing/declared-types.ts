import type { StructDeclaration } from '../../../cel/environment.ts';
import {
  boolType,
  bytesType,
  doubleType,
  durationType,
  dynType,
  intType,
  listType,
  mapType,
  stringType,
  structType,
  timestampType,
  type Type,
} from '../../../cel/type.ts';
import { builtInSchema } from '../../../kube/schema/built-in.ts';
import type { Schema } from '../../../kube/schema/schema.ts';
import type { Json, JsonObject } from '../../../model/object.ts';
import type { KnownResource } from '../known-resources.ts';
import { celFieldName, celFieldNames } from './field-name.ts';

/** The type of an object with all the struct types that it is made of. */
export interface DeclaredType {
  readonly type: Type;
  readonly structs: readonly StructDeclaration[];
}

/**
 * The CEL type that the API server's type checker gives objects of a resource; undefined where it has no schema.
 *
 * Structs are named by where they stand (`Deployment.spec`); the server puts a number behind the kind, which changes each
 * time. A field whose schema has no type (a Quantity, arbitrary JSON) is not declared at all, nor is one whose name
 * cannot be written in CEL.
 * Source: apiserver `pkg/cel/common/schemas.go`, `SchemaDeclType`; `pkg/cel/types.go`, `MaybeAssignTypeName`.
 */
export function declaredTypeOf(resource: KnownResource): DeclaredType | undefined {
  if (!declared.has(resource)) declared.set(resource, declare(resource));
  return declared.get(resource);
}

/** Most policies name the same few kinds. */
const declared = new WeakMap<KnownResource, DeclaredType | undefined>();

function declare(resource: KnownResource): DeclaredType | undefined {
  const structs: StructDeclaration[] = [];
  const { definition, kind, schema } = resource;
  let type: Type | undefined;
  if (schema !== undefined) type = new BuiltIn(structs).typeOf(schema, kind);
  else if (definition !== undefined) type = new Custom(structs).root(definition, kind);
  return type && { type, structs };
}

type Fields = readonly (readonly [name: string, type: Type | undefined])[];

function declareStruct(structs: StructDeclaration[], name: string, fields: Fields): Type {
  const declared = fields.flatMap(([field, type]) => {
    if (type === undefined) return [];
    return celFieldNames(field).map((known) => [known, type] as const);
  });
  structs.push({ name, fields: Object.fromEntries(declared) });
  return structType(name);
}

/** Types of the API server's own kinds. */
class BuiltIn {
  private readonly structs: StructDeclaration[];
  /** The types that are being declared: one inside of itself is an object without fields. */
  private readonly open: string[] = [];

  constructor(structs: StructDeclaration[]) {
    this.structs = structs;
  }

  typeOf(schema: Schema, name: string): Type | undefined {
    switch (schema.kind) {
      case 'string':
        return stringType;
      case 'bytes':
        return bytesType;
      case 'boolean':
        return boolType;
      case 'integer':
        return intType;
      case 'number':
        return doubleType;
      case 'time':
        return timestampType;
      case 'intOrString':
        return dynType;
      // Written as text or number, which is two types and so none.
      case 'quantity':
        return undefined;
      case 'any':
        return this.open.includes('JSONSchemaProps') ? undefined : declareStruct(this.structs, name, []);
      case 'list': {
        const item = this.typeOf(schema.item, `${name}.@idx`);
        return item && listType(item);
      }
      case 'map': {
        const value = this.typeOf(schema.value, `${name}.@elem`);
        return value && mapType(stringType, value);
      }
      case 'struct': {
        if (this.open.includes(schema.name)) return declareStruct(this.structs, name, []);
        this.open.push(schema.name);
        const fields = Array.from(
          schema.fields,
          ([field, part]) => [field, this.typeOf(part, `${name}.${celFieldName(field)}`)] as const,
        );
        this.open.pop();
        return declareStruct(this.structs, name, fields);
      }
    }
  }
}

/** Types of custom resources, from the OpenAPI v3 schema of their definition. */
class Custom {
  private readonly structs: StructDeclaration[];

  constructor(structs: StructDeclaration[]) {
    this.structs = structs;
  }

  /** Every resource has `apiVersion`, `kind` and the whole of `metadata`, whatever its definition says. */
  root(schema: JsonObject, name: string): Type {
    const own = entries(schema['properties']).filter(([field]) => !ofEveryObject.has(field));
    return declareStruct(this.structs, name, [...this.fieldsOf(own, name), ...this.objectFields(name)]);
  }

  private objectFields(name: string): Fields {
    const metadata = builtInSchema('v1', 'ConfigMap')!.fields.get('metadata')!;
    const type = new BuiltIn(this.structs).typeOf(metadata, `${name}.metadata`);
    return [
      ['apiVersion', stringType],
      ['kind', stringType],
      ['metadata', type],
    ];
  }

  private fieldsOf(properties: readonly [string, Json][], name: string): Fields {
    return properties.map(([field, part]) => [field, this.typeOf(part, `${name}.${celFieldName(field)}`)]);
  }

  private typeOf(schema: Json, name: string): Type | undefined {
    if (!isMap(schema)) return undefined;
    if (schema['x-kubernetes-int-or-string'] === true || schema['format'] === 'int-or-string') return dynType;
    switch (schema['type']) {
      case 'string':
        return stringFormats[String(schema['format'])] ?? stringType;
      case 'boolean':
        return boolType;
      case 'integer':
        return intType;
      case 'number':
        return doubleType;
      case 'array': {
        const item = schema['items'] === undefined ? undefined : this.typeOf(schema['items'], `${name}.@idx`);
        return item && listType(item);
      }
      case 'object':
        return this.object(schema, name);
      default:
        return undefined;
    }
  }

  private object(schema: JsonObject, name: string): Type | undefined {
    const { additionalProperties } = schema;
    if (isMap(additionalProperties)) {
      const value = this.typeOf(additionalProperties, `${name}.@elem`);
      return value && mapType(stringType, value);
    }
    const fields = this.fieldsOf(entries(schema['properties']), name);
    const isObject = schema['x-kubernetes-embedded-resource'] === true;
    return declareStruct(this.structs, name, isObject ? [...fields, ...this.objectFields(name)] : fields);
  }
}

const ofEveryObject = new Set(['apiVersion', 'kind', 'metadata']);

const stringFormats: Readonly<Record<string, Type>> = {
  byte: bytesType,
  duration: durationType,
  date: timestampType,
  'date-time': timestampType,
};

const entries = (value: Json | undefined): [string, Json][] => (isMap(value) ? Object.entries(value) : []);

const isMap = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
