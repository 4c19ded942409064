import { lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import picomatch from 'picomatch';
import { GitIgnore } from './gitignore.ts';
import { readError } from './read-error.ts';
import { statOf } from './stat-of.ts';

/** A file to look into. */
export interface FoundFile {
  /** Absolute path in the system's own form. */
  readonly absolute: string;
  /** POSIX path to show: relative to the working folder where it lies inside it. */
  readonly shown: string;
  /** Named on the command line itself, so a failure to read it is the user's business. */
  readonly named: boolean;
}

/** Where to look, and what to leave out. */
export interface WalkOptions {
  /** The folder relative paths start from, absolute. */
  readonly cwd: string;
  /** Globs of files and folders to leave out, relative to `cwd` (or matching any name when without a slash). */
  readonly exclude: readonly string[];
}

/** The files that inputs name, and what they name besides. */
export interface Walk {
  readonly files: readonly FoundFile[];
  /** Arguments that named nothing, with the reason. */
  readonly missing: readonly { readonly input: string; readonly reason: string }[];
  /** Symbolic links that lead out of the tree and were not followed, as shown. */
  readonly notFollowed: readonly string[];
  /** Symbolic links named like manifests that lead nowhere, as shown. */
  readonly dangling: readonly string[];
}

const manifestName = /\.(?:ya?ml|json)$/i;
/** Configuration of ours and of Helm's: nobody would take it for a manifest. */
const configurationNames = new Set(['.scantling.yaml', 'Chart.yaml']);
const skippedFolders = new Set(['.git', 'node_modules']);

/**
 * Finds the files that `inputs` (files, folders, globs) mean, sorted and each once. In folders `.git`, `node_modules`,
 * what `.gitignore` names and what `exclude` names are skipped, and only `.yaml`, `.yml` and `.json` are taken;
 * a file that is named is taken whatever it is called. Links that lead out of the folder are not followed.
 */
export function walk(inputs: readonly string[], options: WalkOptions): Walk {
  const walker = new Walker(options);
  for (const input of inputs) walker.take(input);
  return walker.result();
}

/** How a path is shown: POSIX separators, relative to `cwd` where it lies inside. */
export function showPath(absolute: string, cwd: string): string {
  const relative = path.relative(cwd, absolute);
  const inside = relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
  return (inside ? relative : absolute).split(path.sep).join('/');
}

class Walker {
  private readonly files = new Map<string, FoundFile>();
  private readonly missing: { input: string; reason: string }[] = [];
  private readonly notFollowed: string[] = [];
  private readonly dangling: string[] = [];
  private readonly ignored = new GitIgnore();
  private readonly excluded: (shown: string) => boolean;
  private readonly cwd: string;

  constructor(options: WalkOptions) {
    this.cwd = options.cwd;
    this.excluded = excludes(options.exclude);
  }

  result(): Walk {
    const files = [...this.files.values()].sort((a, b) => (a.shown < b.shown ? -1 : 1));
    return { files, missing: this.missing, notFollowed: this.notFollowed, dangling: this.dangling };
  }

  take(input: string): void {
    const absolute = path.resolve(this.cwd, input);
    let stat;
    try {
      stat = statSync(absolute, { throwIfNoEntry: false });
    } catch (error) {
      this.missing.push({ input, reason: `cannot be read: ${readError(error)}` });
      return;
    }
    if (stat?.isDirectory()) return this.folder(absolute, absolute, () => true);
    if (stat !== undefined) return this.named(absolute);
    if (picomatch.scan(input).isGlob) return this.glob(input);
    this.missing.push({ input, reason: 'no such file or directory' });
  }

  private named(absolute: string): void {
    if (!this.excluded(showPath(absolute, this.cwd))) this.add(absolute, true);
  }

  private glob(input: string): void {
    const { base } = picomatch.scan(input);
    const root = path.resolve(this.cwd, base);
    const matches = picomatch(path.resolve(this.cwd, input).split(path.sep).join('/'), { dot: true });
    const before = this.files.size;
    if (statOf(root)?.isDirectory() === true) this.folder(root, root, matches);
    if (this.files.size === before) this.missing.push({ input, reason: 'the pattern matches no file' });
  }

  private folder(folder: string, root: string, wanted: (posix: string) => boolean): void {
    let entries;
    try {
      entries = readdirSync(folder, { withFileTypes: true });
    } catch (error) {
      this.missing.push({ input: showPath(folder, this.cwd), reason: `cannot be read: ${readError(error)}` });
      return;
    }
    for (const entry of entries) {
      const absolute = path.join(folder, entry.name);
      if (entry.isSymbolicLink()) {
        this.link(absolute, root);
      } else if (entry.isDirectory()) {
        if (skippedFolders.has(entry.name) || this.excluded(showPath(absolute, this.cwd))) continue;
        if (!this.ignored.ignores(absolute + path.sep)) this.folder(absolute, root, wanted);
      } else if (entry.isFile() && manifestName.test(entry.name) && !configurationNames.has(entry.name)) {
        if (this.ignored.ignores(absolute) || this.excluded(showPath(absolute, this.cwd))) continue;
        if (wanted(absolute.split(path.sep).join('/'))) this.add(absolute, false);
      }
    }
  }

  /** A link into the tree is met again under its own name; one that leads out is only noted. */
  private link(absolute: string, root: string): void {
    try {
      const relative = path.relative(realpathSync(root), realpathSync(absolute));
      if (!relative.startsWith('..') && !path.isAbsolute(relative)) return;
    } catch {
      if (manifestName.test(absolute)) this.dangling.push(showPath(absolute, this.cwd));
      return;
    }
    const isManifest = manifestName.test(absolute) || !lstatSync(absolute).isFile();
    if (isManifest) this.notFollowed.push(showPath(absolute, this.cwd));
  }

  private add(absolute: string, named: boolean): void {
    const known = this.files.get(absolute);
    if (known?.named === true) return;
    this.files.set(absolute, { absolute, shown: showPath(absolute, this.cwd), named });
  }
}

/** A glob without a slash means a name anywhere; a folder's glob means all that is in it. */
export function excludes(globs: readonly string[]): (shown: string) => boolean {
  if (globs.length === 0) return () => false;
  const patterns = globs.flatMap((glob) => {
    const plain = glob.replace(/^\.\//, '').replace(/\/+$/, '');
    const anchored = plain.includes('/') ? plain : `**/${plain}`;
    return [anchored, `${anchored}/**`];
  });
  return picomatch(patterns, { dot: true });
}
