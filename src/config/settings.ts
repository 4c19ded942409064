import type { Exception } from '../model/exception.ts';
import type { Json, Path } from '../model/object.ts';
import { severities, type Severity } from '../model/severity.ts';
import { suggestion } from './did-you-mean.ts';
import { readExceptions } from './exceptions.ts';

/** What `--fail-on` and `failOn` take: a severity, or `unknown` to fail on what could not be judged too. */
export type FailOn = Severity | 'unknown';
/** All of them, the worst first. */
export const failOnValues: readonly FailOn[] = [...severities, 'unknown'];

/** The parts of a configuration that may differ from path to path. */
export interface Settings {
  readonly profile?: readonly string[];
  /** The least severity that fails, `unknown`, or both. */
  readonly failOn?: readonly FailOn[];
  /** Control id -> its parameters, such as the allowed registries. */
  readonly params?: Readonly<Record<string, Json>>;
  /** Control id -> the severity to report it with, or `off`. */
  readonly severity?: Readonly<Record<string, Severity | 'off'>>;
}

/** A `.scantling.yaml`. */
export interface Configuration extends Settings {
  readonly kubernetesVersion?: string;
  /** Globs of files and folders to leave out, relative to the configuration's folder. */
  readonly exclude?: readonly string[];
  /** Folders or files of further policies, relative to the configuration's folder. */
  readonly policy?: readonly string[];
  /** Sections for some files; a later one wins over an earlier one, and each over the top level. */
  readonly paths?: readonly PathSettings[];
  /** What is accepted although it fails; undefined in the place of one with a mistake. */
  readonly exceptions?: readonly (Exception | undefined)[];
}

/** Settings of some paths, which win over those of the whole configuration. */
export interface PathSettings extends Settings {
  /** Globs relative to the configuration's folder. */
  readonly match: readonly string[];
}

/** A mistake in a configuration and where it stands. */
export interface SettingsProblem {
  readonly path: Path;
  readonly reason: string;
  /** The mistake is the key at the path, not its value. */
  readonly isKey?: boolean;
}

/** The names a configuration may use. */
export interface KnownNames {
  readonly controls: ReadonlySet<string>;
  readonly profiles: ReadonlySet<string>;
  readonly kubernetesVersions: readonly string[];
  /** What a control is called now that had another name before. */
  readonly renamed?: (name: string) => string | undefined;
  /** What is wrong with a pattern for names in an exception. */
  readonly patternProblem?: (pattern: string) => string | undefined;
  /** What is wrong with the parameters written for a control. */
  readonly parameterProblems?: (control: string, value: Json) => readonly SettingsProblem[];
}

/** Reads a configuration's value. Problems are complete: every mistake is listed, and the parts without one are read. */
export function readConfiguration(
  value: Json,
  known: KnownNames,
): { readonly configuration: Configuration; readonly problems: readonly SettingsProblem[] } {
  const reader = new Reader(known);
  const configuration = value === null ? {} : reader.configuration(value);
  return { configuration, problems: reader.problems };
}

type Fields = Readonly<Record<string, Json>>;

class Reader {
  readonly problems: SettingsProblem[] = [];
  private readonly known: KnownNames;
  constructor(known: KnownNames) {
    this.known = known;
  }

  configuration(value: Json): Configuration {
    const own = ['kubernetesVersion', 'exclude', 'policy', 'paths', 'exceptions'];
    const fields = this.fields(value, [], [...settingsKeys, ...own]);
    return {
      ...this.settings(fields, []),
      ...present(
        'kubernetesVersion',
        this.oneOf(fields, [], 'kubernetesVersion', this.known.kubernetesVersions),
      ),
      ...present('exclude', this.strings(fields, [], 'exclude')),
      ...present('policy', this.strings(fields, [], 'policy')),
      ...present('paths', this.sections(fields)),
      ...present('exceptions', this.exceptions(fields)),
    };
  }

  private exceptions(fields: Fields): readonly (Exception | undefined)[] | undefined {
    const list = fields['exceptions'];
    if (list === undefined) return undefined;
    const { exceptions, problems } = readExceptions(list, ['exceptions'], this.known);
    this.problems.push(...problems);
    return exceptions;
  }

  private settings(fields: Fields, at: Path): Settings {
    const profile = this.strings(fields, at, 'profile');
    for (const [i, name] of (profile ?? []).entries())
      this.name(name, this.known.profiles, 'profile', itemPath(fields, at, 'profile', i));
    return {
      ...present(
        'profile',
        profile?.filter((name) => this.known.profiles.has(name)),
      ),
      ...present('failOn', this.failOn(fields, at)),
      ...present(
        'params',
        this.byControl(fields, at, 'params', (params, path, id) => this.parameters(params, path, id)),
      ),
      ...present(
        'severity',
        this.byControl(fields, at, 'severity', (severity, path) =>
          // YAML 1.1 reads a bare `off` as false.
          this.choice(severity === false ? 'off' : severity, path, [...severities, 'off' as const]),
        ),
      ),
    };
  }

  private failOn(fields: Fields, at: Path): readonly FailOn[] | undefined {
    const written = this.strings(fields, at, 'failOn');
    return written?.flatMap(
      (value, i) => this.choice(value, itemPath(fields, at, 'failOn', i), failOnValues) ?? [],
    );
  }

  private sections(fields: Fields): readonly PathSettings[] | undefined {
    const list = fields['paths'];
    if (list === undefined) return undefined;
    if (!Array.isArray(list)) return this.wrong(['paths'], 'must be a list of sections');
    return list.flatMap((section: Json, i) => {
      const at = ['paths', i];
      const own = this.fields(section, at, [...settingsKeys, 'match']);
      const match = this.strings(own, at, 'match');
      if (match === undefined) this.wrong(at, 'a section needs "match", the globs of the files it is for');
      return match === undefined ? [] : [{ ...this.settings(own, at), match }];
    });
  }

  private byControl<T>(
    fields: Fields,
    at: Path,
    key: string,
    read: (value: Json, path: Path, id: string) => T | undefined,
  ): Record<string, T> | undefined {
    const value = fields[key];
    if (value === undefined) return undefined;
    const found: Record<string, T> = {};
    for (const [id, one] of Object.entries(this.fields(value, [...at, key]))) {
      const path = [...at, key, id];
      if (!this.name(id, this.known.controls, 'control', path)) continue;
      const setting = read(one, path, id);
      if (setting !== undefined) found[id] = setting;
    }
    return found;
  }

  private parameters(params: Json, path: Path, control: string): Json | undefined {
    const wrong = this.known.parameterProblems?.(control, params) ?? [];
    for (const problem of wrong) this.wrongKey([...path, ...problem.path], problem.reason);
    return wrong.length === 0 ? params : undefined;
  }

  private fields(value: Json, at: Path, keys?: readonly string[]): Fields {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      return this.wrong(at, at.length === 0 ? 'a configuration is a map of settings' : 'must be a map') ?? {};
    }
    for (const key of Object.keys(value)) {
      if (keys !== undefined && !keys.includes(key))
        this.wrongKey([...at, key], `unknown key "${key}"${suggestion(key, keys)}`);
    }
    return value as Fields;
  }

  private strings(fields: Fields, at: Path, key: string): readonly string[] | undefined {
    const value = fields[key];
    if (value === undefined) return undefined;
    if (typeof value === 'string') return [value];
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value as string[];
    return this.wrong([...at, key], `"${key}" must be a string or a list of strings`);
  }

  private oneOf<T extends string>(
    fields: Fields,
    at: Path,
    key: string,
    values: readonly T[],
  ): T | undefined {
    const value = fields[key];
    return value === undefined ? undefined : this.choice(value, [...at, key], values);
  }

  private choice<T extends string>(value: Json, path: Path, values: readonly T[]): T | undefined {
    // YAML reads a version such as 1.30 as the number 1.3: say so instead of guessing.
    if (typeof value === 'number')
      return this.wrong(path, `write the value in quotes, one of ${values.join(', ')}`);
    if (typeof value === 'string' && (values as readonly string[]).includes(value)) return value as T;
    const hint = typeof value === 'string' ? suggestion(value, values) : '';
    return this.wrong(path, `must be one of ${values.join(', ')}${hint}`);
  }

  private name(name: string, names: ReadonlySet<string>, what: string, path: Path): boolean {
    if (names.has(name)) return true;
    const reason = `there is no ${what} "${name}"${suggestion(name, names)}`;
    if (what === 'control') this.wrongKey(path, reason);
    else this.wrong(path, reason);
    return false;
  }

  private wrongKey(path: Path, reason: string): void {
    this.problems.push({ path, reason, isKey: true });
  }

  private wrong(path: Path, reason: string): undefined {
    this.problems.push({ path, reason });
    return undefined;
  }
}

const settingsKeys = ['profile', 'failOn', 'params', 'severity'] as const;

const itemPath = (fields: Fields, at: Path, key: string, index: number): Path =>
  Array.isArray(fields[key]) ? [...at, key, index] : [...at, key];

function present<K extends string, V>(key: K, value: V | undefined): { [k in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [k in K]?: V });
}
