/** The label that every namespace carries: its own name. */
export const namespaceNameLabel = 'kubernetes.io/metadata.name';

/**
 * The labels of a namespace as the server keeps them: what is written, with the name label set to the name whatever is
 * written for it (pkg/registry/core/namespace/strategy.go).
 */
export function namespaceLabels(
  name: string,
  written: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return { ...written, [namespaceNameLabel]: name };
}
