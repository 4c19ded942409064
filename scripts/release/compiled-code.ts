import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { codeName } from './code-name.ts';

const fixtures = 'test/golden/fixtures';

/**
 * Runs of verbs that do what most of their runs do and write no file. A verb that is not here starts with what `help`
 * compiles, which is the beginning of them all.
 */
export const rehearsals: Readonly<Record<string, string>> = {
  scan: 'examples/shop',
  admit: `--policy ${fixtures}/admission/policies ${fixtures}/admission/reviews.jsonl`,
  fix: '--diff examples/shop',
  mutate: `-f ${fixtures}/mutation/pod.yaml --policy ${fixtures}/mutation/policies.yaml`,
  explain: 'privileged-container -f examples/shop/database.yaml',
  eval: 'object.spec.containers.size()>0 -f examples/shop/api.yaml --object Deployment/api',
  export: '--profile pss-restricted',
  controls: '',
  lint: `${fixtures}/lint`,
  test: 'examples/policy-tests/own',
  psp: `convert ${fixtures}/psp/cluster.yaml`,
  import: `${fixtures}/peers`,
  completion: 'bash',
  lsp: '',
  __complete: 'sca',
  help: '',
};

/**
 * What V8 compiled in one run of each verb, as files by their name inside of the executable. Made by the Node `program`, for
 * which alone it is good, and the same whenever it is made: with the seed of its hash tables fixed, V8 writes its code in one
 * order.
 *
 * @param dist the folder with the bundles
 * @param folder a folder to write to
 * @param bundles the bundle of each verb
 */
export function compiledCode(
  program: string,
  dist: string,
  folder: string,
  bundles: Readonly<Record<string, string>>,
): ReadonlyMap<string, string> {
  const assets = new Map<string, string>();
  for (const [verb, bundle] of Object.entries(bundles)) {
    const rehearsal = rehearsals[verb];
    if (rehearsal === undefined) continue;
    const into = path.join(folder, verb);
    mkdirSync(into, { recursive: true });
    const words = rehearsal.split(' ').filter((word) => word !== '');
    rehearse(program, [path.resolve(dist), into, bundle, verb, ...words]);
    for (const file of readdirSync(into).sort()) assets.set(codeName(verb, file), path.join(into, file));
  }
  return assets;
}

function rehearse(program: string, args: readonly string[]): void {
  const script = path.join(import.meta.dirname, 'compile-verb.ts');
  const { status, stderr } = spawnSync(program, ['--hash-seed=1', script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { PATH: process.env['PATH'], NODE_DISABLE_COMPILE_CACHE: '1', NO_COLOR: '1', TZ: 'UTC' },
  });
  // Findings and inputs with mistakes in them are part of it; a call with a mistake has done nothing.
  if (status === null || status === 2 || stderr.includes('inside scantling')) {
    throw new Error(`the rehearsal of "${args.slice(3).join(' ')}" ended with ${status}:\n${stderr}`);
  }
}
