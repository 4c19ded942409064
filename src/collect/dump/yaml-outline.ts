import { readDocuments } from '../../yaml/index.ts';
import type { FileBytes } from './file-bytes.ts';
import { type Outline, Parts, SPLIT_FROM } from './parts.ts';

const BLOCK = 1 << 20;
/** As much of a line as tells what it is. */
const LOOK = 200;
/** The fields of a List beside its items; with more of them the document is read as a whole. */
const MAX_HEAD = 1 << 20;

/**
 * Finds the documents of a YAML file, and the items of a document that is a long List as `kubectl get -o yaml` writes it,
 * line by line and without reading them. An item ends where a line with the same indentation begins the next one: nothing
 * inside of an item, not even a block scalar, may stand so far to the left. Source: YAML 1.2, 8.2.1.
 */
export function outlineYaml(source: FileBytes, from: number): Outline {
  return new YamlOutline(source).run(from);
}

/** Where the items of the document are. */
type Items = 'not met' | 'announced' | 'inside' | 'behind';

class YamlOutline {
  private readonly source: FileBytes;
  private readonly parts = new Parts();
  private document = newDocument(0, 1, 0);

  constructor(source: FileBytes) {
    this.source = source;
  }

  run(from: number): Outline {
    const { size } = this.source;
    let base = from;
    let bytes = this.source.peek(base, BLOCK);
    let hasReturns = bytes.includes(13);
    const load = (at: number): void => {
      base = at;
      bytes = this.source.peek(base, BLOCK);
      hasReturns = bytes.includes(13);
    };
    let line = 1;
    this.document = newDocument(from, line, 0);
    for (let at = from; at < size;) {
      // What tells what a line is has to be in one block.
      if (at - base + LOOK > bytes.length && base + bytes.length < size) load(at);
      let seen = at - base;
      let end = bytes.indexOf(10, seen);
      this.line(
        bytes.toString('latin1', seen, Math.min(end < 0 ? bytes.length : end, seen + LOOK)),
        at,
        line,
      );
      while (end < 0 && base + bytes.length < size) {
        if (hasReturns) line += lonelyReturns(bytes, seen, bytes.length);
        load(base + bytes.length);
        seen = 0;
        end = bytes.indexOf(10);
      }
      if (hasReturns) line += lonelyReturns(bytes, seen, end < 0 ? bytes.length : end);
      line++;
      at = end < 0 ? size : base + end + 1;
    }
    this.endDocument(size);
    return { parts: this.parts, problems: [] };
  }

  private line(text: string, at: number, line: number): void {
    const { document } = this;
    if (/^---(?:\s|$)/.test(text)) {
      // A directive belongs to the document behind the separator.
      if (document.holds === 'directives') {
        document.holds = 'content';
        return;
      }
      this.endDocument(at);
      const isBare = text.length < LOOK && /^---\s*(?:#.*)?$/.test(text);
      this.document = isBare
        ? newDocument(at + text.length + 1, line + 1, this.parts.length)
        : newDocument(at, line, this.parts.length);
      if (!isBare) this.document.holds = 'content';
      return;
    }
    const column = text.search(/[^ ]/);
    if (column < 0 || text[column] === '#' || text[column] === '\r' || text[column] === '\t') return;
    if (document.holds === 'nothing') document.holds = text.startsWith('%') ? 'directives' : 'content';
    this.follow(text, column, at, line);
  }

  private follow(text: string, column: number, at: number, line: number): void {
    const { document } = this;
    if (document.items === 'not met') {
      if (/^items:\s*(?:#.*)?$/.test(text)) document.items = 'announced';
      return;
    }
    if (document.items === 'behind' || (document.items === 'inside' && column > document.indent)) return;
    const isItem = /^-(?:\s|$)/.test(text.slice(column, column + 2));
    if (document.items === 'announced') {
      document.items = isItem ? 'inside' : 'not met';
      if (!isItem) return;
      document.indent = column;
      document.itemsFrom = at;
    } else {
      this.endItem(at);
      if (!isItem || column < document.indent) {
        document.items = 'behind';
        document.itemsTo = at;
        return;
      }
    }
    document.item = { at, line };
  }

  private endItem(end: number): void {
    const { at, line } = this.document.item;
    this.parts.add({ start: at, end, line, column: 1, list: undefined });
  }

  /** Now that all of it is known, it is a List or one part. */
  private endDocument(end: number): void {
    const { document } = this;
    const { start, firstLine: line, partsBefore } = document;
    if (document.items === 'inside') {
      this.endItem(end);
      document.itemsTo = end;
    }
    const isLong = end - start >= SPLIT_FROM && this.parts.length > partsBefore;
    const head = isLong ? this.head(end) : undefined;
    if (head?.kind.endsWith('List') === true) {
      this.parts.join(partsBefore, { ...head, line, column: 1, isCut: false });
      return;
    }
    this.parts.truncate(partsBefore);
    if (document.holds !== 'nothing') this.parts.add({ start, end, line, column: 1, list: undefined });
  }

  /** What a long List says beside its items; undefined where that cannot be read. */
  private head(end: number): { apiVersion: string; kind: string } | undefined {
    const { start, itemsFrom, itemsTo } = this.document;
    if (itemsFrom - start + end - itemsTo > MAX_HEAD) return undefined;
    const around = Buffer.concat([
      this.source.read(start, itemsFrom - start),
      this.source.read(itemsTo, end - itemsTo),
    ]);
    const [document] = readDocuments(around);
    const { apiVersion, kind } = (document?.value ?? {}) as { apiVersion?: unknown; kind?: unknown };
    if (typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined;
    return { apiVersion, kind };
  }
}

interface OpenDocument {
  readonly start: number;
  readonly firstLine: number;
  readonly partsBefore: number;
  holds: 'nothing' | 'directives' | 'content';
  items: Items;
  /** Columns before the `-` of an item. */
  indent: number;
  itemsFrom: number;
  itemsTo: number;
  item: { at: number; line: number };
}

function newDocument(start: number, firstLine: number, partsBefore: number): OpenDocument {
  const item = { at: 0, line: 0 };
  return {
    start,
    firstLine,
    partsBefore,
    holds: 'nothing',
    items: 'not met',
    indent: 0,
    itemsFrom: 0,
    itemsTo: 0,
    item,
  };
}

/** Returns that end a line without a line feed behind them. */
function lonelyReturns(bytes: Buffer, from: number, to: number): number {
  let count = 0;
  for (let i = bytes.indexOf(13, from); i >= 0 && i < to; i = bytes.indexOf(13, i + 1)) {
    if (bytes[i + 1] !== 10 && i + 1 < bytes.length) count++;
  }
  return count;
}
