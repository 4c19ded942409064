import { celText } from '../../report/cel-text.ts';
import type { Verdict } from '../../model/finding.ts';
import type { Json } from '../../model/object.ts';
import { formatPath } from '../../model/path.ts';
import type { Difference, Judgement, MutationResult } from '../../policy/index.ts';
import type { Judged } from './policy-case.ts';

/** What several policies come to together. */
export interface Overall {
  readonly verdict: Verdict;
  /** Why the verdict is unknown, an error or not applicable; else empty. */
  readonly reason: string;
}

/** The verdict that decides, first: one policy that fails is a failure whatever the others say. */
const order: readonly Verdict[] = ['fail', 'error', 'unknown', 'pass', 'not-applicable'];

/**
 * The worst verdict of all, as a person would sum them up. Mutating policies count: one that refuses the request fails it,
 * one that runs and refuses nothing passes it.
 */
export function overall({ judgements, excluded, mutation }: Judged): Overall {
  const all: Overall[] = judgements.map(({ verdict, reason }) => ({ verdict, reason }));
  if (mutation !== undefined) all.push(mutationVerdict(mutation));
  const worst = all.sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict))[0];
  return worst ?? { verdict: 'not-applicable', reason: excluded || 'no policy was asked' };
}

function mutationVerdict({ allowed, crash, steps, unknown }: MutationResult): Overall {
  if (crash !== undefined) return { verdict: 'error', reason: `the API server would panic: ${crash}` };
  if (allowed === false) return { verdict: 'fail', reason: '' };
  if (allowed === undefined) return { verdict: 'unknown', reason: unknown.join('; ') };
  const failed = steps.find(({ outcome }) => outcome === 'error');
  if (failed !== undefined) return { verdict: 'error', reason: failed.reason };
  const ran = steps.some(({ outcome }) => outcome === 'mutated' || outcome === 'unchanged');
  return {
    verdict: ran ? 'pass' : 'not-applicable',
    reason: ran ? '' : (steps[0]?.reason ?? 'no mutation ran'),
  };
}

/** The policy among those judged that an API server would not store; nothing that it says can be relied on. */
export function refusedPolicy({ judgements, mutation }: Judged): string | undefined {
  const judged = judgements.find(({ policy, verdict }) => policy.refused && verdict !== 'not-applicable');
  const mutated = mutation?.steps.find(({ bound, outcome }) => bound.policy.refused && outcome !== 'not-met');
  return judged?.policy.name ?? mutated?.bound.policy.name;
}

/** `fail "the message"`, `unknown: depends on request.userInfo`: a verdict for people. */
export function verdictText({ verdict, reason }: Overall, judged: Judged): string {
  if (verdict !== 'fail') return reason === '' ? verdict : `${verdict}: ${reason}`;
  const said = messagesOf(judged).map((message) => JSON.stringify(message));
  return `fail ${said.join(', ')}`.trim();
}

/** The messages of all failing validations, in order; those of mutations that refuse the request come first. */
export function messagesOf({ judgements, mutation }: Pick<Judged, 'judgements' | 'mutation'>): string[] {
  const { denial } = mutation ?? {};
  const refusals = denial === undefined ? [] : denial.causes.length > 0 ? denial.causes : [denial.message];
  return [...refusals, ...failing(judgements).map(({ message }) => message)];
}

/** The paths of all failing elements, each once. */
export function pathsOf(judgements: readonly Judgement[]): string[] {
  const paths = failing(judgements).flatMap(({ elements }) => elements.map(({ path }) => formatPath(path)));
  return [...new Set(paths)];
}

function failing(judgements: readonly Judgement[]): Judgement['validations'] {
  return judgements.flatMap(({ validations }) => validations.filter(({ verdict }) => verdict === 'fail'));
}

/** What was changed, on one line: `spec.replicas: 1 -> 2, metadata.labels.team: added "a"`. */
export function changesText(differences: readonly Difference[]): string {
  return listed(differences, (place, before, after) => {
    if (after === undefined) return `${place} removed`;
    const to = valueText(after);
    return before === undefined ? `${place} added: ${to}` : `${place}: ${valueText(before)} -> ${to}`;
  });
}

/** Where an object is another than the expected one: `metadata.labels.team is "a", expected "b"`. */
export function deviationsText(fromExpected: readonly Difference[]): string {
  return listed(fromExpected, (place, expected, got) => {
    const [is, should] = [got, expected].map((value) => (value === undefined ? 'missing' : valueText(value)));
    return `${place} is ${is}, expected ${expected === undefined ? 'nothing' : should}`;
  });
}

function listed(
  differences: readonly Difference[],
  text: (place: string, before: Json | undefined, after: Json | undefined) => string,
): string {
  const shown = differences
    .slice(0, mostDifferences)
    .map(({ path, before, after }) => text(formatPath(path) || 'the object', before, after));
  const more = differences.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const mostDifferences = 5;

function valueText(value: Json): string {
  const text = celText(value as never);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
