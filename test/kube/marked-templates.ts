import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { RenderedLine } from '../../src/collect/render/alignment.ts';

/** What is put behind a line of a template: the number of the line, so that what it renders to tells where it came from. */
const mark = /\s?#@@(\d+)/g;

/** Actions that write nothing. */
const silent =
  /\{\{-?\s*(?:if|else|end|range|with|define|block|break|continue|\/\*|\$\w+\s*:?=|\$\w+, *\$\w+ *:=)[^]*?\}\}/g;

/** Marks every line of a chart's templates that shows, as far as a comment can stand behind it. */
export function markTemplates(chart: string): void {
  for (const entry of readdirSync(chart, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.ya?ml$/.test(entry.name) || !entry.parentPath.includes('templates')) continue;
    const file = path.join(entry.parentPath, entry.name);
    let depth = 0;
    const lines = readFileSync(file, 'utf8').split('\n');
    const marked = lines.map((line, i) => {
      const before = depth;
      depth += line.split('{{').length - line.split('}}').length;
      const shows = line.replaceAll(silent, '').trim();
      const isWhole = before === 0 && depth === 0 && shows !== '' && !shows.startsWith('---');
      return isWhole && !/-\}\}\s*$/.test(line) ? `${line} #@@${i + 1}` : line;
    });
    writeFileSync(file, marked.join('\n'));
  }
}

/** A rendered document of marked templates: its lines without marks, and for those that can be told where they came from. */
export function readMarks(
  document: string,
  template: string,
): { readonly rendered: readonly RenderedLine[]; readonly truth: readonly (number | undefined)[] } {
  const rendered: RenderedLine[] = [];
  const truth: (number | undefined)[] = [];
  for (const line of document.split('\n')) {
    const number = [...line.matchAll(mark)][0]?.[1];
    const text = line.replaceAll(mark, '');
    if (text.trim() === '' || line.startsWith('# Source: ')) continue;
    rendered.push({ text: text.trim(), indent: text.length - text.trimStart().length });
    truth.push(number === undefined ? undefined : Number(number));
  }
  // An action that writes several lines has its mark behind the last.
  const lines = template.split('\n');
  for (let i = truth.length - 2; i >= 0; i--) {
    const next = truth[i + 1];
    if (truth[i] === undefined && next !== undefined && /^\s*\{\{.*\}\}\s*$/.test(lines[next - 1]!))
      truth[i] = next;
  }
  return { rendered, truth };
}
