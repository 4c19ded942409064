import type { Json } from '../../model/object.ts';
import { position, readDocuments } from '../../yaml/index.ts';

/** A value read from a line, or what is wrong with the line and at which character of it, from 1. */
export type ReadText = { readonly value: Json } | { readonly problem: string; readonly column: number };

/**
 * Reads one line of JSON. Integers beyond 2^53 keep their digits: JavaScript's own reader, which is many times as fast,
 * does not, so that a line which may hold one is read by the reader of manifests.
 */
export function readReviewText(text: string): ReadText {
  if (!/^\s*\{/.test(text)) {
    return { problem: 'a line must be an AdmissionReview as a JSON object', column: 1 };
  }
  try {
    const value = JSON.parse(text) as Json;
    return mayLoseDigits.test(text) ? exactly(text, value) : { value };
  } catch (error) {
    return { problem: reasonOf(error as Error), column: columnOf(error as Error, text) };
  }
}

/** Sixteen digits in a row: perhaps a number that a double cannot hold. */
const mayLoseDigits = /\d{16}/;

function exactly(text: string, fallback: Json): ReadText {
  const [document, ...rest] = readDocuments(new TextEncoder().encode(text), { maxDepth: 10_000 });
  if (document?.value === undefined || rest.length > 0) {
    const problem = document?.problems[0];
    if (problem === undefined) return { value: fallback };
    return { problem: problem.reason, column: position(document!, problem.start).column };
  }
  return { value: document.value as Json };
}

/** V8 names the position and prints the text around it, which may be megabytes of somebody's secrets. */
function reasonOf({ message }: Error): string {
  const [reason = message] = message.split(/ \(line |, "| in JSON|, \.\.\./);
  return `not JSON: ${reason}${message.includes('Unexpected end') ? '; one review must stand on one line' : ''}`;
}

function columnOf({ message }: Error, text: string): number {
  const at = /at position (\d+)/.exec(message);
  if (at !== null) return Number(at[1]) + 1;
  return message.includes('Unexpected end') ? text.length + 1 : 1;
}
