import picomatch from 'picomatch';
import { compileRegex, RegexError } from '../cel/regex/index.ts';
import type { ExceptionScope } from '../model/exception.ts';
import type { Json, JsonObject, ObjectReference, Path } from '../model/object.ts';
import { valueAt } from '../model/path.ts';

/** An object that an exception may be about. */
export interface ScopedObject {
  /** POSIX path of its file relative to the folder of the configuration. */
  readonly file: string;
  readonly reference: ObjectReference;
  /** Asked for only where labels or containers matter. */
  readonly value: () => JsonObject;
}

/** What is wrong with a pattern for a kind, namespace, name or container; undefined where nothing is. */
export function patternProblem(pattern: string): string | undefined {
  const expression = expressionOf(pattern);
  if (expression === undefined) return undefined;
  const compiled = compileRegex(expression);
  return compiled instanceof RegexError ? compiled.message : undefined;
}

/** Whether an exception with this scope may be about some finding of the object. */
export function reaches(scope: ExceptionScope, { file, reference, value }: ScopedObject): boolean {
  const { files, kinds, labels, names, namespaces } = scope;
  if (files !== undefined && !picomatch(files.map(bare), { dot: true })(file)) return false;
  if (!fits(kinds, reference.kind)) return false;
  if (!fits(namespaces, reference.namespace)) return false;
  if (!fits(names, reference.name)) return false;
  if (labels === undefined) return true;
  const own = valueAt(value(), ['metadata', 'labels']) as JsonObject | null | undefined;
  return Object.entries(labels).every(([key, wanted]) => own?.[key] === wanted);
}

const containerLists = new Set(['containers', 'initContainers', 'ephemeralContainers']);

/** Whether a finding at `path` of `value` lies in one of the containers; always where none are named. */
export function inContainers(containers: readonly string[] | undefined, path: Path, value: Json): boolean {
  if (containers === undefined) return true;
  const list = path.findIndex(
    (segment, i) => containerLists.has(String(segment)) && typeof path[i + 1] === 'number',
  );
  if (list < 0) return false;
  const name = valueAt(value, [...path.slice(0, list + 2), 'name']);
  return typeof name === 'string' && fits(containers, name);
}

const bare = (glob: string): string => glob.replace(/^\.\//, '');

function fits(patterns: readonly string[] | undefined, text: string): boolean {
  return patterns === undefined || patterns.some((pattern) => isLike(pattern, text));
}

function isLike(pattern: string, text: string): boolean {
  const expression = expressionOf(pattern);
  if (expression === undefined) return pattern === text;
  const compiled = compileRegex(expression);
  return !(compiled instanceof RegexError) && compiled.test(text);
}

/** The regular expression that a pattern stands for; undefined for one that stands for itself. */
function expressionOf(pattern: string): string | undefined {
  if (pattern.length > 1 && pattern.startsWith('/') && pattern.endsWith('/')) return pattern.slice(1, -1);
  if (!/[*?]/.test(pattern)) return undefined;
  const parts = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return `^(?s:${parts})$`;
}
