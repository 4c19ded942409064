import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInSchema } from '../schema/built-in.ts';
import { type Schema, schemaAt } from '../schema/schema.ts';
import { schemaErrors } from './conformity.ts';
import { GoValue, type PatchValue } from './go-value.ts';
import { schemaErrorText } from './schema-error.ts';

const pod = builtInSchema('v1', 'Pod')!;
const at = (...path: (string | number)[]): Schema => schemaAt(pod, path)!;

/** The only complaint about a value, with its path. */
function complaint(schema: Schema, value: PatchValue): string {
  const errors = schemaErrors(schema, value);
  return errors.length === 0 ? '' : schemaErrorText(errors);
}

test('scalars', () => {
  const cases: [Schema, PatchValue, string][] = [
    [at('spec', 'nodeName'), 'a', ''],
    [at('spec', 'nodeName'), true, 'expected string, got &value.valueUnstructured{Value:true}'],
    [at('spec', 'nodeName'), 'x', ''],
    [at('spec', 'hostPID'), 1, 'expected boolean, got &{1}'],
    [at('spec', 'priority'), 1.5, ''],
    [at('spec', 'priority'), 9007199254740993n, ''],
    [at('spec', 'priority'), '1', 'expected numeric (int or float), got string'],
    [at('spec', 'priority'), [], 'expected numeric (int or float), got []interface {}'],
    [at('metadata', 'creationTimestamp'), 'now', ''],
    [at('metadata', 'creationTimestamp'), { a: 1 }, 'expected any scalar, got &{map[a:1]}'],
  ];
  for (const [schema, value, expected] of cases) assert.equal(complaint(schema, value), expected);
});

test('null conforms to everything', () => {
  for (const path of [['spec'], ['spec', 'nodeName'], ['spec', 'containers'], ['metadata', 'labels']]) {
    assert.equal(complaint(at(...path), null), '');
  }
});

test('values that are no JSON conform to nothing', () => {
  const bytes = new GoValue('[]uint8', '[120]', '[]uint8{0x78}');
  assert.equal(
    complaint(at('metadata', 'labels'), { a: bytes }),
    '.a: expected string, got &value.valueUnstructured{Value:[]uint8{0x78}}',
  );
  assert.equal(complaint(at('spec'), bytes), 'expected map, got &{[120]}');
  assert.equal(complaint(at('spec', 'priority'), bytes), 'expected numeric (int or float), got []uint8');
});

test('lists of items with keys', () => {
  const containers = at('spec', 'containers');
  assert.equal(complaint(containers, [{ name: 'a' }, { name: 'b' }]), '');
  assert.equal(complaint(containers, [{ name: 'a' }, { name: 'a' }]), 'duplicate entries for key [name="a"]');
  assert.deepEqual(schemaErrors(containers, [{ name: 'a' }, { name: 'a' }], true), []);
  assert.equal(
    complaint(containers, ['a']),
    'element 0: associative list with keys may not have non-map elements',
  );
  assert.equal(
    complaint(containers, [null]),
    'element 0: associative list with keys may not have a null element',
  );
  // An absent key has an empty default.
  assert.equal(complaint(containers, [{ image: 'x' }]), '');
});

test('sets', () => {
  const finalizers = at('metadata', 'finalizers');
  assert.equal(complaint(finalizers, ['a', 'a']), 'duplicate entries for key [="a"]');
  assert.match(
    complaint(finalizers, [{}]),
    /element 0: associative list without keys has an element that's a map type/,
  );
  assert.match(complaint(finalizers, [[]]), /not supported: associative list with lists as elements/);
  assert.match(complaint(finalizers, [null]), /explicit null/);
});

test('a number or text by its schema may be anything', () => {
  const port = at('spec', 'containers', 0, 'livenessProbe', 'httpGet', 'port');
  for (const value of [80, 'http', { a: [{ b: 1 }] }, [1, 'a']]) assert.equal(complaint(port, value), '');
});

test('an unknown field ends a struct, siblings before it are told', () => {
  const errors = schemaErrors(at('spec'), { hostPID: 1, nope: 1, hostIPC: 1 });
  assert.deepEqual(
    errors.map(({ path }) => path),
    ['.hostPID', '.nope'],
  );
});
