import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { showPath } from '../../collect/walk.ts';
import type { Problem } from '../../model/finding.ts';
import type { Json, JsonObject, Path } from '../../model/object.ts';
import { type Document, position, readDocuments } from '../../yaml/index.ts';
import { Places } from '../located.ts';

/** Larger files are no tests; reading them would only fill the memory. */
const largestFile = 64 * 1024 * 1024;

/** A file that was read. */
export interface SourceFile {
  readonly absolute: string;
  /** POSIX path to show. */
  readonly shown: string;
  readonly text: string;
  /** Those that are not blank. */
  readonly documents: readonly Document[];
}

/** A value of a file and where it stands. */
export interface Place {
  readonly file: SourceFile;
  readonly document: Document;
  readonly path: Path;
}

/** An object of a file: a document, an item of a List, or a value inside of one. */
export interface PlacedObject extends Place {
  readonly value: JsonObject;
}

/** Whether a value is a mapping. */
export function isMapping(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Reads each file once, however many suites name it, until it is forgotten. */
export class TestFiles {
  readonly cwd: string;
  private readonly known = new Map<string, SourceFile | string>();

  constructor(cwd: string) {
    this.cwd = cwd;
  }

  /** The file, or why it cannot be read. Never throws. */
  read(absolute: string): SourceFile | string {
    let found = this.known.get(absolute);
    if (found === undefined) this.known.set(absolute, (found = this.readAnew(absolute)));
    return found;
  }

  /** Whether the file has been asked for. */
  has(absolute: string): boolean {
    return this.known.has(absolute);
  }

  /** The text of a file by the path it is shown with, if it was read. */
  textOf(shown: string): string | undefined {
    const found = this.known.get(path.resolve(this.cwd, shown));
    return typeof found === 'object' ? found.text : undefined;
  }

  /** Forgets what a file held, because it has changed. */
  forget(absolute: string): void {
    this.known.delete(absolute);
  }

  private readAnew(absolute: string): SourceFile | string {
    try {
      const stat = statSync(absolute);
      if (stat.isDirectory()) return 'it is a folder, not a file';
      if (!stat.isFile()) return 'it is no ordinary file';
      if (stat.size > largestFile) return `it is larger than ${largestFile / 1024 / 1024} MiB`;
      const documents = [...readDocuments(readFileSync(absolute))].filter(({ isEmpty }) => !isEmpty);
      const text = documents[0]?.lines.text ?? '';
      return { absolute, shown: showPath(absolute, this.cwd), text, documents };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file';
      return code === 'EACCES' ? 'permission denied' : message;
    }
  }
}

/** The objects of a file, Lists item by item. */
export function objectsOf(file: SourceFile): PlacedObject[] {
  return file.documents.flatMap((document) => [...objectsIn(file, document, document.value, [])]);
}

function* objectsIn(
  file: SourceFile,
  document: Document,
  value: Json | undefined,
  at: Path,
): Generator<PlacedObject> {
  if (!isMapping(value)) return;
  const { kind, items } = value;
  if (kind !== 'List' || !Array.isArray(items)) {
    yield { file, document, path: at, value };
    return;
  }
  for (const [i, item] of (items as readonly Json[]).entries()) {
    yield* objectsIn(file, document, item, [...at, 'items', i]);
  }
}

/** Places in documents, worked out together: a file with a thousand mistakes is not read a thousand times for them. */
const placesOf = new WeakMap<Document, Places>();

/** A problem whose line is worked out when somebody looks. */
class PlacedProblem implements Problem {
  readonly file: string;
  readonly severity: Problem['severity'];
  readonly reason: string;
  readonly #document: Document;
  readonly #path: Path;
  readonly #places: Places;

  constructor({ file, document }: Place, path: Path, severity: Problem['severity'], reason: string) {
    this.file = file.shown;
    this.severity = severity;
    this.reason = reason;
    this.#document = document;
    this.#path = path;
    this.#places = placesOf.get(document) ?? new Places();
    placesOf.set(document, this.#places);
    this.#places.announce(document, path);
  }

  get line(): number {
    return this.#places.find(this.file, this.#document, this.#path).line;
  }

  get column(): number {
    return this.#places.find(this.file, this.#document, this.#path).column;
  }
}

/** A problem at a place; `further` leads on from it. */
export function problemAt(
  place: Place,
  severity: Problem['severity'],
  reason: string,
  further: Path = [],
): Problem {
  return new PlacedProblem(place, [...place.path, ...further], severity, reason);
}

/** What the reader of YAML and JSON has against a file. */
export function problemsOf(file: SourceFile): Problem[] {
  return file.documents.flatMap((document) =>
    document.problems.map(({ start, severity, reason }) => ({
      file: file.shown,
      ...position(document, start),
      severity,
      reason,
    })),
  );
}
