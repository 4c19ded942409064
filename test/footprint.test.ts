import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { allOf, always } from '../src/cel/footprint/extract.ts';
import { consume, footprintOf } from '../src/cel/footprint/footprint.ts';
import { Place, Readings } from '../src/cel/footprint/place.ts';
import { compile } from '../src/cel/index.ts';
import { kubernetesEnvironment } from '../src/cel/kubernetes/environment.ts';
import { CelError } from '../src/cel/value.ts';
import { Facets } from '../src/policy/memo/facet.ts';
import { Interner } from '../src/policy/memo/interner.ts';
import {
  ExpressionGenerator,
  sampleNamespace,
  sampleObject,
  sampleRequest,
} from './kube/expression-generator.ts';
import { Random } from './kube/random.ts';
import { sampleSize, seed } from './kube/sample-size.ts';

/*
 * What an expression reads is worked out from its plan. If too little were named there, two objects that differ where the
 * expression does look would count as the same one: so the values over many small changes of an object are compared.
 */

const environment = kubernetesEnvironment('1.37', { hasParams: true });
const overloads = environment.functionNames().flatMap((name) => environment.overloads(name) ?? []);
const others = { oldObject: null, params: null, request: sampleRequest, namespaceObject: sampleNamespace };
const cases = sampleSize(2500);

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const scalars: readonly Json[] = [
  null,
  true,
  false,
  0,
  3,
  1.5,
  '',
  'a',
  'web',
  'busybox',
  '10.0.0.2',
  '64Mi',
];
const keys = ['a', 'app', 'name', 'image', 'privileged', 'spec', 'containers', 'tier', 'constructor', 'args'];

/** The object with something changed somewhere. */
function changed(value: Json, random: Random): Json {
  if (typeof value !== 'object' || value === null) return random.pick(scalars);
  const action = random.between(0, 7);
  if (action === 0) return random.pick<Json>([null, [], {}, 'text', 7]);
  if (Array.isArray(value)) {
    const at = random.between(0, value.length);
    if (at === value.length || action === 1) return [...value, random.pick(scalars)];
    if (action === 2) return value.toSpliced(at, 1);
    if (action === 3) return value.toReversed();
    return value.with(at, changed(value[at]!, random));
  }
  const names = Object.keys(value);
  if (names.length === 0 || action === 1) return { ...value, [random.pick(keys)]: random.pick(scalars) };
  const name = random.pick(names);
  if (action === 2) return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
  return { ...value, [name]: changed(value[name]!, random) };
}

test(`objects that are the same where ${cases} generated expressions look get the same values`, () => {
  const random = new Random(seed + 1);
  const sample: Json = JSON.parse(JSON.stringify(sampleObject));
  const objects = [sample, ...Array.from({ length: 150 }, () => changed(sample, random))];
  const generator = new ExpressionGenerator(seed, overloads, { typedPaths: true });
  let followed = 0;
  let shared = 0;
  for (let i = 0; i < cases; i++) {
    const text = generator.expression();
    const compiled = compile(text, environment);
    if (!('program' in compiled)) continue;
    const { program } = compiled;
    const root = Place.root();
    const footprint = footprintOf(program.plan, {
      variable: (name) =>
        name === 'object'
          ? allOf(root)
          : name === 'oldObject'
            ? always(null)
            : { places: new Set(), inner: undefined },
      known: () => undefined,
      computed: () => undefined,
    });
    if (footprint === undefined) continue;
    followed++;
    const readings = new Readings();
    readings.addAll(footprint.readings);
    consume(footprint.value, readings);
    const facets = new Facets(root, readings);
    const held = [...facets.holding(readings)];
    const interner = new Interner();
    const known = new Map<string, { readonly said: string; readonly object: Json }>();
    for (const object of objects) {
      facets.read(object, interner);
      const key = held.map(({ number }) => number).join();
      const value = program.evaluate({ ...others, object: object as never });
      const said = value instanceof CelError ? 'error' : inspect(value, { depth: 9 });
      const before = known.get(key);
      if (before === undefined) known.set(key, { said, object });
      else {
        shared++;
        assert.equal(
          said,
          before.said,
          `${text}\n${JSON.stringify(object)}\n${JSON.stringify(before.object)}`,
        );
      }
    }
  }
  assert.ok(followed > cases / 4 && shared > followed * 100, `${followed} followed, ${shared} shared`);
});
