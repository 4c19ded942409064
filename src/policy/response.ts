import { goQuote } from '../cel/go-quote.ts';
import { child, valueAt } from '../model/path.ts';
import { goJson, truncateBytes } from './go-text.ts';
import type { Denial, Judgement } from './judgement.ts';
import type { AdmissionRequest } from './request.ts';

/** What the API server answers to a request, as far as ValidatingAdmissionPolicies decide it. */
export interface AdmissionResponse {
  /** Undefined where that depends on something unknown. */
  readonly allowed: boolean | undefined;
  /** The status of a denial: of several the server reports the first. */
  readonly status: DenialStatus | undefined;
  /** In order, as they are written into the headers. */
  readonly warnings: readonly string[];
  readonly auditAnnotations: Readonly<Record<string, string>>;
  /**
   * What could make the answer another one, in words: an expression that depends on something not known, such as a
   * message of which only the fallback can be given. Empty where the answer is exact.
   */
  readonly unknowns: readonly string[];
}

/** The parts of a `metav1.Status` that say why a request is denied. */
export interface DenialStatus {
  readonly message: string;
  readonly reason: string;
  /** The HTTP status. */
  readonly code: number;
  readonly details: {
    readonly name: string;
    /** Absent for the core group. */
    readonly group?: string;
    /** The resource: the field is named `kind` in the API. */
    readonly kind: string;
    readonly causes: readonly { readonly message: string }[];
  };
}

const longestAnnotation = 10 * 1024;
const failureAnnotation = 'validation.policy.admission.k8s.io/validation_failure';
const longestWarnings = 4096;
const longestWarning = 256;

/**
 * Answers a request from its judgements, which must be in the order in which the server visits the policies.
 *
 * Source: apiserver `pkg/admission/plugin/policy/validating/dispatcher.go`.
 */
export function respond(judgements: readonly Judgement[], request: AdmissionRequest): AdmissionResponse {
  const denied: { judgement: Judgement; denial: Denial }[] = [];
  const warnings: string[] = [];
  const annotations = new Map<string, string[]>();
  for (const judgement of judgements) {
    const actions = judgement.binding?.definition.validationActions ?? ['Deny'];
    for (const denial of judgement.denials) {
      if (denial.handling === 'always') denied.push({ judgement, denial });
      else for (const action of actions) act(action, judgement, denial);
    }
    publish(judgement, annotations);
  }
  const first = denied[0];
  const isOpen = judgements.some(({ undecided }) => undecided);
  return {
    allowed: first !== undefined ? false : isOpen ? undefined : true,
    status: first && statusOf(first.judgement, first.denial, request),
    warnings: limitWarnings(warnings),
    auditAnnotations: Object.fromEntries([...annotations].map(([key, values]) => [key, values.join(', ')])),
    unknowns: [...new Set(judgements.flatMap(unknownsOf))],
  };

  function act(action: string, judgement: Judgement, denial: Denial): void {
    if (action === 'Deny') denied.push({ judgement, denial });
    if (action === 'Warn') warnings.push(`Validation failed for ${subject(judgement)}: ${denial.message}`);
    // An annotation of the audit event is set once; the server ignores later ones with the same key.
    if (action === 'Audit' && !annotations.has(failureAnnotation)) {
      annotations.set(failureAnnotation, [auditRecord(judgement, denial)]);
    }
  }
}

function subject({ policy, binding }: Judgement): string {
  const bound = binding === undefined ? '' : ` with binding '${binding.name}'`;
  return `ValidatingAdmissionPolicy '${policy.name}'${bound}`;
}

/** Source: apiserver `pkg/admission/errors.go`, `NewForbidden`. */
function statusOf(judgement: Judgement, denial: Denial, request: AdmissionRequest): DenialStatus {
  const { resource, group } = request.resource;
  const qualified = group === '' ? resource : `${resource}.${group}`;
  const cause = `${subject(judgement)} denied request: ${denial.message}`;
  const details = denialDetails(request, [cause]);
  return {
    message: `${qualified} ${goQuote(details.name)} is forbidden: ${cause}`,
    reason: denial.reason,
    code: denial.code,
    details,
  };
}

/** The details of a denial by policies: what the request is about, and each message against it. */
export function denialDetails(request: AdmissionRequest, causes: readonly string[]): DenialStatus['details'] {
  const { resource, group } = request.resource;
  return {
    name: nameOf(request),
    ...(group !== '' && { group }),
    kind: resource,
    causes: causes.map((message) => ({ message })),
  };
}

/** Why an answer may be another one, as far as this judgement makes it. */
function unknownsOf(judgement: Judgement): string[] {
  const { verdict, reason, validations, auditAnnotations } = judgement;
  if (verdict === 'pass' && auditAnnotations.length === 0) return [];
  const words: string[] = [];
  if (verdict === 'unknown') words.push(reason);
  for (const each of validations) {
    if (each.verdict === 'unknown') words.push(`validations[${each.index}] ${each.reason}`);
    else if (each.messageUncertain) words.push(`the message of validations[${each.index}] is not known`);
  }
  for (const { key, verdict: published, text } of auditAnnotations) {
    if (published === 'unknown') words.push(`audit annotation "${key}" ${text}`);
  }
  // A verdict that is unknown because a validation is has the same reason.
  const distinct = words.length > 1 && verdict === 'unknown' ? words.slice(1) : words;
  return distinct.map((text) => `${subject(judgement)}: ${text}`);
}

/** Source: apiserver `pkg/admission/errors.go`, `extractResourceName`. */
function nameOf({ name, object }: AdmissionRequest): string {
  if (name !== undefined && name !== '') return name;
  const metadata = object === null ? undefined : valueAt(object, ['metadata']);
  for (const field of ['name', 'generateName']) {
    const value = child(metadata, field);
    if (typeof value === 'string' && value !== '') return value;
  }
  return 'Unknown';
}

function auditRecord({ policy, binding }: Judgement, { message, index }: Denial): string {
  const record = {
    message,
    policy: policy.name,
    binding: binding?.name ?? '',
    expressionIndex: index,
    validationActions: binding?.definition.validationActions ?? ['Deny'],
  };
  return goJson([record]);
}

/** Distinct values of several bindings are joined; equal ones appear once. */
function publish({ policy, auditAnnotations }: Judgement, annotations: Map<string, string[]>): void {
  for (const { key, verdict, text } of auditAnnotations) {
    if (verdict !== 'publish') continue;
    const value = truncateBytes(text, longestAnnotation);
    const values = annotations.get(`${policy.name}/${key}`) ?? [];
    if (!values.includes(value)) values.push(value);
    annotations.set(`${policy.name}/${key}`, values);
  }
}

/**
 * The warnings that reach the client: each text once, none with control characters. The one that makes all together
 * exceed 4,096 characters cuts itself and every one before it to 256; later ones are cut and added until the limit.
 *
 * Source: apiserver `pkg/endpoints/filters/warning.go`, apimachinery `pkg/util/net/http.go`, `NewWarningHeader`.
 */
function limitWarnings(warnings: readonly string[]): string[] {
  const sendable = [...new Set(warnings)].filter((text) => text !== '' && !/\p{Cc}/u.test(text));
  let sent: string[][] = [];
  let isCutting = false;
  for (const text of sendable.map((warning) => Array.from(warning))) {
    if (isCutting && characters(sent) >= longestWarnings) break;
    sent.push(isCutting ? text.slice(0, longestWarning) : text);
    if (isCutting || characters(sent) <= longestWarnings) continue;
    isCutting = true;
    sent = sent.map((earlier) => earlier.slice(0, longestWarning));
  }
  return sent.map((text) => text.join(''));
}

function characters(texts: readonly (readonly string[])[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0);
}
