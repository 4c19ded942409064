import { closeSync, openSync } from 'node:fs';
import type { Json, JsonObject, Path } from '../../model/object.ts';
import { valueAt } from '../../model/path.ts';
import { decode, type Document, type Position, readDocuments } from '../../yaml/index.ts';
import { objectsIn, objectsInItem } from '../objects.ts';
import { Excerpt } from './excerpt.ts';
import { FileBytes } from './file-bytes.ts';
import { outlineJson } from './json-outline.ts';
import type { ListHead, Outline, Part } from './parts.ts';
import { Sharing } from './sharing.ts';
import { spool } from './spool.ts';
import { outlineYaml } from './yaml-outline.ts';

/** Bytes of a part from which on it is not read: the API server takes requests of 3 MB, etcd objects of 1.5. */
export const LARGEST_PART = 32_000_000;

/** Documents that are kept after they were read again: whoever asks about one mostly asks once more. */
const mostKept = 8;

/**
 * A file that is too large to be held, such as a dump of a whole cluster. Its parts, which are documents and items of
 * Lists, are read one by one, and again whenever somebody asks for one of them later.
 */
export class Dump {
  readonly file: string;
  readonly outline: Outline;
  private readonly source: FileBytes;
  private readonly maxDepth: number | undefined;
  /** Where an item stands in its part: a part of YAML is a list of one. */
  readonly itemPath: Path;
  private readonly sharing = new Sharing();
  private readonly kept = new Map<number, readonly Document[]>();

  /** `file` is how it is shown; `descriptor` has to stay open as long as anybody may ask. */
  constructor(file: string, descriptor: number, maxDepth: number | undefined) {
    this.file = file;
    this.maxDepth = maxDepth;
    this.source = new FileBytes(descriptor);
    const start = this.source.read(0, 4096);
    const from = start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf ? 3 : 0;
    const first = start.subarray(from).find((c) => c !== 32 && c !== 9 && c !== 10 && c !== 13);
    const json = first === 123 || first === 91 ? outlineJson(this.source, from) : undefined;
    const isJson = json !== undefined && json.isForeign !== true;
    this.outline = isJson ? json : outlineYaml(this.source, from);
    this.itemPath = isJson ? [] : [0];
  }

  /** The first bytes, which tell whether this may be a manifest. */
  get start(): Buffer {
    return this.source.read(0, 1 << 16);
  }

  part(index: number): Part {
    return this.outline.parts.at(index);
  }

  /** The documents of a part, one but for odd cases. It must not be larger than {@link LARGEST_PART}. */
  read(index: number): readonly Document[] {
    const { start, end, line, column } = this.part(index);
    const bytes = this.source.peek(start, end - start);
    const from = { line, column };
    return [...readDocuments(bytes, { maxDepth: this.maxDepth })].map((document, nth) => {
      const lines = new Excerpt(document.lines.text, from, { dump: this, part: index, nth });
      return { ...document, index, lines };
    });
  }

  /** A document that was read before. Throws if the file is not the same any more. */
  document(index: number, nth: number): Document {
    let documents = this.kept.get(index);
    if (documents === undefined) {
      if (this.source.hasChanged)
        throw new Error(`${this.file} has changed while it was scanned; scan again`);
      documents = this.read(index);
      this.kept.set(index, documents);
      if (this.kept.size > mostKept) this.kept.delete(this.kept.keys().next().value!);
    }
    return documents[nth]!;
  }

  /** The object at a path of such a document. */
  objectAt(index: number, nth: number, path: Path): JsonObject {
    const value = this.document(index, nth).value as Json;
    const { list } = this.part(index);
    const objects =
      list === undefined
        ? objectsIn(value, [])
        : objectsInItem(valueAt(value, this.itemPath)!, this.itemPath, listOf(list));
    const wanted = path.join('/');
    for (const found of objects) if ('value' in found && found.path.join('/') === wanted) return found.value;
    throw new Error(`${this.file} has changed while it was scanned; scan again`);
  }

  /** The same data in little memory; fields that are undefined may be missing. */
  share<T>(data: T): T {
    return this.sharing.of(data);
  }

  /** The text around a place, and where it begins; undefined where nothing stands there, or the file has changed. */
  excerpt({ line, column }: Position): { readonly text: string; readonly from: Position } | undefined {
    const index = this.outline.parts.find(line, column);
    if (index < 0 || this.source.hasChanged) return undefined;
    const { start, end, ...from } = this.part(index);
    const known = this.kept.get(index)?.[0]?.lines.text;
    const text = known ?? decode(this.source.read(start, Math.min(end - start, LARGEST_PART))).text;
    return { text, from: { line: from.line, column: from.column } };
  }
}

/** What to take a List for: where its kind was cut off, for one whose items name their own. */
export function listOf({ apiVersion, kind, isCut }: ListHead): Pick<ListHead, 'apiVersion' | 'kind'> {
  return isCut && kind === '' ? { apiVersion: 'v1', kind: 'List' } : { apiVersion, kind };
}

/**
 * Opens a file as a dump; undefined where it is no UTF-8. It stays open until the process ends, since every finding may be
 * asked for its place.
 */
export function openDump(file: string, absolute: string, maxDepth: number | undefined): Dump | undefined {
  const descriptor = openSync(absolute, 'r');
  try {
    const isUtf8 = !isUtf16(new FileBytes(descriptor).read(0, 2));
    if (isUtf8) return new Dump(file, descriptor, maxDepth);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  closeSync(descriptor);
  return undefined;
}

/** Whether a text begins with a byte order mark of UTF-16, which no dump does. */
function isUtf16(start: Uint8Array): boolean {
  return (start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff);
}

/** Bytes of standard input from which on it counts as endless: the largest clusters fit into a tenth of it. */
const mostSpooled = 4_000_000_000;

/**
 * Gathers blocks: fewer than `dumpFrom` bytes of them as they are, more in a temporary file that is read as a dump. Throws an Error
 * where there are more than `most` bytes.
 */
export function spoolDump(
  file: string,
  blocks: Iterable<Uint8Array>,
  dumpFrom: number,
  maxDepth: number | undefined,
  most = mostSpooled,
): Dump | Uint8Array {
  const gathered: Uint8Array[] = [];
  const rest = blocks[Symbol.iterator]();
  let size = 0;
  for (let next = rest.next(); next.done !== true; next = rest.next()) {
    gathered.push(next.value);
    size += next.value.length;
    if (size >= dumpFrom && !isUtf16(gathered[0]!))
      return new Dump(file, spool(joined(gathered, rest, most)), maxDepth);
  }
  return Buffer.concat(gathered);
}

function* joined(
  first: readonly Uint8Array[],
  rest: Iterator<Uint8Array>,
  most: number,
): Generator<Uint8Array> {
  let size = 0;
  for (const block of first) {
    size += block.length;
    yield block;
  }
  for (let next = rest.next(); next.done !== true; next = rest.next()) {
    size += next.value.length;
    if (size > most) throw new Error(`there is no end of it after ${most / 1e9} GB; scan a file instead`);
    yield next.value;
  }
}
