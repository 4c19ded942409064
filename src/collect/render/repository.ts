import { type Dirent, readdirSync } from 'node:fs';
import path from 'node:path';

/** More entries than a repository of manifests has. */
const mostEntries = 100_000;

/** More of them than generators look at, which may do so again for each element of another one. */
const mostLooks = 5_000_000;

/** The folders and files of a repository, listed once for all who look for some of them. */
export class Repository {
  /** Absolute. */
  readonly root: string;
  private readonly listed = new Map<'folders' | 'files', readonly string[] | undefined>();
  private left: number;

  /** `left` is how many entries may be looked at in all. */
  constructor(root: string, left = mostLooks) {
    this.root = root;
    this.left = left;
  }

  /**
   * All below the root as POSIX paths: folders but those whose names begin with a dot, or files as git has them. Undefined where they
   * are too many, or have been looked through too often.
   */
  list(what: 'folders' | 'files'): readonly string[] | undefined {
    if (!this.listed.has(what)) this.listed.set(what, entriesIn(this.root, what === 'folders'));
    const found = this.listed.get(what);
    this.left -= found?.length ?? 0;
    return this.left < 0 ? undefined : found;
  }
}

function entriesIn(root: string, areFolders: boolean): readonly string[] | undefined {
  const found: string[] = [];
  let seen = 0;
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of entriesOf(path.join(root, folder))) {
      if (++seen > mostEntries) return undefined;
      const isFolder = entry.isDirectory();
      if (!isFolder && !entry.isFile()) continue;
      if (isFolder && (areFolders ? entry.name.startsWith('.') : entry.name === '.git')) continue;
      const inside = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (isFolder === areFolders) found.push(inside);
      if (isFolder) folders.push(inside);
    }
  }
  return found.sort();
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
