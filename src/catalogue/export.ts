import type { Json, JsonObject } from '../model/object.ts';
import { type Control, parameterObject, policyFor } from './control.ts';
import { inlineParameters } from './inline-parameters.ts';
import type { MinorVersion } from './versions.ts';

/** Where exported policies are to run: `native` is applied with kubectl, `static` lies on the API server's disk. */
export type ExportTarget = 'native' | 'static';

/** What a binding does with a request that a policy fails. */
export type ValidationAction = 'Deny' | 'Warn' | 'Audit';

/** What is exported, and for which cluster. */
export interface ExportOptions {
  readonly to: ExportTarget;
  readonly version: MinorVersion;
  /** Which fixes to export as mutations. */
  readonly fixes: 'none' | 'safe' | 'all';
  readonly actions: readonly ValidationAction[];
  /** Namespaces that no binding reaches. */
  readonly exempt: readonly string[];
  /** The namespace of the ConfigMaps with parameters. */
  readonly namespace: string;
  /** The values of a control's parameters. */
  readonly parameters: (id: string) => JsonObject;
}

/** Objects to apply, in an order in which each finds what it refers to. */
export interface Exported {
  readonly objects: readonly ExportedObject[];
  readonly leftOut: readonly LeftOut[];
}

/** One object to apply to a cluster, or to put on the disk of an API server. */
export interface ExportedObject {
  /** The control it comes from; empty for what several share. */
  readonly control: string;
  /** The API server's plugin that reads it where it stands on a disk. */
  readonly kind: 'validating' | 'mutating' | 'parameters';
  readonly object: JsonObject;
}

/** What no API server can run, and why. */
export interface LeftOut {
  readonly control: string;
  /** `unsafe fix`: it could run, but only safe ones were asked for. */
  readonly what: 'control' | 'fix' | 'unsafe fix';
  readonly reason: string;
}

/** The suffix that policies on the API server's disk must have and others may not have. */
const staticSuffix = '.static.k8s.io';

/** Since when policies may stand on the API server's disk (alpha; on by default since 1.37), KEP-5793. */
export const firstStatic: MinorVersion = 36;

/** Mutating policies are served as v1beta1 from here on, as v1 from {@link firstMutatingV1} on. */
const firstMutating: MinorVersion = 34;
const firstMutatingV1: MinorVersion = 36;

/** API groups of files that programs read and that no API server serves. */
const fileGroups = new Set([
  'apiserver.config.k8s.io',
  'audit.k8s.io',
  'kubeadm.k8s.io',
  'kubelet.config.k8s.io',
  'kubeproxy.config.k8s.io',
  'kubescheduler.config.k8s.io',
]);

/** Controls, and their fixes where asked for, as plain policies and bindings. */
export function exportControls(controls: Iterable<Control>, options: ExportOptions): Exported {
  const objects: ExportedObject[] = [];
  const leftOut: LeftOut[] = [];
  let hasParameters = false;
  for (const control of controls) {
    const stop = (what: LeftOut['what'], reason: string): void => {
      leftOut.push({ control: control.id, what, reason });
    };
    const policy = exportable(control, options);
    if (typeof policy === 'string') {
      stop('control', policy);
      continue;
    }
    const parameter = parametersOf(control, options);
    if (parameter === undefined && hasParamKind(policy)) {
      stop('control', `its parameters are not set (${Object.keys(control.parameters).join(', ')})`);
      continue;
    }
    const add = (kind: ExportedObject['kind'], object: JsonObject): void => {
      objects.push({ control: control.id, kind, object });
    };
    if (parameter !== undefined && options.to === 'native') {
      hasParameters = true;
      add('parameters', parameter);
    }
    add('validating', policyObject(policy, control.id, parameter, options));
    add(
      'validating',
      bindingObject('ValidatingAdmissionPolicyBinding', control.id, policy, parameter, options),
    );
    const { autofix } = control;
    if (autofix?.kind === 'unsafe' && options.fixes === 'safe') {
      stop('unsafe fix', autofix.note);
      continue;
    }
    const fix = exportableFix(control, options);
    if (typeof fix === 'string') stop('fix', fix);
    else if (fix !== undefined) {
      add('mutating', policyObject(fix, control.id, parameter, options));
      add('mutating', bindingObject('MutatingAdmissionPolicyBinding', control.id, fix, parameter, options));
    }
  }
  const shared: ExportedObject[] = hasParameters ? [namespaceOf(options)] : [];
  return { objects: [...shared, ...objects], leftOut };
}

/** The policy of a control as an API server can run it; a text where it cannot. */
function exportable(control: Control, { version }: ExportOptions): JsonObject | string {
  const variant = policyFor(control, version);
  if (variant === undefined) return `no rule in Kubernetes 1.${version}`;
  if (control.derivation !== undefined) {
    return 'it looks at many objects together, an admission policy at one request';
  }
  return servable(variant.policy) ?? 'it judges files that never reach the API server';
}

/** The fix of a control as an API server can run it; a text where it cannot, undefined where none is wanted. */
function exportableFix(
  { autofix }: Control,
  { fixes, version }: ExportOptions,
): JsonObject | string | undefined {
  if (fixes === 'none' || autofix === undefined || autofix.kind === 'none') return undefined;
  if (version < firstMutating) return `no mutating policies in Kubernetes 1.${version}`;
  const policy = servable(autofix.policy);
  if (policy === undefined) return 'it mends files that never reach the API server';
  return version < firstMutatingV1
    ? { ...policy, apiVersion: 'admissionregistration.k8s.io/v1beta1' }
    : policy;
}

/** The policy with only those rules on resources that can reach an API server; undefined where there are none. */
function servable(policy: JsonObject): JsonObject | undefined {
  const spec = policy['spec'] as JsonObject;
  const constraints = (spec['matchConstraints'] ?? {}) as JsonObject;
  const rules = ((constraints['resourceRules'] ?? []) as JsonObject[]).flatMap((rule) => {
    if (isOfKubeconfigs(rule)) return [];
    const groups = (rule['apiGroups'] as string[]).filter((group) => !fileGroups.has(group));
    return groups.length === 0 ? [] : [{ ...rule, apiGroups: groups }];
  });
  if (rules.length === 0) return undefined;
  return { ...policy, spec: { ...spec, matchConstraints: { ...constraints, resourceRules: rules } } };
}

/** A kubeconfig belongs to the core group by its name, and no API server has it either. */
function isOfKubeconfigs(rule: JsonObject): boolean {
  return String(rule['apiGroups']) === '' && String(rule['resources']) === 'configs';
}

function hasParamKind(policy: JsonObject): boolean {
  return (policy['spec'] as JsonObject)['paramKind'] !== undefined;
}

function parametersOf(control: Control, { namespace, parameters }: ExportOptions): JsonObject | undefined {
  const found = parameterObject(control, parameters(control.id));
  if (found === undefined) return undefined;
  return { ...found, metadata: { ...metadata(control.id), namespace } };
}

function policyObject(
  policy: JsonObject,
  id: string,
  parameter: JsonObject | undefined,
  { to }: ExportOptions,
): JsonObject {
  const plain =
    to === 'static' && parameter !== undefined && hasParamKind(policy)
      ? inlineParameters(policy, parameter)
      : policy;
  const { apiVersion, kind, spec } = plain;
  return { apiVersion: apiVersion!, kind: kind!, metadata: metadata(nameFor(id, to)), spec: spec! };
}

function bindingObject(
  kind: 'ValidatingAdmissionPolicyBinding' | 'MutatingAdmissionPolicyBinding',
  id: string,
  policy: JsonObject,
  parameter: JsonObject | undefined,
  { actions, exempt, namespace, to }: ExportOptions,
): JsonObject {
  const name = nameFor(id, to);
  const isParameterised = to === 'native' && parameter !== undefined && hasParamKind(policy);
  const spec: Record<string, Json> = { policyName: name };
  if (kind === 'ValidatingAdmissionPolicyBinding') spec['validationActions'] = actions;
  if (isParameterised) spec['paramRef'] = { name: id, namespace, parameterNotFoundAction: 'Deny' };
  if (exempt.length > 0) {
    const expression = { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: exempt };
    spec['matchResources'] = { namespaceSelector: { matchExpressions: [expression] } };
  }
  return { apiVersion: policy['apiVersion']!, kind, metadata: metadata(name), spec };
}

const nameFor = (id: string, to: ExportTarget): string => (to === 'static' ? `${id}${staticSuffix}` : id);

/** What finds everything that was exported: `kubectl delete ... -l app.kubernetes.io/managed-by=scantling`. */
function metadata(name: string): JsonObject {
  return { name, labels: { 'app.kubernetes.io/managed-by': 'scantling' } };
}

function namespaceOf({ namespace }: ExportOptions): ExportedObject {
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: metadata(namespace) };
  return { control: '', kind: 'parameters', object };
}
