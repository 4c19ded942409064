import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { analyze, typeText } from '../../src/cel/check/analyze.ts';
import { kubernetesEnvironment, type KubernetesVersion } from '../../src/cel/kubernetes/environment.ts';
import { ExpressionGenerator, sampleObject } from './expression-generator.ts';
import { type Answer, type Oracle, oracleTest } from './oracle.ts';

/** Where the two sides differ: what each says of an expression. */
interface Disagreement {
  readonly expr: string;
  readonly ours: string;
  readonly theirs: string;
}

const cases = Number(process.env['CEL_CASES'] ?? 10_000);
const seed = Number(process.env['CEL_SEED'] ?? 20261122);
const shown = Number(process.env['CEL_SHOWN'] ?? 20);
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

oracleTest(`types and issues of ${cases} generated expressions are the API server's`, async (oracle) => {
  const generator = new ExpressionGenerator(seed, overloads, { disorder: 0.05 });
  const expressions = Array.from({ length: cases }, (_, index) =>
    index % 10 === 9 ? generator.damaged() : generator.expression(),
  );
  await compareAll(oracle, expressions, 'generated');
});

oracleTest("types and issues of hand-written expressions are the API server's", async (oracle) => {
  const lines = readFileSync(new URL('expressions.txt', import.meta.url), 'utf8').split('\n');
  await compareAll(
    oracle,
    lines.filter((line) => line !== '' && !line.startsWith('#')),
    'hand-written',
  );
});

async function compareAll(oracle: Oracle, expressions: readonly string[], what: string): Promise<void> {
  const compared = await Promise.all(expressions.map((expr) => compare(oracle, expr)));
  const differing = compared.filter((item) => typeof item === 'object');
  const disagreements = differing.filter(({ expr }) => !exceptions.has(expr));
  const excepted = expressions.filter((expr) => exceptions.has(expr)).length;
  const count = (kind: string): number => compared.filter((item) => item === kind).length;
  process.stdout.write(
    `cel compile, ${what} (seed ${seed}): ${expressions.length} expressions, ${count('type')} compile, ` +
      `${count('issue')} do not, ${count('panic')} where the API server's own check panics, ` +
      `${count('wording')} syntax errors at the same place in other words, ` +
      `${excepted} listed exceptions, ${disagreements.length} disagreements\n`,
  );
  for (const { expr, ours, theirs } of disagreements.slice(0, shown)) {
    process.stdout.write(
      `${JSON.stringify(expr)}\n  ours:   ${messages(ours)}\n  theirs: ${messages(theirs)}\n`,
    );
  }
  assert.equal(disagreements.length, 0);
  assert.equal(differing.length, excepted);
}

async function compare(
  oracle: Oracle,
  expr: string,
): Promise<'issue' | 'panic' | 'type' | 'wording' | Disagreement> {
  const answer = await oracle.ask({
    expr,
    version: compatible,
    vars: { object: sampleObject, params: null },
  });
  if (answer.type === undefined && answer.error?.startsWith('panic')) return 'panic';
  const result = analyze(expr, environment);
  const ours = 'message' in result ? result.message : typeText(result.type);
  const theirs = answer.issues ?? answer.type ?? '';
  if (ours === theirs) return answer.issues === undefined ? 'type' : 'issue';
  return isSameSyntaxError(ours, answer) ? 'wording' : { expr, ours, theirs };
}

/** A compile error without the quoted source. */
const messages = (text: string): string => text.replaceAll(/\n \| .*/g, '').replaceAll('\n', '\n          ');

/** Two compilers may describe broken syntax differently, but must see the first break at the same place. */
function isSameSyntaxError(ours: string, { issues = '' }: Answer): boolean {
  const syntax = /^(?:compilation failed: )?ERROR: <input>:(\S+): Syntax error/m;
  const first = syntax.exec(ours)?.[1];
  return first !== undefined && first === syntax.exec(issues)?.[1];
}
