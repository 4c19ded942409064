import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compile } from '../index.ts';
import { kubernetesEnvironment } from '../kubernetes/environment.ts';
import { allOf, always, type Extract } from './extract.ts';
import { consume, footprintOf } from './footprint.ts';
import { Place, Readings } from './place.ts';

const environment = kubernetesEnvironment('1.36', {});

/**
 * What an expression reads of `object`, each place as a path with `[]` for items and `{}` for entries; `#` after what is read
 * by its shape, `&` by its members, `*` whole, and the questions asked of texts after a `?`.
 */
function read(text: string): string {
  const compiled = compile(text, environment);
  assert.ok('program' in compiled, text);
  const root = Place.root();
  const kind = root.field('kind');
  const variables: Record<string, Extract> = { object: allOf(root), oldObject: always(null) };
  const footprint = footprintOf(compiled.program.plan, {
    variable: (name) => variables[name],
    known: (place) => (place === kind ? 'Pod' : undefined),
    computed: () => undefined,
  });
  if (footprint === undefined) return 'lost';
  const readings = new Readings();
  readings.addAll(footprint.readings);
  consume(footprint.value, readings);
  return shown(root, 'object', readings).join(' ');
}

const marks = { presence: '', shape: '#', members: '&', whole: '*' };

function shown(place: Place, path: string, readings: Readings): string[] {
  const reading = readings.places.get(place);
  const tests = [...(readings.tests.get(place)?.keys() ?? [])].map((key) => `?${key}`);
  const { items, entries } = place.named;
  return [
    ...(reading === undefined && tests.length === 0
      ? []
      : [`${path}${reading === undefined ? '' : marks[reading]}${tests.join('')}`]),
    ...[...place.fields].flatMap(([name, field]) => shown(field, `${path}.${name}`, readings)),
    ...(items === undefined ? [] : shown(items, `${path}[]`, readings)),
    ...(entries === undefined ? [] : shown(entries, `${path}{}`, readings)),
  ];
}

const cases: readonly (readonly [what: string, expression: string, reads: string])[] = [
  ['a field that is used is read whole', 'object.spec.paused', 'object.spec object.spec.paused*'],
  ['what is only asked for is read no further', 'has(object.spec.paused)', 'object.spec object.spec.paused'],
  ['a comparison with a text is a question', "object.a == 'x'", 'object.a?in ["x"]'],
  ['so is one with texts', "object.a in ['x', 'y']", 'object.a?in ["x","y"]'],
  ['and a search', "object.a.startsWith('x')", 'object.a?startsWith x'],
  ['and a pattern', "object.a.matches('x+')", 'object.a?matches x+'],
  ['a pattern that is not known reads the text', 'object.a.matches(object.b)', 'object.a* object.b*'],
  [
    'a text of a constant map is one of its texts',
    "object.m.exists(k, object.m[k] == {'a': 'x', 'b': 'y'}[k])",
    'object.m# object.m[]* object.m{}?in ["x"]?in ["y"]',
  ],
  ['null is told by presence', 'object.a == null', 'object.a'],
  ['other comparisons read both sides', 'object.a == object.b', 'object.a* object.b*'],
  [
    'elements of a list are one place',
    'object.l.all(x, has(x.a) && x.b > 1)',
    'object.l# object.l[].a object.l[].b*',
  ],
  ['an index reads any element', 'object.l[0].a', 'object.l# object.l{}.a*'],
  ['a key that is known is a field', "object.m['k']", 'object.m object.m.k*'],
  ['a key that is not known is any entry', 'object.m[object.k]', 'object.m# object.m{}* object.k*'],
  ['two variables see the entries', "object.m.exists(k, v, v == 'x')", 'object.m# object.m{}?in ["x"]'],
  ['a membership reads the keys', 'object.k in object.m', 'object.k* object.m&'],
  ['a membership of a known key reads that', "'k' in object.m", 'object.m object.m.k'],
  ['sizes are shapes', 'size(object.l) > 2', 'object.l#'],
  [
    'lists that are joined stay what they are',
    '(object.a + object.b).exists(x, x.c)',
    'object.a# object.a[].c* object.b# object.b[].c*',
  ],
  [
    'what a filter lets through is read on',
    'object.l.filter(x, has(x.a)).map(x, x.b)',
    'object.l# object.l[].a object.l[].b*',
  ],
  [
    'of a map that is built only the field that is used is read',
    "object.l.map(x, {'a': x.a, 'b': x.b}).exists(y, y.a == 1)",
    'object.l# object.l[].a* object.l[].b',
  ],
  [
    'keys of a map that is built need not be texts',
    '{1: object.a, 2: object.b}[object.k]',
    'object.a* object.b* object.k*',
  ],
  [
    'whether an optional has a value is not for the body of a macro to say',
    'optional.none().optMap(x, true).orValue(object.a)',
    'object.a*',
  ],
  [
    'an optional entry of a constant map is none only where its key is known',
    "{'a': 1, 'b': 2}[?object.k].orValue(object.c) == 1 && {'a': 1}[?'b'].orValue(object.d) == 1",
    'object.k* object.c* object.d*',
  ],
  ['what is always the same decides', 'oldObject == null || object.a', ''],
  ['a known field decides', "object.kind == 'Pod' ? object.a : object.b", 'object.a*'],
  [
    'both branches are read otherwise',
    "object.a == '' ? object.b : object.c",
    'object.a?in [""] object.b* object.c*',
  ],
  ['optionals are what they hold', "object.?a.?b.orValue('') == 'x'", 'object.a object.a.b?in ["x"]'],
  ['an optional of what is known is not known', "dyn(object.?kind) == 'Pod' || object.a", 'object.a*'],
  [
    'a macro over constants is followed for each',
    "['a', 'b'].all(k, k in object.m)",
    'object.m object.m.a object.m.b',
  ],
  [
    'what is made of constants is a constant',
    "'a,b'.split(',').map(x, x + '1').filter(x, x != 'b1').all(k, object.m[k])",
    'object.m object.m.a1*',
  ],
  ['and decides as one', "'a,b'.split(',').size() == 2 || object.a", ''],
  ['what has no place is lost', 'request.name == object.a', 'lost'],
];

describe('footprints', () => {
  for (const [what, expression, reads] of cases) test(what, () => assert.equal(read(expression), reads));

  test('macros in macros over constants have an end', () => {
    const list = `[${Array.from({ length: 20 }, (_, i) => `'${i}'`).join()}]`;
    const nested = (depth: number): string =>
      depth === 0 ? 'true' : `${list}.all(x${depth}, x${depth} in object.m || ${nested(depth - 1)})`;
    assert.equal(read(nested(6)), 'lost');
  });
});
