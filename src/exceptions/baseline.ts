import type { Finding } from '../model/finding.ts';

/** The findings a repository starts with: those in it do not fail a scan, new ones do. */
export interface Baseline {
  readonly fingerprints: ReadonlySet<string>;
}

/** Writes the failing findings as a baseline file: JSON, sorted, one finding a line so that its history reads. */
export function writeBaseline(findings: readonly Finding[]): string {
  const entries = new Map<string, string>();
  for (const { control, fingerprint, object, path, suppression, verdict } of findings) {
    if (verdict !== 'fail' || suppression?.by === 'annotation' || suppression?.by === 'configuration')
      continue;
    const named = `${object.kind} ${object.namespace}/${object.name}`;
    entries.set(fingerprint, JSON.stringify({ fingerprint, control, object: named, path }));
  }
  const lines = [...entries.values()].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  const list = lines.length === 0 ? '' : `\n${lines.join(',\n')}\n`;
  return `{"apiVersion":"scantling.dev/v1","kind":"Baseline","findings":[${list}]}\n`;
}

/** By control, then object, then path: what comes after the fingerprint. */
const sortKey = (line: string): string => line.slice(line.indexOf('"control"'));

/** Reads a baseline file; a string says what is wrong with it. */
export function readBaseline(text: string): Baseline | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return `it is not JSON: ${(error as Error).message}`;
  }
  const { kind, apiVersion, findings } = (parsed ?? {}) as Record<string, unknown>;
  if (kind !== 'Baseline' || apiVersion !== 'scantling.dev/v1') {
    return 'it is no baseline: apiVersion must be "scantling.dev/v1" and kind "Baseline"';
  }
  if (!Array.isArray(findings)) return 'its "findings" must be a list';
  const fingerprints = new Set<string>();
  for (const [i, entry] of findings.entries()) {
    const fingerprint: unknown = entry?.fingerprint;
    if (typeof fingerprint !== 'string') return `findings[${i}] has no fingerprint`;
    fingerprints.add(fingerprint);
  }
  return { fingerprints };
}
