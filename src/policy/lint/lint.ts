import type { Path } from '../../model/object.ts';
import type { Severity } from '../../model/severity.ts';
import type { CompiledBinding } from '../policy.ts';
import { LintedBinding } from './linted-binding.ts';
import { type AnyPolicy, LintedPolicy, type Surroundings } from './linted-policy.ts';
import type { Sighting, Span, Trap } from './trap.ts';
import { traps } from './traps/index.ts';

/** A trap that was found. */
export interface LintFinding {
  readonly trap: string;
  readonly severity: Severity;
  /** In the policy's or binding's object. */
  readonly path: Path;
  /** The part of the string at `path`; undefined where all of it is meant. */
  readonly span: Span | undefined;
  readonly message: string;
}

/** The traps of a policy, also of one that the API server refuses. */
export function lintPolicy(policy: AnyPolicy, surroundings: Surroundings): LintFinding[] {
  const linted = new LintedPolicy(policy, surroundings);
  return traps.flatMap((trap) => findings(trap, trap.inPolicy?.(linted) ?? []));
}

/** The traps of a binding. */
export function lintBinding(binding: CompiledBinding, surroundings: Surroundings): LintFinding[] {
  const linted = new LintedBinding(binding, surroundings);
  return traps.flatMap((trap) => findings(trap, trap.inBinding?.(linted) ?? []));
}

function findings({ id, severity: usual }: Trap, sightings: Iterable<Sighting>): LintFinding[] {
  return Array.from(sightings, ({ path, span, message, severity = usual }) => ({
    trap: id,
    severity,
    path,
    span,
    message,
  }));
}
