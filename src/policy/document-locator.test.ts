import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDocuments } from '../yaml/index.ts';
import { documentLocator } from './document-locator.ts';

const text = `# two documents
a: 1
---
spec:
  validations:
  - expression: >-
      object.spec.x == 1 &&
      object.spec.y == 2
  - expression: "a\\tb == c"
`;
const locator = () => documentLocator([...readDocuments(text)][1]!, 'policies/p.yaml');
const expression = (index: number) => ['spec', 'validations', index, 'expression'];
const at = (line: number, column: number) => ({ file: 'policies/p.yaml', line, column });

test('finds a field in its file', () => {
  assert.deepEqual(locator()(['spec', 'validations']), at(5, 3));
});

test('a field that is not written is located at its nearest ancestor', () => {
  assert.deepEqual(locator()(['spec', 'validations', 'x']), at(5, 3));
  assert.deepEqual(locator()([...expression(0), 'y']), locator()(expression(0)));
});

test('finds a character of a folded expression', () => {
  const value = 'object.spec.x == 1 && object.spec.y == 2';
  assert.deepEqual(locator()(expression(0), value.indexOf('spec.x')), at(7, 14));
  assert.deepEqual(locator()(expression(0), value.indexOf('spec.y')), at(8, 14));
});

test('finds a character behind an escape', () => {
  assert.deepEqual(locator()(expression(1), 'a\tb =='.indexOf('b')), at(9, 21));
});
