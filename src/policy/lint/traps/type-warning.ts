import { groupBy } from '../../../model/group-by.ts';
import { spanAround } from '../refusal.ts';
import type { Trap } from '../trap.ts';
import { typeWarnings } from '../typing/type-warnings.ts';

/** What the API server writes into `status.typeChecking` of a policy that it has accepted. */
export const typeWarning: Trap = {
  id: 'type-warning',
  title: 'an expression that does not fit the schema of a kind',
  severity: 'medium',
  why: 'Objects are untyped when a policy runs: a misspelt field or a comparison of different types is no error when the policy is created, but whenever it is evaluated.',
  fix: 'Write the field as in `kubectl explain`; for a field that only some of the kinds have ask `object.kind` or `has(...)` in a variable, which is not checked by itself.',
  *inPolicy({ policy: { definition }, surroundings: { resources, version } }) {
    const warnings = typeWarnings(definition, resources, version);
    const flat = warnings.flatMap(({ issues, ...rest }) => issues.map((issue) => ({ ...rest, issue })));
    const groups = groupBy(flat, ({ path, issue }) =>
      JSON.stringify([path, issue.offset, generic(issue.message)]),
    );
    for (const group of groups.values()) {
      const { issue, path, text } = group[0]!;
      const kinds = group.map(({ resource }) => resource.kind).join(', ');
      yield { path, span: spanAround(text, issue.offset), message: `${kinds}: ${issue.message}` };
    }
  },
};

/** The same message of another kind: names of types start with it. */
const generic = (message: string): string => message.replaceAll(/\b[A-Z]\w*\./g, '');
