import type { BindingDefinition, ParamRef } from '../definition.ts';
import type { ProblemList } from '../problem.ts';
import { FieldErrors } from './field-error.ts';
import { validateMatchResources, validateSelector } from './match-resources.ts';
import { pathSegmentErrors, subdomainErrors } from './name.ts';
import { validateName } from './policy.ts';

const actions = ['Audit', 'Deny', 'Warn'];

/**
 * What the API server refuses when a ValidatingAdmissionPolicyBinding is created.
 *
 * Source: `pkg/apis/admissionregistration/validation/validation.go`; the texts are the server's.
 */
export function validateBinding(binding: BindingDefinition, problems: ProblemList): void {
  const errors = new FieldErrors(problems);
  validateCommonParts(binding, errors);
  validateActions(binding.validationActions, errors);
}

/** What the API server refuses in those parts that bindings of validating and mutating policies have in common. */
export function validateCommonParts(binding: BindingDefinition, errors: FieldErrors): void {
  validateName(binding.name, errors);
  const namePath = ['spec', 'policyName'];
  if (binding.policyName === '') errors.required(namePath);
  else
    for (const error of subdomainErrors(binding.policyName))
      errors.invalid(namePath, binding.policyName, error);
  if (binding.paramRef !== undefined) validateParamRef(binding.paramRef, errors);
  if (binding.matchResources !== undefined) {
    validateMatchResources(binding.matchResources, ['spec', 'matchResources'], errors);
  }
}

function validateParamRef({ name, selector, parameterNotFoundAction }: ParamRef, errors: FieldErrors): void {
  const path = ['spec', 'paramRef'];
  const exclusive = 'name and selector are mutually exclusive';
  for (const error of pathSegmentErrors(name)) errors.invalid([...path, 'name'], name, error);
  if (name !== '' && selector !== undefined) errors.forbidden([...path, 'name'], exclusive);
  if (selector !== undefined) validateSelector(selector, [...path, 'selector'], errors);
  if (name !== '' && selector !== undefined) errors.forbidden([...path, 'selector'], exclusive);
  if (name === '' && selector === undefined) {
    errors.required(path, 'one of name or selector must be specified');
  }
  const actionPath = [...path, 'parameterNotFoundAction'];
  if (parameterNotFoundAction === '') errors.required(actionPath);
  else if (parameterNotFoundAction !== 'Allow' && parameterNotFoundAction !== 'Deny') {
    errors.notSupported(actionPath, parameterNotFoundAction, ['Deny', 'Allow']);
  }
}

function validateActions(validationActions: readonly string[], errors: FieldErrors): void {
  const path = ['spec', 'validationActions'];
  const seen = new Set<string>();
  validationActions.forEach((action, index) => {
    if (!actions.includes(action)) errors.notSupported([...path, index], action, actions);
    if (seen.has(action)) errors.duplicate([...path, index], action);
    seen.add(action);
  });
  if (seen.has('Deny') && seen.has('Warn')) {
    errors.invalid(
      path,
      validationActions,
      'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
    );
  }
  if (seen.size === 0) errors.required(path, 'at least one validation action is required');
}
