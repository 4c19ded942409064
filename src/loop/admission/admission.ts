import type { JsonObject, Path } from '../../model/object.ts';
import {
  type AdmissionRequest,
  type Authorizer,
  type BoundMutation,
  type BoundPolicy,
  denialDetails,
  type DenialStatus,
  judge,
  type JudgeContext,
  mutate,
  type MutationResult,
  respond,
} from '../../policy/index.ts';
import type { Cluster } from './cluster.ts';
import { type Explained, explainJudgements, explainMutations } from './explained.ts';
import { encodedPatch } from './patch.ts';
import type { Review } from './review.ts';
import { atStage, isWrittenObject, type Staged } from './stage.ts';

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
  readonly patchType?: 'JSONPatch';
  /** What mutating policies change in the object as it was sent: an RFC 6902 patch in base64. */
  readonly patch?: string;
  /** Our own: everything that speaks against the request, where that is asked for. */
  readonly explain?: readonly Explained[];
}

/** A `metav1.Status`. */
export interface ReviewStatus {
  readonly metadata: Readonly<Record<string, never>>;
  readonly status: 'Failure';
  readonly message: string;
  readonly reason: string;
  readonly details?: Partial<DenialStatus['details']>;
  readonly code: number;
}

/** An answer, and what it comes to. */
export interface Answer {
  readonly review: AnsweredReview;
  /** `unknown` where the answer, or a part of it, depends on something that is not known. */
  readonly outcome: 'allowed' | 'denied' | 'unknown';
  /** Fields of the object that its type does not have, which the API server drops. */
  readonly unknownFields: readonly Path[];
}

/** What there is to admit by. */
export interface AdmissionOptions {
  readonly policies: readonly BoundPolicy[];
  readonly mutations: readonly BoundMutation[];
  readonly cluster: Cluster;
  /** Answers what users may do; without it that is unknown. */
  readonly authorizer?: Authorizer;
  /** Whether answers hold everything that speaks against a request. */
  readonly explain: boolean;
}

/** Answers requests as an API server with these policies would: mutating ones first, then validating ones. */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #context: JudgeContext;

  constructor(options: AdmissionOptions) {
    this.#options = options;
    const { cluster, authorizer, explain } = options;
    this.#context = { ...cluster.context, findElements: explain, ...(authorizer && { authorizer }) };
  }

  answer({ uid, request: sent }: Review): Answer {
    const { mutations, cluster } = this.#options;
    const equivalents = cluster.equivalents(sent.resource);
    const request = equivalents === undefined ? sent : { ...sent, equivalents };
    if (mutations.length === 0) return this.#validate(uid, atStage(request, 'validating'));
    const arrived = atStage(request, 'mutating');
    if (arrived.undecodable !== '') return this.#refuse(uid, arrived);
    const { request: mutable } = arrived;
    const mutated = mutate(mutations, mutable, this.#context);
    const explained = this.#options.explain ? explainMutations(mutated) : [];
    const status = mutationStatus(mutated, mutable);
    if (status !== undefined) {
      return answered({ uid, allowed: false, status, ...this.#explanation(explained) }, 'denied');
    }
    if (mutated.unknown.length > 0) {
      const unknown = undecided(mutated.unknown);
      const annotations = withUnknowns({}, mutated.unknown);
      const response = { uid, allowed: false, status: unknown, auditAnnotations: annotations };
      return answered({ ...response, ...this.#explanation(explained) }, 'unknown');
    }
    const isWritten = isWrittenObject(sent.object);
    const mutatedAs = (object: JsonObject | null): Staged =>
      atStage({ ...mutable, object }, 'mutated', isWritten);
    const validated = this.#validate(uid, mutatedAs(mutated.object));
    const answer = { ...validated, unknownFields: arrived.unknownFields };
    if (answer.outcome === 'denied' || mutated.changes.length === 0) return answer;
    const patch = encodedPatch(
      sent.object ?? {},
      mutated,
      (object) => mutatedAs(object).request.object ?? {},
    );
    const response = { ...answer.review.response, patchType: 'JSONPatch', patch } as const;
    return { ...answer, review: { ...answer.review, response } };
  }

  #validate(uid: string, staged: Staged): Answer {
    if (staged.undecodable !== '') return this.#refuse(uid, staged);
    const { request, unknownFields } = staged;
    const judgements = judge(this.#options.policies, request, this.#context);
    const { allowed, status, warnings, auditAnnotations, unknowns } = respond(judgements, request);
    const annotations = unknowns.length === 0 ? auditAnnotations : withUnknowns(auditAnnotations, unknowns);
    const response: ReviewResponse = {
      uid,
      allowed: allowed === true,
      ...(status !== undefined && { status: failure(status) }),
      ...(allowed === undefined && { status: undecided(unknowns) }),
      ...(Object.keys(annotations).length > 0 && { auditAnnotations: annotations }),
      ...(warnings.length > 0 && { warnings }),
      ...this.#explanation(this.#options.explain ? explainJudgements(judgements) : []),
    };
    const outcome = unknowns.length > 0 ? 'unknown' : allowed === true ? 'allowed' : 'denied';
    return { ...answered(response, outcome), unknownFields };
  }

  /** Before any policy the server decodes the object. Source: apimachinery `pkg/api/errors`, `NewBadRequest`. */
  #refuse(uid: string, { undecodable }: Staged): Answer {
    const status = failure({ message: undecodable, reason: 'BadRequest', code: 400 });
    return answered({ uid, allowed: false, status, ...this.#explanation([]) }, 'denied');
  }

  #explanation(explained: readonly Explained[]): Pick<ReviewResponse, 'explain'> {
    return this.#options.explain ? { explain: explained } : {};
  }
}

function answered(response: ReviewResponse, outcome: Answer['outcome']): Answer {
  return {
    review: { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response },
    outcome,
    unknownFields: [],
  };
}

/** The fields in the order in which the server prints them. */
function failure({
  message,
  reason,
  details,
  code,
}: Omit<DenialStatus, 'details'> & Partial<Pick<ReviewStatus, 'details'>>): ReviewStatus {
  return { metadata: {}, status: 'Failure', message, reason, ...(details && { details }), code };
}

function withUnknowns(annotations: Readonly<Record<string, string>>, unknowns: readonly string[]) {
  return { ...annotations, [unknownAnnotation]: unknowns.join('; ') };
}

/** What a webhook answers that cannot decide. */
function undecided(unknowns: readonly string[]): ReviewStatus {
  const message = `whether the request is allowed is not known: ${unknowns.join('; ')}`;
  return failure({ message, reason: 'InternalError', code: 500 });
}

/** The status of a request that mutating policies refuse; undefined where they do not. */
function mutationStatus(
  { denial, crash }: MutationResult,
  request: AdmissionRequest,
): ReviewStatus | undefined {
  if (crash !== undefined) {
    const message = `the API server would crash and answer nothing: ${crash}`;
    return failure({ message, reason: 'InternalError', code: 500 });
  }
  if (denial === undefined) return undefined;
  const { code, reason, message, causes } = denial;
  if (code === 500) {
    const cause = message.replace(/^Internal error occurred: /, '');
    return failure({ message, reason, details: { causes: [{ message: cause }] }, code });
  }
  return failure({
    message,
    reason,
    ...(causes.length > 0 && { details: denialDetails(request, causes) }),
    code,
  });
}
