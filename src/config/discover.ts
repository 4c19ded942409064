import { readFileSync } from 'node:fs';
import path from 'node:path';
import picomatch from 'picomatch';
import type { Problem } from '../model/finding.ts';
import type { Json } from '../model/object.ts';
import { readError } from '../collect/read-error.ts';
import { linkStatOf } from '../collect/stat-of.ts';
import { locate, position, type Position, readDocuments } from '../yaml/index.ts';
import { type Configuration, type KnownNames, readConfiguration, type Settings } from './settings.ts';

/** The name of a configuration file. */
export const configurationName = '.scantling.yaml';

/** A configuration that was read, and from where. */
export interface FoundConfiguration {
  /** Absolute path of the file. */
  readonly file: string;
  readonly configuration: Configuration;
  /** As the file is shown to people. */
  readonly shown: string;
  /** Where each of its exceptions starts. */
  readonly exceptionPlaces: readonly Position[];
}

/**
 * Finds and reads the configuration that counts for each file: the nearest `.scantling.yaml` at or above its folder.
 * Each is read once; mistakes in any of them are kept as problems, located in the file.
 */
export class Configurations {
  readonly problems: Problem[] = [];
  private readonly byFolder = new Map<string, FoundConfiguration | undefined>();
  private readonly byFile = new Map<string, FoundConfiguration | undefined>();
  private readonly known: KnownNames;
  private readonly show: (absolute: string) => string;
  private readonly fixed: string | undefined;
  private readonly readBytes: (absolute: string) => Uint8Array;

  /**
   * `show` says how a path is written for people; with `fixed` that file (absolute) counts everywhere. `readBytes` stands
   * in for the disk where somebody is editing the files.
   */
  constructor(
    known: KnownNames,
    show: (absolute: string) => string,
    fixed?: string,
    readBytes: (absolute: string) => Uint8Array = (absolute) => readFileSync(absolute),
  ) {
    this.known = known;
    this.show = show;
    this.fixed = fixed;
    this.readBytes = readBytes;
  }

  /** The configuration of a folder (absolute). */
  forFolder(folder: string): FoundConfiguration | undefined {
    if (this.fixed !== undefined) return this.read(this.fixed);
    if (this.byFolder.has(folder)) return this.byFolder.get(folder);
    const file = path.join(folder, configurationName);
    const parent = path.dirname(folder);
    let found: FoundConfiguration | undefined;
    // A link that leads nowhere is a configuration that cannot be read, not none.
    if (linkStatOf(file) !== undefined) found = this.read(file);
    else if (parent !== folder) found = this.forFolder(parent);
    this.byFolder.set(folder, found);
    return found;
  }

  /** Reads one configuration file (absolute). */
  read(file: string): FoundConfiguration | undefined {
    if (this.byFile.has(file)) return this.byFile.get(file);
    const found = this.parse(file);
    this.byFile.set(file, found);
    return found;
  }

  private parse(file: string): FoundConfiguration | undefined {
    const shown = this.show(file);
    const problem = (line: number, column: number, reason: string): void => {
      this.problems.push({ file: shown, line, column, severity: 'error', reason });
    };
    let bytes: Uint8Array;
    try {
      bytes = this.readBytes(file);
    } catch (error) {
      problem(0, 0, `cannot be read: ${readError(error)}`);
      return undefined;
    }
    const documents = [...readDocuments(bytes)].filter((document) => !document.isEmpty);
    const [document] = documents;
    if (document === undefined) return { file, configuration: {}, shown, exceptionPlaces: [] };
    for (const { start, severity, reason } of documents.flatMap((one) => one.problems)) {
      const { line, column } = position(document, start);
      if (severity === 'error' || reason.includes('already')) problem(line, column, reason.split(';')[0]!);
    }
    const second = documents[1];
    if (second !== undefined) {
      const { line, column } = position(second, locate(second, [[]])[0]!.span.start);
      problem(line, column, 'a configuration is one document');
    }
    if (document.value === undefined) return undefined;
    const { configuration, problems } = readConfiguration(document.value as Json, this.known);
    const places = locate(
      document,
      problems.map((one) => one.path),
    );
    for (const [i, { reason, isKey }] of problems.entries()) {
      const { span, key, value } = places[i]!;
      // What stands on lines of its own below a key is found by the key.
      const isBelow =
        key !== undefined && position(document, value.start).line !== position(document, key.start).line;
      const at = isKey === true || isBelow ? (key ?? span) : value;
      const { line, column } = position(document, at.start);
      problem(line, column, reason);
    }
    const paths = (configuration.exceptions ?? []).map((_, i) => ['exceptions', i]);
    const exceptionPlaces = (paths.length === 0 ? [] : locate(document, paths)).map(({ span }) =>
      position(document, span.start),
    );
    return { file, configuration, shown, exceptionPlaces };
  }
}

/** What counts for one file (absolute): the top level with the sections that match it, later ones over earlier ones. */
export function settingsFor(file: string, found: FoundConfiguration | undefined): Settings {
  if (found === undefined) return {};
  const { configuration } = found;
  const relative = path.relative(path.dirname(found.file), file).split(path.sep).join('/');
  let settings: Settings = configuration;
  for (const section of configuration.paths ?? []) {
    if (
      !picomatch(
        section.match.map((glob) => glob.replace(/^\.\//, '')),
        { dot: true },
      )(relative)
    )
      continue;
    settings = {
      profile: section.profile ?? settings.profile,
      failOn: section.failOn ?? settings.failOn,
      params: { ...settings.params, ...section.params },
      severity: { ...settings.severity, ...section.severity },
    };
  }
  const { profile, failOn, params, severity } = settings;
  return { profile, failOn, params, severity };
}
