import assert from 'node:assert/strict';
import { test } from 'node:test';
import { references } from './references.ts';

test('frameworks by their names with what asks for the control', () => {
  const frameworks = { pss: ['baseline'], 'cis-1.12': ['5.2.2', '5.2.3'], 'owasp-k8s-2025': ['K01'] };
  assert.deepEqual(references({ frameworks }), [
    'PSS baseline',
    'CIS 1.12 5.2.2 5.2.3',
    'OWASP-K8S-2025 K01',
  ]);
});

test('one that asks for nothing of it is left out', () => {
  assert.deepEqual(references({ frameworks: { nsa: [], mitre: ['T1611'] } }), ['MITRE T1611']);
  assert.deepEqual(references({ frameworks: {} }), []);
});
