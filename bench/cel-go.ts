import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** Nanoseconds of one evaluation by expression; null where cel-go cannot compile it. */
export interface CelGo {
  readonly plain: readonly (number | null)[];
  readonly configured: readonly (number | null)[];
  /** For how many objects each expression holds. */
  readonly holding: readonly number[];
}

const sources = ['main.go', 'go.mod'];

/**
 * Times cel-go on the same expressions and objects, as a library and as kube-apiserver configures it. Undefined, after a
 * line that says why, where Go or its modules cannot be had. The program is built once, into a cache folder.
 */
export function celGo(
  expressions: readonly string[],
  objects: readonly unknown[],
  params: unknown,
): CelGo | undefined {
  const program = build();
  if (program === undefined) return undefined;
  const { status, stdout, stderr } = spawnSync(program, {
    input: JSON.stringify({ expressions, objects, params }),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`cel-go failed: ${stderr}`);
  return JSON.parse(stdout) as CelGo;
}

function build(): string | undefined {
  if (spawnSync('go', ['version']).status !== 0) return skipped('Go is not installed');
  const here = path.join(import.meta.dirname, 'cel-go');
  const cache = process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
  const folder = path.join(cache, 'scantling', 'bench-cel-go');
  const program = path.join(folder, 'cel-go');
  mkdirSync(folder, { recursive: true });
  const isCurrent = sources.every((name) => {
    const [built, source] = [path.join(folder, name), path.join(here, name)];
    // Building adds what is indirect to the copy of go.mod, so only what is required here is compared.
    return existsSync(built) && includesLines(readFileSync(built, 'utf8'), readFileSync(source, 'utf8'));
  });
  if (isCurrent && existsSync(program)) return program;
  for (const name of sources) copyFileSync(path.join(here, name), path.join(folder, name));
  const { status, stderr } = spawnSync('go', ['build', '-o', program, '.'], {
    cwd: folder,
    env: { ...process.env, GOFLAGS: '-mod=mod', CGO_ENABLED: '0' },
    encoding: 'utf8',
  });
  return status === 0 ? program : skipped(`it cannot be built: ${stderr.trim().split('\n').at(-1)!}`);
}

function includesLines(text: string, lines: string): boolean {
  const present = new Set(text.split('\n'));
  return lines.split('\n').every((line) => present.has(line));
}

function skipped(why: string): undefined {
  console.log(`\nSKIPPED: cel-go is not measured: ${why}`);
}
