import type { FileBytes } from './file-bytes.ts';
import { nextItem, readIndent } from './json-recovery.ts';
import { type Outline, type OutlineProblem, Parts, SPLIT_FROM } from './parts.ts';

const BLOCK = 1 << 20;
/** Brackets that may be open at once; far more than any object of a cluster has. */
const MAX_OPEN = 10_000;
/** Broken items after which nobody reads on: the file is something else. */
const MAX_BROKEN = 1000;

const OBJECT = 1;
const LIST = 2;

/** What was read last. */
const NOTHING = 0;
const OPENED = 1;
const KEY = 2;
const COLON = 3;
const VALUE = 4;
const COMMA = 5;

/**
 * Finds the items of a List in JSON, and every other document, without reading them: brackets and texts are followed byte
 * by byte, which takes a second for 300 MB and no memory. What stands inside of an item is checked only as far as its
 * brackets go; one that is broken is left out, and those behind it are found by how items of this file begin.
 * Source: RFC 8259; several objects one behind the other as k8s.io/apimachinery pkg/util/yaml, `YAMLOrJSONDecoder`.
 */
export function outlineJson(source: FileBytes, from: number): Outline {
  return new JsonOutline(source, from).run();
}

class JsonOutline {
  private readonly source: FileBytes;
  private readonly parts = new Parts();
  private readonly problems: OutlineProblem[] = [];
  /** Where the scan stands, and what a column is counted from: the offset of the line's start, moved by what is no column. */
  private at: number;
  private line = 1;
  private lineStart: number;
  private readonly open = new Uint8Array(MAX_OPEN);
  private depth = 0;
  private last = NOTHING;
  private text: 'no' | 'key' | 'value' = 'no';
  private isEscaped = false;
  private isWord = false;
  /** Start of the text that is being read, where somebody will want to know it. */
  private noted = -1;
  private key = '';
  private isInItems = false;
  private hasItems = false;
  private objectStart = { at: -1, line: 1, column: 1, parts: 0 };
  private head = { apiVersion: '', kind: '' };
  private item = { at: -1, line: 1, lineStart: 0 };
  private hasRecovered = false;
  private indent: string | undefined;
  private isDone = false;
  private isForeign = false;

  constructor(source: FileBytes, from: number) {
    this.source = source;
    this.at = from;
    this.lineStart = from;
  }

  run(): Outline {
    while (!this.isDone && this.at < this.source.size) {
      const complaint = this.scan(this.source.peek(this.at, BLOCK), this.at);
      if (complaint !== undefined) this.recover(complaint);
    }
    if (!this.isDone && this.depth > 0) {
      const what = this.item.at < 0 ? 'a List or object' : 'an item';
      this.problem(`the file ends in the middle of ${what}: it is truncated, and what followed is missing`);
    }
    if (this.objectStart.at >= 0) this.finishObject(this.source.size, true);
    return { parts: this.parts, problems: this.problems, isForeign: this.isForeign };
  }

  /** Follows one block; returns what is wrong at the place it stopped at, if it did not reach the end. */
  private scan(bytes: Buffer, base: number): string | undefined {
    const length = bytes.length;
    let { line, lineStart } = this;
    let i = 0;
    const stopAt = (index: number): void => {
      this.at = base + index;
      this.line = line;
      this.lineStart = lineStart;
    };
    while (i < length) {
      if (this.text !== 'no') {
        if (this.isEscaped) {
          this.isEscaped = false;
          if (bytes[i]! >= 128 || bytes[i]! < 32) {
            stopAt(i);
            return 'a text with a wrong escape';
          }
          i++;
        }
        for (; i < length; i++) {
          const c = bytes[i]!;
          if (c === 34 || c === 92 || c < 32) break;
          if (c >= 128) lineStart += (c & 0xc0) === 0x80 ? 1 : c >= 0xf0 ? -1 : 0;
        }
        if (i === length) break;
        const c = bytes[i]!;
        if (c === 92) {
          this.isEscaped = true;
          i++;
          continue;
        }
        if (c < 32) {
          stopAt(i);
          return 'a text that does not end on its line';
        }
        i++;
        this.endText(base + i);
        continue;
      }
      const c = bytes[i]!;
      if (c === 32 || c === 9) {
        if (this.isWord) this.endWord(base + i);
        i++;
        continue;
      }
      if (c === 10 || c === 13) {
        if (this.isWord) this.endWord(base + i);
        i++;
        // A return before a line feed ends no line of its own; at the end of a block the next byte is not there yet.
        if (c === 13 && (bytes[i] ?? this.source.read(base + i, 1)[0]) === 10) continue;
        line++;
        lineStart = base + i;
        continue;
      }
      const isDelimiter = c === 34 || c === 44 || c === 58 || c === 91 || c === 93 || c === 123 || c === 125;
      if (this.isWord) {
        if (!isDelimiter) {
          if (c >= 128) lineStart += (c & 0xc0) === 0x80 ? 1 : c >= 0xf0 ? -1 : 0;
          i++;
          continue;
        }
        this.endWord(base + i);
      }
      this.line = line;
      this.lineStart = lineStart;
      const complaint = isDelimiter ? this.delimiter(c, base + i) : this.word(c, base + i);
      if (complaint !== undefined || this.isDone) {
        stopAt(i);
        return complaint;
      }
      i++;
    }
    stopAt(length);
    return undefined;
  }

  /** A bracket, a comma, a colon or the start of a text. */
  private delimiter(c: number, at: number): string | undefined {
    const { depth, last } = this;
    const inside = depth === 0 ? 0 : this.open[depth - 1]!;
    if (c === 34) {
      const isKey = inside === OBJECT && (last === OPENED || last === COMMA);
      if (!isKey && !this.mayBeValue(inside)) return unexpected(c);
      this.text = isKey ? 'key' : 'value';
      this.noted = depth === 1 ? at : -1;
      if (!isKey) this.startValue(at);
      return undefined;
    }
    if (c === 44 || c === 58) {
      if (depth === 0 || last !== (c === 44 ? VALUE : KEY)) return unexpected(c);
      this.last = c === 44 ? COMMA : COLON;
      return undefined;
    }
    if (c === 123 || c === 91) {
      if (!this.mayBeValue(inside)) return unexpected(c);
      if (depth === MAX_OPEN) return `more than ${MAX_OPEN} brackets inside of one another`;
      if (depth === 0 && c === 91) {
        // A list of no kind is no manifest; what is to be said of one that holds objects, its reader says.
        const column = at - this.lineStart + 1;
        this.parts.add({ start: at, end: this.source.size, line: this.line, column, list: undefined });
        this.isDone = true;
        return undefined;
      }
      if (depth === 0) this.startObject(at);
      this.startValue(at);
      this.open[this.depth++] = c === 123 ? OBJECT : LIST;
      if (depth === 1 && c === 91 && this.key === 'items') {
        // Of two equal keys the last one counts.
        this.parts.truncate(this.objectStart.parts);
        this.isInItems = true;
        this.hasItems = true;
      }
      this.last = OPENED;
      return undefined;
    }
    if (inside !== (c === 125 ? OBJECT : LIST) || last === KEY || last === COLON) return unexpected(c);
    this.depth--;
    this.last = VALUE;
    if (this.depth === 1) this.isInItems = false;
    this.endValue(at + 1);
    if (this.depth === 0) this.finishObject(at + 1, false);
    return undefined;
  }

  /** A number, `true`, `false` or `null`; which of them is for the reader of the item to say. */
  private word(c: number, at: number): string | undefined {
    const inside = this.depth === 0 ? 0 : this.open[this.depth - 1]!;
    if (this.depth === 0) {
      const isSeparator = c === 45 && this.source.read(at, 3).toString('latin1') === '---';
      if (!isSeparator) return unexpected(c);
    } else if (!this.mayBeValue(inside)) return unexpected(c);
    this.isWord = true;
    this.startValue(at);
    return undefined;
  }

  private endWord(end: number): void {
    this.isWord = false;
    if (this.depth === 0) return;
    this.last = VALUE;
    this.endValue(end);
  }

  private endText(end: number): void {
    const isKey = this.text === 'key';
    const isNoted = this.noted >= 0 && end - this.noted < 300;
    const said = isNoted ? textOf(this.source.read(this.noted, end - this.noted)) : '';
    this.text = 'no';
    this.last = isKey ? KEY : VALUE;
    if (isKey) {
      if (this.depth === 1) this.key = said;
      return;
    }
    if (this.depth === 1 && (this.key === 'apiVersion' || this.key === 'kind')) this.head[this.key] = said;
    this.endValue(end);
  }

  private mayBeValue(inside: number): boolean {
    const { last } = this;
    if (inside === OBJECT) return last === COLON;
    if (inside === LIST) return last === OPENED || last === COMMA;
    return last === NOTHING || last === VALUE;
  }

  private startValue(at: number): void {
    if (this.depth !== 2 || !this.isInItems) return;
    this.item = { at, line: this.line, lineStart: this.lineStart };
  }

  private endValue(end: number): void {
    if (this.depth !== 2 || this.item.at < 0) return;
    const { at, line, lineStart } = this.item;
    this.parts.add({ start: at, end, line, column: at - lineStart + 1, list: undefined });
    this.item.at = -1;
  }

  private startObject(at: number): void {
    this.objectStart = {
      at,
      line: this.line,
      column: at - this.lineStart + 1,
      parts: this.parts.length,
    };
    this.head = { apiVersion: '', kind: '' };
    this.key = '';
    this.hasItems = false;
  }

  /** Now that all of it is known, it is a List or one document. */
  private finishObject(end: number, isCut: boolean): void {
    const { at: start, line, column, parts: before } = this.objectStart;
    const { apiVersion, kind } = this.head;
    const mayBeList = this.hasItems && (kind === '' || kind.endsWith('List'));
    if (mayBeList && (isCut || this.hasRecovered || end - start >= SPLIT_FROM)) {
      const isUnknown = isCut || this.hasRecovered;
      this.parts.join(before, { apiVersion, kind, line, column, isCut: isUnknown });
    } else {
      this.parts.truncate(before);
      // What is cut off before any item has nothing that could be read.
      if (!isCut) this.parts.add({ start, end, line, column, list: undefined });
    }
    this.objectStart.at = -1;
    this.last = NOTHING;
  }

  private problem(reason: string): void {
    this.problems.push({ line: this.line, column: this.at - this.lineStart + 1, reason });
  }

  /** Goes on at the next item; without one, and outside of a List, the rest of the file cannot be followed. */
  private recover(complaint: string): void {
    const { at, line, lineStart } = this.item;
    const isInItem = at >= 0;
    if (isInItem) {
      this.problem(`${complaint}, in the item that begins on line ${line}: the item is left out`);
      this.indent = readIndent(this.source, at);
    } else if (!this.hasRecovered) {
      this.isForeign = this.parts.length === 0;
      this.problem(`${complaint}: the rest of the file is not read`);
      this.isDone = true;
      return;
    }
    const from = isInItem
      ? { at, line, lineStart }
      : { at: this.at, line: this.line, lineStart: this.lineStart };
    const next = this.problems.length > MAX_BROKEN ? undefined : nextItem(this.source, from, this.indent);
    if (next === undefined) {
      this.isDone = true;
      return;
    }
    if (this.objectStart.at < 0) {
      // The List was taken to have ended; it goes on.
      this.objectStart = { ...this.objectStart, at: next.at, parts: this.parts.length };
    }
    ({ at: this.at, line: this.line, lineStart: this.lineStart } = next);
    this.open.set([OBJECT, LIST]);
    this.depth = 2;
    this.last = COMMA;
    this.text = 'no';
    this.isEscaped = false;
    this.isWord = false;
    this.key = 'items';
    this.isInItems = true;
    this.hasItems = true;
    this.item.at = -1;
    this.hasRecovered = true;
  }
}

function unexpected(c: number): string {
  return c > 32 && c < 127 ? `unexpected "${String.fromCharCode(c)}"` : 'an unexpected character';
}

/** The text of a JSON string; empty where it is none, which is for the reader of the document to say. */
function textOf(bytes: Buffer): string {
  try {
    return String(JSON.parse(bytes.toString()));
  } catch {
    return '';
  }
}
