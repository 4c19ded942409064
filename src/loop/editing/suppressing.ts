import { ignorePrefix } from '../../exceptions/annotation.ts';
import type { Json, Path } from '../../model/object.ts';
import { valueAt } from '../../model/path.ts';
import { edit, type Splice } from '../../yaml/index.ts';
import type { FindingSubject } from './notice.ts';

/** What an annotation says until a person has written why. */
export const reasonToWrite = 'TODO: say why';

/** How a finding is suppressed where it stands. */
export interface Suppressing {
  /** The annotation. */
  readonly key: string;
  readonly value: string;
  /** The container that it is limited to. */
  readonly container: string | undefined;
  readonly splices: readonly Splice[];
}

/**
 * The annotation that suppresses a finding on its object, limited to the container that it is about. One for the same
 * control that is there already is widened to the whole object. A text says why it cannot be written.
 */
export function suppressingOf({ at, control, manifest }: FindingSubject): Suppressing | string {
  const { origin, source, value } = manifest;
  const key = `${ignorePrefix}${control}`;
  const path: Path = ['metadata', 'annotations', key];
  const before = valueAt(value, path);
  const container = typeof before === 'string' || at === undefined ? undefined : containerOf(value, at);
  const text =
    typeof before === 'string'
      ? withoutContainer(before)
      : `${reasonToWrite}${container === undefined ? '' : `; container=${container}`}`;
  const { refused, splices } = edit(source, [{ op: 'set', path: [...origin.path, ...path], value: text }]);
  if (refused[0] !== undefined) return refused[0].reason;
  return { key, value: text, container, splices };
}

/** The name of the container that a path leads into, where it is one that an annotation can hold. */
function containerOf(value: Json, at: Path): string | undefined {
  const list = at.findIndex(
    (step, i) =>
      ['containers', 'initContainers', 'ephemeralContainers'].includes(String(step)) &&
      typeof at[i + 1] === 'number',
  );
  const name = list < 0 ? undefined : valueAt(value, [...at.slice(0, list + 2), 'name']);
  return typeof name === 'string' && /^[^\s;]+$/.test(name) ? name : undefined;
}

function withoutContainer(text: string): string {
  const rest = text
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '' && !part.startsWith('container='));
  return rest.length === 0 ? reasonToWrite : rest.join('; ');
}
