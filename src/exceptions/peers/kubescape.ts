import type { ExceptionScope } from '../../model/exception.ts';
import type { Json, JsonObject, Path } from '../../model/object.ts';
import { patternProblem } from '../scope.ts';
import {
  dayBefore,
  type Foreign,
  ForeignReader,
  listOf,
  mapOf,
  textOf,
  textsOf,
} from './foreign-exception.ts';

/** Whether a value is a file for `kubescape scan --exceptions`. */
export function isKubescapeExceptions(value: Json): boolean {
  return listOf(Array.isArray(value) ? value : [value]).some(
    (one) => mapOf(one)['policyType'] === 'postureExceptionPolicy',
  );
}

/**
 * Reads a file of posture exceptions: each combines some resources (any of them) with some policies (any of them).
 *
 * Source: kubescape documentation, `examples/exceptions`; regular expressions fit whole values, as in its
 * `opa-utils/exceptions`.
 */
export function readKubescapeExceptions(value: Json): Foreign {
  const reader = new ForeignReader('kubescape');
  const entries = Array.isArray(value) ? (value as readonly Json[]) : [value];
  for (const [i, entry] of entries.entries()) {
    const at: Path = Array.isArray(value) ? [i] : [];
    if (mapOf(entry)['policyType'] === 'postureExceptionPolicy') readOne(mapOf(entry), at, reader);
    else reader.leave(at, 'this is no posture exception');
  }
  return reader;
}

function readOne(entry: JsonObject, at: Path, reader: ForeignReader): void {
  const reason = textOf(entry['reason']) || textOf(entry['name']);
  const expires = textOf(entry['expirationDate']);
  const until = expires === '' ? undefined : dayBefore(expires);
  if (expires !== '' && until === undefined) {
    return reader.leave([...at, 'expirationDate'], `"${expires}" is no date`);
  }
  const resources = listOf(entry['resources']);
  const policies = listOf(entry['posturePolicies']);
  if (resources.length === 0) return reader.leave(at, 'it names no resources');
  if (policies.length === 0) return reader.leave(at, 'it names no posturePolicies');
  for (const [i, policy] of policies.entries()) {
    const policyPath = [...at, 'posturePolicies', i];
    const check = checkOf(mapOf(policy));
    if (typeof check === 'string') {
      reader.leave(policyPath, check);
      continue;
    }
    for (const [j, resource] of resources.entries()) {
      const scope = scopeOf(mapOf(mapOf(resource)['attributes']));
      if (typeof scope === 'string') {
        // Said once, not for every policy.
        if (i === 0) reader.leave([...at, 'resources', j], scope);
        continue;
      }
      reader.add({
        checks: [check.id],
        reason,
        ...(until !== undefined && { until }),
        match: scope.match,
        wider: [...check.wider, ...scope.wider],
        path: policyPath,
      });
    }
  }
}

function checkOf(policy: JsonObject): { id: string; wider: string[] } | string {
  const id = textOf(policy['controlID']);
  const framework = textOf(policy['frameworkName']);
  if (id === '') {
    const named = textOf(policy['controlName']);
    if (named !== '') return `it names the control "${named}" by its title; write its controlID`;
    return framework === '' ? 'it names no control' : `it is about everything in the framework ${framework}`;
  }
  const wider = framework === '' || framework === '.*' ? [] : [`scans of the framework ${framework}`];
  const rule = textOf(policy['ruleName']);
  if (rule !== '') wider.push(`the rule ${rule} of the control`);
  if (/^[\w-]+$/.test(id)) return { id, wider };
  return id === '.*' || id === 'C-.*'
    ? { id: '*', wider }
    : `"${id}" is a pattern; write the controls one by one`;
}

function scopeOf(attributes: JsonObject): { match: ExceptionScope; wider: string[] } | string {
  const match: { -readonly [key in keyof ExceptionScope]: ExceptionScope[key] } = {};
  const labels: Record<string, string> = {};
  const wider: string[] = [];
  for (const [key, value] of Object.entries(attributes)) {
    const text = textOf(value);
    if (text === '') return `its attribute "${key}" is no text`;
    if (key === 'cluster') {
      if (text !== '.*') wider.push(`the cluster ${text}`);
      continue;
    }
    const list = lists[key];
    if (list === undefined) {
      labels[key] = text;
      continue;
    }
    if (text === '.*') continue;
    const pattern = patternOf(text, key === 'kind');
    const problem = patternProblem(pattern);
    if (problem !== undefined)
      return `the expression of its attribute "${key}" cannot be compiled: ${problem}`;
    match[list] = [pattern];
  }
  if (Object.keys(labels).length > 0) match.labels = labels;
  return { match, wider };
}

const lists: Readonly<Record<string, 'kinds' | 'names' | 'namespaces'>> = {
  kind: 'kinds',
  name: 'names',
  namespace: 'namespaces',
};

/** A plain name stays as it is; kinds may be of either case. */
function patternOf(text: string, isKind: boolean): string {
  if (/^[\w-]+$/.test(text) && (!isKind || /^[A-Z]/.test(text))) return text;
  return isKind ? `/(?i)^${text}$/` : `/^${text}$/`;
}

/** Whether an object is an exception that kubescape reads from the cluster. */
export function isSecurityException({ apiVersion, kind }: JsonObject): boolean {
  return (
    textOf(apiVersion).startsWith('kubescape.io/') &&
    (kind === 'SecurityException' || kind === 'ClusterSecurityException')
  );
}

/** Reads a SecurityException or ClusterSecurityException, `kubescape.io/v1beta1`. */
export function readSecurityException(object: JsonObject): Foreign {
  const reader = new ForeignReader('kubescape');
  const spec = mapOf(object['spec']);
  const match = mapOf(spec['match']);
  const expires = textOf(spec['expiresAt']);
  const until = expires === '' ? undefined : dayBefore(expires);
  const stop = (path: Path, reason: string): Foreign => {
    reader.leave(path, reason);
    return reader;
  };
  if (expires !== '' && until === undefined) return stop(['spec', 'expiresAt'], `"${expires}" is no date`);
  for (const key of Object.keys(match)) {
    if (key !== 'resources' && key !== 'objectSelector') {
      return stop(['spec', 'match', key], `an exception cannot be limited by ${key}`);
    }
  }
  const selector = mapOf(match['objectSelector']);
  if (selector['matchExpressions'] !== undefined) {
    return stop(['spec', 'match', 'objectSelector'], 'an exception cannot be limited by matchExpressions');
  }
  const labels = Object.fromEntries(
    Object.entries(mapOf(selector['matchLabels'])).map(([key, value]) => [key, textOf(value)]),
  );
  const namespace =
    object['kind'] === 'SecurityException' ? textOf(mapOf(object['metadata'])['namespace']) : '';
  const resources = listOf(match['resources']).map(mapOf);
  for (const [i, posture] of listOf(spec['posture']).entries()) {
    const { controlID, frameworkName } = mapOf(posture);
    const path = ['spec', 'posture', i];
    if (textOf(controlID) === '') {
      reader.leave(path, 'it names no controlID');
      continue;
    }
    for (const { kind, name } of resources.length === 0 ? [{} as JsonObject] : resources) {
      reader.add({
        checks: [textOf(controlID)],
        reason: textOf(spec['reason']),
        ...(until !== undefined && { until }),
        ...(textOf(spec['author']) !== '' && { owner: textOf(spec['author']) }),
        match: {
          ...(kind !== undefined && { kinds: textsOf(kind) }),
          ...(namespace !== '' && { namespaces: [namespace] }),
          ...(name !== undefined && { names: textsOf(name) }),
          ...(Object.keys(labels).length > 0 && { labels }),
        },
        wider: textOf(frameworkName) === '' ? [] : [`scans of the framework ${textOf(frameworkName)}`],
        path,
      });
    }
  }
  if (listOf(spec['vulnerabilities']).length > 0) {
    reader.leave(['spec', 'vulnerabilities'], 'vulnerabilities are nothing that a scan of manifests finds');
  }
  return reader;
}
