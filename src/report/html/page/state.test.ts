import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { everything, type FilterState, formatState, parseState } from './state.ts';

test('everything is an empty address', () => {
  assert.equal(formatState(everything), '');
  assert.deepEqual(parseState(''), everything);
  assert.deepEqual(parseState('#'), everything);
});

test('an address that people can read', () => {
  const state = {
    ...everything,
    severity: new Set(['critical', 'high']),
    search: 'shop/web now',
    namespace: '',
  };
  assert.equal(formatState(state), 'severity=critical,high&namespace=&q=shop%2Fweb+now');
});

test('an address of a part of the page is no state', () => {
  assert.equal(parseState('#posture'), undefined);
  assert.equal(parseState('#control-privileged-container'), undefined);
});

test('a broken address is read as far as it goes', () => {
  assert.deepEqual(parseState('#severity=&q=%E0%A4%A&foo=1'), { ...everything, search: '\ufffd%A' });
});

test('what is written reads back', () => {
  const word = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => text.isWellFormed());
  const choice = fc.option(word, { nil: undefined });
  const values = fc
    .uniqueArray(fc.constantFrom('critical', 'high', 'fail', 'not-applicable'))
    .map((all) => new Set(all));
  const states: fc.Arbitrary<FilterState> = fc.record(
    { severity: values, status: values, practice: choice, namespace: choice, kind: choice, search: word },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(states, (state) => {
      assert.deepEqual(parseState(`#${formatState(state)}`), state);
    }),
  );
});
