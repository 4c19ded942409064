import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namespaceLabels, namespaceNameLabel } from './namespace.ts';

test('a namespace always carries its own name', () => {
  assert.deepEqual(namespaceLabels('shop'), { [namespaceNameLabel]: 'shop' });
  const written = { a: 'b', [namespaceNameLabel]: 'other' };
  assert.deepEqual(namespaceLabels('shop', written), { a: 'b', [namespaceNameLabel]: 'shop' });
  assert.equal(written[namespaceNameLabel], 'other');
});
