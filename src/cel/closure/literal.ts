import { spend } from '../limit.ts';
import { mapFrom } from '../map.ts';
import type { ListNode, MapNode, StructNode } from '../plan/node.ts';
import { named } from '../type-name.ts';
import { CelError, Failure, Optional, type Result, Struct, type Value } from '../value.ts';
import type { Compile } from './closure.ts';
import type { Compiled, Evaluate } from './frame.ts';

/** What is left to charge after each part of a literal, if that fails: the parts after it are not evaluated. */
function restsOf(parts: readonly Compiled[]): readonly number[] {
  return parts.map((_, i) => parts.slice(i + 1).reduce((sum, { fixed }) => sum + fixed, 0));
}

function total(parts: readonly Compiled[], own: number): number {
  return parts.reduce((sum, { fixed }) => sum + fixed, own);
}

/** `[a, ?b]`; costs 10. */
export function compileList({ elements, at }: ListNode, compile: Compile): Compiled {
  const compiled = elements.map(({ value }) => compile(value));
  const parts = compiled.map(({ run }) => run);
  const rests = restsOf(compiled);
  const optional = elements.map((element) => element.optional);
  const run: Evaluate = (frame) => {
    const list: Value[] = [];
    for (let i = 0; i < parts.length; i++) {
      const value = parts[i]!(frame);
      if (value instanceof Failure) {
        spend(-rests[i]!);
        return value;
      }
      if (!optional[i]) list.push(value);
      else if (!(value instanceof Optional)) {
        spend(-rests[i]!);
        return new CelError(
          `cannot initialize optional list element from non-optional value ${named(value)}`,
          at,
        );
      } else if (value.value !== undefined) list.push(value.value);
    }
    return list;
  };
  return { run, fixed: total(compiled, 10) };
}

/** `{k: v, ?k: v}`; an entry whose optional value is none removes an earlier one of its key. Costs 30. */
export function compileMap(node: MapNode, compile: Compile): Compiled {
  return compileRecord(node, compile) ?? compileEntries(node, compile);
}

/** A map whose keys are different constant strings, as in `{'name': c.name}`. */
function compileRecord({ entries }: MapNode, compile: Compile): Compiled | undefined {
  const names: string[] = [];
  for (const { key, optional } of entries) {
    const name = key.kind === 'constant' ? key.value : undefined;
    if (typeof name !== 'string' || name === '__proto__' || optional || names.includes(name))
      return undefined;
    names.push(name);
  }
  const compiled = entries.map(({ value }) => compile(value));
  const parts = compiled.map(({ run }) => run);
  const rests = restsOf(compiled);
  const run: Evaluate = (frame) => {
    const record: Record<string, Value> = {};
    for (let i = 0; i < parts.length; i++) {
      const value = parts[i]!(frame);
      if (value instanceof Failure) {
        spend(-rests[i]!);
        return value;
      }
      record[names[i]!] = value;
    }
    return record;
  };
  return { run, fixed: total(compiled, 30) };
}

function compileEntries({ entries, at }: MapNode, compile: Compile): Compiled {
  const compiled = entries.flatMap(({ key, value }) => [compile(key), compile(value)]);
  const parts = compiled.map(({ run }) => run);
  const rests = restsOf(compiled);
  const run: Evaluate = (frame) => {
    let pairs: (readonly [Value, Value])[] = [];
    for (let i = 0; i < entries.length; i++) {
      const k = parts[2 * i]!(frame);
      if (k instanceof Failure) {
        spend(-rests[2 * i]!);
        return k;
      }
      const v = parts[2 * i + 1]!(frame);
      const held = entries[i]!.optional && !(v instanceof Failure) ? optionalEntry(k, v, at) : v;
      if (held instanceof Failure) {
        spend(-rests[2 * i + 1]!);
        return held;
      }
      if (held === undefined) pairs = pairs.filter(([other]) => other !== k);
      else pairs.push([k, held]);
    }
    return mapFrom(pairs);
  };
  return { run, fixed: total(compiled, 30) };
}

/** `Type{field: v}`; costs 40. */
export function compileStruct({ fields, typeName, at }: StructNode, compile: Compile): Compiled {
  const compiled = fields.map(({ value }) => compile(value));
  const rests = restsOf(compiled);
  const run: Evaluate = (frame) => {
    const values = new Map<string, Value>();
    for (let i = 0; i < fields.length; i++) {
      const { name, optional } = fields[i]!;
      const v = compiled[i]!.run(frame);
      const held = optional && !(v instanceof Failure) ? optionalEntry(name, v, at) : v;
      if (held instanceof Failure) {
        spend(-rests[i]!);
        return held;
      }
      if (held === undefined) values.delete(name);
      else values.set(name, held);
    }
    return new Struct(typeName, values);
  };
  return { run, fixed: total(compiled, 40) };
}

function optionalEntry(key: Value, value: Result, at: number): Value | CelError | undefined {
  if (value instanceof Optional) return value.value;
  return new CelError(
    `cannot initialize optional entry '${named(key)}' from non-optional value ${named(value)}`,
    at,
  );
}
