import type { Verdict } from '../../../model/finding.ts';
import type { Json, JsonObject } from '../../../model/object.ts';
import { formatPath } from '../../../model/path.ts';
import { differences, respond } from '../../../policy/index.ts';
import { viewOf } from '../admission-request.ts';
import type { Fields } from '../fields.ts';
import type { Expectation, Judged, Mismatch } from '../policy-case.ts';
import {
  changesText,
  deviationsText,
  messagesOf,
  overall,
  pathsOf,
  refusedPolicy,
  verdictText,
} from '../verdict.ts';

/** What a case of a `tests.yaml` expects; what is undefined may be anything. */
export interface Expected {
  readonly name: string;
  /** `mutate`: mutating policies change the object; `unchanged`: they run or not, and it stays as it is. */
  readonly verdict: Verdict | 'mutate' | 'unchanged';
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
  /** The object that mutating policies make. */
  readonly object: JsonObject | undefined;
  /** Exactly what they change: the new value by path, null for what is removed. */
  readonly changes: JsonObject | undefined;
  /** Exactly the JSON patch (RFC 6902) of what they change. */
  readonly patch: readonly Json[] | undefined;
}

const verdicts = ['pass', 'fail', 'not-applicable', 'error', 'unknown', 'mutate', 'unchanged'] as const;
const mutationKeys = ['expected', 'changes', 'patch'];

/** The keys of a case that say what is expected. */
export const expectationKeys: readonly string[] = [
  ...verdicts,
  'message',
  'path',
  'warnings',
  'auditAnnotations',
  'allowed',
  ...mutationKeys,
];

/**
 * Reads what a case expects; undefined where it does not begin with one verdict and a name. `readObject` reads an object
 * that is written in place or named by its file.
 */
export function readExpected(
  item: Fields,
  readObject: (key: string) => JsonObject | undefined,
): Expected | undefined {
  const written = verdicts.filter((verdict) => item.has(verdict));
  const [verdict] = written;
  const name = verdict === undefined ? undefined : item.text(verdict);
  if (verdict === undefined || written.length > 1 || name === undefined || name === '') {
    item.error(`a case begins with one of ${verdicts.join(', ')}, and what it is about`);
    return undefined;
  }
  for (const key of ['path', 'message']) {
    if (verdict !== 'fail' && item.has(key)) item.error(`only a failing case has a ${key}`, key);
  }
  for (const key of mutationKeys) {
    if (verdict !== 'mutate' && item.has(key)) item.error(`only a case of "mutate" has ${key}`, key);
  }
  return {
    name,
    verdict,
    messages: item.texts('message'),
    paths: item.texts('path'),
    warnings: item.texts('warnings'),
    auditAnnotations: item.mapping('auditAnnotations'),
    allowed: item.flag('allowed'),
    object: readObject('expected'),
    changes: item.mapping('changes'),
    patch: item.list('patch'),
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
  if (refused !== undefined) {
    return { status: 'error', got: `the API server refuses the policy "${refused}"` };
  }
  const { verdict } = expected;
  if (verdict === 'mutate' || verdict === 'unchanged') {
    return wrongMutation(expected, judged) ?? wrongResponse(expected, judged);
  }
  const found = overall(judged);
  if (found.verdict !== verdict) {
    return {
      status: found.verdict === 'unknown' ? 'unknown' : 'failed',
      got: verdictText(found, judged),
    };
  }
  const messages = messagesOf(judged);
  const unsaid = expected.messages?.filter((message) => !messages.includes(message)) ?? [];
  if (unsaid.length > 0) return failed(`the message ${quoted(messages)}`);
  if (paths !== undefined) {
    const places = pathsOf(judged.judgements);
    const isSame = places.length === paths.length && paths.every((path) => places.includes(path));
    const [here, there] = [places, paths].map((all) => all.join(', ') || 'no path');
    if (!isSame) return failed(`failing at ${here}, expected at ${there}`);
  }
  return wrongResponse(expected, judged);
}

/** What is wrong with the object that mutating policies made; the policies after them may say what they like. */
function wrongMutation(expected: Expected, judged: Judged): Mismatch | undefined {
  const { mutation, request } = judged;
  if (mutation === undefined) return failed('there is no MutatingAdmissionPolicy');
  if (mutation.allowed !== true) {
    const got = overall(judged);
    return { status: got.verdict === 'unknown' ? 'unknown' : 'failed', got: verdictText(got, judged) };
  }
  const { changes, object, patch } = mutation;
  if (expected.verdict === 'unchanged') {
    return changes.length === 0 ? undefined : failed(`changed: ${changesText(changes)}`);
  }
  if (changes.length === 0) {
    const reasons = mutation.steps.map(({ reason }) => reason).filter((reason) => reason !== '');
    return failed(['nothing is changed', ...new Set(reasons)].join(': '));
  }
  if (expected.changes !== undefined) {
    const made = Object.fromEntries(changes.map(({ path, after }) => [formatPath(path), after ?? null]));
    if (differences(expected.changes, made).length > 0) return failed(`changed: ${changesText(changes)}`);
  }
  if (expected.patch !== undefined) {
    const wrong = differences(expected.patch, patch as unknown as Json);
    if (wrong.length > 0) return failed(`the patch ${JSON.stringify(patch)}`);
  }
  if (expected.object === undefined) return undefined;
  const view = viewOf(expected.object, request.namespace ?? '', 'mutating');
  if (typeof view === 'string') return { status: 'error', got: `expected: ${view}` };
  const wrong = differences(view, object);
  return wrong.length === 0 ? undefined : failed(`another object: ${deviationsText(wrong)}`);
}

/** What of the server's answer is not as expected. */
function wrongResponse(
  { warnings, auditAnnotations, allowed }: Expected,
  { judgements, request, mutation }: Judged,
): Mismatch | undefined {
  if (warnings === undefined && auditAnnotations === undefined && allowed === undefined) return undefined;
  const response = respond(judgements, request);
  if (warnings !== undefined && differences(warnings, response.warnings).length > 0) {
    return failed(
      response.warnings.length === 0 ? 'no warnings' : `the warnings ${quoted(response.warnings)}`,
    );
  }
  for (const [key, value] of Object.entries(auditAnnotations ?? {})) {
    const published = response.auditAnnotations[key];
    if (published === value) continue;
    return failed(`audit annotation ${key}: ${published === undefined ? 'none' : JSON.stringify(published)}`);
  }
  const isAllowed = mutation?.allowed === false ? false : response.allowed;
  if (allowed === undefined || isAllowed === allowed) return undefined;
  if (isAllowed === undefined) {
    return { status: 'unknown', got: 'whether the request is allowed is not known' };
  }
  const denial = mutation?.denial?.message ?? response.status?.message ?? '';
  return failed(isAllowed ? 'allowed' : `denied: ${denial}`);
}

function failed(got: string): Mismatch {
  return { status: 'failed', got };
}

function quoted(texts: readonly string[]): string {
  return texts.map((text) => JSON.stringify(text)).join(', ') || 'none';
}
