import { formatPath } from '../../model/path.ts';
import { assigned } from './assigned.ts';
import type { Path } from './problem.ts';
import type { JsonObject, ServerView } from './server-view.ts';

/**
 * Why a policy sees something else than was written:
 *
 * - `zero`: dropped, since false, 0, "" and null say the same as nothing there
 * - `empty`: dropped, since an empty list or map says the same as nothing
 * - `unknown`: dropped, since the type has no such field
 * - `removed`: the server does not keep it
 * - `defaulted`: filled in by the server
 * - `assigned`: filled in by the server with a value that is not known offline; a stand-in is seen
 * - `normalised`: the same value in its canonical form
 * - `replaced`: the server sets its own value
 */
export type ChangeReason =
  | 'zero'
  | 'empty'
  | 'unknown'
  | 'removed'
  | 'defaulted'
  | 'assigned'
  | 'normalised'
  | 'replaced';

/** A difference at one path; below it nothing is told apart. */
export interface Change {
  readonly path: Path;
  readonly reason: ChangeReason;
  /** undefined when nothing was written there. */
  readonly written: unknown;
  /** undefined when a policy sees nothing there. */
  readonly seen: unknown;
}

/** What the server view changed of what was written, in the order of what was written, then what was added. */
export function serverViewChanges(written: JsonObject, view: ServerView): Change[] {
  if (view.object === null || view.object === written) return [];
  const unknown = new Set(view.unknownFields.map((path) => JSON.stringify(path)));
  const changes: Change[] = [];
  compare(written, view.object, []);
  return changes;

  function compare(before: unknown, after: unknown, path: Path): void {
    if (before === after) return;
    if (Array.isArray(before) && Array.isArray(after)) {
      for (let index = 0; index < Math.max(before.length, after.length); index++) {
        compareAt(index, before[index], after[index], path);
      }
    } else if (isMap(before) && isMap(after)) {
      for (const key of Object.keys(before)) compareAt(key, before[key], own(after, key), path);
      for (const key of Object.keys(after)) {
        if (!Object.hasOwn(before, key)) compareAt(key, undefined, after[key], path);
      }
    } else {
      changes.push({ path, reason: reasonOf(before, after, path), written: before, seen: after });
    }
  }

  function compareAt(step: string | number, before: unknown, after: unknown, path: Path): void {
    compare(before, after, [...path, step]);
  }

  function reasonOf(before: unknown, after: unknown, path: Path): ChangeReason {
    if (after === undefined) {
      if (unknown.has(JSON.stringify(path))) return 'unknown';
      if (isZero(before)) return 'zero';
      return isEmpty(before) ? 'empty' : 'removed';
    }
    if (isStandIn(after)) return 'assigned';
    if (before === undefined || isZero(before)) return 'defaulted';
    if (isScalar(before) && typeof after === 'string' && path[0] !== 'status') return 'normalised';
    return 'replaced';
  }
}

/** Longest value that is told in full. */
const maxTold = 60;

/** The change as a sentence without a stop: `you wrote spec.hostPID: false; the server drops it, ...`. */
export function describeChange({ path, reason, written, seen }: Change): string {
  const place = formatPath(path);
  const wrote = `you wrote ${place}: ${tell(written)}; the server`;
  switch (reason) {
    case 'zero':
    case 'empty':
      return `${wrote} drops it, as it means the same as nothing`;
    case 'unknown':
      return `${wrote} drops it, as there is no such field`;
    case 'removed':
      return `${wrote} does not keep it`;
    case 'normalised':
      return `${wrote} shows it as ${tell(seen)}`;
    case 'replaced':
      return `${wrote} sets ${tell(seen)}`;
    case 'assigned':
      return `the server assigns ${place}, which is not known here`;
    case 'defaulted':
      return written === undefined
        ? `the server fills in ${place}: ${tell(seen)}`
        : `${wrote} fills in ${tell(seen)}`;
  }
}

function tell(value: unknown): string {
  const text =
    JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? String(item) : item)) ?? '';
  return text.length > maxTold ? `${text.slice(0, maxTold)}...` : text;
}

const standIns = new Set<unknown>(Object.values(assigned));

function isStandIn(value: unknown): boolean {
  return standIns.has(value);
}

function isZero(value: unknown): boolean {
  return value === null || value === false || value === 0 || value === '';
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 0 : isMap(value) && Object.keys(value).length === 0;
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';
}

function own(map: JsonObject, key: string): unknown {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

function isMap(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
