import type { JsonObject } from '../../model/object.ts';
import { quoted } from './cel-text.ts';
import type { Clause } from './clause.ts';
import type { Default } from './defaults.ts';
import type { PodSecurityPolicy } from './definition.ts';
import type { Level } from './level.ts';

/** What the policies of a conversion have in common. */
export interface AdmissionOptions {
  /** The name of the policies and their bindings. */
  readonly name: string;
  /** The API version of mutating policies; undefined where the cluster has none. */
  readonly mutatingVersion: string | undefined;
  /** What the namespaces enforce, which the policies need not look at again. */
  readonly enforced: Level;
  /** The API groups in which roles grant the use of a policy; undefined where everybody may use all. */
  readonly useGroups: ((policy: string) => readonly string[]) | undefined;
  readonly actions: readonly string[];
  /** Namespaces that are not judged. */
  readonly exempt: readonly string[];
}

/** One policy with what is made of it. */
export interface Part {
  readonly policy: PodSecurityPolicy;
  readonly prefix: string;
  /** All of its clauses. */
  readonly clauses: readonly Clause[];
  readonly defaults: readonly Default[];
}

/** A variable of an admission policy. */
export interface Variable {
  readonly name: string;
  readonly expression: string;
}

/** What clauses may use. */
export const podVariables: readonly Variable[] = [
  {
    name: 'containers',
    expression:
      'object.spec.?containers.orValue([]) + object.spec.?initContainers.orValue([]) + object.spec.?ephemeralContainers.orValue([])',
  },
  { name: 'volumes', expression: 'object.spec.?volumes.orValue([])' },
];

/** A variable for each clause: what stands against it. */
export function clauseVariables({ clauses, prefix }: Part): Variable[] {
  return clauses.map(({ bad, name }) => ({ name: `${prefix}${name}`, expression: bad }));
}

/**
 * Whether a policy may be used, as RBAC says: by the pod's ServiceAccount or by whoever makes the request. Each question
 * is a variable of its own, because two of them nearly use up what an expression may cost.
 */
export function useVariables(part: Part, options: AdmissionOptions): Variable[] {
  const { clauses, prefix } = part;
  const asked = questions(part, options);
  const uses = asked.map((expression, i) => ({
    name: `${prefix}use${asked.length === 1 ? '' : i + 1}`,
    expression,
  }));
  if (prefix === '') return uses;
  const isAsWanted = clauses.map(({ name }) => `variables.${prefix}${name}.size() == 0`);
  const admits = [...isAsWanted, ...(uses.length === 0 ? [] : [mayBeUsed(part, options)])];
  return [
    ...uses,
    { name: `${prefix}admits`, expression: admits.length === 0 ? 'true' : admits.join(' && ') },
  ];
}

function questions({ policy }: Part, { useGroups }: AdmissionOptions): string[] {
  if (useGroups === undefined) return [];
  const account =
    "authorizer.serviceAccount(request.namespace, object.spec.?serviceAccountName.orValue('default'))";
  return useGroups(policy.name).flatMap((group) =>
    [account, 'authorizer'].map(
      (who) =>
        `${who}.group(${quoted(group)}).resource('podsecuritypolicies').namespace(request.namespace).name(${quoted(policy.name)}).check('use').allowed()`,
    ),
  );
}

/** CEL: whether the policy may be used. */
export function mayBeUsed(part: Part, options: AdmissionOptions): string {
  const asked = questions(part, options);
  const names = asked.map((_, i) => `variables.${part.prefix}use${asked.length === 1 ? '' : i + 1}`);
  return names.length === 0 ? 'true' : `(${names.join(' || ')})`;
}

/** A rule of `matchConstraints`, about resources of the core API group. */
export function rule(operations: readonly string[], resources: readonly string[]): JsonObject {
  return { apiGroups: [''], apiVersions: ['v1'], operations, resources };
}

/** A binding to everything but the exempt namespaces. */
export function bindingOf(
  kind: 'ValidatingAdmissionPolicyBinding' | 'MutatingAdmissionPolicyBinding',
  apiVersion: string,
  { actions, exempt, name }: AdmissionOptions,
): JsonObject {
  const expression = { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: exempt };
  return {
    apiVersion,
    kind,
    metadata: metadataOf(name),
    spec: {
      policyName: name,
      ...(kind === 'ValidatingAdmissionPolicyBinding' && { validationActions: actions }),
      ...(exempt.length > 0 && { matchResources: { namespaceSelector: { matchExpressions: [expression] } } }),
    },
  };
}

/** What finds everything that was converted: `kubectl get ... -l app.kubernetes.io/managed-by=scantling`. */
export function metadataOf(name: string): JsonObject {
  return { name, labels: { 'app.kubernetes.io/managed-by': 'scantling' } };
}
