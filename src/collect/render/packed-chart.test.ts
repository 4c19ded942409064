import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type Chart, readChart } from './chart.ts';
import { tar } from './packed-chart.fixture.ts';
import { packedChart, tarFiles } from './packed-chart.ts';

const read = (bytes: Buffer): Record<string, string> => Object.fromEntries(tarFiles(bytes));

/** A chart whose `charts/` has these archives. */
function chartWith(context: TestContext, archives: Readonly<Record<string, Buffer>>): Chart {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'scantling-packed-')));
  context.after(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(path.join(root, 'charts'));
  writeFileSync(path.join(root, 'Chart.yaml'), 'name: web\n');
  for (const [name, bytes] of Object.entries(archives)) writeFileSync(path.join(root, 'charts', name), bytes);
  return readChart(root) as Chart;
}

test('files of an archive, with long names of each kind', () => {
  const long = `${'d/'.repeat(60)}x.yaml`;
  const record = `path=db/${long}\n`;
  const pax = `${record.length + 4} ${record}`;
  const files = read(
    tar([
      { name: 'db/', text: '', type: '5' },
      { name: 'db/Chart.yaml', text: 'name: db\n' },
      { name: 'big.txt', text: 'x'.repeat(1000), prefix: 'db/templates' },
      { name: '././@LongLink', text: `${long}\0`, type: 'L' },
      { name: 'cut', text: 'gnu' },
      { name: 'PaxHeader', text: pax, type: 'x' },
      { name: 'cut', text: 'pax' },
      { name: 'db/link', text: '', type: '2' },
      { name: 'db/last', text: 'é' },
    ]),
  );
  assert.deepEqual(files, {
    'db/Chart.yaml': 'name: db\n',
    'db/templates/big.txt': 'x'.repeat(1000),
    [long]: 'gnu',
    [`db/${long}`]: 'pax',
    'db/last': 'é',
  });
});

test('what is no archive has no files, and ends', () => {
  assert.deepEqual(read(Buffer.alloc(0)), {});
  assert.deepEqual(read(Buffer.alloc(511, 1)), {});
  assert.deepEqual(read(Buffer.alloc(2048, 'a')), {});
  const cut = tar([{ name: 'a', text: 'x'.repeat(2000) }]).subarray(0, 1000);
  assert.deepEqual(Object.keys(read(cut)), ['a']);
  const badRecord = tar([
    { name: 'p', text: '0 path=x\n', type: 'x' },
    { name: 'own', text: '' },
  ]);
  assert.deepEqual(Object.keys(read(badRecord)), ['own']);
});

test('a dependency is found by the name in its Chart.yaml; broken archives are passed over', (t) => {
  const archive = gzipSync(
    tar([
      { name: 'db/Chart.yaml', text: 'apiVersion: v2\nname: db\n' },
      { name: 'db/templates/pod.yaml', text: 'kind: Pod\n' },
    ]),
  );
  const chart = chartWith(t, {
    'a.tgz': Buffer.from('not gzip'),
    'b.tgz': gzipSync(Buffer.from('no tar')),
    'c-1.0.0.tgz': gzipSync(tar([{ name: 'c/Chart.yaml', text: '- no chart\n' }])),
    'database-1.0.0.tgz': archive,
  });
  const found = packedChart(chart, 'db');
  assert.equal(path.basename(found!.archive), 'database-1.0.0.tgz');
  assert.equal(found!.files.get('templates/pod.yaml'), 'kind: Pod\n');
  assert.equal(packedChart(chart, 'c'), undefined);
  assert.equal(packedChart({ ...chart, folder: '/nowhere' }, 'db'), undefined);
});
