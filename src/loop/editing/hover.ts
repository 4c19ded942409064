import type { Catalogue } from '../../catalogue/catalogue.ts';
import type { ControlMetadata } from '../../model/control.ts';
import { practiceName } from '../../model/practice.ts';
import { unifiedDiff } from '../../report/unified-diff.ts';
import { applySplices } from '../../yaml/index.ts';
import { described } from '../lint.ts';
import type { ExpressionType } from './expression-type.ts';
import { remedyFor } from './mending.ts';
import type { Notice } from './notice.ts';

/** Diffs longer than this are no help beside a pointer. */
const mostDiffLines = 40;

/**
 * What a person wants to know about a notice, as Markdown: what fails, why it matters, what to do, what exactly would
 * change, and where to read more. Undefined for a notice whose message says everything.
 */
export function describeNotice(notice: Notice, catalogue: Catalogue): string | undefined {
  const { about, code, message } = notice;
  if (code === undefined || about === undefined) return undefined;
  const control = catalogue.controls.get(code);
  const trap = described.find(({ id }) => id === code);
  const own = about.failure?.rule.metadata;
  const known = control ?? trap ?? own;
  if (known === undefined) return undefined;
  const { title, why, fix, severity } = known;
  // A policy of the user's is a manifest like any other.
  const ours = control === undefined && trap === undefined ? escaped : same;
  const practice = control === undefined ? '' : ` · ${practiceName(control.practice)}`;
  const parts = [
    `**${code}** · ${about.failure?.severity ?? severity}${practice}`,
    `${escaped(message)}`,
    title === message ? '' : `*${ours(title)}*`,
    why === '' ? '' : `**Why** ${ours(why)}`,
    fix === '' ? '' : `**Prefer** ${ours(fix)}`,
    about.failure === undefined ? '' : change(notice, catalogue),
    frameworks(control?.frameworks ?? {}),
    (control?.references ?? []).map((one) => `- <${one}>`).join('\n'),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** What a control is about, as Markdown. */
export function describeControl({
  fix,
  frameworks: named,
  id,
  practice,
  references,
  severity,
  title,
  why,
}: ControlMetadata): string {
  const parts = [
    `**${id}** · ${severity} · ${practiceName(practice)}`,
    title,
    `**Why** ${why}`,
    `**Prefer** ${fix}`,
    frameworks(named),
    references.map((one) => `- <${one}>`).join('\n'),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** The type of a part of an expression, as Markdown. */
export function describeExpression({ text, types }: ExpressionType): string {
  const short = text.replaceAll(/\s+/g, ' ');
  const shown = short.length > 80 ? `${short.slice(0, 79)}…` : short;
  const lines = types.map(
    ({ kinds, type }) => `${type}${kinds.length === 0 ? '' : `  // ${kinds.join(', ')}`}`,
  );
  return `${fenced('cel', shown)}\n\n${fenced('text', lines.join('\n'))}`;
}

/** The exact lines to avoid and to prefer, or why there are none. */
function change({ about }: Notice, catalogue: Catalogue): string {
  const failure = about!.failure!;
  const { kind, note, splices } = remedyFor(failure, catalogue);
  if (kind === 'none') return `**Fix** by hand: ${escaped(note)}`;
  const { text } = failure.manifest.lines;
  // Of a large file only what is around the change is compared.
  const start = text.lastIndexOf('\n', Math.max(0, Math.min(...splices.map((one) => one.start)) - 400)) + 1;
  const last = text.indexOf('\n', Math.max(...splices.map((one) => one.end)) + 400);
  const end = last < 0 ? text.length : last + 1;
  const moved = splices.map((one) => ({ ...one, start: one.start - start, end: one.end - start }));
  const before = text.slice(start, end);
  const lines = unifiedDiff(before, applySplices(before, moved), ['', '']).split('\n').slice(2);
  const shown = lines.filter((line) => !line.startsWith('@@')).slice(0, mostDiffLines);
  const risk = kind === 'unsafe' ? `, unsafe: ${note}` : '';
  return `**Fix**${risk}\n\n${fenced('diff', shown.join('\n').trimEnd())}`;
}

function frameworks(named: Readonly<Record<string, readonly string[]>>): string {
  return Object.entries(named)
    .map(([framework, ids]) => `${framework} ${ids.join(', ')}`)
    .join(' · ');
}

/** A block of code, between fences that are longer than any in it. */
function fenced(language: string, code: string): string {
  const longest = Math.max(3, ...[...code.matchAll(/~+/g)].map(([run]) => run.length));
  const fence = '~'.repeat(longest + 1);
  return `${fence}${language}\n${code}\n${fence}`;
}

const same = (text: string): string => text;

/** Text that Markdown shows as it is: what a manifest says is not to become a link or a picture. */
function escaped(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>#|!~]/g, String.raw`\$&`);
}
