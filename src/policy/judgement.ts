import type { Verdict } from '../model/finding.ts';
import type { JsonObject } from '../model/object.ts';
import type { FailingElement } from './element.ts';
import type { BoundPolicy, CompiledBinding, CompiledPolicy } from './policy.ts';

/** What one validation says about one object. */
export interface ValidationResult {
  /** Its place in the policy. */
  readonly index: number;
  readonly verdict: 'pass' | 'fail' | 'error' | 'unknown';
  /** What the API server says: the failure's message or the error's text; empty for a pass and an unknown. */
  readonly message: string;
  /** Whether `message` could be otherwise in a cluster, because its messageExpression depends on something unknown. */
  readonly messageUncertain: boolean;
  /** Why the verdict is unknown; else empty. */
  readonly reason: string;
  /** For a failure: each thing in the object that fails it, at least one. */
  readonly elements: readonly FailingElement[];
}

/** What one audit annotation yields. */
export interface AuditAnnotationResult {
  readonly key: string;
  readonly verdict: 'publish' | 'exclude' | 'error' | 'unknown';
  /** The trimmed value, or the error's text, or why it is unknown. */
  readonly text: string;
}

/** A reason for the API server to act against a request. */
export interface Denial {
  readonly message: string;
  /** The reason of the status: `Invalid`, `Forbidden`, `RequestEntityTooLarge`. */
  readonly reason: string;
  /** The HTTP status that goes with it. */
  readonly code: number;
  /**
   * `decision`: handled as the binding's validationActions say; `always`: denied whatever they say, as the server does
   * with bindings it cannot configure and audit annotations that fail.
   */
  readonly handling: 'decision' | 'always';
  /** Which decision of its evaluation it is: the index of the validation, 0 for an error before any of them. */
  readonly index: number;
}

/** What one policy, with one binding and one parameter, says about one request. */
export interface Judgement {
  /** What was asked to judge, the very object. */
  readonly bound: BoundPolicy;
  readonly policy: CompiledPolicy;
  /** Undefined where the input has no binding: the policy is judged as bound to everything with Deny. */
  readonly binding: CompiledBinding | undefined;
  /** The parameter object; null where there is none. */
  readonly param: JsonObject | null;
  /**
   * `fail` if any validation fails, else `error` or `unknown` if any does, else `pass`. `error` also where failurePolicy
   * Ignore makes the server admit the request: the policy did not get to say anything.
   */
  readonly verdict: Verdict;
  /** Why the verdict is unknown, not applicable or an error; else empty. */
  readonly reason: string;
  /** One for each validation, in order; empty where they were not evaluated. */
  readonly validations: readonly ValidationResult[];
  readonly auditAnnotations: readonly AuditAnnotationResult[];
  /** In the server's order; empty where it admits the request, or where whether it does is unknown. */
  readonly denials: readonly Denial[];
  /** Whether something unknown decides what the server does with the request. */
  readonly undecided: boolean;
}
