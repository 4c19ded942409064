import type { Severity } from './severity.ts';

/** What a control's `control.yaml` says beside its policy: everything a person wants to know, nothing the engine needs. */
export interface ControlMetadata {
  /** A DNS-1123 label of at most 50 characters, equal to the folder's and the policy's name; never reused. */
  readonly id: string;
  /** One line, lower case, no full stop. */
  readonly title: string;
  /** Number of the practice, 1 to 19. */
  readonly practice: number;
  readonly severity: Severity;
  /** What an attacker gains, in a sentence or two. */
  readonly why: string;
  /** What to do about it, in a sentence. */
  readonly fix: string;
  /** Where frameworks ask for it: `{ "pss": ["baseline"], "cis-1.12": ["5.2.2"] }`. */
  readonly frameworks: Readonly<Record<string, readonly string[]>>;
  /** The ids other tools give the same check: `{ "kubescape": ["C-0057"] }`. */
  readonly aliases: Readonly<Record<string, readonly string[]>>;
  /** What its findings point at is a secret, which reports do not show. */
  readonly conceals?: boolean;
  /** Addresses to read further. */
  readonly references: readonly string[];
}
