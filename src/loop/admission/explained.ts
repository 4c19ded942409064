import type { JsonObject } from '../../model/object.ts';
import { formatPath, valueAt } from '../../model/path.ts';
import type { Judgement, MutationResult, ValidationResult } from '../../policy/index.ts';

/** One thing that speaks against a request, or that could. */
export interface Explained {
  readonly policy: string;
  /** Absent where the policy has none in the input. */
  readonly binding?: string;
  /** The parameter, as `namespace/name` or `name`. */
  readonly param?: string;
  readonly verdict: 'fail' | 'error' | 'unknown';
  /** What the binding does about it; of a mutating policy always Deny. */
  readonly validationActions: readonly string[];
  /** The validation's place in the policy; absent where the policy did not get so far. */
  readonly validation?: number;
  /** The mutation's place in a mutating policy. */
  readonly mutation?: number;
  /** What the API server says of it, or why it is unknown. */
  readonly message: string;
  /** Each place in the object that fails; empty where the object fails as a whole. */
  readonly paths: readonly string[];
}

/** Everything that the API server's one message leaves out: each failing validation of each policy, with its places. */
export function explainJudgements(judgements: readonly Judgement[]): Explained[] {
  return judgements.flatMap((judgement) => {
    const { policy, binding, param, verdict, reason, validations, auditAnnotations } = judgement;
    if (verdict === 'pass' || verdict === 'not-applicable') return [];
    const base = {
      policy: policy.name,
      ...(binding !== undefined && { binding: binding.name }),
      ...(param !== null && { param: nameOf(param) }),
    };
    const validationActions = binding?.definition.validationActions ?? ['Deny'];
    const said = validations.flatMap((each): Explained[] =>
      each.verdict === 'pass' ? [] : [{ ...base, ...explainValidation(each), validationActions }],
    );
    for (const { key, verdict: published, text } of auditAnnotations) {
      if (published !== 'error' && published !== 'unknown') continue;
      const message = `auditAnnotations["${key}"]: ${text}`;
      said.push({ ...base, verdict: published, validationActions: ['Deny'], message, paths: [] });
    }
    if (said.length > 0 || verdict === 'fail') return said;
    return [{ ...base, verdict, validationActions, message: reason, paths: [] }];
  });
}

/** Everything that mutating policies could not do. */
export function explainMutations({ steps }: MutationResult): Explained[] {
  return steps.flatMap(({ bound, param, index, outcome, reason }): Explained[] => {
    if (outcome === 'mutated' || outcome === 'unchanged' || outcome === 'not-met') return [];
    const { policy, binding } = bound;
    return [
      {
        policy: policy.name,
        ...(binding !== undefined && { binding: binding.name }),
        ...(param !== null && { param: nameOf(param) }),
        ...(index !== undefined && { mutation: index }),
        verdict: outcome === 'unknown' ? 'unknown' : 'error',
        validationActions: ['Deny'],
        message: reason,
        paths: [],
      },
    ];
  });
}

function explainValidation({ index, verdict, message, reason, elements }: ValidationResult) {
  return {
    verdict: verdict as Explained['verdict'],
    validation: index,
    message: verdict === 'unknown' ? reason : message,
    paths: elements.map(({ path }) => formatPath(path)).filter((path) => path !== ''),
  };
}

function nameOf(param: JsonObject): string {
  const name = String(valueAt(param, ['metadata', 'name']) ?? '');
  const namespace = valueAt(param, ['metadata', 'namespace']);
  return typeof namespace === 'string' ? `${namespace}/${name}` : name;
}
