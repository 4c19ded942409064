import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LineIndex } from '../../yaml/index.ts';
import { badPod, judged } from './editing.fixture.ts';
import { problemNotice, wordAt } from './notice.ts';

describe('the word at a place', () => {
  const lines = new LineIndex("profil: [a, \"b c\"]  # x\n\nkey: 'it''s'\r\n  - x: 1\n");
  const at = (line: number, column: number): string => {
    const { line: from, column: start, endLine, endColumn } = wordAt(lines, line, column);
    assert.equal(endLine, from);
    return lines.line(from).slice(start - 1, endColumn - 1);
  };

  test('is a key without its colon, a scalar with its quotes', () => {
    assert.equal(at(1, 1), 'profil');
    assert.equal(at(1, 10), 'a');
    assert.equal(at(1, 13), '"b c"');
    assert.equal(at(3, 6), "'it'");
    assert.equal(at(4, 5), 'x');
  });

  test('is one character where there is none, and nothing at the end of a line', () => {
    assert.equal(at(1, 9), '[');
    assert.equal(at(2, 1), '');
    assert.equal(at(99, 1), '');
  });

  test('of a problem about a whole file is its start', () => {
    const problem = { file: '/a', line: 0, column: 0, severity: 'error', reason: 'gone' } as const;
    assert.deepEqual(problemNotice(problem, lines).location, {
      file: '/a',
      line: 1,
      column: 1,
      endLine: 1,
      endColumn: 1,
    });
  });
});

test('severities are as loud as a scan takes them', async () => {
  const { notices } = await judged(badPod, { profiles: ['all'] });
  const loud = (code: string): string | undefined => notices.find((one) => one.code === code)?.loudness;
  assert.equal(loud('privileged-container'), 'error');
  assert.equal(loud('privilege-escalation'), 'warning');
  assert.equal(loud('mutable-container-file-system'), 'information');
});

test('a notice names its object and the other elements of the same failure', async () => {
  const two = `${badPod}  - name: log
    image: x
    securityContext: {privileged: true}
`;
  const { notices } = await judged(two);
  const [first] = notices.filter(({ code }) => code === 'privileged-container');
  assert.equal(first!.href, 'https://kubernetes.io/docs/concepts/security/pod-security-standards/');
  assert.deepEqual(
    first!.related.map(({ location, message }) => `${location.line} ${message}`),
    ['4 Pod shop/web', '13 spec.containers[1].securityContext.privileged'],
  );
});
