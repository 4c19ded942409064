/** What a reader has chosen to see. An empty set or text means everything. */
export interface FilterState {
  readonly severity: ReadonlySet<string>;
  readonly status: ReadonlySet<string>;
  readonly practice: string | undefined;
  /** Empty for objects without one. */
  readonly namespace: string | undefined;
  readonly kind: string | undefined;
  readonly search: string;
}

/** The state in which nothing is filtered out. */
export const everything: FilterState = {
  severity: new Set(),
  status: new Set(),
  practice: undefined,
  namespace: undefined,
  kind: undefined,
  search: '',
};

/** The state as the part of an address behind `#`: `severity=critical,high&q=postgres`. Empty for everything. */
export function formatState({ kind, namespace, practice, search, severity, status }: FilterState): string {
  const parts = new URLSearchParams();
  if (severity.size > 0) parts.set('severity', [...severity].join(','));
  if (status.size > 0) parts.set('verdict', [...status].join(','));
  if (practice !== undefined) parts.set('practice', practice);
  if (namespace !== undefined) parts.set('namespace', namespace);
  if (kind !== undefined) parts.set('kind', kind);
  if (search !== '') parts.set('q', search);
  return parts.toString().replaceAll('%2C', ',');
}

/** Reads what {@link formatState} wrote; undefined for an address that names a part of the page. */
export function parseState(hash: string): FilterState | undefined {
  const text = hash.replace(/^#/, '');
  if (text !== '' && !text.includes('=')) return undefined;
  const parts = new URLSearchParams(text);
  const list = (name: string): ReadonlySet<string> =>
    new Set((parts.get(name) ?? '').split(',').filter((word) => word !== ''));
  return {
    severity: list('severity'),
    status: list('verdict'),
    practice: parts.get('practice') ?? undefined,
    namespace: parts.get('namespace') ?? undefined,
    kind: parts.get('kind') ?? undefined,
    search: parts.get('q') ?? '',
  };
}
