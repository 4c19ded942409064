import { suggestion } from '../../config/did-you-mean.ts';
import type { Problem } from '../../model/finding.ts';
import type { Json, JsonObject, Path } from '../../model/object.ts';
import { isMapping, type Place, problemAt } from './files.ts';

/**
 * Reads the fields of one mapping of a test file. Whatever has another shape than the format says becomes a problem at
 * its place, and the field counts as not written.
 */
export class Fields {
  readonly place: Place;
  readonly value: JsonObject;
  private readonly problems: Problem[];
  private readonly before: number;

  constructor(place: Place, value: JsonObject, problems: Problem[]) {
    this.place = place;
    this.value = value;
    this.problems = problems;
    this.before = problems.length;
  }

  /** Whether an error was found through this reader. */
  get failed(): boolean {
    return this.problems.slice(this.before).some(({ severity }) => severity === 'error');
  }

  error(reason: string, ...further: Path): void {
    this.problems.push(problemAt(this.place, 'error', reason, further));
  }

  warn(reason: string, ...further: Path): void {
    this.problems.push(problemAt(this.place, 'warning', reason, further));
  }

  has(key: string): boolean {
    return Object.hasOwn(this.value, key);
  }

  /** Names every key that the format does not have: an error in formats of ours, a warning in those of others. */
  known(keys: readonly string[], severity: Problem['severity'] = 'error'): this {
    for (const key of Object.keys(this.value)) {
      if (keys.includes(key)) continue;
      const reason = `unknown key "${key}"${suggestion(key, keys)}`;
      this.problems.push(problemAt(this.place, severity, reason, [key]));
    }
    return this;
  }

  text(key: string): string | undefined {
    return this.read(key, 'a text', (value) => (typeof value === 'string' ? value : undefined));
  }

  flag(key: string): boolean | undefined {
    return this.read(key, 'true or false', (value) => (typeof value === 'boolean' ? value : undefined));
  }

  mapping(key: string): JsonObject | undefined {
    return this.read(key, 'a mapping', (value) => (isMapping(value) ? value : undefined));
  }

  list(key: string): readonly Json[] | undefined {
    return this.read(key, 'a list', (value) => (Array.isArray(value) ? (value as Json[]) : undefined));
  }

  /** A list of texts; a single text is a list of one. */
  texts(key: string): readonly string[] | undefined {
    return this.read(key, 'a text or a list of texts', (value) => {
      if (typeof value === 'string') return [value];
      const isTexts = Array.isArray(value) && value.every((one) => typeof one === 'string');
      return isTexts ? (value as string[]) : undefined;
    });
  }

  /** One of some words. */
  word<Word extends string>(key: string, words: readonly Word[]): Word | undefined {
    const written = this.text(key);
    if (written === undefined) return undefined;
    const found = words.find((word) => word === written);
    if (found === undefined) {
      this.error(`unknown ${key} "${written}"${suggestion(written, words)} (${words.join(', ')})`, key);
    }
    return found;
  }

  /** The mappings of a list, each with its own reader. */
  items(key: string): Fields[] {
    const found: Fields[] = [];
    for (const [i, item] of (this.list(key) ?? []).entries()) {
      if (isMapping(item)) found.push(this.at(item, key, i));
      else this.error(`an item of "${key}" is a mapping`, key, i);
    }
    return found;
  }

  /** A reader of a mapping further down. */
  at(value: JsonObject, ...further: Path): Fields {
    return new Fields({ ...this.place, path: [...this.place.path, ...further] }, value, this.problems);
  }

  private read<T>(key: string, shape: string, convert: (value: Json) => T | undefined): T | undefined {
    const value = Object.hasOwn(this.value, key) ? this.value[key] : undefined;
    if (value === undefined || value === null) return undefined;
    const converted = convert(value);
    if (converted === undefined) this.error(`"${key}" is ${shape}`, key);
    return converted;
  }
}
