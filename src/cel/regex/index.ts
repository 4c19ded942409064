import { parseRegex } from './parse.ts';
import { Regex } from './regex.ts';
import { RegexError } from './regex-error.ts';

export { Regex } from './regex.ts';
export { RegexError } from './regex-error.ts';
export type { Span } from './pike.ts';

/** Instructions and pattern characters that the remembered expressions may have together. */
const maxRemembered = 1 << 21;

const remembered = new Map<string, { result: Regex | RegexError; weight: number }>();
let rememberedWeight = 0;

/**
 * Compiles a pattern as Go's `regexp.Compile` does, or returns why it cannot be; never throws. Results are
 * remembered, the least recently used are forgotten first.
 */
export function compileRegex(pattern: string): Regex | RegexError {
  const known = remembered.get(pattern);
  if (known) {
    remembered.delete(pattern);
    remembered.set(pattern, known);
    return known.result;
  }
  const result = compileAnew(pattern);
  // The floor stands for what an automaton may keep beside its program.
  const weight = pattern.length + (result instanceof Regex ? Math.max(result.programSize, 8192) : 64);
  remembered.set(pattern, { result, weight });
  rememberedWeight += weight;
  for (const [oldest, entry] of remembered) {
    if (rememberedWeight <= maxRemembered || oldest === pattern) break;
    remembered.delete(oldest);
    rememberedWeight -= entry.weight;
  }
  return result;
}

function compileAnew(pattern: string): Regex | RegexError {
  try {
    return new Regex(pattern, parseRegex(pattern));
  } catch (error) {
    if (error instanceof RegexError) return error;
    throw error;
  }
}
