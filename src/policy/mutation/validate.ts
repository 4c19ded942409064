import type { Path } from '../../model/object.ts';
import type { MatchResources } from '../definition.ts';
import { trimSpace } from '../go-text.ts';
import type { ProblemList } from '../problem.ts';
import { validateCommonParts as validateCommonBinding } from '../validation/binding.ts';
import { FieldErrors } from '../validation/field-error.ts';
import { validateCommonParts } from '../validation/policy.ts';
import type {
  MutatingBindingDefinition,
  MutatingPolicyDefinition,
  MutationDefinition,
} from './definition.ts';

const operations = ['*', 'CONNECT', 'CREATE', 'UPDATE'];
const patchTypes = ['ApplyConfiguration', 'JSONPatch'];
const reinvocationPolicies = ['IfNeeded', 'Never'];

/**
 * What the API server refuses when a MutatingAdmissionPolicy is created, apart from expressions that do not compile.
 *
 * Source: `pkg/apis/admissionregistration/validation/validation.go`; the texts are the server's.
 */
export function validateMutatingPolicy(policy: MutatingPolicyDefinition, problems: ProblemList): void {
  const errors = new FieldErrors(problems);
  validateCommonParts(policy, errors);
  validateOperations(policy.matchConstraints, ['spec', 'matchConstraints'], errors);
  if (policy.mutations.length === 0) {
    errors.required(['spec', 'mutations'], 'mutations must contain at least one item');
  }
  policy.mutations.forEach((mutation, index) =>
    validateMutation(mutation, ['spec', 'mutations', index], errors),
  );
  const { reinvocationPolicy } = policy;
  const path = ['spec', 'reinvocationPolicy'];
  if (reinvocationPolicy === '') errors.required(path);
  else if (!reinvocationPolicies.includes(reinvocationPolicy)) {
    errors.notSupported(path, reinvocationPolicy, reinvocationPolicies);
  }
}

/**
 * What the API server refuses when a MutatingAdmissionPolicyBinding is created.
 *
 * Source: `pkg/apis/admissionregistration/validation/validation.go`; the texts are the server's.
 */
export function validateMutatingBinding(binding: MutatingBindingDefinition, problems: ProblemList): void {
  const errors = new FieldErrors(problems);
  validateCommonBinding(binding, errors);
  validateOperations(binding.matchResources, ['spec', 'matchResources'], errors);
}

/** A request to delete has nothing to mutate. */
function validateOperations(match: MatchResources | undefined, path: Path, errors: FieldErrors): void {
  for (const { operations: written } of match?.resourceRules ?? []) {
    for (const operation of written) {
      if (operations.includes(operation)) continue;
      errors.notSupported([...path, 'resourceRules', 'operations'], operation, operations);
    }
  }
}

function validateMutation(mutation: MutationDefinition, path: Path, errors: FieldErrors): void {
  const { patchType } = mutation;
  if (patchType === '') return errors.required([...path, 'patchType']);
  if (patchType !== 'ApplyConfiguration' && patchType !== 'JSONPatch') {
    return errors.notSupported([...path, 'patchType'], patchType, patchTypes);
  }
  const isPatch = patchType === 'JSONPatch';
  const [own, other] = isPatch
    ? (['jsonPatch', 'applyConfiguration'] as const)
    : (['applyConfiguration', 'jsonPatch'] as const);
  const expression = mutation[own];
  if (expression === undefined) {
    errors.required([...path, own], `must be specified when patchType is ${patchType}`);
  } else if (trimSpace(expression) === '') errors.required([...path, own, 'expression']);
  if (mutation[other] !== undefined) {
    errors.invalid([...path, other], `{${other}}`, `must not be specified when patchType is ${patchType}`);
  }
}
