import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { project, run } from './golden/program.ts';

const page = readFileSync(path.join(import.meta.dirname, '../docs/policy.md'), 'utf8');

/** The code block after a comment. */
function block(comment: string): string {
  const found = new RegExp(`<!-- ${comment} -->\\n\`\`\`\\w+\\n([^]*?)\`\`\``).exec(page);
  assert.ok(found, comment);
  return found[1]!;
}

test('the example of docs/policy.md is answered as it says', async (context) => {
  const review = JSON.parse(block('file: reviews.jsonl')) as unknown;
  const cwd = project(context, {
    'policy.yaml': block('file: policy.yaml'),
    'reviews.jsonl': `${JSON.stringify(review)}\n`,
  });
  const { code, out, err } = await run(['admit', '--policy', 'policy.yaml', 'reviews.jsonl'], { cwd });
  assert.deepEqual([code, err], [1, '']);
  assert.equal(out, `${JSON.stringify(JSON.parse(block('answer')))}\n`);
});
