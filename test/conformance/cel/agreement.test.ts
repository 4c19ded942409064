import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';

import { type Activation, compile, lastCost, Program } from '../../../src/cel/index.ts';
import { kubernetesEnvironment } from '../../../src/cel/kubernetes/environment.ts';
import { compileJavaScript } from '../../../src/cel/javascript/compile.ts';
import { accepts } from '../../../src/cel/plan/dispatch.ts';
import { CelError, Unknown, type Value } from '../../../src/cel/value.ts';
import { ExpressionGenerator, sampleObject } from '../../kube/expression-generator.ts';

const environment = kubernetesEnvironment('1.36', { mode: 'stored' });
const overloads = environment.functionNames().flatMap((name) => environment.overloads(name) ?? []);
const activation = { object: sampleObject, oldObject: null, request: null, namespaceObject: null };

/** Runs a property over generated expressions that compile. */
function forAll(holds: (text: string) => void): void {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (seed) => {
      holds(new ExpressionGenerator(seed, overloads, { disorder: 0 }).expression());
    }),
    { numRuns: 300 },
  );
}

/** Fails where the back ends differ in result, in place of an error, or in cost. */
function assertAgree(text: string, activations: readonly Activation[]): void {
  const compiled = compile(text, environment);
  if ('issues' in compiled) return;
  const { type, plan } = compiled.program;
  assert.ok(compileJavaScript(plan) !== undefined, `code for ${text}`);
  for (const inputs of activations) {
    const { result: explained, cost } = compiled.program.explain(inputs);
    assert.ok(Number.isInteger(cost) && cost >= 0, `${cost} for ${text}`);
    for (const backEnd of ['closures', 'generated'] as const) {
      const result = new Program(text, type, plan, backEnd).evaluate(inputs);
      const counted = lastCost();
      assert.equal(inspect(result, { depth: 9 }), inspect(explained, { depth: 9 }), `${backEnd}: ${text}`);
      assert.equal(counted, cost, `${backEnd}: cost of ${text}`);
    }
  }
}

test('closures, generated JavaScript and explain agree on every result and on its cost', () => {
  forAll((text) => assertAgree(text, [activation]));
});

test('closures, generated JavaScript and explain agree where inputs are not known', () => {
  const activations = [
    { ...activation, object: new Unknown(['object']) },
    { ...activation, object: withUnknowns(sampleObject) as Value },
  ];
  forAll((text) => assertAgree(text, activations));
});

/** Every second field of the sample is not known. */
function withUnknowns(value: unknown, path = 'object'): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field], i) => {
      const place = `${path}.${name}`;
      return [name, i % 2 === 1 && path !== 'object' ? new Unknown([place]) : withUnknowns(field, place)];
    }),
  );
}

test('the checker and the evaluator agree on types', () => {
  forAll((text) => {
    // Where `dyn` meets a type the checker settles for the type, so only expressions without any input count.
    if (/object|oldObject|dyn\(/i.test(text)) return;
    const compiled = compile(text, environment);
    if ('issues' in compiled) return;
    const { program } = compiled;
    const result = program.evaluate(activation);
    if (result instanceof CelError || /\?.*:|optMap|optFlatMap|optional/.test(text)) return;
    assert.ok(
      accepts(program.type, result as Value),
      `${text} is no ${inspect(program.type)}: ${inspect(result)}`,
    );
  });
});
