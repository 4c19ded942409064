import { isDay } from '../model/day.ts';
import { type Exception, type ExceptionScope, scopeLists } from '../model/exception.ts';
import type { Json, JsonObject, Path } from '../model/object.ts';
import { suggestion } from './did-you-mean.ts';
import type { SettingsProblem } from './settings.ts';

/** What the exceptions of a configuration may name. */
export interface ExceptionNames {
  readonly controls: ReadonlySet<string>;
  /** What a control is called now that had another name before. */
  readonly renamed?: (name: string) => string | undefined;
  /** What is wrong with a pattern for kinds, namespaces, names or containers. */
  readonly patternProblem?: (pattern: string) => string | undefined;
}

const keys = ['controls', 'reason', 'until', 'owner', 'match'];
const matchKeys = [...scopeLists, 'labels'];

/**
 * Reads the list of exceptions of a configuration. One with a mistake counts as none and leaves a hole, so that the others
 * keep their places; every mistake is told.
 */
export function readExceptions(
  value: Json,
  at: Path,
  known: ExceptionNames,
): {
  readonly exceptions: readonly (Exception | undefined)[];
  readonly problems: readonly SettingsProblem[];
} {
  const reader = new ExceptionReader(known);
  if (!Array.isArray(value)) {
    return { exceptions: [], problems: [{ path: at, reason: 'must be a list of exceptions' }] };
  }
  const exceptions = (value as readonly Json[]).map((one, i) => reader.exception(one, [...at, i]));
  return { exceptions, problems: reader.problems };
}

class ExceptionReader {
  readonly problems: SettingsProblem[] = [];
  private readonly known: ExceptionNames;
  constructor(known: ExceptionNames) {
    this.known = known;
  }

  exception(value: Json, at: Path): Exception | undefined {
    const before = this.problems.length;
    const fields = this.fields(value, at, keys);
    if (fields === undefined) return undefined;
    const controls = this.controls(fields, at);
    const reason = this.text(fields, at, 'reason');
    if (reason === undefined || reason.trim() === '') {
      this.wrong(at, 'an exception needs a "reason": why what it is about is accepted');
    }
    const until = this.text(fields, at, 'until');
    if (until !== undefined && !isDay(until)) {
      this.wrong([...at, 'until'], `"${until}" is no date, write YYYY-MM-DD`);
    }
    const owner = this.text(fields, at, 'owner');
    const match = fields['match'] === undefined ? {} : this.scope(fields['match'], [...at, 'match']);
    if (this.problems.length > before) return undefined;
    return {
      controls,
      reason: reason!,
      ...(until !== undefined && { until }),
      ...(owner !== undefined && { owner }),
      match,
    };
  }

  private controls(fields: JsonObject, at: Path): readonly string[] {
    const written = this.texts(fields, at, 'controls');
    if (written === undefined || written.length === 0) {
      this.wrong(at, 'an exception needs "controls", the ids of what it accepts');
    }
    return (written ?? []).map((id, i) => {
      const now = this.known.renamed?.(id) ?? id;
      if (!this.known.controls.has(now)) {
        const path = Array.isArray(fields['controls']) ? [...at, 'controls', i] : [...at, 'controls'];
        this.wrong(path, `there is no control "${id}"${suggestion(id, this.known.controls)}`);
      }
      return now;
    });
  }

  private scope(value: Json, at: Path): ExceptionScope {
    const fields = this.fields(value, at, matchKeys) ?? {};
    const found: Record<string, readonly string[] | Readonly<Record<string, string>>> = {};
    for (const key of scopeLists) {
      const texts = this.texts(fields, at, key);
      if (texts === undefined) continue;
      if (texts.length === 0)
        this.wrong([...at, key], 'is empty and fits nothing; leave it out to fit everything');
      found[key] = texts;
      const wrong = texts.map((one) => (key === 'files' ? undefined : this.known.patternProblem?.(one)));
      for (const problem of wrong) if (problem !== undefined) this.wrong([...at, key], problem);
    }
    if (fields['labels'] !== undefined) {
      const labels = this.fields(fields['labels'], [...at, 'labels']) ?? {};
      for (const [key, label] of Object.entries(labels)) {
        if (typeof label !== 'string') this.wrong([...at, 'labels', key], 'must be a string');
      }
      found['labels'] = labels as Record<string, string>;
    }
    return found;
  }

  private fields(value: Json, at: Path, allowed?: readonly string[]): JsonObject | undefined {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      this.wrong(at, 'must be a map');
      return undefined;
    }
    for (const key of Object.keys(value)) {
      if (allowed?.includes(key) === false) {
        const reason = `unknown key "${key}"${suggestion(key, allowed)}`;
        this.problems.push({ path: [...at, key], reason, isKey: true });
      }
    }
    return value as JsonObject;
  }

  private texts(fields: JsonObject, at: Path, key: string): readonly string[] | undefined {
    const value = fields[key];
    if (value === undefined) return undefined;
    if (typeof value === 'string') return [value];
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value as string[];
    this.wrong([...at, key], `"${key}" must be a string or a list of strings`);
    return undefined;
  }

  private text(fields: JsonObject, at: Path, key: string): string | undefined {
    const value = fields[key];
    if (value === undefined || typeof value === 'string') return value;
    this.wrong([...at, key], `"${key}" must be a string`);
    return undefined;
  }

  private wrong(path: Path, reason: string): void {
    this.problems.push({ path, reason });
  }
}
