import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Place, Readings } from '../../cel/footprint/place.ts';
import { Facets } from './facet.ts';
import { Interner } from './interner.ts';

/** Tells whether two objects are the same one to whoever reads these places. */
function sameness(mark: (root: Place, readings: Readings) => void): (a: unknown, b: unknown) => boolean {
  const root = Place.root();
  const readings = new Readings();
  mark(root, readings);
  const facets = new Facets(root, readings);
  const held = [...facets.holding(readings)];
  facets.narrow(new Set(held));
  const interner = new Interner();
  const numbers = (object: unknown): string => {
    facets.read(object, interner);
    return held.map(({ number }) => number).join();
  };
  return (a, b) => numbers(a) === numbers(b);
}

/** For each of several readers of the same objects: what it is told of an object. */
function told(...marks: ((root: Place, readings: Readings) => void)[]): ((object: unknown) => string)[] {
  const root = Place.root();
  const all = new Readings();
  const each = marks.map((mark) => {
    const readings = new Readings();
    mark(root, readings);
    all.addAll(readings);
    return readings;
  });
  const facets = new Facets(root, all);
  const interner = new Interner();
  return each.map((readings) => (object) => {
    facets.read(object, interner);
    return [...facets.holding(readings)].map(({ number }) => number).join();
  });
}

describe('what is read of an object', () => {
  test('a field and nothing beside it', () => {
    const same = sameness((root, readings) => readings.add(root.field('a').field('b'), 'whole'));
    assert.ok(same({ a: { b: 1, c: 2 }, d: 3 }, { a: { b: 1 } }));
    assert.ok(!same({ a: { b: 1 } }, { a: { b: 2 } }));
    assert.ok(!same({ a: { b: 1 } }, { a: {} }));
    assert.ok(!same({ a: {} }, {}));
    assert.ok(!same({ a: null }, {}));
    assert.ok(!same({ a: 'b' }, { a: {} }));
  });

  test('whether something is there', () => {
    const same = sameness((root, readings) => readings.add(root.field('a'), 'presence'));
    assert.ok(same({ a: 1 }, { a: 'x' }));
    assert.ok(same({ a: [] }, { a: {} }));
    assert.ok(!same({ a: 1 }, {}));
    assert.ok(!same({ a: null }, { a: 1 }));
  });

  test('the presence of what is read further below', () => {
    const same = sameness((root, readings) => {
      readings.add(root.field('a'), 'presence');
      readings.add(root.field('a').field('b').field('c'), 'whole');
    });
    assert.ok(!same({ a: {} }, {}));
    assert.ok(!same({ a: { b: {} } }, { a: {} }));
  });

  test('a field of all elements', () => {
    const same = sameness((root, readings) => {
      readings.add(root.field('l'), 'shape');
      readings.add(root.field('l').items().field('a'), 'whole');
    });
    assert.ok(same({ l: [{ a: 1, b: 1 }, { a: 2 }] }, { l: [{ a: 1 }, { b: 3, a: 2 }] }));
    assert.ok(!same({ l: [{ a: 1 }, { a: 2 }] }, { l: [{ a: 2 }, { a: 1 }] }));
    assert.ok(!same({ l: [{ a: 1 }, {}] }, { l: [{}, { a: 1 }] }));
    assert.ok(!same({ l: [{ a: 1 }] }, { l: [{ a: 1 }, {}] }));
    assert.ok(!same({ l: [{ a: 1 }, 'x'] }, { l: [{ a: 1 }, 'y'] }));
    assert.ok(!same({ l: [] }, {}));
    assert.ok(!same({ l: 'ab' }, { l: 'cd' }));
    // Whoever goes through a map goes through its keys.
    assert.ok(same({ l: { k: { a: 1 } } }, { l: { k: { a: 1 } } }));
    assert.ok(!same({ l: { k: { a: 1 } } }, { l: { m: { a: 1 } } }));
  });

  test('two fields of the same elements belong together', () => {
    const same = sameness((root, readings) => {
      readings.add(root.field('l'), 'shape');
      readings.add(root.field('l').items().field('a'), 'whole');
      readings.add(root.field('l').items().field('b'), 'whole');
    });
    assert.ok(
      !same(
        {
          l: [
            { a: 1, b: 1 },
            { a: 2, b: 2 },
          ],
        },
        {
          l: [
            { a: 1, b: 2 },
            { a: 2, b: 1 },
          ],
        },
      ),
    );
  });

  test('lists in lists', () => {
    const same = sameness((root, readings) => {
      const items = root.field('l').items();
      readings.add(root.field('l'), 'shape');
      readings.add(items.field('m'), 'shape');
      readings.add(items.field('m').items().field('a'), 'whole');
    });
    assert.ok(same({ l: [{ m: [{ a: 1, b: 1 }] }] }, { l: [{ m: [{ a: 1 }] }] }));
    assert.ok(!same({ l: [{ m: [{ a: 1 }] }, { m: [] }] }, { l: [{ m: [] }, { m: [{ a: 1 }] }] }));
  });

  test('keys of a map, all of a list', () => {
    const same = sameness((root, readings) => readings.add(root.field('m'), 'members'));
    assert.ok(same({ m: { a: 1 } }, { m: { a: 2 } }));
    assert.ok(!same({ m: { a: 1 } }, { m: { b: 1 } }));
    assert.ok(!same({ m: ['a'] }, { m: ['b'] }));
  });

  test('entries of a map beside a field of it', () => {
    const same = sameness((root, readings) => {
      readings.add(root.field('m').field('a'), 'whole');
      readings.add(root.field('m'), 'shape');
      readings.add(root.field('m').entries().field('x'), 'whole');
    });
    assert.ok(same({ m: { b: { x: 1, y: 1 } } }, { m: { b: { x: 1 } } }));
    assert.ok(!same({ m: { b: { x: 1 } } }, { m: { b: { x: 2 } } }));
    assert.ok(!same({ m: { a: 1, b: { x: 1 } } }, { m: { a: 2, b: { x: 1 } } }));
  });

  test('answers about texts', () => {
    const same = sameness((root, readings) =>
      readings.addTest(root.field('a'), { key: 'starts', holds: (text) => text.startsWith('x') }),
    );
    assert.ok(same({ a: 'xy' }, { a: 'xz' }));
    assert.ok(!same({ a: 'xy' }, { a: 'yx' }));
    assert.ok(!same({ a: 1 }, { a: 2 }));
    assert.ok(!same({ a: ['x'] }, { a: ['y'] }));
    assert.ok(!same({ a: `x${'y'.repeat(300)}` }, { a: 'xy' }));
  });

  test('who asks questions does not mind who reads all', () => {
    const [asking, reading] = told(
      (root, readings) =>
        readings.addTest(root.field('a'), { key: 'starts', holds: (text) => text.startsWith('x') }),
      (root, readings) => readings.add(root.field('a'), 'whole'),
    );
    assert.equal(asking!({ a: 'xy' }), asking!({ a: 'xz' }));
    assert.notEqual(asking!({ a: 'xy' }), asking!({ a: 'y' }));
    assert.notEqual(reading!({ a: 'xy' }), reading!({ a: 'xz' }));
  });

  test('who asks questions about the values of a map does not mind who reads them all', () => {
    const [asking, reading] = told(
      (root, readings) => {
        readings.add(root.field('m'), 'shape');
        readings.addTest(root.field('m').entries(), { key: 'x', holds: (text) => text.startsWith('x') });
      },
      (root, readings) => {
        readings.add(root.field('m'), 'shape');
        readings.add(root.field('m').entries(), 'whole');
      },
    );
    assert.equal(asking!({ m: { a: 'xy' } }), asking!({ m: { a: 'xz' } }));
    assert.notEqual(asking!({ m: { a: 'xy' } }), asking!({ m: { a: 'y' } }));
    assert.notEqual(asking!({ m: { a: 'xy' } }), asking!({ m: { b: 'xy' } }));
    assert.notEqual(asking!({ m: { a: 'xy' } }), asking!({ m: { a: 'xy', b: 'x' } }));
    assert.notEqual(reading!({ m: { a: 'xy' } }), reading!({ m: { a: 'xz' } }));
  });

  test('who counts the elements of a list does not mind who reads all of it', () => {
    const [counting, reading] = told(
      (root, readings) => {
        readings.add(root.field('l'), 'shape');
        readings.add(root.field('l').items().field('a'), 'whole');
      },
      (root, readings) => readings.add(root.field('l'), 'whole'),
    );
    assert.equal(counting!({ l: [{ a: 1, b: 1 }] }), counting!({ l: [{ a: 1, b: 2 }] }));
    assert.notEqual(counting!({ l: [{ a: 1 }] }), counting!({ l: [{ a: 2 }] }));
    assert.notEqual(counting!({ l: [{ a: 1 }] }), counting!({ l: [{ a: 1 }, {}] }));
    assert.notEqual(counting!({ l: [] }), counting!({ l: {} }));
    assert.notEqual(reading!({ l: [{ a: 1, b: 1 }] }), reading!({ l: [{ a: 1, b: 2 }] }));
  });

  test('tells with which object a facet changed', () => {
    const root = Place.root();
    const readings = new Readings();
    readings.add(root.field('a'), 'whole');
    readings.add(root.field('b'), 'whole');
    const facets = new Facets(root, readings);
    const [a, b] = ['a', 'b'].map((name) => {
      const one = new Readings();
      one.add(root.field(name), 'whole');
      return [...facets.holding(one)][0]!;
    });
    const interner = new Interner();
    assert.equal(facets.read({ a: 1, b: 1 }, interner), 1);
    assert.equal(facets.read({ a: 1, b: 2 }, interner), 2);
    assert.deepEqual([a!.changedAt, b!.changedAt], [1, 2]);
    facets.forget();
    assert.equal(facets.read({ a: 1, b: 2 }, interner), 3);
    assert.deepEqual([a!.changedAt, b!.changedAt], [3, 3]);
  });

  test('more questions than fit into a number are read whole', () => {
    const same = sameness((root, readings) => {
      for (let i = 0; i < 40; i++)
        readings.addTest(root.field('a'), { key: `${i}`, holds: (text) => text === `${i}` });
    });
    assert.ok(!same({ a: '38' }, { a: '39' }));
    assert.ok(same({ a: '38' }, { a: '38' }));
  });

  test('names that every object has are fields like any other', () => {
    const same = sameness((root, readings) => {
      readings.add(root.field('__proto__').field('x'), 'whole');
      readings.add(root.field('constructor'), 'whole');
    });
    assert.ok(!same(JSON.parse('{"__proto__":{"x":1}}'), {}));
    assert.ok(!same({ constructor: 1 }, {}));
  });

  test('also in lists of lists and in maps of maps', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      const field = JSON.parse(`{"${name}":{}}`);
      const inLists = sameness((root, readings) => {
        readings.add(root.field('a').items().field('b').items().field(name), 'presence');
      });
      assert.ok(!inLists({ a: [{ b: [field] }] }, { a: [{ b: [{}] }] }), name);
      assert.ok(inLists({ a: [{ b: [{ c: 1 }] }] }, { a: [{ b: [{}] }] }), name);
      const inMaps = sameness((root, readings) => {
        readings.add(root.field('a').entries().field(name), 'presence');
      });
      assert.ok(!inMaps({ a: { b: field } }, { a: { b: {} } }), name);
      assert.ok(inMaps({ a: { b: { c: 1 } } }, { a: { b: {} } }), name);
    }
  });
});
