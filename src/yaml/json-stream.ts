import type { Chunk } from './split.ts';

/**
 * Parts a document that is several JSON objects one behind the other, as `kubectl apply -f` reads such a file
 * (k8s.io/apimachinery/pkg/util/yaml, YAMLOrJSONDecoder); YAML has no such document. Anything else stays whole.
 */
export function* splitJsonStream(text: string, chunk: Chunk): Generator<Chunk> {
  let { start } = chunk;
  const { end } = chunk;
  // Few files are like this: one look tells for all others.
  while (/^\s*\{/.test(text.slice(start, start + 100)) && /\}\s*\{/.test(text.slice(start, end))) {
    const after = objectEnd(text, start, end);
    const next = after === -1 ? -1 : skipBlank(text, after, end);
    if (next === -1 || next === end || text[next] !== '{') break;
    yield { start, end: after };
    start = next;
  }
  yield { start, end };
}

/** The offset behind the object that begins at or after `from`; -1 where it does not end. */
function objectEnd(text: string, from: number, to: number): number {
  let depth = 0;
  for (let i = from; i < to; i++) {
    const c = text[i];
    if (c === '"') {
      for (i++; i < to && text[i] !== '"'; i++) if (text[i] === '\\') i++;
    } else if (c === '{' || c === '[') depth++;
    else if ((c === '}' || c === ']') && --depth === 0) return i + 1;
  }
  return -1;
}

function skipBlank(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && /\s/.test(text[at]!)) at++;
  return at;
}
