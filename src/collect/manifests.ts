import { readFileSync } from 'node:fs';
import type { Problem } from '../model/finding.ts';
import type { Json, JsonObject, KubeObject, ObjectReference, Path } from '../model/object.ts';
import { type Document, locate, position, readDocuments } from '../yaml/index.ts';
import { isKustomizationFile, Rendering } from './rendering.ts';
import { type FoundFile, showPath, walk, type WalkOptions } from './walk.ts';

/** An object of a file, with the document it stands in for exact locations. */
export interface Manifest extends KubeObject {
  readonly source: Document;
}

export interface CollectOptions extends WalkOptions {
  /** Deepest nesting that is read, default 500. */
  readonly maxDepth?: number;
  /** Says no to files that a configuration excludes. */
  readonly accept?: (absolute: string) => boolean;
  /** Called after each file: how many are done of how many. */
  readonly onProgress?: (done: number, all: number) => void;
  /** The text of standard input, for the input `-`. */
  readonly stdin?: () => Uint8Array;
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
  const collector = new Collector(options);
  const found = walk(
    inputs.filter((input) => input !== '-'),
    options,
  );
  for (const { input, reason } of found.missing) collector.problem(input, 0, 0, 'error', reason);
  for (const link of found.notFollowed) {
    collector.problem(link, 0, 0, 'warning', 'a symbolic link that leads out of the folder is not followed');
  }
  for (const link of found.dangling) {
    collector.problem(link, 0, 0, 'warning', 'a symbolic link that leads nowhere');
  }
  if (inputs.includes('-')) collector.bytes('-', true, options.stdin?.() ?? readFileSync(0));
  for (const [i, file] of found.files.entries()) {
    if (options.accept?.(file.absolute) !== false) collector.file(file);
    options.onProgress?.(i + 1, found.files.length);
  }
  return collector.result();
}

/** Reads the objects of one text as if it stood in `file`, by the rules for files that were found, not named. */
export function collectText(file: string, bytes: Uint8Array): Collection {
  const collector = new Collector({ cwd: '', exclude: [] });
  collector.bytes(file, false, bytes);
  return collector.result();
}

class Collector {
  private readonly manifests: Manifest[] = [];
  private readonly problems: Problem[] = [];
  private readonly rendering = new Rendering();
  private readonly renderingNeeded = new Set<string>();
  private readonly options: CollectOptions;
  private files = 0;
  private notManifests = 0;

  constructor(options: CollectOptions) {
    this.options = options;
  }

  result(): Collection {
    const { manifests, problems, files, notManifests } = this;
    return { manifests, problems, files, notManifests, renderingNeeded: [...this.renderingNeeded].sort() };
  }

  problem(file: string, line: number, column: number, severity: Problem['severity'], reason: string): void {
    this.problems.push({ file, line, column, severity, reason });
  }

  file(file: FoundFile): void {
    const folder = this.rendering.folderFor(file.absolute);
    if (folder !== undefined) this.renderingNeeded.add(showPath(folder, this.options.cwd));
    if (folder !== undefined || isKustomizationFile(file.absolute)) return;
    try {
      this.bytes(file.shown, file.named, readFileSync(file.absolute));
    } catch (error) {
      this.problem(file.shown, 0, 0, 'error', `cannot be read: ${readError(error)}`);
    }
  }

  bytes(file: string, named: boolean, bytes: Uint8Array): void {
    if (!named && !mayHoldManifests(bytes)) {
      this.notManifests++;
      return;
    }
    const before = this.manifests.length;
    let unread = 0;
    for (const document of readDocuments(bytes, { maxDepth: this.options.maxDepth })) {
      if (document.isEmpty) continue;
      if (document.value === undefined) unread += this.unreadable(file, named, document);
      else unread += this.document(file, named, document);
    }
    if (this.manifests.length > before) this.files++;
    else if (unread === 0) this.notManifests++;
  }

  /** Counts 1 if it matters: a document that no one takes for a manifest may be as broken as it likes. */
  private unreadable(file: string, named: boolean, document: Document): number {
    if (!named && !/^[\s{]*["']?(?:apiVersion|kind)["']?[ \t]*:/m.test(document.text)) return 0;
    if (/\{\{.*\}\}/.test(document.text)) {
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
  private document(file: string, named: boolean, document: Document): number {
    const before = this.manifests.length;
    let strays = 0;
    for (const found of objectsIn(document.value as Json, [])) {
      const { path } = found;
      if ('reason' in found) {
        const [place] = locate(document, [path]);
        const { line, column } = position(document, place!.span.start);
        // Outside of a List a file that was only found may be anybody's.
        const severity = named || path.length > 0 ? 'error' : 'warning';
        this.problem(file, line, column, severity, found.reason);
        strays++;
        continue;
      }
      const { value } = found;
      const origin = { file, document: document.index, path };
      this.manifests.push({ reference: referenceOf(value), value, origin, source: document });
    }
    if (this.manifests.length > before) this.located(file, document, 'warning', (reason) => reason);
    return strays;
  }
}

/** Whether reading is worth it: a lock file or a schema of megabytes need not be parsed to learn that it is no manifest. */
function mayHoldManifests(bytes: Uint8Array): boolean {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (isUtf16) return true;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (text.includes('apiVersion')) return true;
  return text.includes('kind') && (text.includes('metadata') || text.includes('spec'));
}

/** What scans write: read again in the next one they are no objects of a cluster. */
const ownOutputs = new Set(['Report', 'Baseline']);

interface FoundObject {
  readonly value: JsonObject;
  readonly path: Path;
}

/** What stands where an object should, and why it is none. */
interface Stray {
  readonly path: Path;
  readonly reason: string;
}

/**
 * The objects a document holds: itself, or the items of a List, whose kind may be left to the List's. kubectl refuses
 * what is met as a stray. Source: k8s.io/apimachinery pkg/apis/meta/v1/unstructured, `decodeToList`.
 */
function* objectsIn(value: Json, path: Path): Generator<FoundObject | Stray> {
  const isItem = path.length > 0;
  if (!isMap(value)) {
    if (isItem) yield { path, reason: 'an item of a List must be an object' };
    return;
  }
  const { apiVersion, kind, items } = value;
  const isVersioned = typeof apiVersion === 'string' && apiVersion !== '';
  if (!isVersioned || typeof kind !== 'string' || kind === '') {
    const hasKind = typeof kind === 'string' && kind !== '';
    const resemblesObject = isVersioned !== hasKind && (isMap(value['metadata']) || isMap(value['spec']));
    if (isItem || resemblesObject) yield { path, reason: notSet(isVersioned, hasKind) };
    return;
  }
  if (apiVersion === 'scantling.dev/v1' && ownOutputs.has(kind)) return;
  if (kind === 'List' && items !== undefined && items !== null && !Array.isArray(items)) {
    yield { path: [...path, 'items'], reason: 'the items of a List must be a list' };
    return;
  }
  if (!kind.endsWith('List') || !Array.isArray(items)) {
    yield { value, path };
    return;
  }
  for (const [i, item] of (items as readonly Json[]).entries()) {
    const bare = isMap(item) && kind !== 'List' && !('kind' in item) && !('apiVersion' in item);
    const whole = bare ? { apiVersion, kind: kind.slice(0, -'List'.length), ...item } : item;
    yield* objectsIn(whole, [...path, 'items', i]);
  }
}

function notSet(isVersioned: boolean, hasKind: boolean): string {
  if (isVersioned) return 'this is no object: its kind is not set';
  return `this is no object: its apiVersion ${hasKind ? 'is' : 'and kind are'} not set`;
}

function isMap(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
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

function readError(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EACCES') return 'permission denied';
  if (code === 'ERR_FS_FILE_TOO_LARGE') return 'the file is larger than 2 GiB';
  return message;
}
