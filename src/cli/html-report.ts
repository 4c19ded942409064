import type { Catalogue } from '../catalogue/catalogue.ts';
import { mender } from '../loop/fixing/fixing.ts';
import { RuleFailure } from '../loop/manifest-verdicts.ts';
import { type FixPreviewer, partialDiff } from '../report/html/fix-preview.ts';
import { html } from '../report/html/html.ts';
import type { Reporter } from '../report/reporter.ts';

/** The reporter of `-o html`: the page, with the fixes that `scantling fix --diff --unsafe` would show. */
export function htmlReporter(catalogue: Catalogue, inputs: readonly string[]): Reporter {
  const date = new Date().toISOString().slice(0, 10);
  return (report, options) => html(report, { ...options, inputs, date, fixOf: fixPreviewer(catalogue) });
}

function fixPreviewer(catalogue: Catalogue): FixPreviewer {
  const mend = mender({ catalogue, unsafe: true });
  return (failure) => {
    // Policies of the user's own have no fix, and neither has what another control of the same name reports.
    if (!(failure instanceof RuleFailure) || failure.rule.isOwn) return 'it is a policy of your own';
    const { after, before, mendings } = mend(failure);
    const [mending] = mendings;
    if (mending === undefined) return 'there is no fix for it yet';
    if (mending.refused !== undefined) return mending.refused;
    const { end, start } = failure.manifest.source;
    const diff = partialDiff(before, after, start, end);
    if (diff === undefined)
      return 'the document is too large to be compared here; `scantling fix --diff` does';
    return { kind: mending.kind === 'safe' ? 'safe' : 'unsafe', note: mending.note, diff };
  };
}
