import { isMap, mapEntries, mapFrom } from '../map.ts';
import { CelError, type Value } from '../value.ts';
import { noSuchOverload } from './dispatch.ts';

/** Collects the entries of `transformMap` and `transformMapEntry`, where a key may come up only once. */
export class MapBuilder {
  private readonly keys = new Set<unknown>();
  private readonly entries: (readonly [Value, Value])[] = [];
  private readonly at: number;

  constructor(at: number) {
    this.at = at;
  }

  /** Adds an entry; the error of a key that is there already. */
  insert(key: Value, value: Value): CelError | undefined {
    if (this.keys.has(key)) return new CelError(`insert failed: key ${String(key)} already exists`, this.at);
    this.keys.add(key);
    this.entries.push([key, value]);
    return undefined;
  }

  /** Adds all entries of a map; the error of a value that is none. */
  insertAll(update: Value): CelError | undefined {
    if (!isMap(update)) {
      return new CelError(noSuchOverload('cel.@mapInsert', [{}, update]).message, this.at);
    }
    for (const [key, value] of mapEntries(update)) {
      const problem = this.insert(key, value);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  /** The map of everything added. */
  result(): Value {
    return mapFrom(this.entries);
  }
}
