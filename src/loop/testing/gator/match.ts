import type { JsonObject } from '../../../model/object.ts';
import { valueAt } from '../../../model/path.ts';
import type { AdmissionRequest } from '../../../policy/index.ts';
import { isMapping } from '../files.ts';

/**
 * Why a constraint's `match` leaves a request out; empty where it does not. Selectors are not looked at here: the policy
 * made of the constraint has them.
 *
 * Source: Gatekeeper's documentation, website/docs/howto.md, "The match field", and enforcement-points.md;
 * pkg/mutation/match.
 */
export function constraintMatch(constraint: JsonObject, request: AdmissionRequest): string {
  if (!isForGator(constraint)) return "the constraint's scopedEnforcementActions leave gator out";
  const match = valueAt(constraint, ['spec', 'match']);
  if (!isMapping(match)) return '';
  if (match['source'] === 'Generated') return "the constraint's match.source is Generated";
  const { group, kind } = request.kind;
  const object = request.object ?? request.oldObject;
  const name = textAt(object, 'name');
  const isNamespace = group === '' && kind === 'Namespace';
  const namespace = isNamespace ? name : textAt(object, 'namespace') || (request.namespace ?? '');
  const because = (field: string): string => `the constraint's match.${field} leaves the object out`;

  const kinds = listAt(match, 'kinds').filter(isMapping);
  const isOfKinds = kinds.some((one) => has(one, 'kinds', kind) && has(one, 'apiGroups', group));
  if (kinds.length > 0 && !isOfKinds) return because('kinds');
  const hasNamespace = !isNamespace && namespace !== '';
  if (match['scope'] === 'Cluster' && hasNamespace) return because('scope');
  if (match['scope'] === 'Namespaced' && !hasNamespace) return because('scope');
  if (namespace !== '') {
    const included = textsAt(match, 'namespaces');
    if (included.length > 0 && !included.some((glob) => matchesGlob(glob, namespace)))
      return because('namespaces');
    const excluded = textsAt(match, 'excludedNamespaces');
    if (excluded.some((glob) => matchesGlob(glob, namespace))) return because('excludedNamespaces');
  }
  const wanted = match['name'];
  if (typeof wanted !== 'string' || wanted === '' || matchesGlob(wanted, name)) return '';
  const generateName = textAt(object, 'generateName');
  const isGenerated = generateName !== '' && wanted.endsWith('*') && matchesGlob(wanted, generateName);
  return isGenerated ? '' : because('name');
}

/** Whether a constraint is enforced by gator: one that is `scoped` names the places where it is. */
function isForGator(constraint: JsonObject): boolean {
  const { spec } = constraint;
  if (!isMapping(spec) || String(spec['enforcementAction']).toLowerCase() !== 'scoped') return true;
  const points = listAt(spec, 'scopedEnforcementActions')
    .filter(isMapping)
    .flatMap((one) => listAt(one, 'enforcementPoints'))
    .map((point) => (isMapping(point) ? point['name'] : undefined));
  return points.includes('*') || points.includes('gator.gatekeeper.sh');
}

/** `kube-*`, `*-system`, `*`: an asterisk stands at one end or both. */
function matchesGlob(glob: string, text: string): boolean {
  const open = glob.startsWith('*');
  const shut = glob.endsWith('*') && glob.length > 1;
  const core = glob.slice(open ? 1 : 0, shut ? -1 : undefined);
  if (open && shut) return text.includes(core);
  if (open) return text.endsWith(core);
  return shut ? text.startsWith(core) : text === core;
}

/** An empty list and one with an asterisk hold everything. */
function has(fields: JsonObject, key: string, wanted: string): boolean {
  const values = textsAt(fields, key);
  return values.length === 0 || values.includes('*') || values.includes(wanted);
}

function listAt(fields: JsonObject, key: string): readonly JsonObject[string][] {
  const value = fields[key];
  return Array.isArray(value) ? value : [];
}

function textsAt(fields: JsonObject, key: string): string[] {
  return listAt(fields, key).filter((value) => typeof value === 'string');
}

function textAt(object: JsonObject | null, field: string): string {
  const value = valueAt(object ?? undefined, ['metadata', field]);
  return typeof value === 'string' ? value : '';
}
