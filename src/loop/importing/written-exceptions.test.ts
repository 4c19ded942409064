import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDocuments } from '../../yaml/index.ts';
import { exceptionsText, withExceptions } from './written-exceptions.ts';

const one = { controls: ['a'], reason: 'r', match: { names: ['web'] } };
const two = { controls: ['b', 'c'], reason: 's', until: '2027-01-31', owner: 'team', match: {} };
const added = (text: string): string => {
  const written = withExceptions(text, [one, two]);
  assert.ok('text' in written, JSON.stringify(written));
  return written.text;
};
const valueIn = (text: string): any => [...readDocuments(new TextEncoder().encode(text))][0]!.value;
const list = [
  { controls: ['a'], reason: 'r', match: { names: ['web'] } },
  { controls: ['b', 'c'], reason: 's', until: '2027-01-31', owner: 'team' },
];

test('alone they are a configuration', () => {
  assert.deepEqual(valueIn(exceptionsText([one, two])), { exceptions: list });
  assert.equal(exceptionsText([]), '');
});

test('they are added behind everything that is there, which stays as it is', () => {
  for (const before of ['', '# only a comment\n', 'profile: nsa # ours\nfailOn: low\n', 'profile: nsa']) {
    const text = added(before);
    assert.ok(text.startsWith(before), text);
    assert.deepEqual(valueIn(text).exceptions, list);
  }
  const before = 'exceptions:\n  # the first\n  - controls: [x]\n    reason: "y"\nfailOn: low\n';
  const text = added(before);
  assert.ok(text.startsWith('exceptions:\n  # the first\n  - controls: [x]\n    reason: "y"\n'), text);
  assert.ok(text.endsWith('failOn: low\n'));
  assert.deepEqual(valueIn(text).exceptions, [{ controls: ['x'], reason: 'y' }, ...list]);
});

test('an empty list is filled', () => {
  assert.deepEqual(valueIn(added('exceptions: []\n')).exceptions, list);
});

test('a second time adds nothing', () => {
  const text = added('failOn: low\n');
  assert.deepEqual(withExceptions(text, [one, two]), { text, added: 0 });
});

test('what is no configuration is refused', () => {
  assert.deepEqual(withExceptions('- a\n', [one]), { refused: 'it is no map' });
  assert.deepEqual(withExceptions('a: b\n---\nc: d\n', [one]), { refused: 'it holds several documents' });
  assert.deepEqual(withExceptions('exceptions: {a: b}\n', [one]), {
    refused: 'its "exceptions" are no list',
  });
  assert.ok('refused' in withExceptions('a: [\n', [one]));
});
