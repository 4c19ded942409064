import { type KubernetesVersion, kubernetesVersions } from '../../cel/kubernetes/environment.ts';
import type { JsonObject } from '../../model/object.ts';
import { PolicyCompiler } from '../compiler.ts';
import { compileObject } from './compile-object.ts';
import type { PolicyProblem } from '../problem.ts';
import type { LintFinding } from './lint.ts';
import { refusals } from './refusal.ts';
import type { TrapDescription } from './trap.ts';

/** A policy that not every known version takes. */
export const needsNewerKubernetes: TrapDescription = {
  id: 'needs-newer-kubernetes',
  title: 'an older Kubernetes does not know what the policy uses',
  severity: 'info',
  why: 'An API server refuses expressions with functions that it, or the version before it, does not have: the policy cannot be created on an older cluster.',
  fix: 'Nothing, if all your clusters are new enough; else say it with older functions. `--kubernetes-version` judges for one version.',
};

/** The first version that takes a policy, and what the version before says against it. */
export interface MinimumVersion {
  readonly version: KubernetesVersion;
  readonly because: readonly PolicyProblem[];
}

/** Finds out from which Kubernetes version on policies can be created. Compiles them for each version. */
export class MinimumVersions {
  private readonly compilers = new Map<KubernetesVersion, PolicyCompiler>();

  /** Undefined where no known version takes the policy. */
  of(object: JsonObject): MinimumVersion | undefined {
    let found: KubernetesVersion | undefined;
    for (const version of kubernetesVersions.toReversed()) {
      const problems = this.refusalsIn(version, object);
      if (problems.length > 0) return found && { version: found, because: problems };
      found = version;
    }
    return found && { version: found, because: [] };
  }

  /** A finding where a version that is still known does not take the policy. */
  finding(object: JsonObject): readonly LintFinding[] {
    const minimum = this.of(object);
    if (minimum === undefined || minimum.because.length === 0) return [];
    const [refusal] = refusals(object, minimum.because);
    const { id, severity } = needsNewerKubernetes;
    const message = `needs Kubernetes >= ${minimum.version}; before, the API server says: ${refusal!.message}`;
    return [{ ...refusal!, trap: id, severity, message }];
  }

  private refusalsIn(version: KubernetesVersion, object: JsonObject): readonly PolicyProblem[] {
    let compiler = this.compilers.get(version);
    if (compiler === undefined) this.compilers.set(version, (compiler = new PolicyCompiler({ version })));
    const { problems } = compileObject(compiler, object, version);
    return problems.filter(({ severity }) => severity === 'error');
  }
}
