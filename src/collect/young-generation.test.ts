import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { withSmallYoungGeneration } from './young-generation.ts';

test('work is done, with its result or its error, whatever the size', () => {
  for (const size of [0, 100_000_000]) {
    assert.equal(
      withSmallYoungGeneration(size, () => 'done'),
      'done',
    );
    const fail = (): never => {
      throw new Error('failed');
    };
    assert.throws(() => withSmallYoungGeneration(size, fail), /^Error: failed$/);
  }
});

test('the memory for new objects does not grow while a large file is read, and may afterwards', () => {
  const module = new URL('young-generation.ts', import.meta.url).href;
  const script = `
    import { getHeapSpaceStatistics } from 'node:v8';
    import { withSmallYoungGeneration } from ${JSON.stringify(module)};
    const kept = [];
    const fill = () => { for (let i = 0; i < 600_000; i++) kept.push({ i }); };
    const grown = () => getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_size / 1e6;
    withSmallYoungGeneration(100_000_000, fill);
    const during = grown();
    fill();
    console.log(JSON.stringify([during, grown()]));`;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.equal(child.status, 0, child.stderr);
  const [during, after] = JSON.parse(child.stdout) as [number, number];
  // What had grown before the work stays, which differs from machine to machine.
  assert.ok(during < after, `${during} MB while reading, ${after} MB afterwards`);
  assert.ok(after > 8, `${after} MB afterwards`);
});
