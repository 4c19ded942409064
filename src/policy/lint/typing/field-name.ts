const reserved = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

const escapes: Readonly<Record<string, string>> = {
  __: '__underscores__',
  '.': '__dot__',
  '-': '__dash__',
  '/': '__slash__',
};

/**
 * The name by which CEL knows a field of a schema: `namespace` is `__namespace__`, `a-b` is `a__dash__b`; undefined for
 * one that it cannot name.
 *
 * Source: apiserver `pkg/cel/escaping.go`.
 */
export function celFieldName(name: string): string | undefined {
  if (reserved.has(name)) return `__${name}__`;
  if (!/^[A-Za-z_.\-/][A-Za-z0-9_.\-/]*$/.test(name)) return undefined;
  return name.replaceAll(/__|[.\-/]/g, (part) => escapes[part]!);
}

/**
 * All names by which an expression may read a field: keywords also as they are.
 *
 * Source: apiserver `pkg/cel/types.go`, `recognizeKeywordAsFieldName`.
 */
export function celFieldNames(name: string): readonly string[] {
  const escaped = celFieldName(name);
  if (escaped === undefined) return [];
  return reserved.has(name) ? [escaped, name] : [escaped];
}
