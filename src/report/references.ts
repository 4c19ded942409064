import type { ControlMetadata } from '../model/control.ts';

/** Who asks for a control, for people: `PSS baseline`, `CIS 1.12 5.2.2`, `MITRE T1611 T1610`. */
export function references({ frameworks }: Pick<ControlMetadata, 'frameworks'>): string[] {
  return Object.entries(frameworks)
    .filter(([, ids]) => ids.length > 0)
    .map(([framework, ids]) => `${framework.toUpperCase().replace(/^CIS-/, 'CIS ')} ${ids.join(' ')}`);
}
