import type { Json, JsonObject } from '../../model/object.ts';
import { quoted } from './cel-text.ts';
import type { Clause } from './clause.ts';
import {
  type AdmissionOptions,
  bindingOf,
  clauseVariables,
  mayBeUsed,
  metadataOf,
  type Part,
  podVariables,
  rule,
  useVariables,
} from './part.ts';

/** The clauses that a namespace does not enforce already. */
function residue({ clauses }: Part, { enforced }: AdmissionOptions): readonly Clause[] {
  return enforced === 'privileged' ? clauses : clauses.filter(({ inBaseline }) => !inBaseline);
}

/** The policy that forbids what the namespaces do not, and its binding; undefined where nothing is left to forbid. */
export function validatingPolicy(
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
