import type { Catalogue } from '../../catalogue/catalogue.ts';
import type { Location } from '../../model/finding.ts';
import { formatObject } from '../../report/group.ts';
import type { Splice } from '../../yaml/index.ts';
import type { RuleFailure } from '../manifest-verdicts.ts';
import type { JudgedText } from './judge-text.ts';
import { isSafe, type Remedy, remedyFor, safeRemedyFor } from './mending.ts';
import type { Notice } from './notice.ts';
import { suppressingOf } from './suppressing.ts';

/** A change to one stretch of the text, by its place or by offsets. */
export type TextChange = Splice | { readonly location: Location; readonly text: string };

/** Something that an editor offers to do. */
export interface Action {
  readonly title: string;
  readonly kind: 'quickfix' | 'source.fixAll.scantling';
  /** What is gone afterwards. */
  readonly notices: readonly Notice[];
  /** The best of those for its notices: done without asking when a person says "fix". */
  readonly isPreferred: boolean;
  /** Why it cannot be done; undefined where it can. */
  readonly disabled: string | undefined;
  /** What a person should agree to before it is done; undefined where nothing can break. */
  readonly risk: { readonly label: string; readonly description: string } | undefined;
  /** Whether `changes` may take long: it is better asked when the action is chosen. */
  readonly isCostly: boolean;
  /** Of an action for all failures of one control in the text. */
  readonly control: string | undefined;
  /** What to change; worked out when somebody asks. */
  readonly changes: () => readonly TextChange[];
}

/** Most actions can be done at once and break nothing. */
const plain = { disabled: undefined, risk: undefined, isCostly: false, control: undefined } as const;

/** What can be done about some of the notices of a text: mend each, mend its like in the file, suppress it. */
export function actionsFor(
  judged: JudgedText,
  notices: readonly Notice[],
  catalogue: Catalogue,
): readonly Action[] {
  const actions: Action[] = [];
  const failures = new Map<RuleFailure, Notice[]>();
  const suppressed = new Set<string>();
  for (const notice of notices) {
    actions.push(...renaming(notice));
    const { failure } = notice.about ?? {};
    if (failure === undefined) continue;
    const known = failures.get(failure);
    if (known === undefined) failures.set(failure, [notice]);
    else known.push(notice);
  }
  for (const [failure, ofFailure] of failures) actions.push(mending(failure, ofFailure, catalogue));
  const controls = new Set([...failures.keys()].map(({ control }) => control));
  for (const control of controls) {
    const everywhere = everywhereAction(control, judged, catalogue);
    if (everywhere !== undefined) actions.push(everywhere);
  }
  for (const notice of notices) {
    const action = suppression(notice);
    if (action === undefined || suppressed.has(action.title)) continue;
    suppressed.add(action.title);
    actions.push(action);
  }
  return actions;
}

/** Everything in the text that can be mended without risk, in one change; undefined where there is nothing. */
export function fixAllAction(judged: JudgedText, catalogue: Catalogue): Action | undefined {
  const safe = judged.failures.filter((failure) => isSafe(failure, catalogue));
  if (safe.length === 0) return undefined;
  return {
    title: 'Fix everything in this file that is safe to fix (Scantling)',
    kind: 'source.fixAll.scantling',
    notices: [],
    isPreferred: false,
    ...plain,
    isCostly: true,
    changes: () => safeRemedyFor(safe, catalogue).splices,
  };
}

/** The fix of a failure is worked out once for each version of a text. */
const remedies = new WeakMap<RuleFailure, Remedy>();

function mending(failure: RuleFailure, notices: readonly Notice[], catalogue: Catalogue): Action {
  let remedy = remedies.get(failure);
  if (remedy === undefined) remedies.set(failure, (remedy = remedyFor(failure, catalogue)));
  const { kind, note, paths, splices } = remedy;
  const what = paths.length === 0 ? '' : `: ${short(paths)}`;
  return {
    title:
      kind === 'unsafe' ? `Fix ${failure.control}, unsafe${what} (${note})` : `Fix ${failure.control}${what}`,
    kind: 'quickfix',
    notices,
    isPreferred: kind === 'safe',
    ...plain,
    disabled: kind === 'none' ? note : undefined,
    risk: kind === 'unsafe' ? { label: `Fix ${failure.control}`, description: note } : undefined,
    changes: () => splices,
  };
}

function short(paths: readonly string[]): string {
  return paths.length > 2 ? `${paths[0]} and ${paths.length - 1} more` : paths.join(', ');
}

/** The same control in the whole file; undefined where fewer than two objects fail it in a way that is safe to mend. */
export function everywhereAction(
  control: string,
  judged: JudgedText,
  catalogue: Catalogue,
): Action | undefined {
  const all = judged.failures.filter((failure) => failure.control === control && isSafe(failure, catalogue));
  if (all.length < 2) return undefined;
  return {
    title: `Fix ${control} everywhere in this file`,
    kind: 'quickfix',
    notices: judged.notices.filter(({ code }) => code === control),
    isPreferred: false,
    ...plain,
    isCostly: true,
    control,
    changes: () => safeRemedyFor(all, catalogue).splices,
  };
}

function suppression({ about }: Notice): Action | undefined {
  if (about === undefined) return undefined;
  const suppressing = suppressingOf(about);
  const isRefused = typeof suppressing === 'string';
  const { container } = isRefused ? { container: undefined } : suppressing;
  const object = formatObject(about.manifest.reference);
  const where = container === undefined ? object : `container ${container} of ${object}`;
  return {
    title: `Suppress ${about.control} on ${where} with an annotation`,
    kind: 'quickfix',
    notices: [],
    isPreferred: false,
    ...plain,
    disabled: isRefused ? suppressing : undefined,
    changes: () => (isRefused ? [] : suppressing.splices),
  };
}

/** The word that a message proposes instead of the one that is marked. */
function renaming(notice: Notice): Action[] {
  const proposed = /; did you mean "([^"\\]+)"\?/.exec(notice.message)?.[1];
  const { location, about } = notice;
  if (proposed === undefined || about !== undefined || location.line !== location.endLine) return [];
  return [
    {
      title: `Change it to ${proposed}`,
      kind: 'quickfix',
      notices: [notice],
      isPreferred: true,
      ...plain,
      changes: () => [{ location, text: proposed }],
    },
  ];
}
