import type { LabelRequirement, LabelSelector } from '../definition.ts';

/** Labels of which possibly not all are known. */
export interface LabelSet {
  readonly known: Readonly<Record<string, unknown>>;
  /** Whether a label that is not in `known` is known to be absent. */
  readonly complete: boolean;
}

/** Whether a selector has no requirements and so selects everything. */
export function isEmptySelector(selector: LabelSelector): boolean {
  return selector.matchExpressions.length === 0 && Object.keys(selector.matchLabels).length === 0;
}

/**
 * Whether a selector selects labels; undefined where that depends on labels that are not known.
 *
 * Source: apimachinery `pkg/labels/selector.go`: `NotIn` and `DoesNotExist` hold for a missing label.
 */
export function selects(selector: LabelSelector, labels: LabelSet): boolean | undefined {
  let verdict: boolean | undefined = true;
  for (const [key, value] of Object.entries(selector.matchLabels)) {
    const found = labelOf(labels, key);
    if (found === undefined) verdict = undefined;
    else if (found !== value) return false;
  }
  for (const requirement of selector.matchExpressions) {
    const met = meets(requirement, labelOf(labels, requirement.key));
    if (met === false) return false;
    if (met === undefined) verdict = undefined;
  }
  return verdict;
}

/** The label's value, null when it is absent, undefined when that is not known. */
function labelOf(labels: LabelSet, key: string): string | null | undefined {
  const value = Object.hasOwn(labels.known, key) ? labels.known[key] : undefined;
  if (typeof value === 'string') return value;
  return labels.complete ? null : undefined;
}

function meets(requirement: LabelRequirement, label: string | null | undefined): boolean | undefined {
  if (label === undefined) return undefined;
  switch (requirement.operator) {
    case 'In':
      return label !== null && requirement.values.includes(label);
    case 'NotIn':
      return label === null || !requirement.values.includes(label);
    case 'Exists':
      return label !== null;
    case 'DoesNotExist':
      return label === null;
    default:
      // The server refuses any other operator when the object is created.
      return false;
  }
}
