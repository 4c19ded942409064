import path from 'node:path';
import type { Configurations, FoundConfiguration } from '../config/discover.ts';
import { inContainers, reaches } from '../exceptions/scope.ts';
import type { Exception } from '../model/exception.ts';
import type { Problem } from '../model/finding.ts';
import type { ManifestVerdicts } from './manifest-verdicts.ts';

/** The exceptions of the configurations of a scan: marks what they accept, and tells which of them do nothing. */
export class ConfiguredExceptions {
  private readonly configurations: Configurations;
  private readonly cwd: string;
  private readonly today: string;
  private readonly seen = new Set<FoundConfiguration>();
  private readonly byFile = new Map<string, OfFile | undefined>();
  private readonly used = new Set<Exception>();

  /** `today` is a day, `YYYY-MM-DD`, on which exceptions that end then still count. */
  constructor(configurations: Configurations, cwd: string, today: string) {
    this.configurations = configurations;
    this.cwd = cwd;
    this.today = today;
  }

  /** Marks the failures of a manifest that an exception accepts; the first that is about one counts. */
  apply(verdicts: ManifestVerdicts): void {
    const { manifest } = verdicts;
    const { file } = manifest.origin;
    let ofFile = this.byFile.get(file);
    if (ofFile === undefined && !this.byFile.has(file)) this.byFile.set(file, (ofFile = this.ofFile(file)));
    if (ofFile === undefined) return;
    const { failures } = verdicts;
    if (failures.length === 0) return;
    const object = { file: ofFile.relative, reference: manifest.reference, value: () => manifest.value };
    for (const exception of ofFile.exceptions) {
      if (exception === undefined || this.isOver(exception)) continue;
      const own = failures.filter(({ control }) => exception.controls.includes(control));
      if (own.length === 0 || !reaches(exception.match, object)) continue;
      for (const finding of own.flatMap(({ findings }) => findings)) {
        if (!inContainers(exception.match.containers, finding.at, manifest.value)) continue;
        this.used.add(exception);
        finding.suppression ??= suppressionBy(exception);
      }
    }
  }

  /** The exceptions that count for a file; undefined where there are none. */
  private ofFile(file: string): OfFile | undefined {
    const absolute = path.resolve(this.cwd, file);
    const found = this.configurations.forFolder(file === '-' ? this.cwd : path.dirname(absolute));
    if (found?.configuration.exceptions === undefined) return undefined;
    this.seen.add(found);
    const relative = path.relative(path.dirname(found.file), absolute).split(path.sep).join('/');
    return { exceptions: found.configuration.exceptions, relative: file === '-' ? file : relative };
  }

  /**
   * Exceptions that ended, and those that accept nothing. The latter only where one of their controls was run and all
   * files that they may be about were looked at: everything below the folder of their configuration.
   */
  problems(inputs: readonly string[], runControls: () => readonly { readonly id: string }[]): Problem[] {
    if (this.seen.size === 0) return [];
    const run = new Set(runControls().map(({ id }) => id));
    const folders = inputs.filter((input) => input !== '-').map((input) => path.resolve(this.cwd, input));
    return [...this.seen].flatMap((found) => {
      const own = path.dirname(found.file);
      const isWhole = folders.some((folder) => !path.relative(folder, own).startsWith('..'));
      return (found.configuration.exceptions ?? []).flatMap((exception, i): Problem[] => {
        if (exception === undefined) return [];
        const reason = this.complaint(exception, isWhole, run);
        if (reason === undefined) return [];
        const { column, line } = found.exceptionPlaces[i]!;
        return [{ file: found.shown, line, column, severity: 'warning', reason }];
      });
    });
  }

  private complaint(exception: Exception, isWhole: boolean, run: ReadonlySet<string>): string | undefined {
    if (this.isOver(exception)) return `this exception does not count: it expired on ${exception.until}`;
    const wasRun = exception.controls.filter((control) => run.has(control));
    if (!isWhole || this.used.has(exception) || wasRun.length === 0) return undefined;
    return `this exception is not used: nothing it is about fails ${wasRun.join(', ')}`;
  }

  private isOver({ until }: Exception): boolean {
    return until !== undefined && until < this.today;
  }
}

/** What counts for the objects of one file. */
interface OfFile {
  readonly exceptions: readonly (Exception | undefined)[];
  /** Relative to the folder of the configuration. */
  readonly relative: string;
}

function suppressionBy({ owner, reason, until }: Exception) {
  const by = owner === undefined ? reason : `${reason} (${owner})`;
  return { by: 'configuration' as const, reason: by, ...(until !== undefined && { until }) };
}
