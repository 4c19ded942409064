import { inspect, isDeepStrictEqual } from 'node:util';

import { compile, lastCost, Program } from '../../src/cel/index.ts';
import { kubernetesEnvironment } from '../../src/cel/kubernetes/environment.ts';
import { CelError, type Result, Unknown } from '../../src/cel/value.ts';
import { ExpressionGenerator, sampleNamespace, sampleObject, sampleRequest } from './expression-generator.ts';
import { report } from './differential-report.ts';
import { type Answer, type Oracle, oracleTest } from './oracle.ts';
import { agrees, rendered } from './rendered-value.ts';
import { sampleSize, seed } from './sample-size.ts';

const cases = sampleSize(10_000);
/** The API server's environment for version v compiles new expressions as a server of version v+1 does. */
const environment = kubernetesEnvironment('1.37', { hasParams: true });
const overloads = environment.functionNames().flatMap((name) => environment.overloads(name) ?? []);
const inputs = {
  object: sampleObject,
  params: null,
  request: sampleRequest,
  namespaceObject: sampleNamespace,
};
const activation = { ...inputs, oldObject: null };

interface Disagreement {
  readonly expr: string;
  readonly what: string;
  readonly ours: unknown;
  readonly theirs: unknown;
}

oracleTest(
  `values, errors and costs of ${cases} generated expressions are the API server's`,
  async (oracle, context) => {
    const generator = new ExpressionGenerator(seed, overloads, { typedPaths: true });
    const expressions = Array.from({ length: cases }, () => generator.expression());
    const compared = await Promise.all(expressions.map((expr) => compare(oracle, expr)));
    const disagreements = compared.filter((item) => typeof item === 'object');
    const count = (kind: string): number => compared.filter((item) => item === kind).length;
    report(context, {
      cases,
      numbers: [
        `${count('value')} values`,
        `${count('error')} errors`,
        `${count('refused')} that do not compile`,
        `${count('unordered')} that depend on the order of a Go map`,
        `${count('address')} whose keys are lists or maps, which Go tells apart by their address`,
        `${count('panic')} where the API server's evaluation panics`,
      ],
      disagreements: disagreements.map(
        ({ expr, what, ours, theirs }) =>
          `${what}: ${expr}\n  ours:   ${shownValue(ours)}\n  theirs: ${shownValue(theirs)}`,
      ),
    });
  },
);

const shownValue = (value: unknown): string =>
  inspect(value, { depth: 6, breakLength: Infinity }).slice(0, 300);

type Verdict = 'panic' | 'unordered' | 'address' | 'value' | 'error' | 'refused' | Disagreement;

/** What one expression may cost, and what the server says beyond. Source: kube-apiserver `pkg/apis/cel/config.go`. */
const costLimit = 1_000_000;
const costExceeded = 'operation cancelled: actual cost limit exceeded';

/** Go iterates over maps in another order each time: what it says differently when asked again is not compared. */
async function compare(oracle: Oracle, expr: string): Promise<Verdict> {
  const question = { expr, version: '1.36', vars: inputs };
  const answer = await oracle.ask(question);
  const verdict = judge(expr, answer);
  if (typeof verdict === 'string') return verdict;
  const again = await oracle.askAll(Array.from({ length: 20 }, () => question));
  return again.some((other) => !isDeepStrictEqual(other, answer)) ? 'unordered' : verdict;
}

function judge(expr: string, answer: Answer): Verdict {
  const compiled = compile(expr, environment);
  if ('issues' in compiled || answer.issues !== undefined) return 'refused'; // compared by another test
  const { program } = compiled;
  const result = program.evaluate(activation);
  const counted = lastCost();
  const explanation = program.explain(activation);
  const differs = (what: string, ours: unknown, theirs: unknown): Disagreement => ({
    expr,
    what,
    ours,
    theirs,
  });
  const generated = new Program(expr, program.type, program.plan, 'generated').evaluate(activation);
  if (!sameResult(generated, result)) return differs('generated JavaScript and closures', generated, result);
  if (lastCost() !== counted)
    return differs('cost in generated JavaScript and closures', lastCost(), counted);
  if (!sameResult(result, explanation.result))
    return differs('closures and explain', result, explanation.result);
  if (counted !== explanation.cost) return differs('cost in closures and explain', counted, explanation.cost);
  if (isPanic(answer)) return 'panic';
  if (answer.error === costExceeded) {
    // A depth below zero is a huge number of steps for Go, which counts them unsigned.
    const exceeds = explanation.cost > costLimit || expr.includes('flatten(-');
    return exceeds ? 'error' : differs('cost', explanation.cost, answer.error);
  }
  const disagreement = judged(answer, result);
  const isAddressed = (result instanceof CelError && addressed.test(result.message)) || isReadTwice(expr);
  if (disagreement !== undefined && isAddressed) return 'address';
  if (disagreement !== undefined) return differs('result', ...disagreement);
  if (answer.cost !== explanation.cost)
    return isReadTwice(expr) ? 'address' : differs('cost', explanation.cost, answer.cost);
  return answer.error === undefined ? 'value' : 'error';
}

/** A list or map that comes up twice as a key: to Go those are two where they were read from an object twice. */
const addressed = /^insert failed: key [[{]/;
const keyOfObject = /[{,] ?((?:object|request)(?:\.\w+|\[[^\]]*\])+): /g;

function isReadTwice(expr: string): boolean {
  return [...expr.matchAll(keyOfObject)].some(([, key]) => expr.split(key!).length > 2);
}

/** cel-go's code stumbles: a cost function over a failed argument, a bytes key, ...; the server reports an internal error. */
function isPanic({ error }: Answer): boolean {
  return error !== undefined && /^(?:internal error|panic): /.test(error);
}

/** Error texts that name a Go type we do not have. */
const worded = (message: string): string =>
  message.replace(/^(unsupported conversion to ref\.Val|invalid qualifier type): .*$/, '$1');

function judged(answer: Answer, result: Result): [unknown, unknown] | undefined {
  if (answer.error !== undefined) {
    return result instanceof CelError && worded(result.message) === worded(answer.error)
      ? undefined
      : [result, answer.error];
  }
  if (result instanceof CelError || result instanceof Unknown) return [result, answer.value];
  const ours = rendered(result);
  return agrees(answer.value, ours) ? undefined : [ours, answer.value];
}

function sameResult(a: Result, b: Result): boolean {
  if (a instanceof CelError) return b instanceof CelError && a.message === b.message && a.offset === b.offset;
  return inspect(a, { depth: 9 }) === inspect(b, { depth: 9 });
}
