import type { JsonObject } from '../../model/object.ts';
import type { Difference, Operation6902 } from './difference.ts';
import type { BoundMutation } from './policy.ts';

/** What became of one mutation of one policy in one pass. */
export interface MutationStep {
  readonly bound: BoundMutation;
  /** The parameter object; null where there is none. */
  readonly param: JsonObject | null;
  /** The mutation's place in the policy; undefined for what concerns the whole policy, such as its match conditions. */
  readonly index: number | undefined;
  /** 1, or 2 when policies are run again. */
  readonly pass: 1 | 2;
  readonly outcome: 'mutated' | 'unchanged' | 'not-met' | 'error' | 'internal' | 'crash' | 'unknown';
  /** The server's text of an error, or why it did not run or is not known; else empty. */
  readonly reason: string;
  /** What it changed, defaults that follow from it included. */
  readonly changes: readonly Difference[];
}

/** Why the API server refuses a request because of mutating policies. */
export interface MutationDenial {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  /** One message for each failed mutation, in order; the first is the status's. Empty for internal errors. */
  readonly causes: readonly string[];
}

/** What mutating policies make of a request. */
export interface MutationResult {
  /** False where they refuse it; undefined where that depends on something not known. */
  readonly allowed: boolean | undefined;
  /**
   * The object after all mutations that are certain, defaulted, not validated, before its strategy; null for a request
   * without an object.
   */
  readonly object: JsonObject | null;
  readonly denial: MutationDenial | undefined;
  readonly steps: readonly MutationStep[];
  /** Why the object or the answer may be another in a cluster; empty where both are certain. */
  readonly unknown: readonly string[];
  /** Why the API server would panic and answer nothing; undefined where it would not. */
  readonly crash: string | undefined;
  /** Where the object differs from the request's. */
  readonly changes: readonly Difference[];
  /** The same as a JSON patch (RFC 6902). */
  readonly patch: readonly Operation6902[];
}
