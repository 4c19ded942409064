import type { Finding, Problem, Report } from '../model/finding.ts';
import { eachFinding } from './each-finding.ts';
import { idsAs } from './ids-as.ts';
import { printableJson } from './printable.ts';

/** Integers beyond 2^53 cannot be JSON numbers in JavaScript; they only occur inside messages, never as fields. */
const compact = printableJson;

/**
 * The report as JSON, the contract of `schemas/report.schema.json`: additive changes only. One finding a line, so that a
 * large report streams and a diff of two reports reads.
 */
export function* json(report: Report, { as }: { readonly as?: string | undefined } = {}): Generator<string> {
  const idsOf = (id: string): readonly string[] | undefined =>
    as === undefined ? undefined : (report.controls[id]?.aliases[as] ?? []);
  const { apiVersion, kind, compliance, controls, coverage, problems, summary } = report;
  yield `{"apiVersion":${compact(apiVersion)},"kind":${compact(kind)},\n"controls":{`;
  yield* lines(
    Object.entries(controls).map(
      ([id, control]) => `${compact(id)}:${compact({ ...control, aliasParts: undefined, as: idsOf(id) })}`,
    ),
  );
  yield `},\n"findings":[`;
  let separator = '\n';
  for (const finding of eachFinding(report)) {
    const ids = as === undefined ? undefined : idsAs(report, finding, as);
    yield separator + findingJson(finding, report.controls[finding.control]?.conceals === true, ids);
    separator = ',\n';
  }
  yield `],\n"problems":[`;
  yield* lines(problems.map(problemJson));
  yield ']';
  if (compliance !== undefined) {
    yield ',\n"compliance":[';
    yield* lines(compliance.map(compact));
    yield ']';
  }
  yield `,\n"coverage":${compact(coverage)},\n"summary":${compact(summary)}}\n`;
}

/** Field by field: a finding may work out its place and fingerprint only when they are read. */
function findingJson(finding: Finding, conceals: boolean, as: readonly string[] | undefined): string {
  const { control, tells, severity, verdict, message, reason, object, path, fingerprint } = finding;
  const location = finding.location ?? null;
  const suppression = finding.suppression ?? null;
  // What a secret was rendered to is the secret.
  const rendered = conceals && finding.rendered ? { ...finding.rendered, text: '' } : finding.rendered;
  return compact({
    control,
    tells,
    as,
    severity,
    verdict,
    message,
    reason,
    object,
    path,
    location,
    rendered,
    fingerprint,
    suppression,
  });
}

/** Field by field: whoever finds a problem may know more of it than the contract says. */
function problemJson({ file, line, column, severity, reason }: Problem): string {
  return compact({ file, line, column, severity, reason });
}

function* lines(items: readonly string[]): Generator<string> {
  for (let i = 0; i < items.length; i++) yield `${i === 0 ? '\n' : ',\n'}${items[i]}`;
}
