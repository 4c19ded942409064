import type { Range } from './definition.ts';

/** A string literal of CEL. */
export function quoted(text: string): string {
  const escaped = text
    .replace(/[\\']/g, '\\$&')
    .replace(/[\n\r\t]/g, (c) => ({ '\n': '\\n', '\r': '\\r', '\t': '\\t' })[c]!);
  return `'${escaped}'`;
}

/** A list of string literals. */
export function list(texts: readonly string[]): string {
  return `[${texts.map(quoted).join(', ')}]`;
}

/** Whether any of the conditions holds; `false` where there are none. */
export function any(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'false' : conditions.join(' || ');
}

/** Whether the number that an expression stands for lies in one of the ranges. */
export function inRanges(number: string, ranges: readonly Range[]): string {
  return any(
    ranges.map(({ min, max }) =>
      min === max
        ? `${number} == ${min}`
        : ranges.length === 1
          ? `${number} >= ${min} && ${number} <= ${max}`
          : `(${number} >= ${min} && ${number} <= ${max})`,
    ),
  );
}

/** Ranges for people: `1-65535, 70000`. */
export function rangesText(ranges: readonly Range[]): string {
  return ranges.map(({ min, max }) => (min === max ? String(min) : `${min}-${max}`)).join(', ');
}

/** Whether a name is one of the names or starts with one that ends in `*`. */
export function matches(name: string, patterns: readonly string[]): string {
  const names = patterns.filter((one) => !one.endsWith('*'));
  const prefixes = patterns.filter((one) => one.endsWith('*')).map((one) => one.slice(0, -1));
  return any([
    ...(names.length === 0 ? [] : [`${name} in ${list(names)}`]),
    ...prefixes.map((prefix) => (prefix === '' ? 'true' : `${name}.startsWith(${quoted(prefix)})`)),
  ]);
}
