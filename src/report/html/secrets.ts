import type { Report } from '../../model/finding.ts';
import { SourceLines } from './excerpt.ts';

const dots = '••••••••';
/** Anything shorter is a word that stands everywhere and no secret. */
const shortest = 4;

/** Makes text fit for a page that is passed around: what a finding about a secret points at is covered. */
export type Concealer = (file: string, text: string) => string;

/**
 * What controls about secrets found, so that no frame, no diff and no message of any other finding shows it either. Each
 * occurrence in texts of the same file becomes dots, of a length that tells nothing.
 */
export function concealer(report: Report, linesOf: (file: string) => SourceLines | undefined): Concealer {
  const byFile = new Map<string, Set<string>>();
  for (const { control, location, verdict } of report.findings) {
    const isSecret = Object.hasOwn(report.controls, control) && report.controls[control]!.conceals === true;
    if (!isSecret || verdict === 'pass' || location === undefined) continue;
    const lines = linesOf(location.file);
    for (let number = location.line; number <= location.endLine && lines !== undefined; number++) {
      const line = lines.line(number) ?? '';
      const start = number === location.line ? location.column - 1 : 0;
      const secret = valueOf(
        line.slice(start, number === location.endLine ? location.endColumn - 1 : undefined),
      );
      if (secret.length >= shortest) {
        const known = byFile.get(location.file);
        if (known === undefined) byFile.set(location.file, new Set([secret]));
        else known.add(secret);
      }
    }
  }
  const longestFirst = new Map(
    [...byFile].map(([file, secrets]) => [file, [...secrets].sort((a, b) => b.length - a.length)]),
  );
  return (file, text) =>
    (longestFirst.get(file) ?? []).reduce((covered, secret) => covered.replaceAll(secret, dots), text);
}

/** What stands behind a key, as written and without quotes. */
function valueOf(text: string): string {
  const value = text.replace(/^[\s-]*(?:"[^"]*"|'[^']*'|[\w./-]+)\s*:(?:\s+|$)/, '').trim();
  return value.replace(/^(["'])(.*)\1$/, '$2');
}
