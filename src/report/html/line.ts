import { severities, type Severity } from '../../model/severity.ts';
import { visible } from './markup.ts';
import { type Status, statuses } from './status.ts';

/** An entry in one line of text, for the many that are not shown in full. */
export interface Line {
  readonly status: Status;
  readonly severity: Severity;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** `file:line:column`, or the file alone. */
  readonly place: string;
  /** The field, and how many more there are. */
  readonly path: string;
  /** The message, or why there is no verdict. */
  readonly says: string;
}

/** A line for a file: its parts with tabs between them, readable as it is. {@link parseLine} reads it back. */
export function formatLine(line: Line): string {
  const { kind, name, namespace, path, place, says, severity, status } = line;
  return [status, severity, kind, namespace, name, place, path, says].map(inLine).join('\t');
}

const inLine = (text: string): string => visible(text.replace(/\s+/g, ' '));

/** Reads what {@link formatLine} wrote; undefined for anything else. */
export function parseLine(text: string): Line | undefined {
  const [status, severity, kind, namespace, name, place, path, says, ...more] = text.split('\t');
  if (says === undefined || more.length > 0) return undefined;
  if (!statuses.includes(status as Status) || !severities.includes(severity as Severity)) return undefined;
  return {
    status: status as Status,
    severity: severity as Severity,
    kind: kind!,
    namespace: namespace!,
    name: name!,
    place: place!,
    path: path!,
    says,
  };
}
