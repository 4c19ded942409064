import { typeName } from '../../src/cel/type-name.ts';
import { formatDuration } from '../../src/cel/time/duration.ts';
import { formatTimestamp } from '../../src/cel/time/timestamp.ts';
import { isMap, mapEntries } from '../../src/cel/map.ts';
import { Double, Duration, Optional, Timestamp, TypeValue, Uint, type Value } from '../../src/cel/value.ts';

/** A value as celoracle prints it; what only Go's `fmt` could print comes as its type alone. */
export function rendered(value: Value): unknown {
  if (Array.isArray(value)) return value.map(rendered);
  if (typeof value === 'bigint') return value;
  return asJson(value);
}

const byType = (value: Value): unknown => ({ type: typeName(value) });

/** Go converts all else to protobuf's `Value`, which has doubles only, so that large integers are strings. */
function asJson(value: Value): unknown {
  if (typeof value === 'bigint') return String(value);
  if (value === null || typeof value !== 'object') {
    return typeof value === 'number' && !Number.isFinite(value) ? byType(value) : value;
  }
  if (Array.isArray(value)) return value.map(asJson);
  if (value instanceof Double) return value.value;
  if (value instanceof Uint) {
    return value.value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value.value) : String(value.value);
  }
  if (value instanceof Timestamp) return formatTimestamp(value);
  if (value instanceof Duration) return formatDuration(value);
  if (value instanceof TypeValue) return { type: 'type', text: value.name };
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Optional) return optionalAsJson(value);
  return isMap(value) ? mapAsJson(value) : byType(value);
}

function optionalAsJson(optional: Optional): unknown {
  const held = optional.value === undefined ? undefined : asJson(optional.value);
  return held === undefined || isOpaque(held) ? byType(optional) : held;
}

function mapAsJson(map: Value): unknown {
  const entries = mapEntries(map).map(([key, value]) => [key, asJson(value)] as const);
  const plain = entries.every(([key, value]) => typeof key === 'string' && !isOpaque(value));
  return plain ? Object.fromEntries(entries as readonly (readonly [string, unknown])[]) : byType(map);
}

const isOpaque = (value: unknown): boolean => typeof value === 'object' && value !== null && 'type' in value;

/** Whether what celoracle printed is this value. */
export function agrees(printed: unknown, ours: unknown): boolean {
  if (Array.isArray(printed)) {
    return (
      Array.isArray(ours) &&
      printed.length === ours.length &&
      printed.every((part, i) => agrees(part, ours[i]))
    );
  }
  if (typeof printed === 'bigint' && typeof ours === 'number') return Number(printed) === ours;
  if (typeof printed !== 'object' || printed === null) return Object.is(printed, ours) || printed === ours;
  if (typeof ours !== 'object' || ours === null) return false;
  const [a, b] = [printed as Record<string, unknown>, ours as Record<string, unknown>];
  if (typeof a['type'] === 'string' && typeof a['text'] === 'string') {
    return a['type'] === b['type'] && (b['text'] === undefined || a['text'] === b['text']);
  }
  // Of a map whose keys are no strings we tell the type alone; Go prints some of them as strings.
  if (b['type'] === 'map' && Object.keys(b).length === 1) return true;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && agrees(a[key], b[key]))
  );
}
