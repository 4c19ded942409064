import type { JsonObject } from '../model/object.ts';
import type { BoundMutation, BoundPolicy, PolicyCompiler, PolicyProblem } from '../policy/index.ts';
import { type Control, parameterObject, policyFor } from './control.ts';
import type { MinorVersion } from './versions.ts';

/** A control ready to judge. */
export interface BoundControl {
  readonly control: Control;
  readonly bound: BoundPolicy;
  /** The parameter objects that `bound` refers to; they belong into the judge's ParamSource. */
  readonly parameters: readonly JsonObject[];
  /** What a server of that version would refuse about the policy; none in a catalogue that passed its tests. */
  readonly problems: readonly PolicyProblem[];
}

/**
 * Compiles the policy that serves `version` and hands it the control's parameters, as a binding to everything would.
 * The compiler must be one for the same version. Undefined where the rule does not exist in that version, or where its
 * policy cannot be decoded.
 */
export function bindControl(
  control: Control,
  version: MinorVersion,
  compiler: PolicyCompiler,
  values: JsonObject = {},
): BoundControl | undefined {
  const variant = policyFor(control, version);
  if (variant === undefined) return undefined;
  const { policy, problems } = compiler.compilePolicy(variant.policy);
  if (policy === undefined) return undefined;
  const parameter = parameterObject(control, values);
  if (parameter === undefined) {
    return { control, bound: { policy, binding: undefined }, parameters: [], problems };
  }
  const { binding } = compiler.compileBinding(bindingTo(control, parameter));
  return { control, bound: { policy, binding }, parameters: [parameter], problems };
}

function bindingTo(control: Control, parameter: JsonObject): JsonObject {
  const { name, namespace } = parameter['metadata'] as { name: string; namespace: string };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: control.id },
    spec: {
      policyName: control.id,
      validationActions: ['Deny'],
      paramRef: { name, namespace, parameterNotFoundAction: 'Deny' },
    },
  };
}

/**
 * Compiles the mutation that mends what fails a control, with the parameters that its policy has. The compiler is one for
 * the latest version, whatever version is judged by: older servers have no such policies, and files need none. Undefined
 * where the control has none.
 */
export function bindFix(
  { autofix, id }: Control,
  compiler: PolicyCompiler,
  parameters: readonly JsonObject[] = [],
): { readonly bound: BoundMutation; readonly problems: readonly PolicyProblem[] } | undefined {
  if (autofix === undefined || autofix.kind === 'none') return undefined;
  const { policy, problems } = compiler.compileMutatingPolicy(autofix.policy);
  if (policy === undefined) return undefined;
  const [parameter] = parameters;
  if (parameter === undefined) return { bound: { policy, binding: undefined }, problems };
  const { name, namespace } = parameter['metadata'] as { name: string; namespace: string };
  const { binding } = compiler.compileMutatingBinding({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingAdmissionPolicyBinding',
    metadata: { name: id },
    spec: { policyName: id, paramRef: { name, namespace, parameterNotFoundAction: 'Deny' } },
  });
  return { bound: { policy, binding }, problems };
}
