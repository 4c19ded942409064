import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findPlaces } from './index.ts';

const SOURCE = `# c
spec:
  containers:
  - name: web
    image: "a"   # comment
  - {name: side, ports: [1, 2]}
  text: |
    one
    two

  empty:
k: 1
`;

function at(path: (string | number)[], source = SOURCE): [string | undefined, string, string, number] {
  const { place, depth } = findPlaces(source, 0, source.length, 500, [path])!.nearest(path);
  const cut = ({ start, end }: { start: number; end: number }): string => source.slice(start, end);
  return [place!.key && cut(place!.key), cut(place!.value), place!.kind, depth];
}

describe('wanted places', () => {
  it('are found in blocks', () => {
    assert.deepEqual(at(['k']), ['k', '1', 'scalar', 1]);
    assert.deepEqual(at(['spec', 'containers', 0, 'image']), ['image', '"a"', 'scalar', 4]);
    assert.deepEqual(at(['spec', 'text']), ['text', '|\n    one\n    two', 'scalar', 2]);
    assert.deepEqual(at(['spec', 'empty']), ['empty', '', 'scalar', 2]);
    assert.deepEqual(at(['spec', 'containers', 0]), [undefined, 'name: web\n    image: "a"', 'object', 3]);
  });

  it('are found in flow collections', () => {
    assert.deepEqual(at(['spec', 'containers', 1, 'ports', 1]), [undefined, '2', 'scalar', 5]);
    assert.deepEqual(at(['spec', 'containers', 1, 'ports']), ['ports', '[1, 2]', 'list', 4]);
    assert.deepEqual(at(['a', 1], '{"a":\t[1,\n\t"two"]}'), [undefined, '"two"', 'scalar', 2]);
  });

  it('are those of the nearest ancestor where there is nothing', () => {
    assert.deepEqual(at(['k', 'x']), ['k', '1', 'scalar', 1]);
    assert.deepEqual(at(['spec', 'containers', 7, 'name'])[3], 2);
    assert.deepEqual(at(['spec', 'containers', '0'])[3], 2, 'a text is no index');
    assert.deepEqual(at([0], '"0": x\n')[3], 1, 'an index may be a key');
    assert.deepEqual(at(['x'])[3], 0);
  });

  it('are those of the last of equal keys, nothing left of the others', () => {
    const source = 'a: {b: 1}\na:\n  c: 2\n';
    assert.deepEqual(at(['a', 'c'], source), ['c', '2', 'scalar', 2]);
    assert.deepEqual(at(['a', 'b'], source)[3], 1);
  });

  it('are found in a large document without remembering the rest', () => {
    const items = Array.from({ length: 50_000 }, (_, i) => `- {name: n${i}, data: {k: v${i}}}\n`);
    const source = `kind: List\nitems:\n${items.join('')}`;
    assert.deepEqual(at(['items', 49_999, 'data', 'k'], source), ['k', 'v49999', 'scalar', 4]);
  });

  it('are left to the other reader behind an alias', () => {
    const source = 'a: &x 1\nb: *x\n';
    assert.equal(findPlaces(source, 0, source.length, 500, [['b']]), undefined);
  });
});
