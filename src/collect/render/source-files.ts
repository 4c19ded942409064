import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { decode, type Document, LineIndex, readDocuments } from '../../yaml/index.ts';
import { showPath } from '../walk.ts';

/** The files that something was rendered from, read when somebody looks at one and then kept. */
export class SourceFiles {
  private readonly cwd: string;
  private readonly read = new Map<string, LineIndex | undefined>();
  private readonly parsed = new Map<string, readonly Document[]>();

  /** `cwd`: where shown paths start from, absolute. */
  constructor(cwd: string) {
    this.cwd = cwd;
  }

  /** How an absolute path is shown. */
  shown(absolute: string): string {
    return showPath(absolute, this.cwd);
  }

  /** The text of a file; undefined where there is none that can be read. */
  lines(absolute: string): LineIndex | undefined {
    if (!this.read.has(absolute)) this.read.set(absolute, textOf(absolute));
    return this.read.get(absolute);
  }

  /** Takes a text for that of a file, as of one in an archive. */
  add(absolute: string, text: string): void {
    this.read.set(absolute, new LineIndex(text));
  }

  /** The documents of a file, none where it cannot be read. */
  documents(absolute: string): readonly Document[] {
    let documents = this.parsed.get(absolute);
    if (documents === undefined) {
      const lines = this.lines(absolute);
      documents = lines === undefined ? [] : [...readDocuments(lines.text)];
      this.parsed.set(absolute, documents);
    }
    return documents;
  }

  /** The text of a file by its shown path. */
  textOf(shown: string): string | undefined {
    return this.lines(path.resolve(this.cwd, shown))?.text;
  }
}

/** All files under a folder, links not followed. */
export function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

function textOf(absolute: string): LineIndex | undefined {
  try {
    return new LineIndex(decode(readFileSync(absolute)).text);
  } catch {
    return undefined;
  }
}
