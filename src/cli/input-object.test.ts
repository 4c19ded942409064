import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UsageError } from './command.ts';
import { type InputObject, readObject } from './input-object.ts';
import type { Streams } from './stream.ts';

/** What is read of a text on standard input, and what is said of it. */
function read(
  text: string,
  more: { raw?: boolean; select?: string } = {},
): { object: InputObject | undefined; said: string } {
  let said = '';
  const err = (line: string): void => void (said += line);
  const streams = { cwd: '/', err, stdin: () => Buffer.from(text) } as unknown as Streams;
  return { object: readObject('-', { ...streams, raw: false, ...more }), said };
}

function isMistake(act: () => unknown, message: RegExp): void {
  assert.throws(act, (error: Error) => {
    assert.ok(error instanceof UsageError, String(error));
    assert.match(error.message, message);
    return true;
  });
}

const pod = (name: string, spec = '{containers: [{name: a, image: a}]}'): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: ${spec}\n`;

describe('an object', () => {
  test('is seen as the API server has it, or as it is written', () => {
    const { object, said } = read(pod('web'));
    assert.equal((object!.seen['spec'] as { restartPolicy?: string }).restartPolicy, 'Always');
    assert.deepEqual([object!.file, object!.path, said], ['-', [], '']);
    assert.deepEqual(read(pod('web'), { raw: true }).object!.seen['spec'], {
      containers: [{ name: 'a', image: 'a' }],
    });
  });

  test('may be an item of a List', () => {
    const { object } = read(
      'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: a}}\n',
    );
    assert.deepEqual([object!.seen['kind'], object!.path], ['Secret', ['items', 0]]);
  });

  test('one of several is chosen by kind, in any case, and name, to the letter', () => {
    const two = `${pod('a')}---\n${pod('b')}`;
    const { object } = read(two, { select: 'pod/b' });
    assert.equal((object!.seen['metadata'] as { name: string }).name, 'b');
    isMistake(() => read(two), /^- holds 2 objects \(Pod\/a, Pod\/b\); choose one with --object KIND\/NAME$/);
    isMistake(() => read(two, { select: 'Pod/B' }), /^- holds no Pod\/B \(Pod\/a, Pod\/b\)$/);
    isMistake(() => read(two, { select: 'a' }), /holds no a /);
    isMistake(
      () => read(`${pod('a')}---\n${pod('a')}`, { select: 'Pod/a' }),
      /cannot be told apart by --object$/,
    );
    const many = Array.from({ length: 12 }, (_, i) => pod(`p${i}`)).join('---\n');
    isMistake(() => read(many), /Pod\/p9 and 2 more\); choose/);
  });

  test('that the server refuses is none; what it drops is told', () => {
    const { object, said } = read(pod('web', '{containers: [{name: a, image: a, imagee: b}]}'));
    assert.ok(object !== undefined);
    assert.match(
      said,
      /^warning  -:1  the API server drops the unknown field spec\.containers\[0\]\.imagee\n$/,
    );
    const refused = read(pod('web', '{containers: 7}'));
    assert.equal(refused.object, undefined);
    assert.match(refused.said, /^error  -:1  ./);
  });

  test('that cannot be read is told with its place', () => {
    const { object, said } = read('apiVersion: v1\nkind: [Pod\n');
    assert.equal(object, undefined);
    assert.match(said, /^error  -:\d+:\d+  ./);
  });
});

describe('data that is no object of Kubernetes', () => {
  test('is taken as it is', () => {
    assert.deepEqual(read('a: {b: [on, 0o17]}').object!.seen, { a: { b: [true, 15] } });
    assert.deepEqual(read('# a note\n---\na: 1\n').object!.seen, { a: 1 }, 'beside an empty document');
  });

  test('has to be one map', () => {
    for (const text of ['[{a: 1}]', '7', 'text', 'a: 1\n---\nb: 2\n'])
      isMistake(() => read(text), /^- holds no object: a map of fields is needed$/);
  });

  test('that is empty or broken is told', () => {
    assert.deepEqual(read(''), { object: undefined, said: 'error  -  there is nothing in it\n' });
    assert.equal(read('null').said, 'error  -  there is nothing in it\n');
    const { object, said } = read('a: [1\n');
    assert.equal(object, undefined);
    assert.match(said, /^error  -:2:1  ./);
  });
});

test('a file that is not there, and a folder, are mistakes in the call', () => {
  const streams = { cwd: import.meta.dirname, err: () => {} } as unknown as Streams;
  isMistake(
    () => readObject('gone.yaml', { ...streams, raw: false }),
    /^cannot read gone\.yaml: there is no such file$/,
  );
  isMistake(() => readObject('.', { ...streams, raw: false }), /^cannot read \.: it is a folder$/);
});
