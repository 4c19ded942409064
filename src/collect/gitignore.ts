import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ignore, { type Ignore } from 'ignore';

interface Layer {
  readonly folder: string;
  readonly rules: Ignore;
}

/**
 * What git would leave out, folder by folder: the `.gitignore` of every folder from the repository's root down to the
 * one asked about, the deepest file that has an opinion deciding. Source: gitignore(5), "PATTERN FORMAT".
 */
export class GitIgnore {
  private readonly layers = new Map<string, readonly Layer[]>();

  /** Whether git ignores `file` (an absolute path); a folder's path ends in a separator. */
  ignores(file: string): boolean {
    const isFolder = file.endsWith(path.sep);
    const plain = isFolder ? file.slice(0, -1) : file;
    const layers = this.layersOf(path.dirname(plain));
    for (let i = layers.length - 1; i >= 0; i--) {
      const layer = layers[i]!;
      const relative = path.relative(layer.folder, plain).split(path.sep).join('/');
      const answer = layer.rules.test(isFolder ? `${relative}/` : relative);
      if (answer.ignored) return true;
      if (answer.unignored) return false;
    }
    return false;
  }

  private layersOf(folder: string): readonly Layer[] {
    const known = this.layers.get(folder);
    if (known !== undefined) return known;
    const parent = path.dirname(folder);
    const isRoot = parent === folder || existsSync(path.join(folder, '.git'));
    const inherited = isRoot ? [] : this.layersOf(parent);
    const own = readRules(folder);
    const layers = own === undefined ? inherited : [...inherited, { folder, rules: own }];
    this.layers.set(folder, layers);
    return layers;
  }
}

function readRules(folder: string): Ignore | undefined {
  try {
    return ignore().add(readFileSync(path.join(folder, '.gitignore'), 'utf8'));
  } catch {
    return undefined; // no file, or one we may not read: nothing is left out because of it
  }
}
