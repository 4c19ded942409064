import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHOMPING_MODE, COLLECTION_STYLE, EVENT_ID, SCALAR_STYLE, YAMLException, parseEvents } from 'js-yaml';
import * as grammar from './grammar.ts';
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

function pick(constants: Readonly<Record<string, number>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(constants).map((name) => [name, (grammar as Record<string, unknown>)[name]]),
  );
}
