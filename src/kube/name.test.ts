import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDnsLabel, isDnsSubdomain, isLabelValue, isQualifiedName } from './name.ts';

test('DNS labels and subdomains', () => {
  for (const good of ['a', 'a-b', '0', 'a'.repeat(63)]) assert.ok(isDnsLabel(good), good);
  for (const bad of ['', '-a', 'a-', 'A', 'a.b', 'a_b', 'a'.repeat(64)]) assert.ok(!isDnsLabel(bad), bad);
  for (const good of ['a', 'a.b', 'a-b.c']) assert.ok(isDnsSubdomain(good), good);
  for (const bad of ['', '.a', 'a.', 'a..b', 'a.-b', `${'a.'.repeat(127)}aa`])
    assert.ok(!isDnsSubdomain(bad), bad);
});

test('label keys and values', () => {
  for (const good of ['a', 'A_b.c', 'example.com/a', 'app.kubernetes.io/name'])
    assert.ok(isQualifiedName(good), good);
  for (const bad of ['', '/a', 'a/', 'a/b/c', 'Example.com/a', '-a', 'a'.repeat(64)])
    assert.ok(!isQualifiedName(bad), bad);
  for (const good of ['', 'a', '1.2-3_x']) assert.ok(isLabelValue(good), good);
  for (const bad of ['-', 'a b', 'a/', 'é', 'a'.repeat(64)]) assert.ok(!isLabelValue(bad), bad);
});
