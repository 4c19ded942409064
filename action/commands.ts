import { randomBytes } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import { severities } from './report.ts';

/** How many annotations of one level GitHub shows for a step; all others are dropped without a word. */
const shown = 10;

/**
 * Sets an output of the step, in the form that takes any text: a delimiter that nobody can guess, so that no value can end early
 * and set another. Source: docs.github.com, "Workflow commands for GitHub Actions", "Multiline strings".
 */
export function setOutput(file: string | undefined, name: string, value: string): void {
  if (file === undefined || file === '') return;
  const delimiter = `end-${randomBytes(16).toString('hex')}`;
  appendFileSync(file, `${name}<<${delimiter}\n${value}\n${delimiter}\n`);
}

/**
 * Keeps the runner from taking what `run` prints for commands: it shows lines of manifests, and those are anybody's.
 * Source: docs.github.com, "Workflow commands for GitHub Actions", "Stopping and starting workflow commands".
 */
export function withoutCommands<T>(print: (text: string) => void, run: () => T): T {
  const token = randomBytes(16).toString('hex');
  print(`::stop-commands::${token}\n`);
  try {
    return run();
  } finally {
    print(`\n::${token}::\n`);
  }
}

/** An error that GitHub shows with the step. */
export function errorCommand(message: string): string {
  const text = message.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  return `::error title=Scantling::${text}\n`;
}

/** The annotations of a file that the scanner wrote: of each level as many as GitHub shows, the worst. */
export function worstAnnotations(file: string): string {
  const rank = (line: string): number => {
    const severity = /^::\w+ title=[^,:]* \((\w+)\)/.exec(line)?.[1];
    // What could not be read has no severity and comes first: all else depends on it.
    return severity === undefined ? -1 : severities.findIndex((one) => one === severity);
  };
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  const number = new Map<string, number>();
  const kept = lines
    .sort((a, b) => rank(a) - rank(b))
    .filter((line) => {
      const level = line.slice(0, line.indexOf(' '));
      number.set(level, (number.get(level) ?? 0) + 1);
      return number.get(level)! <= shown;
    });
  return kept.map((line) => `${line}\n`).join('');
}
