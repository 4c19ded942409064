import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { main } from '../../src/cli/main.ts';

/** What one run of the program wrote, and its exit code. */
export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** The last line a person sees: of standard output, else of standard error. */
  readonly lastLine: string;
}

export interface Surroundings {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
  readonly terminal?: boolean;
  readonly columns?: number;
}

/** Runs the whole program in this process, with streams that only keep what is written. */
export async function run(args: readonly string[], around: Surroundings): Promise<Run> {
  let out = '';
  let err = '';
  // As of a pipe, only the first who asks gets it.
  let stdin = Buffer.from(around.stdin ?? '');
  const code = await main(args, {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    outIsTerminal: around.terminal ?? false,
    errIsTerminal: false,
    columns: around.columns ?? 120,
    stdin: () => {
      const all = stdin;
      stdin = Buffer.alloc(0);
      return all;
    },
    env: around.env ?? {},
    cwd: around.cwd,
  });
  const lines = (out === '' ? err : out).trimEnd().split('\n');
  return { code, out, err, lastLine: lines.at(-1)! };
}

/** Files by their POSIX path. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Writes files, folders as needed. */
export function write(folder: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

/** A folder of its own for a test, gone afterwards. */
export function project(context: TestContext, files: Files = {}): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'scantling-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  write(folder, files);
  return folder;
}

/** The parts of a JSON report that tests look at. */
export interface JsonReport {
  readonly controls: Readonly<Record<string, { readonly severity: string; readonly title: string }>>;
  readonly findings: readonly {
    readonly control: string;
    readonly severity: string;
    readonly verdict: string;
    readonly message: string;
    readonly reason: string;
    readonly object: { readonly kind: string; readonly namespace: string; readonly name: string };
    readonly path: string;
    readonly location: { readonly file: string; readonly line: number; readonly column: number };
    readonly fingerprint: string;
    readonly suppression: { readonly by: string; readonly reason: string } | null;
  }[];
  readonly problems: readonly {
    readonly file: string;
    readonly line: number;
    readonly column: number;
    readonly severity: string;
    readonly reason: string;
  }[];
  readonly coverage: {
    readonly files: number;
    readonly notManifests: number;
    readonly objects: number;
    readonly renderingNeeded: readonly string[];
    readonly unknown: Readonly<Record<string, number>>;
  };
  readonly summary: {
    readonly exitCode: number;
    readonly exitReason: string;
    readonly suppressed: number;
    readonly failures: Readonly<Record<string, number>>;
    readonly verdicts: Readonly<Record<string, number>>;
  };
}

/** Scans with `-o json` and reads the report. */
export async function scanJson(
  args: readonly string[],
  around: Surroundings,
): Promise<Run & { readonly report: JsonReport }> {
  const done = await run(['scan', ...args, '-o', 'json'], around);
  if (done.out === '') throw new Error(`no report: ${done.err}`);
  return { ...done, report: JSON.parse(done.out) as JsonReport };
}

/** `control name path line:column`, one line for each counting failure. */
export function failures({ findings }: JsonReport): string[] {
  return findings
    .filter(({ verdict, suppression }) => verdict === 'fail' && suppression === null)
    .map(
      ({ control, object, path, location }) =>
        `${control} ${object.name} ${path} ${location.line}:${location.column}`,
    );
}

/** `severity file:line:column reason`, one line for each problem. */
export function problems({ problems }: JsonReport): string[] {
  return problems.map(
    ({ severity, file, line, column, reason }) =>
      `${severity} ${line === 0 ? file : `${file}:${line}:${column}`} ${reason}`,
  );
}

/** A pod whose container `web` runs privileged. */
export const privilegedPod = `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: web
    image: nginx
    securityContext:
      privileged: true
`;
