import path from 'node:path';
import { type Catalogue, controlCompiler } from '../../catalogue/catalogue.ts';
import {
  formatMinorVersion,
  latestMinorVersion,
  type MinorVersion,
  parseMinorVersion,
} from '../../catalogue/versions.ts';
import { excludes } from '../../collect/walk.ts';
import { Configurations, type FoundConfiguration, settingsFor } from '../../config/discover.ts';
import type { Problem } from '../../model/finding.ts';
import { PolicyCompiler } from '../../policy/index.ts';
import { ConfiguredExceptions } from '../except.ts';
import { knownNames } from '../known-names.ts';
import { type Ruleset, Rulesets } from '../ruleset.ts';
import { noUserPolicies, readUserPolicies, type UserPolicies } from '../user-policies.ts';
import { noFolder, wholePath } from './open-text.ts';

/** What was said when the program was started; it wins over every configuration. */
export interface RulebookOptions {
  readonly catalogue: Catalogue;
  readonly profiles: readonly string[] | undefined;
  readonly version: MinorVersion | undefined;
  /** The configuration (absolute) of every file. */
  readonly config: string | undefined;
  /** Reads a file as it is being edited. Throws as `readFileSync` does. */
  readonly readBytes: (absolute: string) => Uint8Array;
}

/** What counts for one file. */
export interface FileRules {
  readonly ruleset: Ruleset;
  readonly version: MinorVersion;
  readonly own: UserPolicies;
  /** Whether its configuration leaves it out. */
  readonly isExcluded: boolean;
}

/** What the files with one configuration have in common. */
interface Shelf {
  readonly rulesets: Rulesets;
  readonly version: MinorVersion;
  readonly own: UserPolicies;
}

/**
 * The rules that count for each file, by the nearest `.scantling.yaml` as with `scantling scan`. Everything is read once;
 * whoever knows of a change makes a new one.
 */
export class Rulebook {
  readonly catalogue: Catalogue;
  private readonly options: RulebookOptions;
  private readonly configurations: Configurations;
  private readonly shelves = new Map<string | undefined, Shelf>();

  constructor(options: RulebookOptions) {
    this.options = options;
    this.catalogue = options.catalogue;
    const { catalogue, config, readBytes } = options;
    this.configurations = new Configurations(knownNames(catalogue), wholePath, config, readBytes);
  }

  /** The rules for a file (absolute), or for a text that was never saved. */
  for(file: string | undefined): FileRules {
    const found = this.configurations.forFolder(path.dirname(file ?? path.resolve('x')));
    const shelf = this.shelfOf(found);
    return {
      ...shelf,
      ruleset: shelf.rulesets.for(file === undefined ? {} : settingsFor(file, found)),
      isExcluded: file !== undefined && isExcluded(file, found),
    };
  }

  /** What is wrong with the configurations that were looked at and with the policies they name; files are absolute. */
  get problems(): readonly Problem[] {
    const policies = [...this.shelves.values()].flatMap(({ own }) => own.problems);
    return [...this.configurations.problems, ...policies];
  }

  /** What the configurations accept on a day, `YYYY-MM-DD`. */
  exceptions(today: string): ConfiguredExceptions {
    return new ConfiguredExceptions(this.configurations, noFolder, today);
  }

  /** Whether any of the configurations that were looked at names policies, which are files that may change. */
  get usesPolicies(): boolean {
    return [...this.shelves.values()].some(({ own }) => own !== noUserPolicies);
  }

  /** What is wrong with one configuration (absolute), used or not, and which of its exceptions have ended by a day. */
  problemsOf(file: string, today: string): readonly Problem[] {
    const found = this.configurations.read(file);
    const wrong = this.configurations.problems.filter((problem) => problem.file === wholePath(file));
    const ended = (found?.configuration.exceptions ?? []).flatMap((exception, i): Problem[] => {
      if (exception?.until === undefined || exception.until >= today) return [];
      const reason = `this exception does not count: it expired on ${exception.until}`;
      return [{ file: wholePath(file), ...found!.exceptionPlaces[i]!, severity: 'warning', reason }];
    });
    return [...wrong, ...ended];
  }

  private shelfOf(found: FoundConfiguration | undefined): Shelf {
    let shelf = this.shelves.get(found?.file);
    if (shelf === undefined) this.shelves.set(found?.file, (shelf = this.open(found)));
    return shelf;
  }

  private open(found: FoundConfiguration | undefined): Shelf {
    const { catalogue, profiles } = this.options;
    const { kubernetesVersion, policy = [] } = found?.configuration ?? {};
    const version = this.options.version ?? parseMinorVersion(kubernetesVersion ?? '') ?? latestMinorVersion;
    const folder = path.dirname(found?.file ?? '');
    const own =
      policy.length === 0
        ? noUserPolicies
        : readUserPolicies(
            policy.map((one) => path.resolve(folder, one)),
            noFolder,
            new PolicyCompiler({ version: formatMinorVersion(version) }),
            catalogue.controls,
          );
    const selection = { profiles, controls: undefined };
    const compiler = controlCompiler(catalogue, version);
    return { rulesets: new Rulesets(catalogue, version, compiler, selection, own), version, own };
  }
}

function isExcluded(file: string, found: FoundConfiguration | undefined): boolean {
  const globs = found?.configuration.exclude ?? [];
  if (found === undefined || globs.length === 0) return false;
  return excludes(globs)(wholePath(path.relative(path.dirname(found.file), file)));
}
