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
  /** Which of its failures have those of the aliases that are about a part of it; the others are what all of them are called. */
  readonly aliasParts?: readonly AliasPart[];
  /** What its findings point at is a secret, which reports do not show. */
  readonly conceals?: boolean;
  /** Addresses to read further. */
  readonly references: readonly string[];
}

/** Ids of other tools' checks that cover a part of a control: a failure has them where all that is said here holds. */
export interface AliasPart {
  readonly ids: readonly string[];
  /** Kinds of objects. */
  readonly kinds?: readonly string[];
  /** Fields that the path of the failing element leads to or through; the object as a whole has them all. */
  readonly fields?: readonly string[];
  /** Regular expressions one of which is found in the message. */
  readonly says?: readonly string[];
}
