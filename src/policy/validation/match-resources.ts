import type { Path } from '../../model/object.ts';
import type { LabelSelector, MatchResources, ResourceRule } from '../definition.ts';
import type { FieldErrors } from './field-error.ts';
import { labelKeyErrors, labelValueErrors, pathSegmentErrors } from './name.ts';

const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const scopes = ['*', 'Cluster', 'Namespaced'];

/**
 * What the API server refuses in `matchConstraints` or `matchResources`.
 *
 * Source: `pkg/apis/admissionregistration/validation/validation.go`.
 */
export function validateMatchResources(match: MatchResources, path: Path, errors: FieldErrors): void {
  if (match.matchPolicy !== 'Equivalent' && match.matchPolicy !== 'Exact') {
    errors.notSupported([...path, 'matchPolicy'], match.matchPolicy, ['Equivalent', 'Exact']);
  }
  validateSelector(match.namespaceSelector, [...path, 'namespaceSelector'], errors);
  validateSelector(match.objectSelector, [...path, 'objectSelector'], errors);
  for (const list of ['resourceRules', 'excludeResourceRules'] as const) {
    match[list].forEach((rule, index) => validateRule(rule, [...path, list, index], errors));
  }
}

/** What the API server refuses in a label selector. */
export function validateSelector(selector: LabelSelector, path: Path, errors: FieldErrors): void {
  for (const [key, value] of Object.entries(selector.matchLabels)) {
    const at = [...path, 'matchLabels'];
    for (const error of labelKeyErrors(key)) errors.invalid(at, key, error);
    for (const error of labelValueErrors(value)) errors.invalid(at, value, error);
  }
  selector.matchExpressions.forEach(({ key, operator, values }, index) => {
    const at = [...path, 'matchExpressions', index];
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0) {
        errors.required([...at, 'values'], "must be specified when `operator` is 'In' or 'NotIn'");
      }
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0) {
        errors.forbidden(
          [...at, 'values'],
          "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
        );
      }
    } else {
      errors.invalid([...at, 'operator'], { named: operator }, 'not a valid selector operator');
    }
    for (const error of labelKeyErrors(key)) errors.invalid([...at, 'key'], key, error);
    values.forEach((value, position) => {
      for (const error of labelValueErrors(value)) errors.invalid([...at, 'values', position], value, error);
    });
  });
}

function validateRule(rule: ResourceRule, path: Path, errors: FieldErrors): void {
  const seen = new Set<string>();
  rule.resourceNames.forEach((name, index) => {
    const at = [...path, 'resourceNames', index];
    for (const error of pathSegmentErrors(name)) errors.invalid(at, name, error);
    if (seen.has(name)) errors.duplicate(at, name);
    seen.add(name);
  });
  validateWildcardList(rule.operations, [...path, 'operations'], 'operations', errors);
  rule.operations.forEach((operation, index) => {
    if (!operations.includes(operation)) {
      errors.notSupported([...path, 'operations', index], operation, operations);
    }
  });
  validateWildcardList(rule.apiGroups, [...path, 'apiGroups'], 'API groups', errors);
  validateWildcardList(rule.apiVersions, [...path, 'apiVersions'], 'API versions', errors);
  rule.apiVersions.forEach((version, index) => {
    if (version === '') errors.required([...path, 'apiVersions', index]);
  });
  validateResources(rule.resources, [...path, 'resources'], errors);
  if (!scopes.includes(rule.scope)) errors.notSupported([...path, 'scope'], rule.scope, scopes);
}

function validateWildcardList(
  items: readonly string[],
  path: Path,
  called: string,
  errors: FieldErrors,
): void {
  if (items.length === 0) errors.required(path);
  if (items.length > 1 && items.includes('*')) {
    errors.invalid(path, items, `if '*' is present, must not specify other ${called}`);
  }
}

function validateResources(resources: readonly string[], path: Path, errors: FieldErrors): void {
  if (resources.length === 0) errors.required(path);
  const wholeResources = new Set<string>();
  const wholeSubresources = new Set<string>();
  // The server looks at the last entry without a slash only; a rule it accepts is accepted here as well.
  let lastIsPlain = false;
  resources.forEach((entry, index) => {
    const at = [...path, index];
    if (entry === '') {
      errors.required(at);
      return;
    }
    const slash = entry.indexOf('/');
    if (slash < 0) {
      lastIsPlain = entry !== '*';
      return;
    }
    const resource = entry.slice(0, slash);
    const subresource = entry.slice(slash + 1);
    if (wholeResources.has(resource)) {
      errors.invalid(at, entry, `if '${resource}/*' is present, must not specify ${entry}`);
    }
    if (wholeSubresources.has(subresource)) {
      errors.invalid(at, entry, `if '*/${subresource}' is present, must not specify ${entry}`);
    }
    if (subresource === '*') wholeResources.add(resource);
    if (resource === '*') wholeSubresources.add(subresource);
  });
  if (resources.length > 1 && resources.includes('*/*')) {
    errors.invalid(path, resources, "if '*/*' is present, must not specify other resources");
  }
  if (resources.includes('*') && lastIsPlain) {
    errors.invalid(
      path,
      resources,
      "if '*' is present, must not specify other resources without subresources",
    );
  }
}
