import { isDay } from '../model/day.ts';
import type { Json, JsonObject, Path } from '../model/object.ts';
import { valueAt } from '../model/path.ts';
import { inContainers } from './scope.ts';

/** Start of the annotation that suppresses one control on one object: `ignore.scantling.dev/<control>`. */
export const ignorePrefix = 'ignore.scantling.dev/';

/** One suppression written on an object. */
export interface Ignore {
  readonly control: string;
  readonly reason: string;
  /** The last day it counts, `YYYY-MM-DD`. */
  readonly until: string | undefined;
  /** Only findings of this container are suppressed. */
  readonly container: string | undefined;
  /** Where the annotation stands in the object. */
  readonly path: Path;
}

/** A suppression that does not count, and why. */
export interface BadIgnore {
  readonly path: Path;
  readonly reason: string;
}

/**
 * Reads the suppressions of an object: `ignore.scantling.dev/<control>: "reason; until=2027-01-31; container=web"`.
 *
 * `metadataPaths` are the places to look: the object's own metadata and its pod template's. Suppressions without a
 * reason, expired on `today` (`YYYY-MM-DD`, the day itself still counts) or malformed come back as `bad`: they suppress
 * nothing.
 */
export function readIgnores(
  value: JsonObject,
  metadataPaths: readonly Path[],
  today: string,
): { readonly ignores: readonly Ignore[]; readonly bad: readonly BadIgnore[] } {
  const ignores: Ignore[] = [];
  const bad: BadIgnore[] = [];
  for (const metadata of metadataPaths) {
    const annotations = valueAt(value, [...metadata, 'annotations']);
    if (annotations === null || typeof annotations !== 'object' || Array.isArray(annotations)) continue;
    for (const [key, text] of Object.entries(annotations as JsonObject)) {
      if (!key.startsWith(ignorePrefix)) continue;
      const path = [...metadata, 'annotations', key];
      const control = key.slice(ignorePrefix.length);
      const read = readIgnore(control, text, path, today);
      if (typeof read === 'string')
        bad.push({ path, reason: `this suppression of ${control} does not count: ${read}` });
      else ignores.push(read);
    }
  }
  return { ignores, bad };
}

function readIgnore(control: string, text: Json, path: Path, today: string): Ignore | string {
  if (typeof text !== 'string') return 'its value must be a string';
  const parts = text.split(';').map((part) => part.trim());
  const options = parts.filter((part) => /^[a-z]+=\S*$/.test(part));
  const reason = parts.filter((part) => part !== '' && !options.includes(part)).join('; ');
  let container: string | undefined;
  let until: string | undefined;
  for (const option of options) {
    const [name, setting = ''] = option.split('=');
    if (name === 'container' && container !== undefined) {
      return 'it names two containers; an exception in .scantling.yaml can name several';
    }
    if (name === 'container') container = setting;
    else if (name !== 'until') return `unknown option "${name}", there are "until" and "container"`;
    else if (!isDay(setting)) {
      return `"${setting}" is no date, write until=YYYY-MM-DD`;
    } else if (setting < today) return `it expired on ${setting}`;
    else until = setting;
  }
  if (reason === '') return 'it gives no reason';
  return { control, reason, until, container, path };
}

/** Whether an ignore covers a finding at `path` of `value`. */
export function covers(ignore: Ignore, control: string, path: Path, value: Json): boolean {
  if (ignore.control !== control) return false;
  return inContainers(ignore.container === undefined ? undefined : [ignore.container], path, value);
}
