import type { Location } from '../model/finding.ts';
import { coverCredentials } from './credentials.ts';
import { codeFrame } from './frame.ts';
import { type Paint, severityStyle } from './paint.ts';
import { printable } from './printable.ts';
import { cut, pad } from './width.ts';

/** One named value on the way to a verdict. */
export interface ExplainedValue {
  readonly name: string;
  /** The value as text: JSON, or an error or unknown in words. */
  readonly value: string;
}

/** One rule of the policy and what it came to. */
export interface ExplainedRule {
  readonly expression: string;
  readonly verdict: string;
  readonly message: string;
  /** The elements that fail it. */
  readonly elements: readonly { readonly path: string; readonly location: Location }[];
}

/** Why a control gave its verdict on one object, ready to be printed. */
export interface ExplanationText {
  readonly object: string;
  readonly where: string;
  readonly verdict: string;
  readonly reason: string;
  /** What the server view changed, a sentence each. */
  readonly changes: readonly string[];
  readonly conditions: readonly ExplainedValue[];
  readonly variables: readonly ExplainedValue[];
  readonly rules: readonly ExplainedRule[];
  /** What it points at may be secret: code frames show keys only. The values are concealed by who makes them. */
  readonly conceals: boolean;
}

/** How an explanation is printed. */
export interface ExplanationOptions {
  readonly width: number;
  readonly paint: Paint;
  readonly source: (file: string) => string | undefined;
}

/** Prints the way to a verdict: what matched, each value, each rule, and the places in the file that decided. */
export function* explanation(text: ExplanationText, options: ExplanationOptions): Generator<string> {
  const { paint, width } = options;
  const style = text.verdict === 'pass' ? 'green' : text.verdict === 'fail' ? severityStyle.high : 'yellow';
  yield `${paint('bold', printable(text.object))}  ${paint('cyan', printable(text.where))}  ${paint(style, text.verdict)}\n`;
  if (text.reason !== '') yield `  ${printable(text.reason)}\n`;
  yield* section(
    'server view',
    text.changes.map((change) => cut(printable(change), width - 4)),
  );
  yield* section('conditions', aligned(text.conditions, width));
  yield* section('variables', aligned(text.variables, width));
  for (const rule of text.rules) yield* ruleLines(rule, text.conceals, options);
  yield '\n';
}

function* section(title: string, lines: readonly string[]): Generator<string> {
  if (lines.length === 0) return;
  yield `  ${title}\n`;
  for (const line of lines) yield `    ${line}\n`;
}

function aligned(values: readonly ExplainedValue[], width: number): string[] {
  const longest = Math.max(0, ...values.map(({ name }) => name.length));
  return values.map(
    ({ name, value }) =>
      `${pad(name, longest)}  ${cut(printable(coverCredentials(value)), Math.max(30, width - longest - 6))}`,
  );
}

function* ruleLines(
  rule: ExplainedRule,
  conceals: boolean,
  { paint, source, width }: ExplanationOptions,
): Generator<string> {
  yield `  rule  ${cut(printable(rule.expression.replace(/\s+/g, ' ').trim()), width - 20)}  ${paint(rule.verdict === 'pass' ? 'green' : 'red', rule.verdict)}\n`;
  if (rule.message !== '') yield `    ${printable(rule.message)}\n`;
  for (const { path, location } of rule.elements) {
    const text = source(location.file);
    const frame =
      text === undefined
        ? []
        : codeFrame(text, location, {
            width: width - 4,
            paint,
            label: paint('gray', printable(path)),
            conceals,
          });
    yield `    ${paint('cyan', `${printable(location.file)}:${location.line}:${location.column}`)}${frame.length === 0 ? `  ${printable(path)}` : ''}\n`;
    for (const line of frame) yield `    ${line}\n`;
  }
}
