import { Lexer } from '../cel/syntax/lexer.ts';
import type { Json, JsonObject } from '../model/object.ts';

/**
 * A policy as it would be without parameters of its own: `params` in its expressions is replaced by the parameter object,
 * and `paramKind` is gone. For API servers that take no parameters with their policies.
 */
export function inlineParameters(policy: JsonObject, parameter: JsonObject): JsonObject {
  const { paramKind: _, ...spec } = policy['spec'] as JsonObject;
  const literal = `dyn(${JSON.stringify({ data: parameter['data'] ?? {} })})`;
  return { ...policy, spec: replaceIn(spec, literal) as JsonObject };
}

/** The names under which policies hold expressions. */
const expressionKeys = new Set(['expression', 'messageExpression', 'valueExpression']);

function replaceIn(value: Json, literal: string): Json {
  if (Array.isArray(value)) return value.map((item: Json) => replaceIn(item, literal));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      typeof item === 'string' && expressionKeys.has(key)
        ? replaceParams(item, literal)
        : replaceIn(item, literal),
    ]),
  );
}

/** Replaces the variable `params`, not a field of that name. */
function replaceParams(expression: string, literal: string): string {
  const lexer = new Lexer(expression);
  let text = '';
  let from = 0;
  let isField = false;
  for (lexer.next(); lexer.kind !== 'end'; lexer.next()) {
    const { end, kind, start } = lexer;
    if (kind === 'identifier' && !isField && expression.slice(start, end) === 'params') {
      text += expression.slice(from, start) + literal;
      from = end;
    }
    // `.?params` is a field as well; the `?` of a condition never follows a dot.
    isField = kind === '.' || (kind === '?' && isField);
  }
  return text + expression.slice(from);
}
