import { CelError, type ExplainedNode, Unknown, type Result } from '../../cel/index.ts';
import type { CaseResult, ShownElement, ShownExpression, ShownValue } from '../../model/policy-test.ts';
import type { Path } from '../../model/object.ts';
import { formatPath } from '../../model/path.ts';
import { type CompiledPolicy, type JudgeContext, trace, type Trace } from '../../policy/index.ts';
import { celText } from '../../report/cel-text.ts';
import type { Places } from '../located.ts';
import type { Place } from './files.ts';
import type { Judged, Trial } from './policy-case.ts';
import type { PolicyShelf } from './policy-shelf.ts';

/** More of them would bury what they are to show. */
const mostValues = 8;
const mostExpressions = 4;
const longestText = 150;

/** Why a case came out as it did: the places in the object and the expressions that decided, with their values. */
export function diagnose(
  judged: Judged,
  trial: Trial,
  context: JudgeContext,
  around: { readonly shelf: PolicyShelf; readonly places: Places },
): Pick<CaseResult, 'elements' | 'expressions'> {
  if (judged.excluded !== '') return { elements: [], expressions: [] };
  const { request } = judged;
  const elements: ShownElement[] = [];
  const expressions: ShownExpression[] = [];
  const seen = new Set(judged.judgements.map(({ bound }) => bound));
  for (const bound of seen) {
    for (const one of trace(bound, request, { ...context, findElements: true })) {
      elements.push(...elementsOf(one, trial, around.places));
      expressions.push(...expressionsOf(one, around.shelf));
    }
  }
  return { elements, expressions: expressions.slice(0, mostExpressions) };
}

function elementsOf({ judgement }: Trace, { object }: Trial, places: Places): ShownElement[] {
  const failing = judgement.validations.filter(({ verdict }) => verdict === 'fail');
  return failing.flatMap(({ message, elements }) =>
    elements.map(({ path }) => placed(formatPath(path), message, object, path, places)),
  );
}

/** An element whose place is worked out when somebody looks, together with all others of its document. */
function placed(
  path: string,
  message: string,
  object: Place | undefined,
  at: Path,
  places: Places,
): ShownElement {
  if (object === undefined) return { path, message, location: undefined };
  const { file, document } = object;
  const whole = [...object.path, ...at];
  places.announce(document, whole);
  return {
    path,
    message,
    get location() {
      return places.find(file.shown, document, whole);
    },
  };
}

/** The conditions that stopped the policy, else the validations that did not pass, else all that did. */
function expressionsOf(
  { judgement, matchConditions, validations }: Trace,
  shelf: PolicyShelf,
): ShownExpression[] {
  const { policy } = judgement;
  const stopped = matchConditions
    .map((one, i) => ({
      one,
      compiled: policy.matchConditions[i]!,
      title: `matchConditions[${i}] "${one.name}"`,
    }))
    .filter(({ one }) => one.result !== true);
  const judged = validations.map((one, i) => ({
    one,
    compiled: policy.validations[i]!,
    title: `validations[${i}]`,
  }));
  const decisive = judged.filter(({ one }) => one.result !== true);
  const shown = stopped.length > 0 ? stopped : decisive.length > 0 ? decisive : judged;
  return shown.map(({ one, compiled, title }) => ({
    title,
    result: resultText(one.result),
    location: place(shelf, policy, compiled.path, one.expression),
    values: one.tree === undefined ? [] : valuesOf(one.tree, one.expression),
  }));
}

function place(
  shelf: PolicyShelf,
  policy: CompiledPolicy,
  path: Path,
  text: string,
): ShownExpression['location'] {
  const start = text.length - text.trimStart().length;
  return shelf.locate(policy, path, start, text.trimEnd().length);
}

/**
 * The sub-expressions whose values tell something, each once, in the order of the text. Of what a macro evaluates for
 * several elements the last one is shown: there it was decided.
 */
function valuesOf(tree: ExplainedNode, expression: string): ShownValue[] {
  const values = new Map<string, ShownValue & { readonly start: number }>();
  const visit = (node: ExplainedNode, around: string): void => {
    const text = expression.slice(node.start, node.end).replace(/\s+/g, ' ').trim();
    for (const child of node.children) visit(child, text);
    if (node === tree || !tells(text) || isStep(text, around)) return;
    const value = resultText(node.result);
    if (text !== value) values.set(text, { expression: text, value, start: node.start });
  };
  visit(tree, '');
  const inOrder = [...values.values()].sort((a, b) => a.start - b.start);
  return inOrder
    .slice(0, mostValues)
    .map(({ expression: text, value }) => ({ expression: shortened(text), value }));
}

/** Whether an expression is only a step on the way to a field: `c` of `c.image`, but not of `c.size()`. */
function isStep(text: string, longer: string): boolean {
  if (!longer.startsWith(text)) return false;
  const rest = longer.slice(text.length);
  return /^(?:\.\??\w+(?![\w(])|\.or(?:Value)?\(|\[)/.test(rest);
}

/** Whole inputs (`object`) and what is written out (`1`, `'a'`) tell nothing. */
function tells(text: string): boolean {
  if (/^(object|oldObject|request|params|namespaceObject|variables|authorizer)$/.test(text)) return false;
  return !/^(-?[\d.]+u?|true|false|null|'[^']*'|"[^"]*"|)$/.test(text);
}

function resultText(result: Result): string {
  if (result instanceof CelError) return `error: ${result.message}`;
  if (result instanceof Unknown) return `unknown: depends on ${result.attributes.join(', ')}`;
  return shortened(celText(result));
}

/** Text of which a person reads the beginning. */
function shortened(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text;
}
