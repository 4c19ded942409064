import type { JsonObject } from '../../model/object.ts';
import { filled } from './application-set-template.ts';
import { parametersOf } from './generators.ts';
import { asMap, listOf } from './kustomization.ts';
import { Repository } from './repository.ts';

/**
 * What an ApplicationSet of Argo CD makes, each as the set itself with the parameters filled into its template, so that
 * paths stay those of the file; in a sentence why that cannot be told without a cluster. `root`: the folder of the
 * repository, absolute. Source: argo-cd.readthedocs.io "ApplicationSet Specification".
 */
export function applicationsOf(set: JsonObject, root: string): readonly JsonObject[] | string {
  const spec = asMap(set['spec']) ?? {};
  const template = asMap(spec['template']) ?? {};
  if (spec['templatePatch'] !== undefined) return 'its templatePatch is made by Argo CD alone';
  const isGo = spec['goTemplate'] === true;
  const context = { repository: new Repository(root), isGo };
  const made: JsonObject[] = [];
  for (const generator of listOf(spec['generators'])) {
    const all = parametersOf(asMap(generator), context);
    if (typeof all === 'string') return all;
    for (const parameters of all) {
      const missing: string[] = [];
      const one = asMap(filled(template, parameters, isGo, missing))!;
      if (missing.length > 0) return `its generators have nothing for ${missing[0]}`;
      made.push({ ...set, metadata: one['metadata'] ?? {}, spec: { ...spec, template: one } });
    }
  }
  return made;
}
