import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fromWorkspace, scanArguments } from './call.ts';
import { errorCommand, setOutput, withoutCommands, worstAnnotations } from './commands.ts';
import { type Environment, InputError, readInputs } from './inputs.ts';
import { countingFindings, readReport } from './report.ts';
import { sinceCommit } from './since.ts';
import { formatSummary } from './summary.ts';

const root = path.join(import.meta.dirname, '..');
const print = (text: string): void => void process.stdout.write(text);

process.exitCode = run(process.env);

/** One step of a workflow; the exit code is the scanner's. */
function run(env: Environment): number {
  const folder = mkdtempSync(path.join(env['RUNNER_TEMP'] ?? tmpdir(), 'scantling-'));
  try {
    return scan(env, folder);
  } catch (error) {
    const isMistake = error instanceof InputError;
    print(
      errorCommand(
        isMistake ? error.message : `something is wrong inside the action: ${(error as Error).stack}`,
      ),
    );
    setOutput(env['GITHUB_OUTPUT'], 'exit-code', isMistake ? '2' : '3');
    return isMistake ? 2 : 3;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function scan(env: Environment, folder: string): number {
  const inputs = readInputs(env);
  const workspace = path.resolve(env['GITHUB_WORKSPACE'] ?? '.');
  const start = path.resolve(workspace, inputs.workingDirectory);
  if (!statSync(start, { throwIfNoEntry: false })?.isDirectory())
    throw new InputError(`working-directory: there is no folder "${inputs.workingDirectory}"`);
  const files = {
    report: path.join(folder, 'report.json'),
    annotations: path.join(folder, 'annotations.txt'),
  };
  const args = scanArguments(inputs, sinceCommit(inputs.since, env, workspace), files);
  const { error, status } = withoutCommands(print, () =>
    spawnSync(process.execPath, [scanner(), ...args], {
      cwd: workspace,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { FORCE_COLOR: '1', ...env },
    }),
  );
  if (error !== undefined) throw error;
  // A scanner that was killed has no exit code, and has judged nothing.
  const exitCode = status ?? 3;
  if (existsSync(files.annotations)) print(worstAnnotations(files.annotations));
  const report = readReport(files.report);
  if (report === undefined)
    print(errorCommand(`scantling ended with exit code ${exitCode} and without a report`));
  else if (inputs.summary && env['GITHUB_STEP_SUMMARY'])
    appendFileSync(env['GITHUB_STEP_SUMMARY'], formatSummary(report, env));
  const output = env['GITHUB_OUTPUT'];
  setOutput(output, 'findings', report === undefined ? '' : String(countingFindings(report).length));
  setOutput(output, 'exit-code', String(exitCode));
  const { sarifFile } = inputs;
  setOutput(
    output,
    'sarif-file',
    sarifFile === undefined || report === undefined ? '' : fromWorkspace(inputs, sarifFile),
  );
  return exitCode;
}

/** The program of this very commit: a release has it built, a clone has its source and, after `npm ci`, what that imports. */
function scanner(): string {
  const isBuilt = existsSync(path.join(root, 'dist/cli.js')) && !existsSync(path.join(root, 'src'));
  if (isBuilt || existsSync(path.join(root, 'node_modules/js-yaml')))
    return path.join(root, 'bin/scantling.js');
  throw new InputError(
    'this commit of the action is not built: name a release, such as @v0.1.0, or run npm ci in a clone of it before',
  );
}
