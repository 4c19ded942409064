import type { Problem } from '../../../model/finding.ts';
import type { Json, JsonObject, Path } from '../../../model/object.ts';
import { valueAt } from '../../../model/path.ts';
import type { BoundPolicy } from '../../../policy/index.ts';
import { isMapping, type PlacedObject, problemAt } from '../files.ts';
import type { PolicyShelf } from '../policy-shelf.ts';
import { nameOf } from '../suite-reader.ts';
import { withParameterDefaults } from './parameter-defaults.ts';

/** A constraint of a template that is written in CEL, as a policy with its binding. */
export interface GatorPolicy {
  readonly bound: BoundPolicy;
  readonly constraint: JsonObject;
  readonly problems: readonly Problem[];
}

/** The name of Gatekeeper's engine for the expressions of ValidatingAdmissionPolicy. */
const engine = 'K8sNativeValidation';

/** What Gatekeeper puts before the variables of a template: the object or, in a DELETE, the old one; the parameters. */
const ownVariables = [
  {
    name: 'anyObject',
    expression: `has(request.operation) && request.operation == "DELETE" && object == null ? oldObject : object`,
  },
  {
    name: 'params',
    expression: '!has(params.spec) ? null : !has(params.spec.parameters) ? null : params.spec.parameters',
  },
];

const made = new WeakMap<JsonObject, JsonObject>();

/**
 * The ValidatingAdmissionPolicy that a ConstraintTemplate is, bound to a constraint as its parameter. `unknown` where it
 * has no CEL; a text says what is wrong.
 *
 * Source: Gatekeeper's documentation, website/docs/validating-admission-policy.md and constrainttemplates.md.
 */
export function policyOfTemplate(
  template: PlacedObject,
  constraint: PlacedObject,
  shelf: PolicyShelf,
): GatorPolicy | { readonly unknown: string } | string {
  if (template.value['kind'] !== 'ConstraintTemplate')
    return `${template.file.shown} holds no ConstraintTemplate`;
  const kind = valueAt(template.value, ['spec', 'crd', 'spec', 'names', 'kind']);
  if (typeof kind !== 'string') return `the template "${nameOf(template.value)}" names no kind of constraint`;
  if (constraint.value['kind'] !== kind) {
    return `${constraint.file.shown} holds a ${String(constraint.value['kind'])}, the template is for ${kind}`;
  }
  const code = codeOf(template.value);
  if (typeof code === 'string') return { unknown: code };
  const { source, path } = code;
  const reserved = reservedName(source);
  if (reserved !== undefined)
    return `the template "${nameOf(template.value)}" has a variable "${reserved}", which Gatekeeper keeps for itself`;
  let policy = made.get(template.value);
  if (policy === undefined) {
    policy = policyObject(template.value, source, String(constraint.value['apiVersion']), kind);
    made.set(template.value, policy);
  }
  const conditionsKey = 'matchConditions' in source ? 'matchConditions' : 'matchCondition';
  const compiled = shelf.policy(policy, {
    ...template,
    pathOf: (at) => pathInTemplate(at, path, conditionsKey),
  });
  if (compiled.policy === undefined) {
    return compiled.problems[0]?.reason ?? `the template "${nameOf(template.value)}" cannot be read`;
  }
  const { binding, problems } = shelf.binding(bindingObject(policy, constraint.value), constraint);
  const wrong = problems.filter(({ severity }) => severity === 'error');
  if (binding === undefined) return `the constraint's match cannot be read: ${wrong[0]?.reason ?? ''}`;
  const told = wrong.map(({ reason }) => problemAt(constraint, 'error', reason, ['spec', 'match']));
  return {
    bound: { policy: compiled.policy, binding },
    constraint: withParameterDefaults(constraint.value, template.value),
    problems: [...compiled.problems, ...told],
  };
}

/** The CEL of a template and where it stands, or why there is none. */
function codeOf(template: JsonObject): { readonly source: JsonObject; readonly path: Path } | string {
  const targets = valueAt(template, ['spec', 'targets']);
  const target = Array.isArray(targets) && isMapping(targets[0]) ? targets[0] : {};
  const code: readonly Json[] = Array.isArray(target['code']) ? target['code'] : [];
  const index = code.findIndex((one) => isMapping(one) && one['engine'] === engine);
  const found = valueAt(code, [index, 'source']);
  if (isMapping(found)) return { source: found, path: ['spec', 'targets', 0, 'code', index, 'source'] };
  const other = code.find((one) => isMapping(one) && typeof one['engine'] === 'string');
  const language = isMapping(other) ? String(other['engine']) : 'rego' in target ? 'Rego' : '';
  if (language === '') return `the template "${nameOf(template)}" has no code`;
  return `the template "${nameOf(template)}" is written in ${language}; only ${engine} (CEL) can be judged`;
}

/** A variable of the template's own by a name that Gatekeeper refuses. */
function reservedName(source: JsonObject): string | undefined {
  const variables: readonly Json[] = Array.isArray(source['variables']) ? source['variables'] : [];
  const names = variables.map((one) =>
    isMapping(one) && typeof one['name'] === 'string' ? one['name'] : '',
  );
  return names.find(
    (name) => name.startsWith('gatekeeper_internal_') || ownVariables.some((own) => own.name === name),
  );
}

function policyObject(
  template: JsonObject,
  source: JsonObject,
  apiVersion: string,
  kind: string,
): JsonObject {
  const everything = { apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*/*'] };
  const conditions = source['matchConditions'] ?? source['matchCondition'];
  const variables = Array.isArray(source['variables']) ? (source['variables'] as Json[]) : [];
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: nameOf(template) },
    spec: {
      failurePolicy: source['failurePolicy'] ?? 'Fail',
      paramKind: { apiVersion, kind },
      matchConstraints: { resourceRules: [everything] },
      ...(conditions !== undefined && { matchConditions: conditions }),
      variables: [...ownVariables, ...variables],
      validations: source['validations'] ?? [],
    },
  };
}

const bindings = new WeakMap<JsonObject, JsonObject>();

function bindingObject(policy: JsonObject, constraint: JsonObject): JsonObject {
  let binding = bindings.get(constraint);
  if (binding !== undefined) return binding;
  const match = valueAt(constraint, ['spec', 'match']);
  const selector = (key: string): Json | undefined => (isMapping(match) ? match[key] : undefined);
  const objectSelector = selector('labelSelector');
  const namespaceSelector = selector('namespaceSelector');
  binding = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: nameOf(constraint) },
    spec: {
      policyName: nameOf(policy),
      validationActions: ['Deny'],
      paramRef: { name: nameOf(constraint), parameterNotFoundAction: 'Deny' },
      matchResources: {
        ...(objectSelector !== undefined && { objectSelector }),
        ...(namespaceSelector !== undefined && { namespaceSelector }),
      },
    },
  };
  bindings.set(constraint, binding);
  return binding;
}

/** Where a field of the policy stands in the template; undefined for what Gatekeeper adds. */
function pathInTemplate(
  [spec, field, index, ...rest]: Path,
  source: Path,
  conditionsKey: string,
): Path | undefined {
  if (spec !== 'spec') return [];
  if (field === 'variables' && typeof index === 'number') {
    const own = index - ownVariables.length;
    return own < 0 ? undefined : [...source, 'variables', own, ...rest];
  }
  const key = field === 'matchConditions' ? conditionsKey : field;
  if (key !== conditionsKey && key !== 'validations' && key !== 'failurePolicy' && key !== 'variables')
    return source;
  return [...source, key, ...(index === undefined ? [] : [index]), ...rest];
}
