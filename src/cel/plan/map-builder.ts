import { goText } from '../extension/go-text.ts';
import { isMap, mapEntries, mapFrom } from '../map.ts';
import { compareNumbers, isNumeric } from '../numeric.ts';
import { CelError, type Value } from '../value.ts';
import { noSuchOverload } from './dispatch.ts';

/** Collects the entries of `transformMap` and `transformMapEntry`, where a key may come up only once. */
export class MapBuilder {
  readonly #keys = new Set<unknown>();
  readonly #entries: (readonly [Value, Value])[] = [];
  readonly #at: number;

  constructor(at: number) {
    this.#at = at;
  }

  /** Adds an entry; the error of a key that is there already. */
  insert(key: Value, value: Value): CelError | undefined {
    if (this.#contains(key))
      return new CelError(`insert failed: key ${goText(key)} already exists`, this.#at);
    this.#keys.add(key);
    this.#entries.push([key, value]);
    return undefined;
  }

  /** Numeric keys are the same where their values are, as in every look-up. */
  #contains(key: Value): boolean {
    if (this.#keys.has(key)) return true;
    return (
      isNumeric(key) && this.#entries.some(([other]) => isNumeric(other) && compareNumbers(key, other) === 0)
    );
  }

  /** Adds all entries of a map; the error of a value that is none. */
  insertAll(update: Value): CelError | undefined {
    if (!isMap(update)) {
      return new CelError(noSuchOverload('cel.@mapInsert', [{}, update]).message, this.#at);
    }
    for (const [key, value] of mapEntries(update)) {
      const problem = this.insert(key, value);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  /** The map of everything added. */
  result(): Value {
    return mapFrom(this.#entries);
  }
}
