import type { AliasPart, ControlMetadata } from '../model/control.ts';
import type { Finding, Report } from '../model/finding.ts';

/**
 * What another tool calls a finding: the ids of its control, without those that are about another part of it, and of the
 * controls that it tells besides, each once. A role that may do everything is told by one finding, and that tool has an id
 * for each of its rights.
 */
export function idsAs(report: Report, finding: Finding, tool: string): readonly string[] {
  const { control, tells = [] } = finding;
  const own = idsOfControl(report, control, tool, (part) => isAbout(part, finding));
  if (tells.length === 0) return own;
  // Of a control that is told the place and the message are not known.
  const isOfKind = ({ kinds }: AliasPart): boolean => kinds?.includes(finding.object.kind) ?? true;
  return [...new Set([...own, ...tells.flatMap((told) => idsOfControl(report, told, tool, isOfKind))])];
}

/** What another tool calls findings of one control; they are read only as far as it takes to know. */
export function idsOfFindings(
  control: Pick<ControlMetadata, 'aliases' | 'aliasParts'> | undefined,
  findings: Iterable<Finding>,
  tool: string,
): readonly string[] {
  const all = control?.aliases[tool] ?? [];
  const parts = control?.aliasParts?.filter(({ ids }) => ids.some((id) => all.includes(id))) ?? [];
  if (parts.length === 0) return all;
  const left = new Set(parts.flatMap(({ ids }) => ids));
  for (const finding of findings) {
    for (const part of parts) if (isAbout(part, finding)) for (const id of part.ids) left.delete(id);
    if (left.size === 0) break;
  }
  return all.filter((id) => !left.has(id));
}

function idsOfControl(
  report: Report,
  id: string,
  tool: string,
  isMeant: (part: AliasPart) => boolean,
): readonly string[] {
  const { aliases, aliasParts } = report.controls[id] ?? {};
  const all = aliases?.[tool] ?? [];
  if (aliasParts === undefined) return all;
  return all.filter((one) => {
    const parts = aliasParts.filter(({ ids }) => ids.includes(one));
    return parts.length === 0 || parts.some(isMeant);
  });
}

/** Whether a finding is about a part; one that is no failure may be about all that its object may have. */
function isAbout({ fields, kinds, says }: AliasPart, { message, object, path, verdict }: Finding): boolean {
  if (kinds?.includes(object.kind) === false) return false;
  if (verdict !== 'fail') return true;
  return (
    fields?.some((field) => path === '' || leadsThrough(path, field)) !== false &&
    says?.some((pattern) => new RegExp(pattern).test(message)) !== false
  );
}

/** Whether `field` is a step, or several, of a path: `securityContext.capabilities.add[0]` leads through `capabilities.add`. */
function leadsThrough(path: string, field: string): boolean {
  return `.${path.replaceAll('[', '.[')}.`.includes(`.${field}.`);
}
