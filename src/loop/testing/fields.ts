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
  /** The errors found here or further down, in words. */
  readonly failures: string[] = [];
  private readonly problems: Problem[];
  private readonly parent: Fields | undefined;

  constructor(place: Place, value: JsonObject, problems: Problem[], parent?: Fields) {
    this.place = place;
    this.value = value;
    this.problems = problems;
    this.parent = parent;
  }

  /** Whether an error was found here or further down. */
  get failed(): boolean {
    return this.failures.length > 0;
  }

  error(reason: string, ...further: Path): void {
    this.problem('error', reason, further);
  }

  warn(reason: string, ...further: Path): void {
    this.problem('warning', reason, further);
  }

  has(key: string): boolean {
    return Object.hasOwn(this.value, key);
  }

  /** Names every key that the format does not have: an error in formats of ours, a warning in those of others. */
  known(keys: readonly string[], severity: Problem['severity'] = 'error'): this {
    for (const key of Object.keys(this.value)) {
      if (keys.includes(key)) continue;
      this.problem(severity, `unknown key "${key}"${suggestion(key, keys)}`, [key]);
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

  /** Some of several words; a single one is a list of one. */
  words<Word extends string>(key: string, known: readonly Word[]): readonly Word[] | undefined {
    return this.texts(key)?.flatMap((written) => {
      const found = known.filter((word) => word === written);
      if (found.length === 0) {
        this.error(`unknown word "${written}"${suggestion(written, known)} (${known.join(', ')})`, key);
      }
      return found;
    });
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
    const place = { ...this.place, path: [...this.place.path, ...further] };
    return new Fields(place, value, this.problems, this);
  }

  private problem(severity: Problem['severity'], reason: string, further: Path): void {
    this.problems.push(problemAt(this.place, severity, reason, further));
    if (severity === 'error') this.fail(reason);
  }

  private fail(reason: string): void {
    this.failures.push(reason);
    this.parent?.fail(reason);
  }

  private read<T>(key: string, shape: string, convert: (value: Json) => T | undefined): T | undefined {
    const value = Object.hasOwn(this.value, key) ? this.value[key] : undefined;
    if (value === undefined || value === null) return undefined;
    const converted = convert(value);
    if (converted === undefined) this.error(`"${key}" is ${shape}`, key);
    return converted;
  }
}
