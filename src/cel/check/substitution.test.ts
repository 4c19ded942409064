import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  boolType,
  durationType,
  dynType,
  formatType,
  intType,
  listType,
  mapType,
  nullType,
  optionalType,
  stringType,
  structType,
  type Type,
  typeParameter,
  typeType,
} from '../type.ts';
import { mostGeneral, sameType, Substitution } from './substitution.ts';

const [a, b] = [typeParameter('A'), typeParameter('B')];
const shown = (substitution: Substitution, type: Type): string => formatType(substitution.apply(type));

test('types without variables fit where they are the same, and dyn fits everywhere', () => {
  for (const [from, to, fits] of [
    [intType, intType, true],
    [intType, stringType, false],
    [intType, dynType, true],
    [dynType, intType, true],
    [listType(intType), listType(intType), true],
    [listType(intType), listType(stringType), false],
    [listType(dynType), listType(stringType), true],
    [mapType(stringType, intType), mapType(stringType, boolType), false],
    [listType(intType), mapType(intType, intType), false],
    [structType('a.B'), structType('a.B'), true],
    [structType('a.B'), structType('a.C'), false],
    [typeType(intType), typeType(stringType), true],
    [optionalType(intType), optionalType(stringType), false],
    [nullType, durationType, true],
    [nullType, optionalType(intType), true],
    [nullType, intType, false],
    [nullType, listType(intType), false],
  ] as const) {
    assert.equal(new Substitution().assignable(from, to), fits, `${formatType(from)} to ${formatType(to)}`);
  }
});

test('a variable stands for the first type it meets', () => {
  const substitution = new Substitution();
  assert.ok(substitution.assignable(intType, a));
  assert.equal(shown(substitution, listType(a)), 'list(int)');
  assert.ok(!substitution.assignable(stringType, a));
  assert.ok(substitution.assignable(intType, a));
});

test('a variable widens to dyn', () => {
  const substitution = new Substitution();
  assert.ok(substitution.assignable(listType(intType), listType(a)));
  assert.ok(substitution.assignable(dynType, a));
  assert.equal(shown(substitution, a), 'dyn');
});

test('an attempt that fails binds nothing', () => {
  const substitution = new Substitution();
  assert.ok(!substitution.allAssignable([intType, stringType], [a, a]));
  assert.ok(!substitution.allAssignable([mapType(stringType, intType)], [mapType(a, boolType)]));
  assert.ok(!substitution.allAssignable([intType], [a, b]));
  assert.ok(substitution.assignable(boolType, a));
  assert.equal(shown(substitution, a), 'bool');
});

test('variables are bound through each other', () => {
  const substitution = new Substitution();
  assert.ok(substitution.assignable(a, b));
  assert.ok(substitution.assignable(b, intType));
  assert.equal(shown(substitution, mapType(a, b)), 'map(int, int)');
});

test('a type is never part of itself', () => {
  assert.ok(!new Substitution().assignable(listType(a), a));
  assert.ok(!new Substitution().assignable(mapType(stringType, a), a));
  const substitution = new Substitution();
  assert.ok(substitution.assignable(b, listType(a)));
  assert.ok(!substitution.assignable(b, a));
});

test('what stays free becomes dyn in the end', () => {
  const substitution = new Substitution();
  const type = mapType(a, optionalType(listType(b)));
  assert.equal(formatType(substitution.apply(type)), formatType(type));
  assert.equal(formatType(substitution.apply(type, true)), 'map(dyn, optional_type(list(dyn)))');
});

test('the more general of two types', () => {
  assert.equal(mostGeneral(dynType, intType), dynType);
  assert.equal(mostGeneral(intType, dynType), dynType);
  assert.equal(formatType(mostGeneral(listType(intType), listType(dynType))), 'list(dyn)');
  assert.equal(formatType(mostGeneral(mapType(a, intType), mapType(stringType, intType))), 'map(A, int)');
});

test('sameness goes by structure and names', () => {
  assert.ok(sameType(mapType(a, listType(intType)), mapType(typeParameter('A'), listType(intType))));
  assert.ok(!sameType(a, b));
  assert.ok(!sameType(typeType(intType), typeType()));
  assert.ok(sameType(typeType(), typeType()));
  assert.ok(!sameType(optionalType(intType), optionalType(boolType)));
});
