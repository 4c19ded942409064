import type { Json, JsonObject } from '../../../model/object.ts';
import { readDocuments } from '../../../yaml/index.ts';

/** A change of one field, read from `path=value`. */
export interface FieldChange {
  readonly path: readonly (string | number)[];
  readonly value: Json;
}

/** Deeper or longer than any object of Kubernetes. */
const mostSteps = 100;
const longestList = 10_000;

/**
 * Reads `spec.containers.[0].securityContext.capabilities.drop=["ALL"]`: field names with dots between them, indexes in
 * brackets, quotes around names that hold dots; then a JSON or YAML value, or else a plain text. Returns what is wrong as
 * a text.
 */
export function readFieldChange(text: string): FieldChange | string {
  const path: (string | number)[] = [];
  let at = text.startsWith('.') ? 1 : 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const end = /^\s*=/.exec(rest);
    if (end !== null) {
      at += end[0].length - 1;
      break;
    }
    const index = /^\.?\[(\d+)\]/.exec(rest);
    const quoted = /^\.?\[?("(?:[^"\\]|\\.)*"|'[^']*')\]?/.exec(rest);
    const plain = /^\.?((?:[^.=[\]"'\\\s]|\\.)+)/.exec(rest);
    const step = index ?? quoted ?? plain;
    if (step === null)
      return `"${text}": what is ${JSON.stringify(rest.slice(0, 20))} at character ${at + 1}?`;
    if (index !== null) path.push(Number(index[1]));
    else if (quoted !== null) path.push(unquoted(quoted[1]!));
    else path.push(step[1]!.replaceAll(/\\(.)/g, '$1'));
    at += step[0].length;
    if (path.length > mostSteps) return `"${text.slice(0, 40)}…" has more than ${mostSteps} steps`;
  }
  if (path.length === 0) return `"${text}" names no field`;
  if (text[at] !== '=') return `"${text}" has no "=" and value`;
  const tooFar = path.find((step) => typeof step === 'number' && step >= longestList);
  if (tooFar !== undefined) return `"${text}": no list has ${tooFar} entries`;
  return { path, value: valueOf(text.slice(at + 1).trim()) };
}

function unquoted(text: string): string {
  if (text.startsWith("'")) return text.slice(1, -1);
  try {
    return String(JSON.parse(text));
  } catch {
    return text.slice(1, -1);
  }
}

/** JSON where it is JSON, a flow collection of YAML, else the text as it stands. */
function valueOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    if (/^'[^']*'$/.test(text)) return text.slice(1, -1);
    if (!/^[[{]/.test(text)) return text;
    const [document] = [...readDocuments(text)];
    return document?.value ?? text;
  }
}

/** The object with one field changed; what is missing on the way is made, and the input is left alone. */
export function changeField(object: JsonObject, { path, value }: FieldChange): JsonObject {
  return changed(object, path, value) as JsonObject;
}

function changed(at: Json | undefined, path: FieldChange['path'], value: Json): Json {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (typeof step === 'number') {
    const list = Array.isArray(at) ? [...(at as readonly Json[])] : [];
    while (list.length < step) list.push(null);
    list[step] = changed(list[step], rest, value);
    return list;
  }
  const fields = typeof at === 'object' && at !== null && !Array.isArray(at) ? (at as JsonObject) : {};
  const below = Object.hasOwn(fields, step) ? fields[step] : undefined;
  const copy: Record<string, Json> = { ...fields };
  // A field called `__proto__` is a field like any other.
  Object.defineProperty(copy, step, {
    value: changed(below, rest, value),
    enumerable: true,
    configurable: true,
    writable: true,
  });
  return copy;
}
