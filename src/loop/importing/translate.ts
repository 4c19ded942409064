import type { Control } from '../../catalogue/control.ts';
import type { ForeignException } from '../../exceptions/peers/foreign-exception.ts';
import type { Exception } from '../../model/exception.ts';

/** What becomes of another tool's exception. */
export interface Translation {
  /** Undefined where nothing of it can be carried over. */
  readonly exception: Exception | undefined;
  /** Why something is left out, or wider than it was. */
  readonly complaints: readonly { readonly kind: 'left out' | 'widened'; readonly reason: string }[];
}

/** The aliases of controls that a translation looks at. */
export type Aliased = Pick<Control, 'id' | 'aliases'>;

/**
 * Translates an exception by the ids that controls have in other tools. What cannot be limited as it was is left out
 * unless `widen`; what is over on `today` is left out too.
 */
export function translate(
  foreign: ForeignException,
  controls: readonly Aliased[],
  today: string,
  widen: boolean,
): Translation {
  const { checks, match, owner, tool, until, wider } = foreign;
  const leave = (reason: string): Translation => ({
    exception: undefined,
    complaints: [{ kind: 'left out', reason }],
  });
  if (until !== undefined && until < today) return leave(`it expired after ${until}`);
  if (wider.length > 0 && !widen) {
    return leave(
      `it holds only for ${wider.join(' and ')}, which an exception cannot say; --widen leaves that out`,
    );
  }
  const complaints: { kind: 'left out' | 'widened'; reason: string }[] = wider.map((limit) => ({
    kind: 'widened',
    reason: `it held only for ${limit}`,
  }));
  const ids = new Set<string>();
  const meant = new Set<string>();
  for (const check of checks ?? ['*']) {
    const own = controlsOf(tool, check, controls);
    if (own.length === 0) {
      complaints.push({ kind: 'left out', reason: `no control is what ${tool} calls "${check}"` });
    }
    for (const { aliases, control } of own) {
      ids.add(control);
      for (const alias of aliases) meant.add(alias);
    }
  }
  for (const { aliases, id } of controls) {
    const more = ids.has(id) ? (aliases[tool] ?? []).filter((one) => !meant.has(one)) : [];
    if (more.length === 0) continue;
    const reason = `${id} is also what ${tool} calls ${more.join(', ')}, which was not excepted`;
    complaints.push({ kind: 'widened', reason });
  }
  if (ids.size === 0) return { exception: undefined, complaints };
  const reason = foreign.reason.trim() || `imported from ${tool}, which gives no reason`;
  const exception: Exception = {
    controls: [...ids].sort(),
    reason,
    ...(until !== undefined && { until }),
    ...(owner !== undefined && { owner }),
    match,
  };
  return { exception, complaints };
}

/** The controls that a tool has under an id, with the ids that are meant; `*` in it stands for any characters. */
function controlsOf(
  tool: string,
  check: string,
  controls: readonly Aliased[],
): { readonly control: string; readonly aliases: readonly string[] }[] {
  const pattern = check.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*+/g, '.*');
  const isMeant = new RegExp(`^${pattern}$`, 'i');
  return controls.flatMap(({ aliases, id }) => {
    const found = (aliases[tool] ?? []).filter((one) => isMeant.test(one));
    return found.length === 0 ? [] : [{ control: id, aliases: found }];
  });
}

/** Exceptions that differ in nothing but their controls as one; each once. */
export function merged(exceptions: readonly Exception[]): Exception[] {
  const byRest = new Map<string, Exception>();
  for (const exception of exceptions) {
    const { controls, ...rest } = exception;
    const key = JSON.stringify(rest);
    const known = byRest.get(key);
    const all = [...new Set([...(known?.controls ?? []), ...controls])].sort();
    byRest.set(key, { ...exception, controls: all });
  }
  return [...byRest.values()];
}
