import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

/** The memory for new objects, in MB, after many of them turned out to stay. */
function grown(start: string): number {
  const module = new URL('young-generation.ts', import.meta.url).href;
  const script = `
    import { getHeapSpaceStatistics } from 'node:v8';
    import { keepYoungGenerationSmall } from ${JSON.stringify(module)};
    ${start}
    const kept = [];
    for (let i = 0; i < 1_500_000; i++) kept.push({ i });
    console.log(getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_size / 1e6);`;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.equal(child.status, 0, child.stderr);
  return Number(child.stdout);
}

test('the memory for new objects does not grow any more', () => {
  const [free, kept] = [grown(''), grown('keepYoungGenerationSmall();')];
  assert.ok(kept < free, `${kept} MB, else ${free} MB`);
});
