import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import path from 'node:path';

/** The root of the project. */
export const root = path.join(import.meta.dirname, '../..');

/** A call of the command line, and the code it ends with. Paths are below a copy of `examples` and `fixtures`. */
export interface Call {
  readonly words: string;
  readonly code: number;
}

/** A call of each verb. */
export const calls: readonly Call[] = [
  { words: 'version', code: 0 },
  { words: 'help', code: 0 },
  { words: 'scan examples/shop', code: 1 },
  { words: 'scan examples/shop --profile all -o json', code: 1 },
  { words: 'scan examples/shop --profile cis-1.12 -o sarif', code: 1 },
  { words: 'fix --diff --unsafe examples/shop', code: 1 },
  { words: 'lint fixtures/lint', code: 3 },
  { words: 'test examples/policy-tests', code: 0 },
  { words: 'export --profile pss-restricted', code: 0 },
  { words: 'explain privileged-container -f examples/shop/database.yaml', code: 1 },
  { words: 'eval object.spec.replicas>0 -f examples/shop/api.yaml --object Deployment/api', code: 0 },
  { words: 'controls -o wide', code: 0 },
  { words: 'admit --policy fixtures/admission/policies fixtures/admission/reviews.jsonl', code: 3 },
  { words: 'mutate -f fixtures/mutation/pod.yaml --policy fixtures/mutation/policies.yaml', code: 0 },
  { words: 'psp convert fixtures/psp/restricted.yaml', code: 0 },
  { words: 'import fixtures/peers', code: 1 },
  { words: 'completion bash', code: 0 },
  { words: '__complete sca', code: 0 },
  { words: 'lsp --stdio', code: 1 },
  { words: 'scan examples/shop -o html', code: 1 },
  { words: 'scann', code: 2 },
];

/** Copies what the calls read into a folder. */
export function copyInputs(folder: string): void {
  cpSync(path.join(root, 'examples'), path.join(folder, 'examples'), { recursive: true });
  cpSync(path.join(root, 'test/golden/fixtures'), path.join(folder, 'fixtures'), { recursive: true });
}

/** What a call printed, without the time it took, which is all that may differ. */
export interface Printed {
  readonly out: string;
  readonly err: string;
  readonly code: number | null;
}

interface Around {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
}

/** Runs a program to its end, with no environment but what is given. */
export function run(command: readonly string[], { cwd, env, input }: Around): Printed {
  const [program, ...args] = command;
  const ended: SpawnSyncReturns<string> = spawnSync(program!, args, {
    cwd,
    env: env ?? {},
    input: input ?? '',
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (ended.error !== undefined) throw ended.error;
  return { out: timeless(ended.stdout), err: timeless(ended.stderr), code: ended.status };
}

function timeless(text: string): string {
  return text.replaceAll(/\b\d+(?:\.\d+)? ?m?s\b/g, '0 s');
}

/** The words of a call. */
export function wordsOf({ words }: Call): string[] {
  return words.split(' ');
}
