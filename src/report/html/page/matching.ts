import type { FilterState } from './state.ts';

/** What an entry is filtered by. */
export interface Facts {
  readonly severity: string;
  readonly status: string;
  readonly practice: string;
  readonly namespace: string;
  readonly kind: string;
  /** Everything that is searched, in lower case. */
  readonly text: string;
}

/** The filters that have values to count. */
export const facets = ['severity', 'status', 'practice', 'namespace', 'kind'] as const;

/** Something that results are filtered by. */
export type Facet = (typeof facets)[number];

/** The words of a search, all of which must be found. */
export function searchWords(search: string): readonly string[] {
  return search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
}

/** Tells which filter an entry fails: none, one, or several. */
export function failedFacet(
  facts: Facts,
  state: FilterState,
  words: readonly string[],
): Facet | 'none' | 'several' {
  let failed: Facet | 'none' = 'none';
  for (const facet of facets) {
    if (passes(facts[facet], state[facet])) continue;
    if (failed !== 'none') return 'several';
    failed = facet;
  }
  return words.every((word) => facts.text.includes(word)) ? failed : 'several';
}

function passes(value: string, wanted: ReadonlySet<string> | string | undefined): boolean {
  if (wanted === undefined) return true;
  return typeof wanted === 'string' ? value === wanted : wanted.size === 0 || wanted.has(value);
}

/** How many entries each value of each filter would show, given all the other filters. */
export class FacetCounts {
  private readonly counts = new Map<string, number>();

  /** Counts an entry that fails at most the filter `failed`. */
  add(facts: Facts, failed: ReturnType<typeof failedFacet>): void {
    if (failed === 'several') return;
    for (const facet of facets) {
      if (failed !== 'none' && failed !== facet) continue;
      const key = `${facet}=${facts[facet]}`;
      this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    }
  }

  of(facet: string, value: string): number {
    return this.counts.get(`${facet}=${value}`) ?? 0;
  }
}
