import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';

import { analyze, typeText } from '../../src/cel/check/analyze.ts';
import { kubernetesEnvironment, type KubernetesVersion } from '../../src/cel/kubernetes/environment.ts';
import { ExpressionGenerator, sampleObject } from './expression-generator.ts';
import { report } from './differential-report.ts';
import { type Answer, type Oracle, oracleTest } from './oracle.ts';
import { sampleSize, seed } from './sample-size.ts';

/** Where the two sides differ: what each says of an expression. */
interface Disagreement {
  readonly expr: string;
  readonly ours: string;
  readonly theirs: string;
}

const cases = sampleSize(10_000);
/** The API server's environment for version v compiles new expressions as a server of version v+1 does. */
const compatible = '1.36';
const server: KubernetesVersion = '1.37';
const environment = kubernetesEnvironment(server, { hasParams: true });
/** Expressions known to differ, with the reason; the test fails when one of them no longer does. */
const exceptions: ReadonlyMap<string, string> = new Map([
  ['google.protobuf.Timestamp{seconds: 1}', 'messages of google.protobuf cannot be built'],
  ['google.protobuf.Value{}', 'messages of google.protobuf cannot be built'],
]);
/** What exists in 1.36 itself, as the oracle knows nothing of 1.37. */
const overloads = environment.functionNames().flatMap((name) => environment.overloads(name) ?? []);

oracleTest(
  `types and issues of ${cases} generated expressions are the API server's`,
  async (oracle, context) => {
    const generator = new ExpressionGenerator(seed, overloads, { disorder: 0.05, typedPaths: true });
    const expressions = Array.from({ length: cases }, (_, index) =>
      index % 10 === 9 ? generator.damaged() : generator.expression(),
    );
    await compareAll(oracle, context, expressions, true);
  },
);

oracleTest("types and issues of hand-written expressions are the API server's", async (oracle, context) => {
  const lines = readFileSync(new URL('expressions.txt', import.meta.url), 'utf8').split('\n');
  const expressions = lines.filter((line) => line !== '' && !line.startsWith('#'));
  await compareAll(oracle, context, expressions, false);
});

async function compareAll(
  oracle: Oracle,
  context: TestContext,
  expressions: readonly string[],
  generated: boolean,
): Promise<void> {
  const compared = await Promise.all(expressions.map((expr) => compare(oracle, expr)));
  const differing = compared.filter((item) => typeof item === 'object');
  const disagreements = differing.filter(({ expr }) => !exceptions.has(expr));
  const excepted = expressions.filter((expr) => exceptions.has(expr)).length;
  const count = (kind: string): number => compared.filter((item) => item === kind).length;
  report(context, {
    cases: expressions.length,
    generated,
    numbers: [
      `${count('type')} compile`,
      `${count('issue')} do not`,
      `${count('panic')} where the API server's own check panics`,
      `${count('wording')} syntax errors at the same place in other words`,
      `${count('numbering')} whose type variables are numbered in the order of a Go map`,
      `${excepted} listed exceptions`,
    ],
    disagreements: disagreements.map(
      ({ expr, ours, theirs }) =>
        `${JSON.stringify(expr)}\n  ours:   ${messages(ours)}\n  theirs: ${messages(theirs)}`,
    ),
  });
  assert.equal(differing.length, excepted);
}

async function compare(
  oracle: Oracle,
  expr: string,
): Promise<'issue' | 'numbering' | 'panic' | 'type' | 'wording' | Disagreement> {
  const answer = await oracle.ask({
    expr,
    version: compatible,
    vars: { object: sampleObject, params: null },
  });
  if (answer.type === undefined && answer.error?.startsWith('panic')) return 'panic';
  const result = analyze(expr, environment);
  const ours = 'message' in result ? result.message : typeText(result.type);
  const theirs = answer.issues ?? answer.type ?? '';
  if (ours !== theirs && unnumbered(ours) === unnumbered(theirs)) return 'numbering';
  if (ours === theirs) return answer.issues === undefined ? 'type' : 'issue';
  return isSameSyntaxError(ours, answer) ? 'wording' : { expr, ours, theirs };
}

/** cel-go numbers the type variables of an overload in the order of a Go map, so that two of its own answers differ. */
const unnumbered = (text: string): string => text.replaceAll(/\b_var\d+/g, '_var');

/** A compile error without the quoted source. */
const messages = (text: string): string => text.replaceAll(/\n \| .*/g, '').replaceAll('\n', '\n          ');

/** Two compilers may describe broken syntax differently, but must see the first break at the same place. */
function isSameSyntaxError(ours: string, { issues = '' }: Answer): boolean {
  const syntax = /^(?:compilation failed: )?ERROR: <input>:(\S+): Syntax error/m;
  const first = syntax.exec(ours)?.[1];
  return first !== undefined && first === syntax.exec(issues)?.[1];
}
