import type { ControlMetadata } from '../model/control.ts';
import type { Control } from './control.ts';

/** The tools whose ids can be printed beside ours; others are in the aliases as well. */
export const comparableTools = [
  'kubescape',
  'trivy',
  'checkov',
  'kube-linter',
  'kube-score',
  'polaris',
  'kubesec',
] as const;
/** A tool whose ids `--as` shows. */
export type ComparableTool = (typeof comparableTools)[number];

/** What else a control is called. */
export interface OtherName {
  readonly control: string;
  /** The tool that calls it so; undefined for a name of its own that it had before. */
  readonly tool: string | undefined;
}

/**
 * The controls that have another tool's id or had a name before: `C-0057` is privileged-container, `kube-score/pod-probes`
 * may name the tool too. Letters may be of either case.
 */
export function controlsCalled(
  name: string,
  controls: Iterable<Pick<Control, 'id' | 'aliases' | 'renamedFrom'>>,
): readonly OtherName[] {
  const wanted = name.toLowerCase();
  const found: OtherName[] = [];
  for (const { aliases, id, renamedFrom } of controls) {
    if (renamedFrom.includes(name)) found.push({ control: id, tool: undefined });
    for (const [tool, ids] of Object.entries(aliases)) {
      const isCalled = ids.some((one) =>
        [one, `${tool}/${one}`].some((each) => each.toLowerCase() === wanted),
      );
      if (isCalled) found.push({ control: id, tool });
    }
  }
  return found;
}

/** `kubescape's C-0057 is privileged-container here`; empty where nothing is called so. */
export function calledHere(name: string, found: readonly OtherName[]): string {
  if (found.length === 0) return '';
  const ids = [...new Set(found.map(({ control }) => control))].join(', ');
  const tools = [...new Set(found.flatMap(({ tool }) => tool ?? []))];
  return tools.length === 0
    ? `${name} is called ${ids} now`
    : `${tools.join("'s and ")}'s ${name} is ${ids} here`;
}

/** The ids that a tool gives a control's check. */
export function idsOf({ aliases }: Pick<ControlMetadata, 'aliases'>, tool: string): readonly string[] {
  return aliases[tool] ?? [];
}
