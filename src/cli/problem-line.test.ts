import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemLine } from './problem-line.ts';

const problem = { file: 'a.yaml', line: 3, column: 7, severity: 'warning', reason: 'odd' } as const;

test('says how bad it is, where and why', () => {
  assert.equal(problemLine(problem), 'warning  a.yaml:3:7  odd\n');
});

test('of a file as a whole there is no line', () => {
  assert.equal(problemLine({ ...problem, line: 0, column: 0 }), 'warning  a.yaml  odd\n');
});

test('neither a name nor a reason steers the terminal or makes a second line', () => {
  const line = problemLine({
    ...problem,
    file: 'a\u001b[2J.yaml',
    reason: 'unknown key "\u202eb\nerror  c"',
  });
  assert.equal(line, 'warning  a·[2J.yaml:3:7  unknown key "·b error  c"\n');
});
