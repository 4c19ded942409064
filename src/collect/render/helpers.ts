import { existsSync } from 'node:fs';
import path from 'node:path';
import { filesUnder, type SourceFiles } from './source-files.ts';
import { type TemplateLine, templateLines } from './template.ts';

/** A named template, as `define` makes it. */
export interface Helper {
  /** Absolute. */
  readonly file: string;
  /** The lines of its body, numbered as in the file. */
  readonly lines: readonly TemplateLine[];
}

/** Beginnings and ends of what ends with `end`. */
const block = /\{\{-?\s*(?:(define|block)\s+"([^"]+)"|(if|with|range|end)\b)[^]*?\}\}/g;

const comment = /\{\{-?\s*\/\*[^]*?\*\/\s*-?\}\}/g;

/** The named templates of a chart and all charts in it, which share their names. */
export class Helpers {
  private readonly folder: string;
  private readonly files: SourceFiles;
  private known: ReadonlyMap<string, () => Helper> | undefined;

  /** `folder`: of the outermost chart, absolute. */
  constructor(folder: string, files: SourceFiles) {
    this.folder = folder;
    this.files = files;
  }

  find(name: string): Helper | undefined {
    this.known ??= this.readAll();
    return this.known.get(name)?.();
  }

  private readAll(): ReadonlyMap<string, () => Helper> {
    const found = new Map<string, () => Helper>();
    if (!existsSync(this.folder)) return found;
    for (const file of filesUnder(this.folder)) {
      if (!/[\\/]templates[\\/].*\.(?:tpl|ya?ml|txt)$/.test(file.slice(path.dirname(this.folder).length)))
        continue;
      const written = this.files.lines(file)?.text ?? '';
      if (!written.includes('define')) continue;
      // Comments may hold what looks like actions.
      const text = written.replace(comment, (whole) => whole.replace(/[^\n]/g, ' '));
      for (const { body, name, start } of definitions(text)) {
        let helper: Helper | undefined;
        found.set(name, () => (helper ??= { file, lines: numbered(body, text.slice(0, start)) }));
      }
    }
    return found;
  }
}

function* definitions(text: string): Generator<{ name: string; body: string; start: number }> {
  const open: { name: string | undefined; start: number }[] = [];
  for (const match of text.matchAll(block)) {
    const [whole, , name, word] = match;
    if (word === 'end') {
      const opened = open.pop();
      if (opened?.name !== undefined)
        yield { name: opened.name, body: text.slice(opened.start, match.index), start: opened.start };
    } else open.push({ name: word === undefined ? name : undefined, start: match.index + whole.length });
  }
}

function numbered(body: string, before: string): readonly TemplateLine[] {
  const offset = before.split('\n').length - 1;
  return templateLines(body).map((line) => ({ ...line, line: line.line + offset }));
}
