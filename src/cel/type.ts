/** The scalar types of the language, by the name that CEL's `type()` prints. */
export type ScalarName =
  | 'bool'
  | 'bytes'
  | 'double'
  | 'google.protobuf.Duration'
  | 'google.protobuf.Timestamp'
  | 'int'
  | 'null_type'
  | 'string'
  | 'uint';

/**
 * A CEL type as the checker sees it.
 *
 * `opaque` covers `optional_type` and every type a library adds (`kubernetes.Quantity`, `net.IP`, ...); `struct` is a
 * type with named fields; `parameter` stands for a type variable inside a function signature.
 * Source: cel-spec `doc/langdef.md`, "Values"; cel-go `common/types/types.go`.
 */
export type Type =
  | { readonly kind: 'scalar'; readonly name: ScalarName }
  | { readonly kind: 'dyn' }
  | { readonly kind: 'error' }
  | { readonly kind: 'list'; readonly element: Type }
  | { readonly kind: 'map'; readonly key: Type; readonly value: Type }
  | { readonly kind: 'type'; readonly of: Type | undefined }
  | { readonly kind: 'opaque'; readonly name: string; readonly parameters: readonly Type[] }
  | { readonly kind: 'struct'; readonly name: string }
  | { readonly kind: 'parameter'; readonly name: string };

const scalar = (name: ScalarName): Type => ({ kind: 'scalar', name });

export const boolType: Type = scalar('bool');
export const bytesType: Type = scalar('bytes');
export const doubleType: Type = scalar('double');
export const durationType: Type = scalar('google.protobuf.Duration');
export const intType: Type = scalar('int');
export const nullType: Type = scalar('null_type');
export const stringType: Type = scalar('string');
export const timestampType: Type = scalar('google.protobuf.Timestamp');
export const uintType: Type = scalar('uint');
export const dynType: Type = { kind: 'dyn' };
export const errorType: Type = { kind: 'error' };

/** `list(element)`. */
export const listType = (element: Type): Type => ({ kind: 'list', element });

/** `map(key, value)`. */
export const mapType = (key: Type, value: Type): Type => ({ kind: 'map', key, value });

/** The type of a type: `type(of)`; without `of` the type of any type. */
export const typeType = (of?: Type): Type => ({ kind: 'type', of });

/** A library's type, such as `kubernetes.Quantity` or `optional_type(string)`. */
export const opaqueType = (name: string, ...parameters: Type[]): Type => ({
  kind: 'opaque',
  name,
  parameters,
});

/** `optional_type(of)`. */
export const optionalType = (of: Type): Type => opaqueType('optional_type', of);

/** A type with named fields, such as `kubernetes.AdmissionRequest`. */
export const structType = (name: string): Type => ({ kind: 'struct', name });

/** A type variable of a function signature. */
export const typeParameter = (name: string): Type => ({ kind: 'parameter', name });

/** Prints a type as cel-go's `FormatCELType` does: `list(int)`, `map(string, dyn)`, `timestamp`. */
export function formatType(type: Type): string {
  switch (type.kind) {
    case 'scalar':
      return formatScalar(type.name);
    case 'dyn':
      return 'dyn';
    case 'error':
      return '!error!';
    case 'list':
      return `list(${formatType(type.element)})`;
    case 'map':
      return `map(${formatType(type.key)}, ${formatType(type.value)})`;
    case 'type':
      return type.of === undefined ? 'type' : `type(${formatType(type.of)})`;
    case 'opaque':
      return type.parameters.length === 0
        ? type.name
        : `${type.name}(${type.parameters.map(formatType).join(', ')})`;
    case 'struct':
    case 'parameter':
      return type.name;
  }
}

function formatScalar(name: ScalarName): string {
  if (name === 'google.protobuf.Duration') return 'duration';
  if (name === 'google.protobuf.Timestamp') return 'timestamp';
  return name === 'null_type' ? 'null' : name;
}
