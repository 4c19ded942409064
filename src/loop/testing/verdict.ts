import type { Verdict } from '../../model/finding.ts';
import { formatPath } from '../../model/path.ts';
import type { Judgement } from '../../policy/index.ts';
import type { Judged } from './policy-case.ts';

/** What several policies come to together. */
export interface Overall {
  readonly verdict: Verdict;
  /** Why the verdict is unknown, an error or not applicable; else empty. */
  readonly reason: string;
}

/** The verdict that decides, first: one policy that fails is a failure whatever the others say. */
const order: readonly Verdict[] = ['fail', 'error', 'unknown', 'pass', 'not-applicable'];

/** The worst verdict of all, as a person would sum them up. */
export function overall({ judgements, excluded }: Judged): Overall {
  const worst = [...judgements].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict))[0];
  if (worst === undefined) return { verdict: 'not-applicable', reason: excluded || 'no policy was asked' };
  return { verdict: worst.verdict, reason: worst.reason };
}

/** The policy among those judged that an API server would not store; nothing that it says can be relied on. */
export function refusedPolicy({ judgements }: Judged): string | undefined {
  return judgements.find(({ policy, verdict }) => policy.refused && verdict !== 'not-applicable')?.policy
    .name;
}

/** `fail "the message"`, `unknown: depends on request.userInfo`: a verdict for people. */
export function verdictText({ verdict, reason }: Overall, judgements: readonly Judgement[]): string {
  if (verdict !== 'fail') return reason === '' ? verdict : `${verdict}: ${reason}`;
  const said = messagesOf(judgements).map((message) => JSON.stringify(message));
  return `fail ${said.join(', ')}`.trim();
}

/** The messages of all failing validations, in order. */
export function messagesOf(judgements: readonly Judgement[]): string[] {
  return failing(judgements).map(({ message }) => message);
}

/** The paths of all failing elements, each once. */
export function pathsOf(judgements: readonly Judgement[]): string[] {
  const paths = failing(judgements).flatMap(({ elements }) => elements.map(({ path }) => formatPath(path)));
  return [...new Set(paths)];
}

function failing(judgements: readonly Judgement[]): Judgement['validations'] {
  return judgements.flatMap(({ validations }) => validations.filter(({ verdict }) => verdict === 'fail'));
}
