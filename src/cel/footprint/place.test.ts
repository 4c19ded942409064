import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Place, Readings, type StringTest } from './place.ts';

test('a place stands in its tree once', () => {
  const root = Place.root();
  assert.equal(root.field('a').items(), root.field('a').items());
  assert.equal(root.field('a').entries(), root.field('a').entries());
  assert.notEqual(root.field('a').items(), root.field('a').entries());
  assert.deepEqual(root.field('b').named, { items: undefined, entries: undefined });
});

test('a place knows its tree', () => {
  const [one, other] = [Place.root(), Place.root()];
  assert.ok(one.field('a').items().isBelow(one));
  assert.ok(one.isBelow(one));
  assert.ok(!one.field('a').isBelow(other));
});

test('the further reading counts', () => {
  const place = Place.root();
  const readings = new Readings();
  for (const reading of ['shape', 'presence', 'whole', 'members'] as const) readings.add(place, reading);
  assert.equal(readings.places.get(place), 'whole');
});

test('readings are put together, questions too', () => {
  const place = Place.root();
  const asked = (key: string): StringTest => ({ key, holds: (text) => text === key });
  const [one, other] = [new Readings(), new Readings()];
  one.addTest(place, asked('a'));
  other.addTest(place, asked('b'));
  other.addTest(place, asked('a'));
  other.add(place, 'presence');
  one.addAll(other);
  assert.deepEqual([...one.tests.get(place)!.keys()], ['a', 'b']);
  assert.equal(one.places.get(place), 'presence');
});
