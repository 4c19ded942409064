import {
  type Decl,
  type Type as TypeMessage,
  Type_PrimitiveType,
  Type_WellKnownType,
} from '@bufbuild/cel-spec/cel/expr/checked_pb.js';
import type { SimpleTest } from '@bufbuild/cel-spec/cel/expr/conformance/test/simple_pb.js';
import { getTestRegistry } from '@bufbuild/cel-spec/testdata/registry.js';
import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';

import { type Constant, Environment, type StructDeclaration } from '../../../src/cel/environment.ts';
import type { Library, Overload } from '../../../src/cel/library.ts';
import { optionalLibrary, standardLibrary } from '../../../src/cel/standard/library.ts';
import { existsOneMacro, mergeMacros, standardMacros } from '../../../src/cel/syntax/macro.ts';
import * as types from '../../../src/cel/type.ts';

/** Declarations for tests only: their functions are checked, never run. */
const declared = (overload: Omit<Overload, 'implementation' | 'cost'>): Overload => ({
  ...overload,
  implementation: () => assertNever(),
  cost: undefined,
});

function assertNever(): never {
  throw new Error('a function declared for the checker suite was called');
}

const { boolType, bytesType, doubleType, dynType, intType, stringType, uintType } = types;

/** What cel-go's checker tests declare for every case. */
const defaults: Library = {
  name: 'checker suite',
  overloads: [
    declared({ id: 'fg_s_0', name: 'fg_s', member: false, args: [], result: stringType }),
    declared({ id: 'fi_s_s_0', name: 'fi_s_s', member: true, args: [stringType], result: stringType }),
  ],
};

const scalars: Partial<Record<ScalarType, types.Type>> = {
  [ScalarType.BOOL]: boolType,
  [ScalarType.BYTES]: bytesType,
  [ScalarType.DOUBLE]: doubleType,
  [ScalarType.FLOAT]: doubleType,
  [ScalarType.STRING]: stringType,
  [ScalarType.UINT32]: uintType,
  [ScalarType.UINT64]: uintType,
  [ScalarType.FIXED32]: uintType,
  [ScalarType.FIXED64]: uintType,
};

const wrapper = (of: types.Type): types.Type => types.opaqueType('wrapper', of);

const wellKnown: Readonly<Record<string, types.Type>> = {
  'google.protobuf.BoolValue': wrapper(boolType),
  'google.protobuf.BytesValue': wrapper(bytesType),
  'google.protobuf.DoubleValue': wrapper(doubleType),
  'google.protobuf.Duration': types.durationType,
  'google.protobuf.FloatValue': wrapper(doubleType),
  'google.protobuf.Int32Value': wrapper(intType),
  'google.protobuf.Int64Value': wrapper(intType),
  'google.protobuf.ListValue': types.listType(dynType),
  'google.protobuf.StringValue': wrapper(stringType),
  'google.protobuf.Struct': types.mapType(stringType, dynType),
  'google.protobuf.Timestamp': types.timestampType,
  'google.protobuf.UInt32Value': wrapper(uintType),
  'google.protobuf.UInt64Value': wrapper(uintType),
  'google.protobuf.Value': dynType,
};

/** cel-go's tests know the messages by an older package name than the conformance suite. */
const renamed = (name: string): string =>
  name.replace(/^cel\.expr\.conformance\.(proto[23])\./, 'google.expr.$1.test.');

function fieldType(field: DescField): types.Type {
  switch (field.fieldKind) {
    case 'list':
      return types.listType(itemType(field));
    case 'map':
      return types.mapType(scalars[field.mapKey] ?? intType, itemType(field));
    default:
      return itemType(field);
  }
}

function itemType(field: { scalar?: ScalarType | undefined; message?: DescMessage | undefined }): types.Type {
  if (field.message !== undefined) return messageType(field.message);
  return field.scalar === undefined ? intType : (scalars[field.scalar] ?? intType); // enums are ints
}

const messageType = (message: DescMessage): types.Type =>
  wellKnown[message.typeName] ?? types.structType(renamed(message.typeName));

const structs: StructDeclaration[] = [];
const constants: Record<string, Constant> = {};
for (const described of getTestRegistry()) {
  if (described.kind === 'message' && wellKnown[described.typeName] === undefined) {
    const fields = described.fields.map((field) => [field.name, fieldType(field)] as const);
    structs.push({ name: renamed(described.typeName), fields: Object.fromEntries(fields) });
  }
  if (described.kind === 'enum') {
    for (const { name, number } of described.values) {
      constants[`${renamed(described.typeName)}.${name}`] = { type: intType, value: number };
    }
  }
}

const base = new Environment({
  libraries: [standardLibrary, optionalLibrary, defaults],
  structs,
  constants,
  macros: mergeMacros(standardMacros, existsOneMacro),
  variables: {
    is: stringType,
    ii: intType,
    iu: uintType,
    iz: boolType,
    id: doubleType,
    ix: types.nullType,
    ib: bytesType,
  },
});

/** The environment of one case: messages, defaults, and what the case itself declares. */
export function suiteEnvironment(spec: SimpleTest): Environment {
  const variables: Record<string, types.Type> = {};
  const overloads: Overload[] = [];
  for (const declaration of spec.typeEnv) declare(declaration, variables, overloads);
  return base.extend({
    container: spec.container,
    variables,
    libraries: [{ name: 'declared by the case', overloads }],
  });
}

function declare(
  { name, declKind }: Decl,
  variables: Record<string, types.Type>,
  overloads: Overload[],
): void {
  if (declKind.case === 'ident') variables[name] = typeOf(declKind.value.type);
  if (declKind.case !== 'function') return;
  for (const { overloadId, isInstanceFunction, params, resultType } of declKind.value.overloads) {
    overloads.push(
      declared({
        id: overloadId,
        name,
        member: isInstanceFunction,
        args: params.map(typeOf),
        result: typeOf(resultType),
      }),
    );
  }
}

const primitives: Partial<Record<Type_PrimitiveType, types.Type>> = {
  [Type_PrimitiveType.BOOL]: boolType,
  [Type_PrimitiveType.BYTES]: bytesType,
  [Type_PrimitiveType.DOUBLE]: doubleType,
  [Type_PrimitiveType.INT64]: intType,
  [Type_PrimitiveType.STRING]: stringType,
  [Type_PrimitiveType.UINT64]: uintType,
};

export function typeOf(message: TypeMessage | undefined): types.Type {
  const kind = message?.typeKind;
  switch (kind?.case) {
    case 'primitive':
      return primitives[kind.value] ?? dynType;
    case 'wrapper':
      return wrapper(primitives[kind.value] ?? dynType);
    case 'null':
      return types.nullType;
    case 'listType':
      return types.listType(typeOf(kind.value.elemType));
    case 'mapType':
      return types.mapType(typeOf(kind.value.keyType), typeOf(kind.value.valueType));
    case 'messageType':
      return wellKnown[kind.value] ?? types.structType(kind.value);
    case 'typeParam':
      return types.typeParameter(kind.value);
    case 'type':
      return types.typeType(typeOf(kind.value));
    case 'abstractType':
      return types.opaqueType(kind.value.name, ...kind.value.parameterTypes.map(typeOf));
    case 'wellKnown':
      if (kind.value === Type_WellKnownType.TIMESTAMP) return types.timestampType;
      return kind.value === Type_WellKnownType.DURATION ? types.durationType : dynType;
    default:
      return dynType;
  }
}
