import { readFileSync } from 'node:fs';
import { readDocuments } from '../yaml/index.ts';
import type { Collection, CollectOptions, FoundInput, Manifest } from './collection.ts';
import { Collector } from './collector.ts';
import { Dump, openDump, spoolDump } from './dump/dump.ts';
import { readError } from './read-error.ts';
import type { RenderedFolders } from './rendering.ts';
import { statOf } from './stat-of.ts';
import { walk } from './walk.ts';

export type { Collection, CollectOptions, FoundInput, Manifest, RenderedInput } from './collection.ts';

/**
 * Reads every Kubernetes object of `inputs`: files, folders, globs, and `-` for standard input; YAML and JSON, several
 * documents in a file, Lists item by item. What cannot be read becomes a problem and costs nothing else its verdict.
 */
export function collectManifests(inputs: readonly string[], options: CollectOptions): Collection {
  const reader = new ManifestReader(inputs, options);
  const manifests = [...reader.files.keys()].flatMap((i) => reader.read(i));
  return { manifests, ...reader.result() };
}

/** The same file by file, for a caller that is done with the objects of one before it reads the next. */
export class ManifestReader {
  /** As shown; standard input is `-`. */
  readonly files: readonly string[];
  readonly found: readonly FoundInput[];
  private readonly collector: Collector;
  private readonly options: CollectOptions;
  private readonly dumps = new Map<string, Dump>();
  /** What is on standard input, which can be read only once. */
  private stdin: Dump | Uint8Array | 'nothing' | undefined;

  /** Inputs that were found already are not looked for again. */
  constructor(inputs: readonly string[] | readonly FoundInput[], options: CollectOptions) {
    this.options = options;
    this.collector = new Collector(options);
    if (inputs.every((input) => typeof input !== 'string')) {
      this.found = inputs;
    } else {
      this.found = this.find(inputs as readonly string[]);
    }
    this.files = this.found.map(({ shown }) => shown);
  }

  private find(inputs: readonly string[]): FoundInput[] {
    const { options } = this;
    const { files, missing, notFollowed, dangling } = walk(
      inputs.filter((input) => input !== '-'),
      options,
    );
    for (const { input, reason } of missing) this.collector.problem(input, 0, 0, 'error', reason);
    for (const link of notFollowed) {
      const reason = 'a symbolic link that leads out of the folder is not followed';
      this.collector.problem(link, 0, 0, 'warning', reason);
    }
    for (const link of dangling) {
      this.collector.problem(link, 0, 0, 'warning', 'a symbolic link that leads nowhere');
    }
    const stdin: FoundInput[] = inputs.includes('-')
      ? [{ absolute: undefined, shown: '-', named: true }]
      : [];
    return [...stdin, ...files.filter(({ absolute }) => options.accept?.(absolute) !== false)];
  }

  /** The objects of a file by its place in `files`. */
  read(index: number): readonly Manifest[] {
    return [...this.batches(index)].flat();
  }

  /** The same in pieces where a file is too large to be held; each piece may be forgotten before the next is asked for. */
  *batches(index: number): Generator<readonly Manifest[]> {
    const { absolute, shown, named, rendered } = this.found[index]!;
    const opened = rendered === undefined ? this.opened(index) : undefined;
    if (rendered !== undefined) this.collector.rendered(rendered);
    else if (opened instanceof Uint8Array) this.collector.text(shown, true, () => opened);
    else if (opened instanceof Dump) yield* this.collector.dump(named, opened);
    else if (opened === 'a file' && absolute !== undefined) {
      this.collector.file({ absolute, shown, named });
    }
    this.options.onProgress?.(index + 1, this.files.length);
    yield this.collector.take();
  }

  /** Whether any file is read part by part. */
  get hasDumps(): boolean {
    return this.found.some(({ absolute, rendered }, i) => {
      if (rendered !== undefined) return false;
      return absolute === undefined ? this.opened(i) instanceof Dump : this.isDump(absolute);
    });
  }

  /** The dump that was read as `file`. */
  dump(file: string): Dump | undefined {
    return this.dumps.get(file);
  }

  private isDump(absolute: string | undefined): boolean {
    const { dumpFrom = Infinity } = this.options;
    if (dumpFrom === Infinity || absolute === undefined) return false;
    return (statOf(absolute)?.size ?? 0) >= dumpFrom;
  }

  /** A dump, what is on standard input, or that it is to be read as any file. */
  private opened(index: number): Dump | Uint8Array | 'a file' | 'nothing' {
    const { absolute, shown } = this.found[index]!;
    const { maxDepth } = this.options;
    try {
      const opened =
        absolute === undefined ? this.openStdin(shown) : this.openFile(shown, absolute, maxDepth);
      if (opened instanceof Dump) this.dumps.set(shown, opened);
      return opened;
    } catch (error) {
      this.collector.problem(shown, 0, 0, 'error', `cannot be read: ${readError(error)}`);
      if (absolute === undefined) this.stdin = 'nothing';
      return 'nothing';
    }
  }

  private openStdin(shown: string): Dump | Uint8Array | 'nothing' {
    const { dumpFrom = Infinity, maxDepth, stdin, stdinBlocks } = this.options;
    return (this.stdin ??=
      stdinBlocks === undefined || dumpFrom === Infinity
        ? (stdin?.() ?? readFileSync(0))
        : spoolDump(shown, stdinBlocks(), dumpFrom, maxDepth));
  }

  private openFile(shown: string, absolute: string, maxDepth: number | undefined): Dump | 'a file' {
    if (!this.isDump(absolute) || this.collector.passesOver(absolute)) return 'a file';
    return openDump(shown, absolute, maxDepth) ?? 'a file';
  }

  /** The charts and kustomizations that files of it belong to. */
  get renderedFolders(): RenderedFolders {
    return this.collector.rendering.foldersOf(this.found);
  }

  /** Takes over what another reader has to say of some of the files. */
  add(rest: Omit<Collection, 'manifests'>): void {
    this.collector.add(rest);
  }

  /** What is to be said of everything that was read. */
  result(): Omit<Collection, 'manifests'> {
    return this.collector.result();
  }
}

/** Reads the objects of one text as if it stood in `file`, by the rules for files that were found, not named. */
export function collectText(file: string, bytes: Uint8Array): Collection {
  const collector = new Collector({ cwd: '', exclude: [] });
  collector.text(file, false, () => bytes);
  return { manifests: collector.take(), ...collector.result() };
}

/**
 * As {@link collectText} for a text that is open in an editor, in steps of one document: whoever asks for the next one may
 * do something else before, or not ask any more.
 */
export function* collectTextInSteps(file: string, text: string): Generator<undefined, Collection> {
  const collector = new Collector({ cwd: '', exclude: [] });
  yield* collector.textInSteps(file, readDocuments(text));
  return { manifests: collector.take(), ...collector.result() };
}
