/** Something in an object that its schema does not allow. */
export interface SchemaError {
  /** `.spec.containers[name="a"].image`; empty for the object itself. */
  readonly path: string;
  readonly message: string;
}

/**
 * Errors as the API server prints them: one as `path: message`, several below each other after `errors:`.
 *
 * Source: structured-merge-diff `typed/helpers.go`.
 */
export function schemaErrorText(errors: readonly SchemaError[]): string {
  const lines = errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return lines.length === 1 ? lines[0]! : ['errors:', ...lines.map((line) => `  ${line}`)].join('\n');
}
