import type { Json, JsonObject, Path } from '../model/object.ts';

/** What is wrong with a file of the catalogue, and where in it. */
export interface Complaint {
  /** Path of the value in the file's document; empty for the file as a whole. */
  readonly path: Path;
  readonly reason: string;
}

/** Whether a value is a mapping. */
export function isMapping(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Reads the fields of one mapping strictly: whatever has another shape, or a name nobody knows, is a complaint. */
export class FieldReader {
  readonly #value: JsonObject;
  readonly #at: Path;
  readonly #complaints: Complaint[];

  constructor(value: JsonObject, at: Path, complaints: Complaint[]) {
    this.#value = value;
    this.#at = at;
    this.#complaints = complaints;
  }

  complain(reason: string, ...path: string[]): void {
    this.#complaints.push({ path: [...this.#at, ...path], reason });
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#value, key);
  }

  /** Complains about every key that is not one of `known`. */
  refuseOthers(known: readonly string[]): void {
    for (const key of Object.keys(this.#value)) {
      if (!known.includes(key)) this.complain(`unknown key "${key}"; known are ${known.join(', ')}`, key);
    }
  }

  mapping(key: string): JsonObject {
    const value = this.#value[key];
    if (value === undefined) return {};
    if (isMapping(value)) return value;
    this.complain(`"${key}" is a mapping`, key);
    return {};
  }

  text(key: string): string | undefined {
    const value = this.#value[key];
    if (value === undefined || typeof value === 'string') return value;
    this.complain(`"${key}" is a text`, key);
    return undefined;
  }

  /** A text that must be there. */
  requiredText(key: string): string {
    const value = this.text(key);
    if (value !== undefined && value.trim() !== '') return value.trim();
    this.complain(`"${key}" is missing`, key);
    return '';
  }

  /** A list of texts that is not empty; a single text is a list of one. */
  texts(key: string): readonly string[] | undefined {
    const value = this.#value[key];
    if (value === undefined) return undefined;
    if (typeof value === 'string') return [value];
    if (Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string'))
      return value;
    this.complain(`"${key}" is a text or a list of texts`, key);
    return undefined;
  }
}
