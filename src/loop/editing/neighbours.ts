import { readFileSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { collectText, type Manifest, ManifestReader } from '../../collect/manifests.ts';
import { shelve } from '../../collect/shelf.ts';
import { type Extract, extract, keep, type KeptExtract } from '../../derive/extract.ts';
import type { Given } from '../../derive/inventory.ts';
import { noFolder, wholePath } from './open-text.ts';
import type { Pace } from './pace.ts';

/** What is known of one file beside the one that is being judged. */
interface Neighbour {
  readonly manifests: readonly Manifest[];
  /** Of the manifests, in their order. */
  readonly extracts: readonly KeptExtract[];
  /** How many objects and how much text there are, also where they are not kept. */
  readonly objects: number;
  readonly characters: number;
}

/** Folders with more in them than this are not looked through. */
const mostEntries = 20_000;
/** With more objects than this, working out what they show together would be felt at every keystroke. */
const mostObjects = 3_000;
/** Characters of text that are kept. */
const mostText = 20_000_000;
/** Larger files, such as dumps of clusters, are not read: that would be felt. */
const largestFile = 5_000_000;

/**
 * The objects in the folders that an editor has open: what a reference, a selector or a binding in one file may be about.
 * Folders that hold too much are not looked through; then nothing is known of what is elsewhere, and nothing is said about it.
 */
export class Neighbours {
  private readonly folders: readonly string[];
  private readonly accept: (absolute: string) => boolean;
  private readonly files = new Map<string, Neighbour>();
  private objects = 0;
  private characters = 0;
  private hasLargeFile = false;
  private state: 'unread' | 'complete' | 'partial' = 'unread';

  /** `accept` says no to files that a configuration leaves out. */
  constructor(folders: readonly string[], accept: (absolute: string) => boolean) {
    this.folders = folders;
    this.accept = accept;
  }

  /** Whether {@link read} has been through. */
  get isRead(): boolean {
    return this.state !== 'unread';
  }

  /** How much of a cluster the folders are, as a scan of them would have it. */
  get given(): Given {
    return this.state === 'complete' && !this.holdsTooMuch ? 'folder' : 'files';
  }

  /** What stands in all files but one (absolute); nothing where there is too much of it. */
  others(file: string | undefined): { manifests: readonly Manifest[]; extracts: readonly KeptExtract[] } {
    if (this.holdsTooMuch) return { manifests: [], extracts: [] };
    const others = [...this.files].filter(([name]) => name !== file).map(([, neighbour]) => neighbour);
    return {
      manifests: others.flatMap(({ manifests }) => manifests),
      extracts: others.flatMap(({ extracts }) => extracts),
    };
  }

  /** Reads all files, in slices. */
  async read(pace: Pace): Promise<void> {
    if (this.folders.length === 0 || !(await isSmall(this.folders, pace))) {
      this.state = 'partial';
      return;
    }
    const reader = new ManifestReader(this.folders, {
      cwd: noFolder,
      exclude: [],
      accept: this.accept,
    });
    for (const [index, { absolute }] of reader.found.entries()) {
      if (await pace.isOver()) return;
      // What is being edited has come in already, and is newer.
      if (absolute === undefined || this.files.has(absolute)) continue;
      if (sizeOf(absolute) > largestFile) {
        this.hasLargeFile = true;
        break;
      }
      this.put(absolute, reader.read(index));
      if (this.holdsTooMuch) break;
    }
    const { problems, renderingNeeded } = reader.result();
    const isWhole = renderingNeeded.length === 0 && problems.every(({ severity }) => severity !== 'error');
    this.state = isWhole && !this.holdsTooMuch ? 'complete' : 'partial';
  }

  /**
   * Takes what a file (absolute) holds now; says whether that changes anything for the others. `extracts` are those of its
   * objects where somebody has made them already.
   */
  put(file: string, manifests: readonly Manifest[], extracts?: readonly Extract[]): boolean {
    const before = this.files.get(file);
    this.drop(file);
    const isMuch = manifests.length > mostObjects;
    const kept = isMuch ? [] : manifests.map(({ value }, i) => keep(extracts?.[i] ?? extract(value)));
    this.files.set(file, {
      manifests: isMuch ? [] : shelve(manifests),
      extracts: kept,
      objects: manifests.length,
      characters: manifests[0]?.lines.text.length ?? 0,
    });
    this.objects += manifests.length;
    this.characters += manifests[0]?.lines.text.length ?? 0;
    return printed(before?.extracts) !== printed(kept);
  }

  /** Reads a file (absolute) again that was changed on the disk; one that was not known stays so. */
  refresh(file: string): void {
    if (!this.files.has(file)) return;
    try {
      this.put(file, collectText(wholePath(file), readFileSync(file)).manifests);
    } catch {
      // It is gone, and so is what was known of it.
      this.drop(file);
    }
  }

  private drop(file: string): void {
    const known = this.files.get(file);
    if (known === undefined) return;
    this.files.delete(file);
    this.objects -= known.objects;
    this.characters -= known.characters;
  }

  private get holdsTooMuch(): boolean {
    return this.hasLargeFile || this.objects > mostObjects || this.characters > mostText;
  }
}

/** Bytes of a file; none of one that is gone. */
function sizeOf(absolute: string): number {
  return statSync(absolute, { throwIfNoEntry: false })?.size ?? 0;
}

/** Whether folders can be walked through in no time. What git keeps and what npm installs does not count: nobody looks there. */
async function isSmall(folders: readonly string[], pace: Pace): Promise<boolean> {
  const waiting = [...folders];
  let entries = 0;
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    if (await pace.isOver()) return false;
    const found = await readdir(folder, { withFileTypes: true }).catch(() => []);
    entries += found.length;
    if (entries > mostEntries) return false;
    for (const entry of found) {
      if (entry.isDirectory() && entry.name !== '.git' && entry.name !== 'node_modules')
        waiting.push(path.join(folder, entry.name));
    }
  }
  return true;
}

/** Extracts as a text to compare; integers beyond 2^53 are no JSON. */
function printed(extracts: readonly KeptExtract[] = []): string {
  return JSON.stringify(extracts, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
}
