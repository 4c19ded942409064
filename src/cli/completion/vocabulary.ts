import type { Catalogue } from '../../catalogue/catalogue.ts';
import { comparableTools } from '../../catalogue/cross-walk.ts';
import { formatMinorVersion, minorVersions } from '../../catalogue/versions.ts';
import { severities } from '../../model/severity.ts';
import type { Command } from '../command.ts';

/** Something a shell offers, and what it shows beside it; an empty description shows nothing. */
export type Word = readonly [text: string, description: string];

/** What a flag's value or an argument is. */
export type Meaning =
  | 'controls'
  | 'profiles'
  | 'versions'
  | 'tools'
  | 'severities'
  | 'verbs'
  | 'refs'
  | 'files';

/** A flag as a shell has to know it. */
export interface FlagWords {
  readonly name: string;
  readonly short?: string;
  readonly help: string;
  readonly isRepeatable: boolean;
  /** Absent for a flag without a value; a list where the values are this flag's own; `none` where nobody can guess it. */
  readonly value?: Meaning | 'none' | readonly string[];
  /** Several values may be written with commas between them. */
  readonly isList?: boolean;
  /** `=FILE` may follow a value. */
  readonly hasFile?: boolean;
}

/** A verb as a shell has to know it. */
export interface VerbWords {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly FlagWords[];
  /** What the first argument is. */
  readonly arguments: Meaning | 'none' | readonly string[];
  /** What those after it are; the same where nothing is said. */
  readonly further?: 'none' | 'files';
}

/** Everything a shell completes, as plain data: what the build writes beside the bundle, so that no catalogue is opened. */
export interface Vocabulary {
  readonly verbs: readonly VerbWords[];
  readonly words: Readonly<Record<Exclude<Meaning, 'verbs' | 'refs' | 'files'>, readonly Word[]>>;
}

/** Flags that mean the same in every verb that has them. */
const meanings: Readonly<Record<string, Meaning>> = {
  profile: 'profiles',
  control: 'controls',
  only: 'controls',
  'kubernetes-version': 'versions',
  as: 'tools',
  'fail-on': 'severities',
  since: 'refs',
};

/** What the arguments of a verb are where they are no files. */
const argumentsOf: Readonly<Record<string, VerbWords['arguments']>> = {
  explain: 'controls',
  controls: 'none',
  eval: 'none',
  export: 'none',
  help: 'verbs',
  version: 'none',
};

/** Verbs whose first argument says what is to be done, and then files follow. */
const takesFilesAfter: ReadonlySet<string> = new Set(['psp']);

/** A verb with its line in the list of verbs; without a command where it takes no flags. */
export interface ListedVerb {
  readonly name: string;
  readonly summary: string;
  readonly command?: Command;
}

/** Gathers what shells complete from the table of verbs and the catalogue. */
export function gatherVocabulary(
  verbs: readonly ListedVerb[],
  { controls, profiles }: Pick<Catalogue, 'controls' | 'profiles'>,
): Vocabulary {
  return {
    verbs: verbs.map(verbWords),
    words: {
      controls: [...controls.values()].map(({ id, severity, title }) => [id, `${severity}: ${title}`]),
      profiles: [...profiles.values()].map(({ name, title }) => [name, title]),
      versions: minorVersions.map((version) => [formatMinorVersion(version), '']),
      tools: comparableTools.map((tool) => [tool, '']),
      severities: severities.map((severity) => [severity, '']),
    },
  };
}

function verbWords({ name, summary, command }: ListedVerb): VerbWords {
  const flags = Object.entries(command?.flags ?? {}).map(([flag, one]): FlagWords => ({
    name: flag,
    ...(one.short !== undefined && { short: one.short }),
    help: one.help,
    isRepeatable: one.multiple === true,
    ...(one.type === 'string' && {
      value: one.values ?? meanings[flag] ?? (/FILE|PATH|FOLDER/.test(one.value ?? '') ? 'files' : 'none'),
    }),
    ...(one.value?.endsWith(',...') && { isList: true }),
    ...(one.value?.endsWith('[=FILE]') && { hasFile: true }),
  }));
  const help: FlagWords = { name: 'help', short: 'h', help: 'show this help', isRepeatable: false };
  const first = command?.arguments ?? argumentsOf[name] ?? 'files';
  return {
    name,
    summary,
    flags: command === undefined ? [] : [...flags, help],
    arguments: first,
    ...(first !== 'files' && { further: takesFilesAfter.has(name) ? 'files' : 'none' }),
  };
}
