import { mapFrom } from '../map.ts';
import type { ListNode, MapNode, StructNode } from '../plan/node.ts';
import { CelError, Failure, Optional, type Result, Struct, type Value } from '../value.ts';
import type { Compile } from './closure.ts';
import type { Evaluate } from './frame.ts';

/** `[a, ?b]`. */
export function compileList({ elements, at }: ListNode, compile: Compile): Evaluate {
  const parts = elements.map(({ value }) => compile(value));
  const optional = elements.map((element) => element.optional);
  return (frame) => {
    const list: Value[] = [];
    for (let i = 0; i < parts.length; i++) {
      const value = parts[i]!(frame);
      if (value instanceof Failure) return value;
      if (!optional[i]) list.push(value);
      else if (!(value instanceof Optional)) {
        return new CelError(
          `cannot initialize optional list element from non-optional value ${String(value)}`,
          at,
        );
      } else if (value.value !== undefined) list.push(value.value);
    }
    return list;
  };
}

/** `{k: v, ?k: v}`; an entry whose optional value is none removes an earlier one of its key. */
export function compileMap(node: MapNode, compile: Compile): Evaluate {
  return compileRecord(node, compile) ?? compileEntries(node, compile);
}

/** A map whose keys are different constant strings, as in `{'name': c.name}`. */
function compileRecord({ entries }: MapNode, compile: Compile): Evaluate | undefined {
  const names: string[] = [];
  for (const { key, optional } of entries) {
    const name = key.kind === 'constant' ? key.value : undefined;
    if (typeof name !== 'string' || name === '__proto__' || optional || names.includes(name))
      return undefined;
    names.push(name);
  }
  const parts = entries.map(({ value }) => compile(value));
  return (frame) => {
    const record: Record<string, Value> = {};
    for (let i = 0; i < parts.length; i++) {
      const value = parts[i]!(frame);
      if (value instanceof Failure) return value;
      record[names[i]!] = value;
    }
    return record;
  };
}

function compileEntries({ entries, at }: MapNode, compile: Compile): Evaluate {
  const parts = entries.map(({ key, value, optional }) => ({
    key: compile(key),
    value: compile(value),
    optional,
  }));
  return (frame) => {
    let pairs: (readonly [Value, Value])[] = [];
    for (const { key, value, optional } of parts) {
      const k = key(frame);
      if (k instanceof Failure) return k;
      const v = value(frame);
      if (v instanceof Failure) return v;
      const held = optional ? optionalEntry(k, v, at) : v;
      if (held instanceof Failure) return held;
      if (held === undefined) pairs = pairs.filter(([other]) => other !== k);
      else pairs.push([k, held]);
    }
    return mapFrom(pairs);
  };
}

/** `Type{field: v}`. */
export function compileStruct({ fields, typeName, at }: StructNode, compile: Compile): Evaluate {
  const parts = fields.map(({ name, value, optional }) => ({ name, value: compile(value), optional }));
  return (frame) => {
    const values = new Map<string, Value>();
    for (const { name, value, optional } of parts) {
      const v = value(frame);
      if (v instanceof Failure) return v;
      const held = optional ? optionalEntry(name, v, at) : v;
      if (held instanceof Failure) return held;
      if (held === undefined) values.delete(name);
      else values.set(name, held);
    }
    return new Struct(typeName, values);
  };
}

function optionalEntry(key: Value, value: Result, at: number): Value | CelError | undefined {
  if (value instanceof Optional) return value.value;
  return new CelError(
    `cannot initialize optional entry '${String(key)}' from non-optional value ${String(value)}`,
    at,
  );
}
