import { CelError, Unknown, type Value } from '../cel/value.ts';
import { type Change, describeChange } from '../kube/view/changes.ts';
import type { Explained } from '../loop/explain.ts';
import { Places } from '../loop/located.ts';
import { formatPath } from '../model/path.ts';
import type { Trace, TracedExpression } from '../policy/index.ts';
import { celText } from '../report/cel-text.ts';
import type { ExplainedValue, ExplanationText } from '../report/explanation.ts';
import { formatObject } from '../report/group.ts';

/**
 * What `explain` tells of a manifest, once for each policy that judged it. Of a Secret, and where the control is about
 * secrets, no value is shown.
 */
export function* explanationTexts(
  { manifest, traces, problems, unknown }: Explained,
  isAboutSecrets: boolean,
): Generator<ExplanationText> {
  const conceals = isAboutSecrets || manifest.reference.kind === 'Secret';
  const textOf = conceals ? concealedText : resultText;
  const named = ({ name, result }: TracedExpression): ExplainedValue => ({ name, value: textOf(result) });

  const places = new Places();
  const { origin, source } = manifest;
  const start = places.find(origin.file, source, [...origin.path]);
  const base = {
    object: formatObject(manifest.reference),
    where: `${origin.file}:${start.line}`,
    conceals,
  };
  if (traces.length === 0) {
    const reason = unknown === '' ? problems.map((problem) => problem.reason).join('; ') : unknown;
    yield {
      ...base,
      verdict: unknown === '' ? 'error' : 'unknown',
      reason,
      changes: [],
      conditions: [],
      variables: [],
      rules: [],
    };
  }
  for (const { trace, changes, toManifest } of traces) {
    const { judgement } = trace;
    const at = (path: Trace['judgement']['validations'][number]['elements'][number]['path']) => {
      const whole = toManifest(path);
      return {
        path: formatPath(whole),
        location: places.find(origin.file, source, [...origin.path, ...whole]),
      };
    };
    yield {
      ...base,
      verdict: judgement.verdict,
      reason: judgement.reason,
      changes: judgement.verdict === 'not-applicable' ? [] : changeTexts(changes, conceals),
      conditions: trace.matchConditions.map(named),
      variables: trace.variables.map(named),
      rules: trace.validations.map(({ expression, outcome, result }) => ({
        expression,
        verdict: outcome?.verdict ?? textOf(result),
        message: outcome?.message || (outcome?.reason ?? ''),
        elements: outcome?.verdict === 'fail' ? outcome.elements.map(({ path }) => at(path)) : [],
      })),
    };
  }
}

/** What was written and is seen otherwise, each; what was filled in, counted: defaults are many and rarely the reason. */
function changeTexts(changes: readonly Change[], conceals: boolean): string[] {
  const filled = changes.filter(({ reason, written }) => written === undefined && reason !== 'assigned');
  const texts = changes
    .filter((change) => change.written !== undefined)
    .map((change) => (conceals ? `${formatPath(change.path)} is seen otherwise` : describeChange(change)));
  if (filled.length === 0) return texts;
  const places = filled.slice(0, 3).map(({ path }) => formatPath(path));
  const more = filled.length > places.length ? ` and ${filled.length - places.length} more` : '';
  return [...texts, `the server fills in ${places.join(', ')}${more}`];
}

function resultText(result: TracedExpression['result']): string {
  if (result instanceof CelError) return `error: ${result.message}`;
  if (result instanceof Unknown) return `unknown: depends on ${result.attributes.join(', ')}`;
  const names = Array.isArray(result) ? result.map(nameOf) : [];
  // A list of containers or volumes is told by their names: their content stands in the file.
  if (names.length > 0 && names.every((name) => name !== undefined)) return `[${names.join(', ')}]`;
  return celText(result);
}

/** What kind of value it is, where the value may be a secret: how much there is of it, and truth. */
function concealedText(result: TracedExpression['result']): string {
  if (result instanceof CelError) return 'error';
  if (result instanceof Unknown || typeof result === 'boolean') return resultText(result);
  if (typeof result === 'string') return '••••';
  if (!Array.isArray(result)) return '(not shown: it may hold secrets)';
  return `${result.length} ${result.length === 1 ? 'item' : 'items'}, not shown: they may hold secrets`;
}

function nameOf(value: Value): string | undefined {
  if (value === null || typeof value !== 'object' || !('name' in value)) return undefined;
  return typeof value.name === 'string' ? value.name : undefined;
}
