import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overload } from './signature.ts';
import { formatType } from './type.ts';

const show = (signature: string): string => {
  const o = overload('id', signature, () => null);
  return `${o.member ? 'method' : 'function'} ${o.name}(${o.args.map(formatType).join('; ')}) ${formatType(o.result)}`;
};

test('a signature reads as documentation does', () => {
  assert.equal(show('string.startsWith(string) -> bool'), 'method startsWith(string; string) bool');
  assert.equal(show('size(list(A)) -> int'), 'function size(list(A)) int');
  assert.equal(show('list(A).slice(int, int) -> list(A)'), 'method slice(list(A); int; int) list(A)');
  assert.equal(show('map(A, B).size() -> int'), 'method size(map(A, B)) int');
  assert.equal(
    show('function optional.of(A) -> optional_type(A)'),
    'function optional.of(A) optional_type(A)',
  );
  assert.equal(
    show('kubernetes.Quantity.add(kubernetes.Quantity) -> kubernetes.Quantity'),
    'method add(kubernetes.Quantity; kubernetes.Quantity) kubernetes.Quantity',
  );
  assert.equal(show('type(A) -> type(A)'), 'function type(A) type(A)');
  assert.equal(show('timestamp.getHours() -> int'), 'method getHours(timestamp) int');
});

test('a malformed signature is refused', () => {
  assert.throws(() => overload('id', 'size(list(A) -> int', () => null), /malformed signature/);
  assert.throws(() => overload('id', 'size(int) -> int trailing', () => null), /malformed signature/);
});
