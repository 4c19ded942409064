import { matchCost } from '../extension/call-cost.ts';
import type { CallCost, Library } from '../library.ts';
import { compileRegex, Regex } from '../regex/index.ts';
import { overload } from '../signature.ts';
import { costSize } from '../standard/size.ts';
import { CelError, type Value } from '../value.ts';

function compiled(pattern: string): Regex | CelError {
  const regex = compileRegex(pattern);
  return regex instanceof Regex ? regex : new CelError(`Illegal regex: ${regex.message}`);
}

function find(text: string, pattern: string): string | CelError {
  const regex = compiled(pattern);
  return regex instanceof CelError ? regex : (regex.find(text) ?? '');
}

function findAll(text: string, pattern: string, limit: number | bigint = -1): Value | CelError {
  const regex = compiled(pattern);
  if (regex instanceof CelError) return regex;
  return limit < 0 ? regex.findAll(text) : regex.findAll(text, Number(limit));
}

const cost: CallCost = ([text, pattern]) => matchCost(text!, costSize(pattern!));

/** RE2 searches. Source: k8s.io/apiserver `pkg/cel/library/regex.go`. */
export const regex: Library = {
  name: 'kubernetes.regex',
  overloads: [
    overload('string_find_string', 'string.find(string) -> string', find, cost),
    overload('string_find_all_string', 'string.findAll(string) -> list(string)', findAll, cost),
    overload('string_find_all_string_int', 'string.findAll(string, int) -> list(string)', findAll, cost),
  ],
};
