import { Double, Duration, Optional, Struct, Timestamp, TypeValue, Uint, type Value } from '../cel/value.ts';

/** A CEL value as a person would write it: JSON where it is JSON, `1.0`, `2u`, `optional.of(...)`, `b"..."` else. */
export function celText(value: Value): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint')
    return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(celText).join(', ')}]`;
  if (value instanceof Double) return Object.is(value.value, -0) ? '-0.0' : `${value.value}.0`;
  if (value instanceof Uint) return `${value.value}u`;
  if (value instanceof Uint8Array)
    return `b"${Buffer.from(value)
      .toString('latin1')
      .replace(/[^ -~]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)}"`;
  if (value instanceof Optional)
    return value.value === undefined ? 'optional.none()' : `optional.of(${celText(value.value)})`;
  if (value instanceof TypeValue) return value.name;
  if (value instanceof Timestamp)
    return `timestamp(${new Date(Number(value.nanos / 1_000_000n)).toISOString()})`;
  if (value instanceof Duration) return `duration(${Number(value.nanos) / 1e9}s)`;
  if (value instanceof Struct) return `${value.typeName}${fields(value.fields)}`;
  if (value instanceof Map) return fields(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return fields(Object.entries(value));
  return `${(value as { typeName?: string }).typeName ?? 'value'}`;
}

function fields(entries: Iterable<readonly [Value, Value]>): string {
  return `{${[...entries].map(([key, item]) => `${typeof key === 'string' ? key : celText(key)}: ${celText(item)}`).join(', ')}}`;
}
