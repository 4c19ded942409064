import type { Verdict } from '../../model/finding.ts';
import type { JsonObject } from '../../model/object.ts';
import { respond } from '../../policy/index.ts';
import type { Fields } from './fields.ts';
import type { Expectation, Judged, Mismatch } from './policy-case.ts';
import { messagesOf, overall, pathsOf, refusedPolicy, verdictText } from './verdict.ts';

/** What a case of a `tests.yaml` expects; what is undefined may be anything. */
export interface Expected {
  readonly name: string;
  readonly verdict: Verdict;
  /** Each must be the message of a failing validation. */
  readonly messages: readonly string[] | undefined;
  /** Exactly the places that fail. */
  readonly paths: readonly string[] | undefined;
  /** Exactly the warnings of the API server, in order. */
  readonly warnings: readonly string[] | undefined;
  /** Annotations of the audit event that must be there, `policy/key` each. */
  readonly auditAnnotations: JsonObject | undefined;
  /** Whether the API server lets the request pass, which bindings and failurePolicy decide. */
  readonly allowed: boolean | undefined;
}

const verdicts: readonly Verdict[] = ['pass', 'fail', 'not-applicable', 'error', 'unknown'];

/** The keys of a case that say what is expected. */
export const expectationKeys: readonly string[] = [
  ...verdicts,
  'message',
  'path',
  'warnings',
  'auditAnnotations',
  'allowed',
];

/** Reads what a case expects; undefined where it does not begin with one verdict and a name. */
export function readExpected(item: Fields): Expected | undefined {
  const written = verdicts.filter((verdict) => item.has(verdict));
  const [verdict] = written;
  const name = verdict === undefined ? undefined : item.text(verdict);
  if (verdict === undefined || written.length > 1 || name === undefined || name === '') {
    item.error(`a case begins with one of ${verdicts.join(', ')}, and what it is about`);
    return undefined;
  }
  const paths = item.texts('path');
  const messages = item.texts('message');
  for (const key of ['path', 'message']) {
    if (verdict !== 'fail' && item.has(key)) item.error(`only a failing case has a ${key}`, key);
  }
  return {
    name,
    verdict,
    messages,
    paths,
    warnings: item.texts('warnings'),
    auditAnnotations: item.mapping('auditAnnotations'),
    allowed: item.flag('allowed'),
  };
}

/** The expectation of one object of a case: `paths` are those in that object. */
export function expectationOf(expected: Expected, paths: readonly string[] | undefined): Expectation {
  return {
    text:
      expected.messages === undefined ? expected.verdict : `${expected.verdict} ${quoted(expected.messages)}`,
    elements: paths !== undefined,
    unmet: (judged) => unmet(expected, paths, judged),
  };
}

function unmet(
  expected: Expected,
  paths: readonly string[] | undefined,
  judged: Judged,
): Mismatch | undefined {
  const refused = refusedPolicy(judged);
  if (refused !== undefined)
    return { status: 'error', got: `the API server refuses the policy "${refused}"` };
  const { judgements, request } = judged;
  const found = overall(judged);
  if (found.verdict !== expected.verdict) {
    const got = verdictText(found, judgements);
    return { status: found.verdict === 'unknown' ? 'unknown' : 'failed', got };
  }
  const messages = messagesOf(judgements);
  const unsaid = expected.messages?.filter((message) => !messages.includes(message)) ?? [];
  if (unsaid.length > 0) return failed(`the message ${quoted(messages)}`);
  if (paths !== undefined) {
    const places = pathsOf(judgements);
    const isSame = places.length === paths.length && paths.every((path) => places.includes(path));
    if (!isSame)
      return failed(
        `failing at ${places.join(', ') || 'no path'}, expected at ${paths.join(', ') || 'none'}`,
      );
  }
  const { warnings, auditAnnotations, allowed } = expected;
  if (warnings === undefined && auditAnnotations === undefined && allowed === undefined) return undefined;
  const response = respond(judgements, request);
  if (warnings !== undefined && JSON.stringify(warnings) !== JSON.stringify(response.warnings)) {
    return failed(
      response.warnings.length === 0 ? 'no warnings' : `the warnings ${quoted(response.warnings)}`,
    );
  }
  for (const [key, value] of Object.entries(auditAnnotations ?? {})) {
    const published = response.auditAnnotations[key];
    if (published !== value)
      return failed(
        `audit annotation ${key}: ${published === undefined ? 'none' : JSON.stringify(published)}`,
      );
  }
  if (allowed === undefined || response.allowed === allowed) return undefined;
  if (response.allowed === undefined)
    return { status: 'unknown', got: 'whether the request is allowed is not known' };
  return failed(response.allowed ? 'allowed' : `denied: ${response.status?.message ?? ''}`);
}

function failed(got: string): Mismatch {
  return { status: 'failed', got };
}

function quoted(texts: readonly string[]): string {
  return texts.map((text) => JSON.stringify(text)).join(', ') || 'none';
}
