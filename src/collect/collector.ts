import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Problem } from '../model/finding.ts';
import type { Json, JsonObject, Path } from '../model/object.ts';
import { valueAt } from '../model/path.ts';
import { type Document, locate, position, readDocuments } from '../yaml/index.ts';
import type { Collection, CollectOptions, Manifest, RenderedInput } from './collection.ts';
import { type Dump, LARGEST_PART, listOf } from './dump/dump.ts';
import { Garbage } from './dump/garbage.ts';
import type { ListHead } from './dump/parts.ts';
import { holdsTemplate, mayHoldManifests } from './manifest-text.ts';
import { objectsIn, objectsInItem, referenceOf } from './objects.ts';
import { readNamed } from './read-named.ts';
import { readError } from './read-error.ts';
import type { RenderedFrom } from './rendered.ts';
import { isKustomizationFile, mayWrap, Rendering, wrapsPlainFiles } from './rendering.ts';
import { type FoundFile, showPath } from './walk.ts';
import { keepYoungGenerationSmall, largeInput } from './young-generation.ts';

/** Bytes of a dump whose objects are handed over together. */
const BATCH = 1_000_000;

/** Gathers the objects of texts, one after the other, and what is to be said of everything that is none. */
export class Collector {
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
      const { readBytes = file.named ? readNamed : readFileSync } = this.options;
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
