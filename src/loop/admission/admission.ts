import {
  type AdmissionResponse,
  type BoundPolicy,
  judge,
  type JudgeContext,
  respond,
} from '../../policy/index.ts';
import type { Cluster } from './cluster.ts';
import { type Explained, explainJudgements } from './explained.ts';
import type { Review } from './review.ts';

/** The annotation of a response that says what could make it another one. */
export const unknownAnnotation = 'scantling.dev/unknown';

/** An AdmissionReview that answers a request, as an `admission.k8s.io/v1` webhook sends it. */
export interface AnsweredReview {
  readonly apiVersion: 'admission.k8s.io/v1';
  readonly kind: 'AdmissionReview';
  readonly response: ReviewResponse;
}

/** The `response` of an AdmissionReview. Source: k8s.io/api `admission/v1/types.go`. */
export interface ReviewResponse {
  readonly uid: string;
  /** False as well where it is not known. */
  readonly allowed: boolean;
  readonly status?: ReviewStatus;
  readonly auditAnnotations?: Readonly<Record<string, string>>;
  readonly warnings?: readonly string[];
  /** Our own: everything that speaks against the request, where that is asked for. */
  readonly explain?: readonly Explained[];
}

/** A `metav1.Status`. */
export interface ReviewStatus {
  readonly metadata: Readonly<Record<string, never>>;
  readonly status: 'Failure';
  readonly message: string;
  readonly reason: string;
  readonly details?: NonNullable<AdmissionResponse['status']>['details'];
  readonly code: number;
}

/** An answer, and what it comes to. */
export interface Answer {
  readonly review: AnsweredReview;
  /** `unknown` where the answer, or a part of it, depends on something that is not known. */
  readonly outcome: 'allowed' | 'denied' | 'unknown';
}

/** Answers requests as an API server with these policies would. */
export class Admission {
  readonly #policies: readonly BoundPolicy[];
  readonly #cluster: Cluster;
  readonly #context: JudgeContext;
  readonly #explains: boolean;

  constructor(policies: readonly BoundPolicy[], cluster: Cluster, options: { readonly explain: boolean }) {
    this.#policies = policies;
    this.#cluster = cluster;
    this.#explains = options.explain;
    this.#context = { ...cluster.context, findElements: options.explain };
  }

  answer({ uid, request: written, undecodable }: Review): Answer {
    if (undecodable !== '') return { review: wrapped(refusal(uid, undecodable)), outcome: 'denied' };
    const equivalents = this.#cluster.equivalents(written.resource);
    const request = equivalents === undefined ? written : { ...written, equivalents };
    const judgements = judge(this.#policies, request, this.#context);
    const { allowed, status, warnings, auditAnnotations, unknowns } = respond(judgements, request);
    const annotations = unknowns.length === 0 ? auditAnnotations : withUnknowns(auditAnnotations, unknowns);
    const response: ReviewResponse = {
      uid,
      allowed: allowed === true,
      ...(status !== undefined && { status: { metadata: {}, status: 'Failure', ...ordered(status) } }),
      ...(allowed === undefined && { status: undecided(unknowns) }),
      ...(Object.keys(annotations).length > 0 && { auditAnnotations: annotations }),
      ...(warnings.length > 0 && { warnings }),
      ...(this.#explains && { explain: explainJudgements(judgements) }),
    };
    const outcome = unknowns.length > 0 ? 'unknown' : allowed === true ? 'allowed' : 'denied';
    return { review: wrapped(response), outcome };
  }
}

function wrapped(response: ReviewResponse): AnsweredReview {
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response };
}

/** The fields in the order in which the server prints them. */
function ordered({ message, reason, details, code }: NonNullable<AdmissionResponse['status']>) {
  return { message, reason, details, code };
}

function withUnknowns(annotations: Readonly<Record<string, string>>, unknowns: readonly string[]) {
  return { ...annotations, [unknownAnnotation]: unknowns.join('; ') };
}

/** What a webhook answers that cannot decide. */
function undecided(unknowns: readonly string[]): ReviewStatus {
  const message = `whether the request is allowed is not known: ${unknowns.join('; ')}`;
  return { metadata: {}, status: 'Failure', message, reason: 'InternalError', code: 500 };
}

/** Before any policy the server decodes the object. Source: apimachinery `pkg/api/errors`, `NewBadRequest`. */
function refusal(uid: string, message: string): ReviewResponse {
  const status: ReviewStatus = { metadata: {}, status: 'Failure', message, reason: 'BadRequest', code: 400 };
  return { uid, allowed: false, status };
}
