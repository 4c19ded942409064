import type { Path } from '../../../model/object.ts';
import type { Surroundings } from '../linted-policy.ts';
import type { Sighting, Trap } from '../trap.ts';

/** Ends the names of objects that the API server reads from files. Source: apiserver `pkg/admission/plugin/manifest`. */
export const staticSuffix = '.static.k8s.io';

/**
 * A policy or binding that is meant to be a static manifest, by its name or because the caller says so, and that the API
 * server would not load from a file.
 *
 * Source: apiserver 1.37 `pkg/admission/plugin/policy/manifest/loader`.
 */
export const notStaticManifest: Trap = {
  id: 'not-static-manifest',
  title: 'the API server cannot load this from a static manifest',
  severity: 'critical',
  why: 'The API server loads policies from files on its disk before it serves the first request (Kubernetes >= 1.37). One object that it cannot take and none of the folder is loaded.',
  fix: 'Let names end in `.static.k8s.io`, do without parameters, and keep each binding with its policy.',
  *inPolicy({ policy, surroundings }) {
    if (!isMeant(policy.name, surroundings)) return;
    yield* common(policy.name, surroundings);
    if (policy.definition.paramKind !== undefined) {
      const path = ['spec', 'paramKind'];
      yield { path, message: 'spec.paramKind is not supported for static manifests' };
    }
  },
  *inBinding({ binding, policy, surroundings }) {
    if (!isMeant(binding.name, surroundings)) return;
    yield* common(binding.name, surroundings);
    const { paramRef, policyName } = binding.definition;
    const path = ['spec', 'policyName'];
    if (!policyName.endsWith(staticSuffix)) {
      yield { path, message: `spec.policyName "${policyName}" must end with "${staticSuffix}"` };
    } else if (policy === undefined) {
      yield {
        path,
        message: `references policy "${policyName}" which does not exist in the manifest directory`,
      };
    }
    if (paramRef !== undefined) {
      yield { path: ['spec', 'paramRef'], message: 'spec.paramRef is not supported for static manifests' };
    }
  },
};

const isMeant = (name: string, { staticManifests }: Surroundings): boolean =>
  staticManifests || name.endsWith(staticSuffix);

function* common(name: string, { version }: Surroundings): Generator<Sighting> {
  const path: Path = ['metadata', 'name'];
  if (Number(version.slice(2)) < 37) {
    yield { path, message: `Kubernetes ${version} loads no static manifests by default: it needs >= 1.37` };
  }
  if (!name.endsWith(staticSuffix)) {
    yield { path, message: `"${name}" must have a name ending with "${staticSuffix}"` };
  }
}
