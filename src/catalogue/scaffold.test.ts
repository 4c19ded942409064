import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Json } from '../model/object.ts';
import { readDocuments } from '../yaml/index.ts';
import { readControl } from './control.ts';
import { checkout } from './load.ts';
import { scaffold } from './scaffold.ts';
import { ControlTester } from './tester.ts';

const valueOf = (text: string): Json => {
  const [document] = [...readDocuments(Buffer.from(text))];
  assert.deepEqual(document!.problems, []);
  return document!.value as Json;
};

test('a new control holds, passes its tests and is in the nursery', () => {
  const files = scaffold('my-control');
  assert.ok(typeof files !== 'string');
  const prelude = readFileSync(path.join(checkout, 'controls/_preludes/pods.yaml'), 'utf8');
  const values = Object.fromEntries(
    Object.entries(files).map(([name, text]) => [
      name,
      valueOf(name === 'policy.yaml' ? prelude.replaceAll('CONTROL', 'my-control') + text : text),
    ]),
  );
  const { complaints, control } = readControl('my-control', values);
  assert.deepEqual(complaints, []);
  assert.equal(control.nursery, true);
  const { failures, runs } = new ControlTester().test(control, values['tests.yaml']);
  assert.deepEqual(failures, []);
  assert.ok(runs > 50);
});

test('what cannot be an id is said', () => {
  for (const id of ['My-Control', '-a', 'a-', 'a_b', 'a'.repeat(51), '../a']) {
    assert.match(scaffold(id) as string, /is no id/);
  }
});
