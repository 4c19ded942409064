import type { Path } from '../../model/object.ts';
import type { ParamKind, PolicyDefinition, Validation } from '../definition.ts';
import { byteLength, trimSpace } from '../go-text.ts';
import type { ProblemList } from '../problem.ts';
import { FieldErrors } from './field-error.ts';
import { validateMatchResources } from './match-resources.ts';
import { dns1035LabelErrors, labelKeyErrors, subdomainErrors } from './name.ts';

const mostMatchConditions = 64;
const mostAuditAnnotations = 20;
const longestValueExpression = 5 * 1024;
/** The reasons that a validation may give; `Unauthorized` is refused although the API's types name it. */
export const reasons: readonly string[] = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];
const celIdentifier = /^[_a-zA-Z][_a-zA-Z0-9]*$/;
const celReserved = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

/**
 * What the API server refuses when a ValidatingAdmissionPolicy is created, apart from expressions that do not compile:
 * `compilePolicy` finds those.
 *
 * Source: `pkg/apis/admissionregistration/validation/validation.go`; the texts are the server's.
 */
export function validatePolicy(policy: PolicyDefinition, problems: ProblemList): void {
  const errors = new FieldErrors(problems);
  validateCommonParts(policy, errors);
  if (policy.validations.length === 0 && policy.auditAnnotations.length === 0) {
    for (const list of ['validations', 'auditAnnotations']) {
      errors.required(['spec', list], 'validations or auditAnnotations must contain at least one item');
    }
  }
  policy.validations.forEach((validation, index) =>
    validateValidation(validation, ['spec', 'validations', index], errors),
  );
  validateAuditAnnotations(policy, errors);
}

/** What the API server refuses in those parts that validating and mutating policies have in common. */
export function validateCommonParts(policy: PolicyDefinition, errors: FieldErrors): void {
  validateName(policy.name, errors);
  if (policy.failurePolicy !== 'Fail' && policy.failurePolicy !== 'Ignore') {
    errors.notSupported(['spec', 'failurePolicy'], policy.failurePolicy, ['Fail', 'Ignore']);
  }
  if (policy.paramKind !== undefined) validateParamKind(policy.paramKind, errors);
  const matchPath = ['spec', 'matchConstraints'];
  if (policy.matchConstraints === undefined) {
    errors.required(matchPath);
  } else {
    validateMatchResources(policy.matchConstraints, matchPath, errors);
    if (policy.matchConstraints.resourceRules.length === 0) errors.required([...matchPath, 'resourceRules']);
  }
  validateMatchConditions(policy, errors);
  policy.variables.forEach(({ name, expression }, index) => {
    const at = ['spec', 'variables', index];
    if (trimSpace(name) === '') errors.required([...at, 'name'], 'name is not specified');
    else if (!celIdentifier.test(name) || celReserved.has(name)) {
      errors.invalid([...at, 'name'], name, 'must be a valid CEL identifier');
    }
    if (trimSpace(expression) === '') {
      errors.required([...at, 'expression'], 'expression is not specified');
    }
  });
}

/** What the API server refuses as the name of a policy or binding. */
export function validateName(name: string, errors: FieldErrors): void {
  const path = ['metadata', 'name'];
  if (name === '') errors.required(path, 'name or generateName is required');
  else for (const error of subdomainErrors(name)) errors.invalid(path, name, error);
}

function validateParamKind({ apiVersion, kind }: ParamKind, errors: FieldErrors): void {
  const versionPath = ['spec', 'paramKind', 'apiVersion'];
  const kindPath = ['spec', 'paramKind', 'kind'];
  const parts = apiVersion === '/' ? ['', ''] : apiVersion.split('/');
  if (apiVersion === '') {
    errors.required(versionPath);
  } else if (parts.length > 2) {
    errors.invalid(versionPath, apiVersion, `unexpected GroupVersion string: ${apiVersion}`);
  } else {
    const group = parts.length === 2 ? parts[0]! : '';
    const version = parts.at(-1)!;
    const wrongGroup = group === '' ? [] : subdomainErrors(group);
    if (wrongGroup.length > 0) errors.invalid(versionPath, group, wrongGroup.join(','));
    const wrongVersion = dns1035LabelErrors(version);
    if (version === '') errors.invalid(versionPath, apiVersion, 'version must be specified');
    else if (wrongVersion.length > 0) errors.invalid(versionPath, version, wrongVersion.join(','));
  }
  const wrongKind = dns1035LabelErrors(kind.toLowerCase());
  if (kind === '') errors.required(kindPath);
  else if (wrongKind.length > 0) {
    errors.invalid(kindPath, kind, `may have mixed case, but should otherwise match: ${wrongKind.join(',')}`);
  }
}

function validateMatchConditions({ matchConditions }: PolicyDefinition, errors: FieldErrors): void {
  const path = ['spec', 'matchConditions'];
  if (matchConditions.length > mostMatchConditions) {
    errors.tooMany(path, matchConditions.length, mostMatchConditions);
  }
  const seen = new Set<string>();
  matchConditions.forEach(({ name, expression }, index) => {
    const at = [...path, index];
    if (trimSpace(expression) === '') errors.required([...at, 'expression']);
    if (name === '') {
      errors.required([...at, 'name']);
      return;
    }
    for (const error of labelKeyErrors(name)) errors.invalid([...at, 'name'], name, error);
    if (seen.has(name)) errors.duplicate([...at, 'name'], name);
    seen.add(name);
  });
}

function validateValidation(validation: Validation, path: Path, errors: FieldErrors): void {
  const { expression, message, messageExpression, reason } = validation;
  if (trimSpace(expression) === '') {
    errors.required([...path, 'expression'], 'expression is not specified');
  }
  if (messageExpression !== '' && trimSpace(messageExpression) === '') {
    errors.invalid([...path, 'messageExpression'], messageExpression, 'must be non-empty if specified');
  }
  const trimmed = trimSpace(message);
  if (message !== '' && trimmed === '') {
    errors.invalid([...path, 'message'], message, 'must be non-empty if specified');
  } else if (/[\n\r]/.test(trimmed)) {
    errors.invalid([...path, 'message'], message, 'must not contain line breaks');
  }
  if (reason !== '' && !reasons.includes(reason)) errors.notSupported([...path, 'reason'], reason, reasons);
}

function validateAuditAnnotations({ name, auditAnnotations }: PolicyDefinition, errors: FieldErrors): void {
  const path = ['spec', 'auditAnnotations'];
  if (auditAnnotations.length > mostAuditAnnotations) {
    // The server prints the whole list here; the number says the same.
    errors.tooMany(path, auditAnnotations.length, mostAuditAnnotations);
  }
  const seen = new Set<string>();
  auditAnnotations.forEach(({ key, valueExpression }, index) => {
    const at = [...path, index];
    if (name === '') errors.invalid([...at, 'key'], key, 'requires metadata.name be non-empty');
    else {
      const qualified = `${name}/${key}`;
      for (const error of labelKeyErrors(qualified)) errors.invalid([...at, 'key'], qualified, error);
    }
    const trimmed = trimSpace(valueExpression);
    if (trimmed === '') {
      errors.required([...at, 'valueExpression'], 'valueExpression is not specified');
    } else if (byteLength(trimmed) > longestValueExpression) {
      errors.required(
        [...at, 'valueExpression'],
        `must not exceed ${longestValueExpression} bytes in length`,
      );
    }
    if (seen.has(key)) errors.duplicate([...at, 'key'], key);
    seen.add(key);
  });
}
