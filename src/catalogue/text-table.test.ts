import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkoutCatalogue } from './load.ts';
import { restoreExpressions, shareExpressions, TextTable } from './text-table.ts';

const { controls } = checkoutCatalogue();

test('controls are what they were when their expressions are put back', () => {
  const table = new TextTable();
  for (const [id, control] of controls) {
    const before = JSON.stringify(control);
    const shared = shareExpressions(control, table);
    assert.equal(JSON.stringify(control), before, `${id} itself is not changed`);
    const restored = restoreExpressions(JSON.parse(JSON.stringify(shared)) as typeof shared, table.texts);
    assert.equal(JSON.stringify(restored), before, id);
  }
});

test('no expression stands in a shared control, each once in the table', () => {
  const table = new TextTable();
  for (const control of controls.values()) {
    const shared = JSON.stringify(shareExpressions(control, table).variants);
    assert.doesNotMatch(shared, /xpression":"/);
    assert.match(shared, /"expression":\d/);
  }
  assert.equal(new Set(table.texts).size, table.texts.length);
  assert.equal(table.number(table.texts[3]!), 3);
});
