import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FacetCounts, type Facts, failedFacet, searchWords } from './matching.ts';
import { everything } from './state.ts';

const facts: Facts = {
  severity: 'high',
  status: 'fail',
  practice: '11',
  namespace: 'shop',
  kind: 'Deployment',
  text: 'deployment shop/web runs privileged',
};

test('what passes every filter fails none', () => {
  assert.equal(failedFacet(facts, everything, []), 'none');
  assert.equal(
    failedFacet(facts, { ...everything, severity: new Set(['high', 'low']), kind: 'Deployment' }, []),
    'none',
  );
});

test('the one filter that it fails, or that there are several', () => {
  assert.equal(failedFacet(facts, { ...everything, severity: new Set(['low']) }, []), 'severity');
  assert.equal(failedFacet(facts, { ...everything, namespace: '' }, []), 'namespace');
  assert.equal(failedFacet(facts, { ...everything, namespace: '', kind: 'Pod' }, []), 'several');
});

test('a search wants every word, in any order and case', () => {
  assert.deepEqual(searchWords('  Privileged  SHOP/web '), ['privileged', 'shop/web']);
  assert.equal(failedFacet(facts, everything, searchWords('privileged Shop/')), 'none');
  assert.equal(failedFacet(facts, everything, searchWords('privileged root')), 'several');
});

test('a value counts what it would show with all the other filters as they are', () => {
  const state = { ...everything, severity: new Set(['high']), kind: 'Deployment' };
  const counts = new FacetCounts();
  const others: Facts[] = [
    facts,
    { ...facts, severity: 'low' },
    { ...facts, kind: 'Pod' },
    { ...facts, kind: 'Pod', severity: 'low' },
  ];
  for (const one of others) counts.add(one, failedFacet(one, state, []));
  assert.equal(counts.of('severity', 'high'), 1);
  assert.equal(counts.of('severity', 'low'), 1, 'if it were chosen as well');
  assert.equal(counts.of('kind', 'Deployment'), 1);
  assert.equal(counts.of('kind', 'Pod'), 1);
  assert.equal(counts.of('namespace', 'shop'), 1);
  assert.equal(counts.of('namespace', 'other'), 0);
});
