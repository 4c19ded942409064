import type { EvaluatedExpression, Step } from '../cel/explain/steps.ts';
import { costLimit } from '../cel/limit.ts';
import { CelError, type Result, Unknown, type Value } from '../cel/value.ts';
import type { Json, JsonObject, Path } from '../model/object.ts';
import { formatPath } from '../model/path.ts';
import { celJson } from './cel-json.ts';
import { celText } from './cel-text.ts';

/** Values of sub-expressions that are longer as text than this are cut and come as `shown`. */
const longestValue = 1000;

/**
 * An evaluation as a JSON object of kind `Evaluation`: `value`, `error` or `unknown`, type, cost and its limit, the
 * deciding paths with their places, the variables that were read, and every sub-expression in `steps`.
 */
export function evaluationJson(
  evaluated: EvaluatedExpression & { readonly variables: readonly EvaluatedExpression[] },
  place: (path: Path) => string,
): JsonObject {
  return {
    apiVersion: 'scantling.dev/v1',
    kind: 'Evaluation',
    ...expressionJson(evaluated, place),
    variables: evaluated.variables.map((variable) => ({
      name: variable.name,
      ...expressionJson(variable, place),
    })),
  };
}

function expressionJson(evaluated: EvaluatedExpression, place: (path: Path) => string): JsonObject {
  const { expression, type, result, cost, paths, steps } = evaluated;
  return {
    expression,
    type,
    ...resultJson(result, celJson),
    cost,
    costLimit,
    paths: paths.map((path) => {
      const at = place(path);
      return { path: formatPath(path), ...(at !== '' && { place: at }) };
    }),
    steps: stepJson(steps, expression),
  };
}

function resultJson(result: Result, valueJson: (value: Value) => Json): JsonObject {
  if (result instanceof CelError) {
    return { error: { message: result.message, ...(result.offset >= 0 && { offset: result.offset }) } };
  }
  if (result instanceof Unknown) return { unknown: [...result.attributes] };
  return { value: valueJson(result) };
}

function stepJson(step: Step, expression: string): JsonObject {
  if (step.kind === 'round') {
    const bound = step.bound.map(({ name, value }) => [name, resultJson(value, shortJson)] as const);
    return { round: Object.fromEntries(bound), steps: step.steps.map((part) => stepJson(part, expression)) };
  }
  const { start, end, result, paths, steps, roundsLeft } = step;
  return {
    text: expression.slice(start, end),
    start,
    end,
    ...(result === undefined ? { evaluated: false } : resultJson(result, shortJson)),
    ...(paths.length > 0 && { paths: paths.map(formatPath) }),
    ...(roundsLeft > 0 && { roundsNotEvaluated: roundsLeft }),
    ...(result !== undefined &&
      steps.length > 0 && { steps: steps.map((part) => stepJson(part, expression)) }),
  };
}

function shortJson(value: Value): Json {
  const text = celText(value, longestValue);
  return text.length <= longestValue ? celJson(value) : { '@type': 'cut', shown: text.slice(0, 200) };
}
