import type { Finding, Verdict } from '../../model/finding.ts';

/** A verdict as a page tells it: what fails and is suppressed is a kind of its own. The order is that of interest. */
export const statuses = ['fail', 'error', 'unknown', 'accepted', 'pass', 'not-applicable'] as const;

/** How a result stands: its verdict, or that its failure is accepted. */
export type Status = Verdict | 'accepted';

/** What a reader calls it. */
export const statusWords: Readonly<Record<Status, string>> = {
  fail: 'fail',
  error: 'error',
  unknown: 'unknown',
  accepted: 'accepted',
  pass: 'pass',
  'not-applicable': 'not applicable',
};

/** The status of a finding. */
export function statusOf({ suppression, verdict }: Pick<Finding, 'suppression' | 'verdict'>): Status {
  return verdict === 'fail' && suppression !== undefined ? 'accepted' : verdict;
}
