import type { Finding, Report } from '../../model/finding.ts';
import type { Sources } from './sources.ts';

/** What a secret becomes: its length tells nothing. */
export const dots = '••••••••';
/** Anything shorter is a word that stands everywhere and no secret. */
const shortest = 4;

/** Makes text fit for a page that is passed around: what a finding about a secret points at is covered. */
export type Concealer = (file: string, text: string) => string;

/**
 * What controls about secrets found, so that no frame, no diff and no message of any other finding shows it either. Each
 * occurrence in texts of the same file becomes dots, of a length that tells nothing.
 */
export function concealer(report: Report, sources: Sources): Concealer {
  const byFile = new Map<string, Set<string>>();
  for (const finding of report.findings) {
    const { location, rendered, verdict } = finding;
    if (verdict === 'pass' || location === undefined || !isAboutSecret(finding, report)) continue;
    const known = byFile.get(location.file) ?? new Set();
    byFile.set(location.file, known);
    const written = valueOf(rendered?.text ?? '');
    if (written.length >= shortest) known.add(written);
    const around = sources.around(location);
    if (around === undefined) continue;
    const { lines, place } = around;
    for (let number = place.line; number <= place.endLine; number++) {
      const start = number === place.line ? place.column - 1 : 0;
      const end = number === place.endLine ? place.endColumn - 1 : undefined;
      const secret = valueOf((lines.line(number) ?? '').slice(start, end));
      if (secret.length >= shortest) known.add(secret);
    }
  }
  const covers = new Map([...byFile].map(([file, secrets]) => [file, cover(secrets)]));
  return (file, text) => covers.get(file)?.(text) ?? text;
}

/** Whether a control about secrets says so, or the field is the content of a Secret. */
function isAboutSecret({ control, object, path }: Finding, { controls }: Report): boolean {
  if (Object.hasOwn(controls, control) && controls[control]!.conceals === true) return true;
  return object.kind === 'Secret' && /^(?:data|stringData)\b/.test(path);
}

/** Replaces every occurrence of the longest secret there is; by their first characters, since a dump may hold thousands. */
function cover(secrets: ReadonlySet<string>): (text: string) => string {
  const byStart = new Map<string, string[]>();
  for (const secret of [...secrets].sort((a, b) => b.length - a.length)) {
    const start = secret.slice(0, shortest);
    const known = byStart.get(start);
    if (known === undefined) byStart.set(start, [secret]);
    else known.push(secret);
  }
  return (text) => {
    let covered = '';
    let kept = 0;
    for (let at = 0; at + shortest <= text.length; at++) {
      const found = byStart.get(text.slice(at, at + shortest))?.find((secret) => text.startsWith(secret, at));
      if (found === undefined) continue;
      covered += text.slice(kept, at) + dots;
      kept = at + found.length;
      at = kept - 1;
    }
    return covered + text.slice(kept);
  };
}

/** What stands behind a key, as written and without quotes. */
function valueOf(text: string): string {
  const value = text.replace(/^[\s-]*(?:"[^"]*"|'[^']*'|[\w./-]+)\s*:(?:\s+|$)/, '').trim();
  return value.replace(/^(["'])(.*)\1$/, '$2');
}
