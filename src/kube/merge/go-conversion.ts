import type { Schema } from '../schema/schema.ts';
import { isPatchObject, type PatchObject, type PatchValue } from './go-value.ts';

/**
 * The object with its numbers as the Go type of each field holds them: an integer of 32 bits wraps, a double with a
 * fraction is no integer and ends it with the server's text. Other values are left as they are.
 *
 * Source: apimachinery `pkg/runtime/converter.go`, `FromUnstructured`.
 */
export function goNumbers(
  schema: Schema,
  object: PatchObject,
): { readonly object: PatchObject } | { readonly error: string } {
  let error: string | undefined;
  const converted = convert(schema, object) as PatchObject;
  return error === undefined ? { object: converted } : { error };

  function convert(at: Schema, value: PatchValue): PatchValue {
    switch (at.kind) {
      case 'integer':
        return integer(value, at.format ?? 'int64');
      case 'list':
        return Array.isArray(value) ? convertList(at.item, value as readonly PatchValue[]) : value;
      case 'map':
        return isPatchObject(value) ? convertMembers(value, () => at.value) : value;
      case 'struct':
        return isPatchObject(value) ? convertMembers(value, (name) => at.fields.get(name)) : value;
      default:
        return value;
    }
  }

  function integer(value: PatchValue, format: 'int32' | 'int64'): PatchValue {
    if (typeof value === 'number' && !Number.isInteger(value)) {
      error ??= `cannot convert float64 to ${format}`;
      return value;
    }
    if (format === 'int64' || (typeof value !== 'number' && typeof value !== 'bigint')) return value;
    return Number(BigInt.asIntN(32, BigInt(value)));
  }

  function convertList(item: Schema, list: readonly PatchValue[]): readonly PatchValue[] {
    const items = list.map((value) => convert(item, value));
    return items.some((value, index) => value !== list[index]) ? items : list;
  }

  function convertMembers(members: PatchObject, schemaOf: (name: string) => Schema | undefined): PatchObject {
    let changed: [string, PatchValue][] | undefined;
    const entries = Object.entries(members);
    for (const [index, [name, value]] of entries.entries()) {
      const declared = schemaOf(name);
      const converted = declared === undefined ? value : convert(declared, value);
      if (converted === value) continue;
      changed ??= entries.slice();
      changed[index] = [name, converted];
    }
    return changed === undefined ? members : Object.fromEntries(changed);
  }
}
