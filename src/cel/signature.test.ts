import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kubernetesEnvironment } from './kubernetes/environment.ts';
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
  assert.throws(() => show('size(list(A) -> int'), /malformed signature/);
  assert.throws(() => show('size(int) -> int trailing'), /malformed signature/);
  assert.throws(() => show('size(int)) -> int'), /malformed signature/);
  assert.throws(() => show('size(int, ) -> int'), /malformed signature/);
  assert.throws(() => show('size(map(int)) -> int'), /malformed signature/);
  assert.throws(() => show('list().size() -> int'), /malformed signature/);
  assert.throws(() => overload('id', 'size', () => null), /malformed signature/);
});

test('types are read when they are asked for, and once', () => {
  const lazy = overload('id', 'size(list(int) int) -> int', () => null);
  assert.equal(lazy.name, 'size');
  assert.throws(() => lazy.args, /malformed signature "size\(list\(int\) int\) -> int" at " int"/);
  const declared = overload('id', 'size(list(int)) -> list(int)', () => null);
  assert.equal(declared.args, declared.args);
  assert.equal(declared.result, declared.result);
});

test('every signature of the Kubernetes libraries can be read', () => {
  const environment = kubernetesEnvironment('1.37', { mode: 'stored' });
  const names = environment.functionNames();
  assert.ok(names.length > 100);
  for (const name of names) {
    for (const { args, result, member } of environment.overloads(name)!) {
      assert.equal(member && args.length === 0, false, name);
      assert.notEqual(formatType(result), '', name);
    }
  }
});
