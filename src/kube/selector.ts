import { isLabelValue, isQualifiedName } from './name.ts';

/** Whether labels are selected. */
export type Selector = (labels: Readonly<Record<string, string>>) => boolean;

/** Why a label selector is not one; `path` is inside the selector. */
export interface SelectorProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

const everything: Selector = () => true;
const nothing: Selector = () => false;

/**
 * Reads a metav1.LabelSelector: a missing one selects nothing, an empty one everything; all requirements must hold; NotIn
 * and DoesNotExist hold where the label is missing (apimachinery/pkg/apis/meta/v1/helpers.go LabelSelectorAsSelector,
 * pkg/labels/selector.go).
 */
export function parseSelector(
  selector: unknown,
): { selector: Selector; problem?: never } | { selector?: never; problem: SelectorProblem } {
  if (selector === undefined || selector === null) return { selector: nothing };
  if (!isMap(selector)) return refused([], 'a label selector is a map of matchLabels and matchExpressions');
  const requirements: Selector[] = [];
  const { matchLabels, matchExpressions } = selector;
  if (matchLabels !== undefined && matchLabels !== null) {
    if (!isMap(matchLabels)) return refused(['matchLabels'], 'matchLabels is a map from label to value');
    for (const [key, value] of Object.entries(matchLabels)) {
      const problem = checkKey(key, ['matchLabels', key]) ?? checkValue(value, ['matchLabels', key]);
      if (problem !== undefined) return { problem };
      requirements.push((labels) => Object.hasOwn(labels, key) && labels[key] === value);
    }
  }
  if (matchExpressions !== undefined && matchExpressions !== null) {
    if (!Array.isArray(matchExpressions)) return refused(['matchExpressions'], 'matchExpressions is a list');
    for (const [index, expression] of matchExpressions.entries()) {
      const { requirement, problem } = parseRequirement(expression, ['matchExpressions', index]);
      if (problem !== undefined) return { problem };
      requirements.push(requirement);
    }
  }
  if (requirements.length === 0) return { selector: everything };
  return { selector: (labels) => requirements.every((holds) => holds(labels)) };
}

function parseRequirement(
  expression: unknown,
  path: readonly (string | number)[],
): { requirement: Selector; problem?: never } | { requirement?: never; problem: SelectorProblem } {
  if (!isMap(expression)) return refused(path, 'a requirement is a map of key, operator and values');
  const { key, operator } = expression;
  const values: unknown = expression.values ?? [];
  if (typeof key !== 'string') return refused([...path, 'key'], 'a requirement has a key');
  if (!Array.isArray(values)) return refused([...path, 'values'], 'values is a list');
  const badKey = checkKey(key, [...path, 'key']);
  if (badKey !== undefined) return { problem: badKey };
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) {
      return refused([...path, 'values'], "for 'in', 'notin' operators, values set can't be empty");
    }
    for (const [index, value] of values.entries()) {
      const problem = checkValue(value, [...path, 'values', index]);
      if (problem !== undefined) return { problem };
    }
    const wanted = new Set<unknown>(values);
    if (operator === 'In') {
      return { requirement: (labels) => Object.hasOwn(labels, key) && wanted.has(labels[key]) };
    }
    return { requirement: (labels) => !Object.hasOwn(labels, key) || !wanted.has(labels[key]) };
  }
  if (operator !== 'Exists' && operator !== 'DoesNotExist') {
    return refused(
      [...path, 'operator'],
      `${JSON.stringify(operator ?? '')} is not a valid label selector operator`,
    );
  }
  if (values.length > 0)
    return refused([...path, 'values'], 'values set must be empty for exists and does not exist');
  const exists = operator === 'Exists';
  return { requirement: (labels) => Object.hasOwn(labels, key) === exists };
}

function checkKey(key: string, path: readonly (string | number)[]): SelectorProblem | undefined {
  return isQualifiedName(key) ? undefined : { path, message: `${JSON.stringify(key)} is not a label key` };
}

function checkValue(value: unknown, path: readonly (string | number)[]): SelectorProblem | undefined {
  if (typeof value === 'string' && isLabelValue(value)) return undefined;
  return { path, message: `${JSON.stringify(value)} is not a label value` };
}

function refused(path: readonly (string | number)[], message: string): { problem: SelectorProblem } {
  return { problem: { path, message } };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
