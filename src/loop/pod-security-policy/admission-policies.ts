import type { Json, JsonObject } from '../../model/object.ts';
import { quoted } from './cel-text.ts';
import type { Clause } from './clause.ts';
import { containerClauses } from './container-clauses.ts';
import { type Default, defaultsOf, withNonRoot } from './defaults.ts';
import type { PodSecurityPolicy } from './definition.ts';
import type { Level } from './level.ts';
import { podClauses, volumeClauses } from './pod-clauses.ts';
import { profileClauses } from './profile-clauses.ts';

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

/** What becomes of PodSecurityPolicies in a cluster that has none. */
export interface AdmissionPolicies {
  /** A ValidatingAdmissionPolicy and its binding; undefined where nothing is left to forbid. */
  readonly validating: readonly [JsonObject, JsonObject] | undefined;
  /** A MutatingAdmissionPolicy and its binding; undefined where nothing is filled in. */
  readonly mutating: readonly [JsonObject, JsonObject] | undefined;
}

/** One policy with what is made of it. */
interface Part {
  readonly policy: PodSecurityPolicy;
  readonly prefix: string;
  /** All of its clauses. */
  readonly clauses: readonly Clause[];
  readonly defaults: readonly Default[];
}

interface Variable {
  readonly name: string;
  readonly expression: string;
}

/**
 * Admission policies that do to pods what the admission plugin of PodSecurityPolicies did.
 *
 * A pod is admitted if one policy that may be used takes it as it is. Before that, and only while a pod is created, the
 * first policy by name that takes it with its defaults filled in does so, unless some policy takes it as it is.
 *
 * Source: Kubernetes 1.24 `plugin/pkg/admission/security/podsecuritypolicy/admission.go` and
 * `pkg/security/podsecuritypolicy/provider.go`.
 */
export function admissionPolicies(
  policies: readonly PodSecurityPolicy[],
  options: AdmissionOptions,
): AdmissionPolicies {
  const sorted = policies.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const parts = sorted.map((policy, i): Part => {
    const clauses = [
      ...containerClauses(policy),
      ...podClauses(policy),
      ...volumeClauses(policy),
      ...profileClauses(policy),
    ];
    const own = defaultsOf(policy);
    const defaults = options.enforced === 'restricted' ? withNonRoot(policy, own) : own;
    return { policy, prefix: sorted.length === 1 ? '' : `p${i + 1}_`, clauses, defaults };
  });
  return { validating: validatingPolicy(parts, options), mutating: mutatingPolicy(parts, options) };
}

/** The clauses that a namespace does not enforce already. */
function residue({ clauses }: Part, { enforced }: AdmissionOptions): readonly Clause[] {
  return enforced === 'privileged' ? clauses : clauses.filter(({ inBaseline }) => !inBaseline);
}

function validatingPolicy(
  parts: readonly Part[],
  options: AdmissionOptions,
): readonly [JsonObject, JsonObject] | undefined {
  const left = parts.map((part) => ({ ...part, clauses: residue(part, options) }));
  const hasNothing = left.some(({ clauses }) => clauses.length === 0) && options.useGroups === undefined;
  if (hasNothing) return undefined;
  const variables = [
    ...podVariables,
    ...left.flatMap((part) => [...clauseVariables(part), ...useVariables(part, options)]),
  ];
  const validations = left.length === 1 ? each(left[0]!, options) : oneOf(left, options);
  const policy = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: metadataOf(options.name),
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        resourceRules: [rule(['CREATE', 'UPDATE'], ['pods']), rule(['UPDATE'], ['pods/ephemeralcontainers'])],
      },
      matchConditions: [
        {
          name: 'not-only-owners-or-finalizers',
          expression:
            "request.operation == 'CREATE' || object.spec != oldObject.spec || object.metadata.?labels != oldObject.metadata.?labels || object.metadata.?annotations != oldObject.metadata.?annotations",
        },
      ],
      variables,
      validations,
    },
  };
  return [
    policy as unknown as JsonObject,
    bindingOf('ValidatingAdmissionPolicyBinding', policy.apiVersion, options),
  ];
}

/** Of a single policy every clause says for itself what is wrong. */
function each(part: Part, options: AdmissionOptions): Json[] {
  const mayUse =
    options.useGroups === undefined
      ? []
      : [
          {
            expression: mayBeUsed(part, options),
            message: `neither the ServiceAccount nor the user may use PodSecurityPolicy ${part.policy.name}`,
          },
        ];
  return [
    ...mayUse,
    ...part.clauses.map((clause) => ({
      expression: `variables.${clause.name}.size() == 0`,
      messageExpression: `variables.${clause.name}.map(e, ${clause.message}).join(', ')`,
    })),
  ];
}

/**
 * Of several policies one has to take the pod; else each says why it does not. The message asks nobody who may use a policy:
 * that alone would cost more than a message may.
 */
function oneOf(parts: readonly Part[], { useGroups }: AdmissionOptions): Json[] {
  const reasons = parts.map(({ clauses, policy, prefix }) => {
    const all = clauses.map(({ message, name }) => `variables.${prefix}${name}.map(e, ${message})`);
    const why = all.length === 0 ? '[]' : all.join(' + ');
    const none = useGroups === undefined ? '' : 'may not be used here';
    return `${quoted(`${policy.name}: `)} + [${why}].map(w, w.size() == 0 ? ${quoted(none)} : w.join(', '))[0]`;
  });
  return [
    {
      expression: parts.map(({ prefix }) => `variables.${prefix}admits`).join(' || '),
      messageExpression: `'no PodSecurityPolicy admits the pod; ' + [${reasons.join(', ')}].join('; ')`,
    },
  ];
}

const podVariables: readonly Variable[] = [
  {
    name: 'containers',
    expression:
      'object.spec.?containers.orValue([]) + object.spec.?initContainers.orValue([]) + object.spec.?ephemeralContainers.orValue([])',
  },
  { name: 'volumes', expression: 'object.spec.?volumes.orValue([])' },
];

function clauseVariables({ clauses, prefix }: Part): Variable[] {
  return clauses.map(({ bad, name }) => ({ name: `${prefix}${name}`, expression: bad }));
}

/**
 * Whether a policy may be used, as RBAC says: by the pod's ServiceAccount or by whoever makes the request. Each question
 * is a variable of its own, because two of them nearly use up what an expression may cost.
 */
function useVariables(part: Part, options: AdmissionOptions): Variable[] {
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

function mayBeUsed(part: Part, options: AdmissionOptions): string {
  const asked = questions(part, options);
  const names = asked.map((_, i) => `variables.${part.prefix}use${asked.length === 1 ? '' : i + 1}`);
  return names.length === 0 ? 'true' : `(${names.join(' || ')})`;
}

function mutatingPolicy(
  parts: readonly Part[],
  options: AdmissionOptions,
): readonly [JsonObject, JsonObject] | undefined {
  const { mutatingVersion } = options;
  if (mutatingVersion === undefined || parts.every(({ defaults }) => defaults.length === 0)) return undefined;
  const several = parts.length > 1;
  const variables = [
    ...(several ? podVariables : []),
    { name: 'places', expression: placesExpression },
    ...parts.flatMap((part) => [
      ...(several ? clauseVariables(part) : []),
      ...useVariables(part, options),
      ...(several ? [beforeVariable(part, options)] : []),
    ]),
  ];
  const isTaken = several ? parts.map(({ prefix }) => `variables.${prefix}admits`).join(' || ') : '';
  const mutations = parts
    .filter(({ defaults }) => defaults.length > 0)
    .map((part) => {
      const patch = patchOf(part.defaults);
      const expression = several
        ? `(${isTaken}) || !variables.${part.prefix}would_admit ? [] : ${patch}`
        : options.useGroups === undefined
          ? patch
          : `!${mayBeUsed(part, options)} ? [] : ${patch}`;
      return { patchType: 'JSONPatch', jsonPatch: { expression } };
    });
  const policy = {
    apiVersion: mutatingVersion,
    kind: 'MutatingAdmissionPolicy',
    metadata: metadataOf(options.name),
    spec: {
      failurePolicy: 'Fail',
      reinvocationPolicy: 'IfNeeded',
      matchConstraints: {
        resourceRules: [rule(['CREATE'], ['pods']), rule(['UPDATE'], ['pods/ephemeralcontainers'])],
      },
      variables,
      mutations,
    },
  };
  return [
    policy as unknown as JsonObject,
    bindingOf('MutatingAdmissionPolicyBinding', mutatingVersion, options),
  ];
}

/** Whether a policy would take the pod with its own defaults filled in. */
function beforeVariable(part: Part, options: AdmissionOptions): Variable {
  const { clauses, prefix } = part;
  const conditions = clauses
    .filter(({ badBefore }) => badBefore !== '[]')
    .map(({ bad, badBefore, name }) =>
      bad === badBefore ? `variables.${prefix}${name}.size() == 0` : `(${badBefore}).size() == 0`,
    );
  const use = options.useGroups === undefined ? [] : [mayBeUsed(part, options)];
  const all = [...conditions, ...use];
  return { name: `${prefix}would_admit`, expression: all.length === 0 ? 'true' : all.join(' && ') };
}

/** The containers whose fields may still be filled in, with where they stand: all of a new pod, else those that are added. */
const placesExpression = ['containers', 'initContainers', 'ephemeralContainers']
  .map((key) => {
    const places = `lists.range(size(object.spec.?${key}.orValue([]))).map(i, {'path': dyn('/spec/${key}/' + string(i)), 'is': object.spec.${key}[i]})`;
    return key === 'ephemeralContainers' ? places : `(request.operation != 'CREATE' ? [] : ${places})`;
  })
  .join(' + ');

/** A JSON Patch that fills in what is left out. */
function patchOf(defaults: readonly Default[]): string {
  const of = (what: Default['of']): readonly Default[] => defaults.filter((one) => one.of === what);
  const isNew = `request.operation == 'CREATE'`;
  const add = (path: string, value: string): string => `JSONPatch{op: 'add', path: ${path}, value: ${value}}`;
  const parts: string[] = [];
  const anyUnset = (some: readonly Default[]): string =>
    some.map(({ isUnset }) => `(${isUnset})`).join(' || ');
  const pod = of('pod');
  if (pod.length > 0) {
    const isMissing = `!object.spec.?securityContext.hasValue() && (${anyUnset(pod)})`;
    parts.push(`(${isNew} && ${isMissing} ? [${add(quoted('/spec/securityContext'), '{}')}] : [])`);
  }
  for (const { isUnset, key, of: owner, value } of [...pod, ...of('spec')]) {
    const path = quoted(owner === 'pod' ? `/spec/securityContext/${key}` : `/spec/${key}`);
    parts.push(`(${isNew} && ${isUnset} ? [${add(path, value)}] : [])`);
  }
  const container = of('container');
  if (container.length > 0) {
    const isMissing = `!c.is.?securityContext.hasValue() && (${anyUnset(container)})`;
    parts.push(
      `variables.places.filter(c, ${isMissing}).map(c, ${add("c.path + '/securityContext'", '{}')})`,
    );
  }
  for (const { isUnset, key, value } of container) {
    const path = `c.path + '/securityContext/${key}'`;
    parts.push(`variables.places.filter(c, ${isUnset}).map(c, ${add(path, value)})`);
  }
  return parts.join(' + ');
}

function rule(operations: readonly string[], resources: readonly string[]): JsonObject {
  return { apiGroups: [''], apiVersions: ['v1'], operations, resources };
}

function bindingOf(
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
function metadataOf(name: string): JsonObject {
  return { name, labels: { 'app.kubernetes.io/managed-by': 'scantling' } };
}
