import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHOMPING_MODE, COLLECTION_STYLE, EVENT_ID, SCALAR_STYLE, YAMLException, parseEvents } from 'js-yaml';
import * as grammar from './grammar.ts';
import { readDocuments } from './index.ts';
import { Refusal } from './problem.ts';

test("the numbers of events and styles are js-yaml's", () => {
  assert.deepEqual(pick(EVENT_ID), EVENT_ID);
  assert.deepEqual(pick(SCALAR_STYLE), SCALAR_STYLE);
  assert.deepEqual(pick(CHOMPING_MODE), CHOMPING_MODE);
  assert.equal(grammar.FLOW, COLLECTION_STYLE.FLOW);
});

test('an error of js-yaml is a refusal, whose class is known by its name', () => {
  assert.throws(
    () => parseEvents('a: [', {}),
    (error: unknown) => error instanceof YAMLException && error.name === 'YAMLException',
  );
  assert.throws(() => grammar.readGrammar('a: [', 500), Refusal);
});

test('a tab that separates is a space, before flow collections too', () => {
  const values = (text: string): unknown => {
    const [document] = readDocuments(text);
    return document!.problems[0]?.reason ?? document!.value;
  };
  assert.deepEqual(values('a:\t{b:\tc}\n'), { a: { b: 'c' } });
  assert.deepEqual(values('a:\t[b,\tc\t]\t# d\ne: {\tf: "g\th",\ti: \'j\tk\'\t}\n'), {
    a: ['b', 'c'],
    e: { f: 'g\th', i: 'j\tk' },
  });
  assert.deepEqual(values('a: |\n  x\ty\nb:\t{c: d}\ne: f\tg\n'), {
    a: 'x\ty\n',
    b: { c: 'd' },
    e: 'f\tg',
  });
  assert.equal(values('a:\n\tb: {c:\td}\n'), 'tab characters must not be used in indentation');
  assert.equal(
    values('-\ta: {b:\tc}\n'),
    'found character that cannot start any token (a tab; indent with spaces)',
  );
  assert.equal(values('a:\t- {b:\tc}\n'), 'bad indentation of a mapping entry');
});

function pick(constants: Readonly<Record<string, number>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(constants).map((name) => [name, (grammar as Record<string, unknown>)[name]]),
  );
}
