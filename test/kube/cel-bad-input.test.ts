import { compile, costLimit, lastCost } from '../../src/cel/index.ts';
import { kubernetesEnvironment } from '../../src/cel/kubernetes/environment.ts';
import { CelError, Unknown, type Value } from '../../src/cel/value.ts';
import { hostileExpressions, hostileObject } from '../conformance/cel/hostile-expressions.ts';
import { report } from './differential-report.ts';
import { type Answer, oracleTest } from './oracle.ts';
import { agrees, rendered } from './rendered-value.ts';

const environment = kubernetesEnvironment('1.36', { mode: 'stored' });

/** Hostile expressions that are answered differently, and why we leave it so. */
const differing: ReadonlyMap<string, string> = new Map([
  ['bomb: quantities far apart', 'A sum of two million digits is refused: it would be a bomb of memory.'],
]);

/** What cel-go does before it counts would take all memory of the machine for some of them; the others are compared. */
const asked = hostileExpressions.filter(({ harmsServer }) => !harmsServer);

oracleTest('hostile expressions are answered as the API server answers them', async (oracle, context) => {
  const disagreements: string[] = [];
  const counts = { refused: 0, error: 0, value: 0, excepted: 0 };
  for (const { about, expression } of asked) {
    const answer = await oracle.ask({ expr: expression, mode: 'stored', vars: { object: hostileObject } });
    const difference = compare(expression, answer);
    if (differing.has(about)) {
      counts.excepted++;
      if (difference === undefined) disagreements.push(`${about} is listed and no longer differs`);
    } else if (difference !== undefined) disagreements.push(`${about}\n  ${difference}`);
    else counts[answer.issues !== undefined ? 'refused' : answer.error !== undefined ? 'error' : 'value']++;
  }
  const numbers = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
  report(context, { cases: asked.length, numbers, disagreements, generated: false });
});

function compare(expression: string, { issues, error, value, cost }: Answer): string | undefined {
  const compiled = compile(expression, environment);
  if ('issues' in compiled || issues !== undefined) {
    const ours = 'issues' in compiled ? compiled.message : 'compiles';
    const theirs = issues ?? 'compiles';
    if (ours === theirs) return undefined;
    const both = [ours, theirs].map((text) => place(text));
    return both[0] === both[1]
      ? undefined
      : `ours:   ${ours.slice(0, 300)}\n  theirs: ${theirs.slice(0, 300)}`;
  }
  const result = compiled.program.evaluate({ object: hostileObject as Value });
  const counted = lastCost();
  if (counted > costLimit && error?.includes('actual cost limit exceeded')) return undefined;
  const isFailure = result instanceof CelError || result instanceof Unknown;
  const ours = result instanceof CelError ? result.message : isFailure ? 'unknown' : rendered(result);
  const same = error === undefined ? !isFailure && agrees(value, ours) : isFailure && ours === error;
  if (same && counted === cost) return undefined;
  const theirs = error ?? JSON.stringify(value);
  return `ours:   ${String(ours).slice(0, 200)} for ${counted}\n  theirs: ${theirs?.slice(0, 200)} for ${cost}`;
}

/** Where the first syntax error is: two compilers find their way back from it differently, so the others are not compared. */
const place = (text: string): string => /ERROR: <input>:(\d+:\d+): Syntax error/.exec(text)?.[1] ?? text;
