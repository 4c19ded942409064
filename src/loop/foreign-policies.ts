import type { Manifest } from '../collect/manifests.ts';
import type { Problem } from '../model/finding.ts';
import { foreignPolicy } from '../policy/index.ts';
import { manifestLocator } from './manifest-locator.ts';

/** Warnings about policies of other engines, which are not run, each at its place. */
export function foreignPolicies(manifests: readonly Manifest[]): Problem[] {
  return manifests.flatMap((manifest) => {
    const reason = foreignPolicy(manifest.value);
    if (reason === undefined) return [];
    return [{ ...manifestLocator(manifest)(['kind']), severity: 'warning', reason }];
  });
}

/** What to say besides where there are no policies of Kubernetes at all: `; bad.yaml:2: a ClusterPolicy of ...`. */
export function insteadOfPolicies([first, ...more]: readonly Problem[]): string {
  if (first === undefined) return '';
  const others = more.length === 0 ? '' : ` (and ${more.length} more like it)`;
  return `; ${first.file}:${first.line}: ${first.reason}${others}`;
}
