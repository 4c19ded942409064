import { byteLength, trimSpace } from './go-text.ts';
import type { Validation } from './definition.ts';

/** A messageExpression's value longer than this is ignored. */
const longestMessage = 5 * 1024;

/**
 * The message of a failed validation: the value of messageExpression where that is a usable line, else `message`, else
 * the expression.
 *
 * `evaluated` is undefined where there is no messageExpression or it failed, which the server does not report.
 * Source: apiserver `pkg/admission/plugin/policy/validating/validator.go`.
 */
export function failureMessage(validation: Validation, evaluated: string | undefined): string {
  const computed = evaluated === undefined ? '' : trimSpace(evaluated);
  const usable = byteLength(computed) <= longestMessage && !computed.includes('\n');
  if (computed !== '' && usable) return computed;
  const written = trimSpace(validation.message);
  return written === '' ? `failed expression: ${trimSpace(validation.expression)}` : written;
}

/** The error of an expression that compiled and then failed. */
export function evaluationError(expression: string, error: string): string {
  return `expression '${expression}' resulted in error: ${error}`;
}

/** The error of an expression that did not compile; `compileError` as the server's compiler words it. */
export function compilationError(compileError: string): string {
  return `compilation error: ${compileError}`;
}

/** Several errors as Go prints an aggregate: each text once, in brackets where there is more than one. */
export function aggregateErrors(messages: readonly string[]): string {
  const distinct = [...new Set(messages)];
  return distinct.length === 1 ? distinct[0]! : `[${distinct.join(', ')}]`;
}

/** The HTTP status a denial has. */
export function statusCode(reason: string): number {
  if (reason === 'Forbidden') return 403;
  if (reason === 'Unauthorized') return 401;
  return reason === 'RequestEntityTooLarge' ? 413 : 422;
}
