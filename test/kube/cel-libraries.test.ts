import assert from 'node:assert/strict';
import { compile } from '../../src/cel/index.ts';
import { kubernetesEnvironment } from '../../src/cel/kubernetes/environment.ts';
import { CelError } from '../../src/cel/value.ts';
import type { Call } from './cel-call.ts';
import { generators, outcome } from './cel-generators.ts';
import { knownDifferences, knownPatterns } from './cel-exceptions.ts';
import { comparable, printed } from './cel-printed.ts';
import { report } from './differential-report.ts';
import { type Answer, oracleTest } from './oracle.ts';
import { Random } from './random.ts';
import { sampleSize, seed } from './sample-size.ts';

const callsPerLibrary = sampleSize(2000);

function disagreement(made: Call, answer: Answer): string | undefined {
  if (knownPatterns.some(({ pattern }) => pattern.test(made.text))) return undefined;
  const ours = outcome(made);
  const theirs =
    answer.issues === undefined
      ? answer.error === undefined
        ? { value: comparable(answer.value, answer.type?.includes('double')) }
        : { error: answer.error }
      : { issues: answer.issues };
  const mine = 'error' in ours ? ours : { value: printed(ours.value) };
  try {
    assert.deepEqual(mine, theirs);
    if (made.cost !== undefined) assert.equal(made.cost, answer.cost, 'cost');
    return undefined;
  } catch {
    return `${made.text}\n  ours   ${show(mine)} cost ${made.cost}\n  theirs ${show(theirs)} cost ${answer.cost}`;
  }
}

const show = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? `${item}` : item));

for (const [library, makers] of Object.entries(generators)) {
  oracleTest(`${library}: value, error and cost are the API server's`, async (oracle, context) => {
    const random = new Random(seed);
    const calls = Array.from({ length: callsPerLibrary }, () => random.pick(makers)(random));
    const answers = await oracle.askAll(calls.map(({ text }) => ({ expr: text, mode: 'stored' as const })));
    const wrong = calls.flatMap((made, i) => disagreement(made, answers[i]!) ?? []);
    report(context, { cases: calls.length, disagreements: wrong });
  });
}

oracleTest('what is known to differ still differs, and as described', async (oracle) => {
  for (const { expr, ours, theirs } of knownDifferences) {
    const compiled = compile(expr, kubernetesEnvironment('1.36', { mode: 'stored' }));
    assert.ok('program' in compiled, `${expr} compiles`);
    const result = compiled.program.evaluate({});
    assert.deepEqual(result instanceof CelError ? result.message : result, ours, expr);
    const answer = await oracle.ask({ expr, mode: 'stored' });
    assert.deepEqual(answer.error ?? answer.value, theirs, expr);
  }
});
