/** What the runner gives to an action: the environment of its process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The inputs of `action.yml`, read. */
export interface Inputs {
  readonly paths: readonly string[];
  readonly workingDirectory: string;
  readonly policy: readonly string[];
  /** Inputs that are flags of `scantling scan` with the same names, where they are given. */
  readonly flags: Readonly<Record<string, string>>;
  readonly baseline: string | undefined;
  readonly config: string | undefined;
  readonly since: string | undefined;
  readonly sarifFile: string | undefined;
  readonly annotations: boolean;
  readonly summary: boolean;
}

/** A mistake in the workflow: exit code 2. */
export class InputError extends Error {}

/**
 * Reads the inputs as the runner passes them: `INPUT_` and the name in capitals, blanks as underscores, dashes as they are.
 * Throws an `InputError` for a boolean that is none. Source: docs.github.com, "Metadata syntax for GitHub Actions", `inputs`.
 */
export function readInputs(env: Environment): Inputs {
  const text = (name: string): string | undefined => {
    const value = env[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`]?.trim();
    return value === '' ? undefined : value;
  };
  const flags = ['profile', 'fail-on', 'kubernetes-version'].flatMap((name) => {
    const value = text(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    paths: lines(text('paths') ?? '.'),
    workingDirectory: text('working-directory') ?? '.',
    policy: lines(text('policy') ?? ''),
    flags: Object.fromEntries(flags),
    baseline: text('baseline'),
    config: text('config'),
    since: text('since'),
    sarifFile: text('sarif-file'),
    annotations: boolean('annotations', text('annotations')),
    summary: boolean('summary', text('summary')),
  };
}

function lines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** The core schema of YAML 1.2, which the runner's own toolkit reads booleans by. */
function boolean(name: string, text = 'true'): boolean {
  if (/^(true|True|TRUE)$/.test(text)) return true;
  if (/^(false|False|FALSE)$/.test(text)) return false;
  throw new InputError(`the input ${name} takes true or false, not "${text}"`);
}
