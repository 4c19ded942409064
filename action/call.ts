import path from 'node:path';
import type { Inputs } from './inputs.ts';

/** Where one run of the scanner leaves what the action reads. */
export interface CallFiles {
  readonly report: string;
  readonly annotations: string;
}

/**
 * The arguments of the scanner. It runs in the workspace, whatever the working directory, because GitHub takes the paths of
 * annotations and of SARIF for relative to the root of the repository.
 */
export function scanArguments(
  inputs: Inputs,
  since: string | undefined,
  files: CallFiles,
): readonly string[] {
  const below = (name: string): string => fromWorkspace(inputs, name);
  const option = (flag: string, value: string | undefined): readonly string[] =>
    value === undefined ? [] : [`--${flag}=${value}`];
  return [
    'scan',
    ...Object.entries(inputs.flags).flatMap(([flag, value]) => option(flag, value)),
    ...inputs.policy.flatMap((name) => option('policy', below(name))),
    ...option('config', inputs.config && below(inputs.config)),
    ...option('baseline', inputs.baseline && below(inputs.baseline)),
    ...option('since', since),
    '--output=text',
    `--output=json=${files.report}`,
    ...(inputs.annotations ? [`--output=github=${files.annotations}`] : []),
    ...(inputs.sarifFile === undefined ? [] : [`--output=sarif=${below(inputs.sarifFile)}`]),
    '--',
    ...inputs.paths.map(below),
  ];
}

/** A name in the working directory as one in the workspace; absolute ones stay. */
export function fromWorkspace({ workingDirectory }: Pick<Inputs, 'workingDirectory'>, name: string): string {
  return path.isAbsolute(name) ? name : path.join(workingDirectory, name);
}
