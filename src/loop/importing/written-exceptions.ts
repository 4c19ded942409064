import type { Exception } from '../../model/exception.ts';
import type { Json } from '../../model/object.ts';
import { applySplices, type Change, edit, readDocuments, stringify, type Value } from '../../yaml/index.ts';

/** A configuration's text with further exceptions, or why it cannot be written. */
export type Written = { readonly text: string; readonly added: number } | { readonly refused: string };

/** The text of a configuration that holds only these exceptions. */
export function exceptionsText(exceptions: readonly Exception[]): string {
  return exceptions.length === 0 ? '' : stringify({ exceptions: exceptions.map(valueOf) });
}

/**
 * Adds exceptions to the text of a configuration, behind those that are there, without touching anything else; those that
 * are there already are not added again.
 */
export function withExceptions(text: string, exceptions: readonly Exception[]): Written {
  const documents = [...readDocuments(new TextEncoder().encode(text))].filter((one) => !one.isEmpty);
  const [document, second] = documents;
  if (second !== undefined) return { refused: 'it holds several documents' };
  if (document === undefined) {
    const start = text === '' || text.endsWith('\n') ? text : `${text}\n`;
    return { text: start + exceptionsText(exceptions), added: exceptions.length };
  }
  const { value } = document;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return { refused: 'it is no map' };
  const { exceptions: list = [] } = value as { exceptions?: Json };
  if (!Array.isArray(list)) return { refused: 'its "exceptions" are no list' };
  const known = new Set(list.map((one: Json) => JSON.stringify(one)));
  const more = exceptions.map(valueOf).filter((one) => !known.has(JSON.stringify(one)));
  if (more.length === 0) return { text, added: 0 };
  const changes: Change[] =
    list.length === 0
      ? [{ op: 'set', path: ['exceptions'], value: more }]
      : more.map((one, i) => ({ op: 'set', path: ['exceptions', list.length + i], value: one }));
  const { refused, splices } = edit(document, changes);
  const [problem] = refused;
  if (problem !== undefined) return { refused: problem.reason };
  return { text: applySplices(text, splices), added: more.length };
}

/** An exception as the configuration writes it. */
function valueOf({ controls, match, owner, reason, until }: Exception): Value {
  return {
    controls: [...controls],
    reason,
    ...(until !== undefined && { until }),
    ...(owner !== undefined && { owner }),
    ...(Object.keys(match).length > 0 && { match: structuredClone(match) as Value }),
  };
}
