import type { Catalogue } from '../../catalogue/catalogue.ts';
import { formatPath } from '../../model/path.ts';
import type { Splice } from '../../yaml/index.ts';
import { fix, type Mending } from '../fixing/fixing.ts';
import type { RuleFailure } from '../manifest-verdicts.ts';

/** What mends a failure in the text where it stands. */
export interface Remedy {
  /** `unsafe`: what runs may behave otherwise afterwards; `none`: it cannot be mended, for the reason in `note`. */
  readonly kind: 'safe' | 'unsafe' | 'none';
  readonly note: string;
  /** What changes in the object, as paths: for people. */
  readonly paths: readonly string[];
  /** Offsets in the text that was judged. */
  readonly splices: readonly Splice[];
}

/** What mends one failure, unsafe or not. */
export function remedyFor(failure: RuleFailure, catalogue: Catalogue): Remedy {
  const [file] = fix([failure], { catalogue, unsafe: true });
  const [mending] = file!.mendings;
  if (mending!.refused !== undefined) return { kind: 'none', note: mending!.refused, paths: [], splices: [] };
  const { kind, note, paths } = mending!;
  return { kind, note, paths: paths.map((one) => formatPath(one)), splices: file!.splices };
}

/** What mends several failures of one text at once as far as that goes without risk, as `scantling fix` does. */
export function safeRemedyFor(
  failures: readonly RuleFailure[],
  catalogue: Catalogue,
): { readonly splices: readonly Splice[]; readonly mended: readonly Mending[] } {
  const [file] = fix(
    failures.filter((failure) => isSafe(failure, catalogue)),
    { catalogue, unsafe: false },
  );
  const mended = file?.mendings.filter(({ refused }) => refused === undefined) ?? [];
  return { splices: file?.splices ?? [], mended };
}

/** Whether the control of a failure says that its fix changes nothing else. */
export function isSafe({ control }: RuleFailure, { controls }: Catalogue): boolean {
  return controls.get(control)?.autofix?.kind === 'safe';
}
