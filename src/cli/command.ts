import { parseArgs } from 'node:util';
import { suggestion } from '../config/did-you-mean.ts';

/** One flag of a verb; its help is data. */
export interface Flag {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: boolean;
  /** Shown in help as `--flag VALUE`. */
  readonly value?: string;
  /** All it may be set to, where that is a closed set that only this flag has; shells complete them. */
  readonly values?: readonly string[];
  readonly help: string;
}

/** A verb of the command line. */
export interface Command {
  readonly name: string;
  /** One line for the list of verbs. */
  readonly summary: string;
  /** How to call it, without the program's name. */
  readonly usage: string;
  /** All its first argument may be, where that is a closed set; shells complete them. */
  readonly arguments?: readonly string[];
  readonly flags: Readonly<Record<string, Flag>>;
  /** A few calls worth copying. */
  readonly examples: readonly string[];
  /** What a caller must know beside the flags; the last part of the help. */
  readonly notes?: string;
}

/** The flags of a call by their long names; absent where they were not given. */
export type FlagValues = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** A call behind its verb. */
export interface Arguments {
  readonly flags: FlagValues;
  readonly positionals: readonly string[];
}

/** A mistake in how the program was called: exit code 2. */
export class UsageError extends Error {}

/** Flags every verb has. */
const everywhere: Readonly<Record<string, Flag>> = {
  help: { type: 'boolean', short: 'h', help: 'show this help' },
};

/** Parses the arguments after the verb. Throws `UsageError` with the likely flag for an unknown one. */
export function parseArguments(command: Command, args: readonly string[]): Arguments {
  const flags = { ...command.flags, ...everywhere };
  for (const arg of args) {
    if (arg === '--') break;
    const name = /^--([^=]+)/.exec(arg)?.[1];
    if (name !== undefined && !Object.hasOwn(flags, name)) {
      throw new UsageError(
        `unknown flag --${name}${suggestion(name, Object.keys(flags)).replace('"', '"--')}`,
      );
    }
  }
  try {
    const options = Object.fromEntries(
      Object.entries(flags).map(([name, { type, short, multiple }]) => [
        name,
        { type, ...(short !== undefined && { short }), ...(multiple === true && { multiple }) },
      ]),
    );
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
      strict: true,
    });
    return { flags: values as FlagValues, positionals };
  } catch (error) {
    throw new UsageError(inOurWords(error as NodeJS.ErrnoException));
  }
}

/** What Node says of a flag, without its advice about `--`. */
function inOurWords({ code, message }: NodeJS.ErrnoException): string {
  const flag = /'(-.+?)(?: <value>)?'/.exec(message)?.[1] ?? '';
  const long = flag.replace(/^-\w, /, '');
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return `unknown flag ${flag}`;
  if (code !== 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') return message;
  if (message.includes('does not take')) return `${long} takes no value`;
  const isDash = message.includes('ambiguous');
  return `${long}: the value is missing${isDash ? `; one that starts with a dash is written ${long}=-...` : ''}`;
}

/** The text of a string flag, or undefined. */
export function flagText(flags: FlagValues, name: string): string | undefined {
  const value = flags[name];
  return typeof value === 'string' ? value : undefined;
}

/** The values of a flag that may be repeated, as they are written; file names may hold commas. */
export function flagValues(flags: FlagValues, name: string): readonly string[] {
  const value = flags[name];
  return Array.isArray(value) ? (value as readonly string[]) : typeof value === 'string' ? [value] : [];
}

/** The values of a flag that may be repeated or hold commas. Throws a `UsageError` where it is there and empty. */
export function flagList(flags: FlagValues, name: string): readonly string[] {
  const written = flagValues(flags, name);
  const values = written
    .flatMap((text: string) => text.split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '');
  // A variable of a script that is not set must not stand for the default.
  if (written.length > 0 && values.length === 0) throw new UsageError(`--${name} is empty`);
  return values;
}

/** The help page of a verb. */
export function commandHelp(command: Command): string {
  const flags = Object.entries({ ...command.flags, ...everywhere }).map(([name, flag]) => {
    const short = flag.short === undefined ? '    ' : `-${flag.short}, `;
    const value = flag.type === 'string' ? ` ${flag.value ?? 'VALUE'}` : '';
    return { left: `  ${short}--${name}${value}`, help: flag.help };
  });
  const column = Math.min(36, Math.max(...flags.map(({ left }) => left.length)) + 2);
  const lines = flags.map(({ left, help }) =>
    left.length + 2 > column ? `${left}\n${' '.repeat(column)}${help}` : left.padEnd(column) + help,
  );
  return [
    `${command.summary}\n`,
    `Usage: scantling ${command.usage}\n`,
    'Examples:',
    ...command.examples.map((example) => `  ${example}`),
    '\nFlags:',
    ...lines,
    ...(command.notes === undefined ? [] : [`\n${command.notes}`]),
    '',
  ].join('\n');
}
