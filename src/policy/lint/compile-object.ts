import type { KubernetesVersion } from '../../cel/kubernetes/environment.ts';
import type { JsonObject } from '../../model/object.ts';
import type { PolicyCompiler } from '../compiler.ts';
import { isPolicyApi } from '../decode/object.ts';
import type { CompiledBinding } from '../policy.ts';
import { nowhere, type PolicyProblem, ProblemList } from '../problem.ts';
import type { AnyPolicy } from './linted-policy.ts';

/** The kinds that are linted. */
export const lintedKinds = [
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
] as const;

/** A kind that lint looks at. */
export type LintedKind = (typeof lintedKinds)[number];

/** A policy or binding of either kind; one that cannot be decoded has problems only. */
export interface CompiledObject {
  readonly kind: LintedKind;
  readonly policy?: AnyPolicy;
  readonly binding?: CompiledBinding;
  readonly problems: readonly PolicyProblem[];
}

/** Which of the linted kinds an object is; undefined for others. */
export function lintedKind(object: JsonObject): LintedKind | undefined {
  return lintedKinds.find((kind) => isPolicyApi(object, kind));
}

/** Mutating policies are served by default from here on; validating ones in all known versions. */
const mutatingSince = 36;

/**
 * Compiles a policy or binding of any of the linted kinds for the compiler's version. A kind that an API server of that
 * version does not serve is a problem, in the words of kubectl.
 */
export function compileObject(
  compiler: PolicyCompiler,
  object: JsonObject,
  version: KubernetesVersion,
): CompiledObject {
  const compiled = compileKind(compiler, object);
  const isServed = !compiled.kind.startsWith('Mutating') || Number(version.slice(2)) >= mutatingSince;
  if (isServed) return compiled;
  const problems = new ProblemList(nowhere);
  problems.error(
    ['kind'],
    `no matches for kind "${compiled.kind}" in version "${String(object['apiVersion'])}"`,
  );
  return { ...compiled, problems: [...problems.problems, ...compiled.problems] };
}

function compileKind(compiler: PolicyCompiler, object: JsonObject): CompiledObject {
  const kind = lintedKind(object) ?? 'ValidatingAdmissionPolicy';
  switch (kind) {
    case 'ValidatingAdmissionPolicy':
      return { kind, ...compiler.compilePolicy(object) };
    case 'ValidatingAdmissionPolicyBinding':
      return { kind, ...compiler.compileBinding(object) };
    case 'MutatingAdmissionPolicy':
      return { kind, ...compiler.compileMutatingPolicy(object) };
    case 'MutatingAdmissionPolicyBinding':
      return { kind, ...compiler.compileMutatingBinding(object) };
  }
}
