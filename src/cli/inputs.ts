import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Arguments, type Flag, flagValues, UsageError } from './command.ts';

/**
 * What kubectl's users type to name files. Source: `kubectl apply --help`: `-f` takes files and folders, commas between them,
 * `-R` goes into folders below, `-k` takes a Kustomize directory.
 */
export const inputFlags: Readonly<Record<string, Flag>> = {
  filename: {
    type: 'string',
    short: 'f',
    multiple: true,
    value: 'FILE',
    help: 'the same as an argument, as kubectl has it',
  },
  recursive: { type: 'boolean', short: 'R', help: 'folders are always read with all that is below them' },
  kustomize: { type: 'string', short: 'k', multiple: true, value: 'FOLDER', help: 'the same as an argument' },
};

/**
 * The inputs of a call: arguments, and what `-f` and `-k` name; the current folder where nothing is named. A comma parts two
 * names unless there is a file with it in its name or it stands in the braces of a glob. Throws a `UsageError` for an empty name and for the address of
 * a page, which kubectl would fetch.
 */
export function inputsOf({ flags, positionals }: Arguments, cwd: string, verb = 'scan'): readonly string[] {
  const named = [...flagValues(flags, 'filename'), ...flagValues(flags, 'kustomize')].flatMap((name) =>
    existsSync(path.resolve(cwd, name)) || name.includes('{') ? [name] : name.split(','),
  );
  const inputs = [...positionals, ...named];
  if (inputs.includes('')) throw new UsageError('an argument is empty; "." is this folder');
  refuseAddresses(inputs, verb);
  return inputs.length === 0 ? ['.'] : inputs;
}

/** Throws a `UsageError` for the address of a page among the inputs of a verb. */
export function refuseAddresses(inputs: readonly string[], verb: string): void {
  const url = inputs.find((name) => /^https?:\/\//.test(name));
  if (url !== undefined) throw new UsageError(`nothing is fetched: curl -fsSL ${url} | scantling ${verb} -`);
}
