import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Json } from '../model/object.ts';
import { loadCoverage, readCoverage } from './coverage.ts';
import { coveragePage, isJudged } from './coverage-page.ts';
import { checkout, checkoutCatalogue } from './load.ts';

const reasons = (value: Json): string[] => readCoverage(value).complaints.map(({ reason }) => reason);

test('an entry names controls, or what it waits for and why', () => {
  assert.deepEqual(readCoverage([{ line: 'a', controls: ['x'] }]).lines, [
    { line: 'a', controls: ['x'], needs: undefined, why: '', aliases: {} },
  ]);
  assert.deepEqual(readCoverage([{ line: 'a', needs: 'node', why: 'modes', aliases: { trivy: 'T' } }]), {
    lines: [{ line: 'a', controls: [], needs: 'node', why: 'modes', aliases: { trivy: ['T'] } }],
    complaints: [],
  });
});

test('what is wrong with an entry is said', () => {
  assert.deepEqual(reasons([{ line: 'a' }]), ['it has controls or needs something']);
  assert.deepEqual(reasons([{ line: 'a', needs: 'node' }]), ['"why" is missing']);
  assert.match(reasons([{ line: 'a', needs: 'luck', why: 'x' }])[0] ?? '', /"needs" is one of node/);
  assert.match(reasons([{ line: 'a', controls: ['x'], x: 1 }])[0] ?? '', /unknown key/);
  assert.deepEqual(reasons({}), ['this is a list of entries']);
});

test('what is left out on purpose says so, and what a rule of one’s own decides says that', () => {
  const catalogue = checkoutCatalogue();
  const page = (needs: string): string => {
    const { lines } = readCoverage([{ line: 'a check', needs, why: 'the reason' }]);
    return coveragePage(catalogue, [{ number: 1, title: 'One', lines }]);
  };
  assert.match(page('refused'), /\| a check \| left out: the reason \|/);
  assert.match(page('choice'), /\| a check \| waits for a rule of your own: the reason \|/);
  assert.match(page('refused'), /decide 0 of them, .*; 1 wait for something else or are left out on purpose/);
});

test('every control that an entry names is there', () => {
  const { controls } = checkoutCatalogue();
  const missing = loadCoverage(checkout).flatMap(({ lines, number }) =>
    lines.flatMap((line) =>
      line.controls.filter((id) => !controls.has(id)).map((id) => `${number} ${line.line}: ${id}`),
    ),
  );
  assert.deepEqual(missing, []);
});

test('the page counts what it lists', () => {
  const catalogue = checkoutCatalogue();
  const headings = loadCoverage(checkout);
  const page = coveragePage(catalogue, headings);
  const lines = headings.flatMap((heading) => heading.lines);
  assert.ok(
    page.includes(`name ${lines.length} checks. Objects alone decide ${lines.filter(isJudged).length}`),
  );
  for (const { line } of lines) assert.ok(page.includes(line.replaceAll('|', '\\|')), line);
});

test('docs/coverage.md is what `npm run docs` writes', () => {
  const written = readFileSync(path.join(checkout, 'docs/coverage.md'), 'utf8');
  assert.equal(written, coveragePage(checkoutCatalogue(), loadCoverage(checkout)), 'run `npm run docs`');
});

/** How the list of checks abbreviates the tools, and how their ids are spelled. */
const spellings: readonly (readonly [RegExp, tool: string, (id: string) => string])[] = [
  [/^C-\d+$/, 'kubescape', (id) => id],
  [/^K[SC]V-\d+$/, 'trivy', (id) => id],
  [/^CKV\d+$/, 'checkov', (id) => id.replace('CKV', 'CKV_K8S_')],
  [/^CKV2_\d+$/, 'checkov', (id) => id.replace('CKV2_', 'CKV2_K8S_')],
  [/^TS:\d+$/, 'terrascan', (id) => id.replace('TS:', 'AC_K8S_')],
  [/^DT\d+$/, 'datree', (id) => id],
  [/^M-\d+$/, 'marvin', (id) => id],
  [/^POP-\d+$/, 'popeye', (id) => id],
  [/^R\d{4}$/, 'kubescape', (id) => id],
  ...(
    [
      ['kl', 'kube-linter'],
      ['sc', 'kube-score'],
      ['po', 'polaris'],
      ['se', 'kubesec'],
      ['ka', 'kubeaudit'],
      ['gk', 'gatekeeper'],
      ['kw', 'kubewarden'],
      ['ky', 'kyverno'],
      ['pr', 'prowler'],
      ['fk', 'falco'],
      ['fa', 'falco'],
      ['uds', 'uds'],
    ] as const
  ).map(
    ([prefix, tool]) =>
      [new RegExp(`^${prefix}:`), tool, (id: string) => id.slice(prefix.length + 1)] as const,
  ),
];

const list = path.join(checkout, '../shared/facts/catalogue.txt');
const isListed = existsSync(list);

function listedChecks(): { line: string; ids: readonly (readonly [tool: string, id: string])[] }[] {
  const checks = [];
  for (const row of readFileSync(list, 'utf8').split('\n')) {
    if (row.includes(' | ')) {
      const [line = '', , ids = ''] = row.split(' | ');
      const known = ids.split(' ').flatMap((id) => {
        const found = spellings.find(([pattern]) => pattern.test(id));
        return found === undefined ? [] : [[found[1], found[2](id)] as const];
      });
      checks.push({ line: line.trim(), ids: known });
    }
  }
  return checks;
}

test('every check of other tools has an entry', { skip: !isListed && `no ${list}` }, () => {
  const known = new Set(loadCoverage(checkout).flatMap(({ lines }) => lines.map(({ line }) => line)));
  const missing = listedChecks().filter(({ line }) => !known.has(line));
  assert.deepEqual(
    missing.map(({ line }) => line),
    [],
  );
});

test(
  'every id of other tools is known to a control or to what waits',
  { skip: !isListed && `no ${list}` },
  () => {
    const known = new Set<string>();
    const add = (aliases: Readonly<Record<string, readonly string[]>>): void => {
      for (const [tool, ids] of Object.entries(aliases)) for (const id of ids) known.add(`${tool} ${id}`);
    };
    for (const { aliases } of checkoutCatalogue().controls.values()) add(aliases);
    for (const { lines } of loadCoverage(checkout)) for (const { aliases } of lines) add(aliases);
    const checks = listedChecks();
    assert.ok(checks.length > 250);
    const missing = checks.flatMap(({ ids, line }) =>
      ids.filter(([tool, id]) => !known.has(`${tool} ${id}`)).map(([tool, id]) => `${line}: ${tool} ${id}`),
    );
    assert.deepEqual(missing, []);
  },
);
