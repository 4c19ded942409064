import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Problem } from '../model/finding.ts';
import type { Json, JsonObject, KubeObject, ObjectReference, Path } from '../model/object.ts';
import { valueAt } from '../model/path.ts';
import { type Document, type LineIndex, locate, position, readDocuments } from '../yaml/index.ts';
import { Dump, LARGEST_PART, listOf, openDump, spoolDump } from './dump/dump.ts';
import { Garbage } from './dump/garbage.ts';
import type { ListHead } from './dump/parts.ts';
import { objectsIn, objectsInItem } from './objects.ts';
import { readError } from './read-error.ts';
import type { RenderedFrom, RenderedText } from './rendered.ts';
import {
  isKustomizationFile,
  mayWrap,
  type RenderedFolders,
  Rendering,
  wrapsPlainFiles,
} from './rendering.ts';
import { type FoundFile, showPath, walk, type WalkOptions } from './walk.ts';
import { keepYoungGenerationSmall, largeInput } from './young-generation.ts';

/** Bytes of a dump whose objects are handed over together. */
const BATCH = 1_000_000;

/** An object of a file, with the document it stands in for exact locations. */
export interface Manifest extends KubeObject {
  readonly source: Document;
  /** The text of its file. */
  readonly lines: LineIndex;
  /** How it came from its file, where that is input of a renderer; `source` and `lines` are what was rendered. */
  readonly rendered?: RenderedFrom | undefined;
}

export interface CollectOptions extends WalkOptions {
  /** Deepest nesting that is read, default 500. */
  readonly maxDepth?: number;
  /** Objects of Argo CD and Flux whose folders were rendered for them, as `file#document`. */
  readonly unwrapped?: ReadonlySet<string>;
  /** Says no to files that a configuration excludes. */
  readonly accept?: (absolute: string) => boolean;
  /** Called after each file: how many are done of how many. */
  readonly onProgress?: (done: number, all: number) => void;
  /** The text of standard input, for the input `-`. */
  readonly stdin?: () => Uint8Array;
  /** The same in blocks, which a dump is written into a temporary file from. */
  readonly stdinBlocks?: () => Iterable<Uint8Array>;
  /** Reads a file (absolute), by default from the disk. Throws as `readFileSync` does. */
  readonly readBytes?: ((absolute: string) => Uint8Array) | undefined;
  /**
   * Bytes from which on a file is read part by part and never held as a whole; by default none is. Its objects have to be
   * shelved, and an item of a List counts as a document of its own.
   */
  readonly dumpFrom?: number;
}

/** What was found in the inputs, and everything that was not judged and why. */
export interface Collection {
  readonly manifests: readonly Manifest[];
  readonly problems: readonly Problem[];
  /** Files that hold at least one object. */
  readonly files: number;
  readonly notManifests: number;
  /** Charts and Kustomize folders, and files that are templates, as shown. */
  readonly renderingNeeded: readonly string[];
}

/**
 * Reads every Kubernetes object of `inputs`: files, folders, globs, and `-` for standard input; YAML and JSON, several
 * documents in a file, Lists item by item. What cannot be read becomes a problem and costs nothing else its verdict.
 */
export function collectManifests(inputs: readonly string[], options: CollectOptions): Collection {
  const reader = new ManifestReader(inputs, options);
  const manifests = [...reader.files.keys()].flatMap((i) => reader.read(i));
  return { manifests, ...reader.result() };
}

/** A file, or standard input, which has no path. */
export type FoundInput = Omit<FoundFile, 'absolute'> & {
  readonly absolute: string | undefined;
  /** What was made of it, where it is a chart or a kustomization that has been rendered. */
  readonly rendered?: RenderedInput;
};

/** A rendered text, and the files (as shown) whose objects are wanted where not all are. */
export type RenderedInput = RenderedText & { readonly only: ReadonlySet<string> | undefined };

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
    return (statSync(absolute, { throwIfNoEntry: false })?.size ?? 0) >= dumpFrom;
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

class Collector {
  private manifests: Manifest[] = [];
  private readonly problems: Problem[] = [];
  readonly rendering = new Rendering();
  private readonly renderingNeeded = new Set<string>();
  private readonly options: CollectOptions;
  private files = 0;
  /** Bytes so far. */
  private bytes = 0;
  private notManifests = 0;

  constructor(options: CollectOptions) {
    this.options = options;
  }

  /** The manifests read since the last time. */
  take(): readonly Manifest[] {
    const taken = this.manifests;
    this.manifests = [];
    return taken;
  }

  add({ problems, files, notManifests, renderingNeeded }: Omit<Collection, 'manifests'>): void {
    this.problems.push(...problems);
    this.files += files;
    this.notManifests += notManifests;
    for (const folder of renderingNeeded) this.renderingNeeded.add(folder);
  }

  result(): Omit<Collection, 'manifests'> {
    const { problems, files, notManifests } = this;
    return { problems, files, notManifests, renderingNeeded: [...this.renderingNeeded].sort() };
  }

  problem(file: string, line: number, column: number, severity: Problem['severity'], reason: string): void {
    this.problems.push({ file, line, column, severity, reason });
  }

  file(file: FoundFile): void {
    const folder = this.rendering.folderFor(file.absolute);
    if (folder !== undefined) this.renderingNeeded.add(showPath(folder, this.options.cwd));
    if (folder !== undefined || isKustomizationFile(file.absolute)) return;
    try {
      const { readBytes = readFileSync } = this.options;
      this.text(file.shown, file.named, () => readBytes(file.absolute));
    } catch (error) {
      this.problem(file.shown, 0, 0, 'error', `cannot be read: ${readError(error)}`);
    }
  }

  /** Whether a file is not read as it is: it belongs to a chart or a Kustomize folder. */
  passesOver(absolute: string): boolean {
    return this.rendering.folderFor(absolute) !== undefined || isKustomizationFile(absolute);
  }

  /** The objects of a dump, in pieces of about a megabyte of it. */
  *dump(named: boolean, dump: Dump): Generator<readonly Manifest[]> {
    const { file, outline } = dump;
    const mayHold = named || mayHoldManifests(dump.start);
    let found = 0;
    let unread = 0;
    if (mayHold) {
      for (const { line, column, reason } of outline.problems) {
        this.problem(file, line, column, 'error', reason);
        unread++;
      }
    }
    const garbage = new Garbage();
    let size = 0;
    let list: ListHead | undefined;
    for (let i = 0; mayHold && i < outline.parts.length; i++) {
      const part = dump.part(i);
      if (part.list !== undefined && part.list !== list) unread += this.listHead(file, (list = part.list));
      if (part.list !== undefined && !isList(part.list)) continue;
      size += part.end - part.start;
      if (part.end - part.start > LARGEST_PART) {
        if (!named && part.list === undefined) continue;
        const what = part.list === undefined ? 'document' : 'item';
        const reason = `this ${what} is longer than ${LARGEST_PART / 1e6} MB, which no API server would take: it is not read`;
        this.problem(file, part.line, part.column, 'error', reason);
        unread++;
        continue;
      }
      for (const document of dump.read(i)) {
        unread +=
          part.list === undefined
            ? this.objectsOf(file, named, document)
            : this.item(file, document, part.list, dump.itemPath);
      }
      if (size < BATCH) continue;
      size = 0;
      found += this.manifests.length;
      yield this.take();
      garbage.check();
    }
    if (found + this.manifests.length > 0) this.files++;
    else if (unread === 0) this.notManifests++;
  }

  /** Says what is wrong with a List as a whole; returns how many such things there are. */
  private listHead(file: string, head: ListHead): number {
    if (isList(head)) return 0;
    const { apiVersion, kind, line, column } = head;
    const strays = [...objectsIn({ apiVersion, kind, metadata: {} }, [])];
    for (const stray of strays)
      if ('reason' in stray) this.problem(file, line, column, 'error', stray.reason);
    return strays.length;
  }

  private item(file: string, document: Document, list: ListHead, path: Path): number {
    if (document.value === undefined) {
      this.located(file, document, 'error', (reason) => reason);
      return 1;
    }
    const value = valueAt(document.value as Json, path) ?? null;
    return this.document(file, true, document, objectsInItem(value, path, listOf(list)));
  }

  /** The objects of a text that stands in no file; they count for the files they came from. */
  rendered({ text, fromOf, only }: RenderedInput): void {
    const files = new Set<string>();
    for (const document of readDocuments(text, { maxDepth: this.options.maxDepth })) {
      if (document.isEmpty) continue;
      const from = fromOf(document);
      if (only !== undefined && !only.has(from.file)) continue;
      const before = this.manifests.length;
      this.document(from.file, false, document, undefined, from);
      if (this.manifests.length > before) files.add(from.file);
    }
    this.files += files.size;
  }

  text(file: string, named: boolean, read: () => Uint8Array): void {
    const opened = this.open(named, read);
    if (opened === undefined) {
      this.notManifests++;
      return;
    }
    const before = this.manifests.length;
    let unread = 0;
    this.bytes += opened.size;
    if (this.bytes > largeInput) keepYoungGenerationSmall();
    for (const document of opened.documents) unread += this.objectsOf(file, named, document);
    this.count(before, unread);
  }

  *textInSteps(file: string, documents: Iterable<Document>): Generator<undefined, void> {
    const before = this.manifests.length;
    let unread = 0;
    for (const document of documents) {
      unread += this.objectsOf(file, false, document);
      yield;
    }
    this.count(before, unread);
  }

  /** How much of a document could not be read. */
  private objectsOf(file: string, named: boolean, document: Document): number {
    if (document.isEmpty) return 0;
    if (document.value === undefined) return this.unreadable(file, named, document);
    return this.document(file, named, document);
  }

  private count(before: number, unread: number): void {
    if (this.manifests.length > before) this.files++;
    else if (unread === 0) this.notManifests++;
  }

  /** The documents of a text; undefined where it cannot hold manifests. Nobody keeps the bytes of a huge file from here on. */
  private open(
    named: boolean,
    read: () => Uint8Array,
  ): { readonly documents: Iterable<Document>; readonly size: number } | undefined {
    const bytes = read();
    if (!named && !mayHoldManifests(bytes)) return undefined;
    return {
      documents: readDocuments(bytes, { maxDepth: this.options.maxDepth }),
      size: bytes.length,
    };
  }

  /** Counts 1 if it matters: a document that no one takes for a manifest may be as broken as it likes. */
  private unreadable(file: string, named: boolean, document: Document): number {
    if (!named && !/^[ \t\r{]*["']?(?:apiVersion|kind)["']?[ \t]*:/m.test(document.text)) return 0;
    if (holdsTemplate(document.text)) {
      this.renderingNeeded.add(file);
      this.located(
        file,
        document,
        'warning',
        (reason) => `looks like a template that has to be rendered first: ${reason}`,
      );
    } else {
      this.located(file, document, 'error', (reason) => reason);
    }
    return 1;
  }

  private located(
    file: string,
    document: Document,
    severity: Problem['severity'],
    say: (reason: string) => string,
  ): void {
    for (const problem of document.problems) {
      const { line, column } = position(document, problem.start);
      this.problem(
        file,
        line,
        column,
        severity === 'warning' ? severity : problem.severity,
        say(problem.reason),
      );
    }
  }

  /** Counts what looks like an object and is none. */
  private document(
    file: string,
    named: boolean,
    document: Document,
    objects = objectsIn((document.value ?? null) as Json, []),
    rendered?: RenderedFrom,
  ): number {
    const before = this.manifests.length;
    let strays = 0;
    for (const found of objects) {
      const { path } = found;
      if ('reason' in found) {
        const { line, column, file: place } = placeOf(file, document, path, rendered);
        // Outside of a List a file that was only found may be anybody's.
        const severity = named || path.length > 0 ? 'error' : 'warning';
        this.problem(place, line, column, severity, found.reason);
        strays++;
        continue;
      }
      const { value } = found;
      if (mayWrap(value) && !this.isUnwrapped(value, file, document)) this.renderingNeeded.add(file);
      const origin = { file, document: document.index, path };
      const reference = referenceOf(value);
      const manifest = { reference, value, origin, source: document, lines: document.lines };
      this.manifests.push(rendered === undefined ? manifest : { ...manifest, rendered });
    }
    if (rendered !== undefined) this.renderedProblems(document, rendered);
    else if (this.manifests.length > before) this.located(file, document, 'warning', (reason) => reason);
    return strays;
  }

  /** Whether what an object of Argo CD or Flux applies is looked at, as far as it is in the input. */
  private isUnwrapped(value: JsonObject, file: string, document: Document): boolean {
    const { cwd, unwrapped } = this.options;
    if (unwrapped?.has(`${file}#${document.index}`) === true) return true;
    return wrapsPlainFiles(value, path.resolve(cwd, file), cwd);
  }

  /** What is wrong with a rendered text stands nowhere in a file; it is shown where its document begins. */
  private renderedProblems(document: Document, { locate: find }: RenderedFrom): void {
    for (const { reason, severity } of document.problems) {
      const { file, line, column } = find(document, []).location;
      this.problem(file, line, column, severity, `in what it renders to: ${reason}`);
    }
  }
}

/** Whether the items of such a List are objects; what is cut off may have said so. */
function isList({ apiVersion, kind, isCut }: ListHead): boolean {
  return isCut || (apiVersion !== '' && kind !== '');
}

function placeOf(
  file: string,
  document: Document,
  path: Path,
  rendered: RenderedFrom | undefined,
): { readonly file: string; readonly line: number; readonly column: number } {
  if (rendered !== undefined) return rendered.locate(document, path).location;
  const [place] = locate(document, [path]);
  return { file, ...position(document, place!.span.start) };
}

/** Whether `{{ ... }}` stands on some line; a search that takes as long as the text is, whatever is in it. */
function holdsTemplate(text: string): boolean {
  for (let open = text.indexOf('{{'); open >= 0;) {
    const close = text.indexOf('}}', open + 2);
    if (close < 0) return false;
    // Behind the last line break before the end, where there is one between.
    const start = text.lastIndexOf('\n', close) + 1;
    if (start <= open) return true;
    open = text.indexOf('{{', start);
  }
  return false;
}

/** Whether reading is worth it: a lock file or a schema of megabytes need not be parsed to learn that it is no manifest. */
function mayHoldManifests(bytes: Uint8Array): boolean {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (isUtf16) return true;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (text.includes('apiVersion')) return true;
  return text.includes('kind') && (text.includes('metadata') || text.includes('spec'));
}

function referenceOf(value: JsonObject): ObjectReference {
  const metadata = value['metadata'];
  const fields = metadata !== null && typeof metadata === 'object' ? (metadata as JsonObject) : {};
  const text = (field: Json | undefined): string => (typeof field === 'string' ? field : '');
  return {
    apiVersion: text(value['apiVersion']),
    kind: text(value['kind']),
    namespace: text(fields['namespace']),
    name: text(fields['name']) || text(fields['generateName']),
  };
}
