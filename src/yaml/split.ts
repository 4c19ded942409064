/** One document's range in the source text: `[start, end)`, without the `---` lines around it. */
export interface Chunk {
  readonly start: number;
  readonly end: number;
}

/**
 * Ranges between lines that begin with `---`, found without parsing, as kubectl and the API server's YAML reader do
 * (k8s.io/apimachinery/pkg/util/yaml, YAMLReader). Such a line ends a document even where YAML would see it inside
 * a quoted text; inside a block scalar it is indented and therefore no separator.
 *
 * Two deviations, both towards YAML itself: a directive (`%YAML`, `%TAG`) belongs to the document behind the next `---`,
 * and of a line such as `--- text` or `--- |` the text is part of the document, which `start` then includes together with
 * the `---`. Chunks that hold only blank lines are left out, comments are not.
 */
export function* splitDocuments(text: string): Generator<Chunk> {
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let from = start;
  const hasReturns = text.includes('\r');
  for (;;) {
    const marker = nextMarker(text, from, hasReturns);
    if (marker === -1) break;
    const line = lineEnd(text, marker);
    if (hasDirective(text, start, marker)) {
      from = line;
      continue;
    }
    if (!isBlank(text, start, marker)) yield { start, end: marker };
    start = isBare(text, marker + 3, line) ? line : marker;
    from = line;
  }
  if (!isBlank(text, start, text.length)) yield { start, end: text.length };
}

/** Offset of the next line that begins with `---` and white space or its end; `from` is the start of a line. */
function nextMarker(text: string, from: number, hasReturns: boolean): number {
  if (text.startsWith('---', from) && endsMarker(text, from + 3)) return from;
  let at = from;
  for (;;) {
    const marker = hasReturns ? nextDashes(text, at) : text.indexOf('\n---', at);
    if (marker === -1) return -1;
    if (endsMarker(text, marker + 4)) return marker + 1;
    at = marker + 1;
  }
}

/** A lone CR ends a line too. */
function nextDashes(text: string, from: number): number {
  for (let at = text.indexOf('---', from + 1); at !== -1; at = text.indexOf('---', at + 1)) {
    const before = text.charCodeAt(at - 1);
    if (before === 10 || before === 13) return at - 1;
  }
  return -1;
}

function endsMarker(text: string, at: number): boolean {
  const c = text.charCodeAt(at);
  return Number.isNaN(c) || c === 10 || c === 13 || c === 32 || c === 9;
}

/** True where nothing but a comment follows the dashes. */
function isBare(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const c = text.charCodeAt(i);
    if (c === 35) return true;
    if (c !== 32 && c !== 9 && c !== 10 && c !== 13) return false;
  }
  return true;
}

/** Offset behind the line's end. */
function lineEnd(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 10) return i + 1;
    if (c === 13) return text.charCodeAt(i + 1) === 10 ? i + 2 : i + 1;
  }
  return text.length;
}

/** True where the chunk so far is directives (and comments): it is the head of a document, not one itself. */
function hasDirective(text: string, start: number, end: number): boolean {
  let seen = false;
  for (let i = start; i < end; i = lineEnd(text, i)) {
    const c = text.charCodeAt(i);
    if (c === 37) seen = true;
    else if (c !== 35 && !isBlank(text, i, Math.min(lineEnd(text, i), end))) return false;
  }
  return seen;
}

function isBlank(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const c = text.charCodeAt(i);
    if (c !== 32 && c !== 9 && c !== 10 && c !== 13 && c !== 0xfeff) return false;
  }
  return true;
}
