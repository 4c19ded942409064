import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { load } from 'js-yaml';
import { parse } from 'yaml';
import type { Value } from './build.ts';
import { readDocuments } from './document.ts';
import { stringify } from './stringify.ts';

describe('stringify', () => {
  it('escapes what would steer a terminal', () => {
    const value = { a: 'x\u009b', b: 'x\u202ey', c: 'one\n\u2066two\n', d: '\u001b[2J' };
    const text = stringify(value);
    assert.ok(/^[\x0a\x20-\x7e]*$/.test(text), text);
    assert.deepEqual(parse(text), value);
  });

  it('writes as kubectl does', () => {
    const value = {
      kind: 'Pod',
      spec: { containers: [{ name: 'web', args: ['a', ['b']], env: [] }], script: 'one\n  two\n' },
      on: 'yes',
      port: '8080',
      count: 3,
      none: null,
      big: 9223372036854775807n,
      left: undefined as unknown as Value,
    };
    assert.equal(
      stringify(value),
      `kind: Pod
spec:
  containers:
  - name: web
    args:
    - a
    - - b
    env: []
  script: |
    one
      two
"on": "yes"
port: "8080"
count: 3
none: null
big: 9223372036854775807
`,
    );
    assert.equal(stringify('x'), 'x\n');
    assert.equal(stringify({}), '{}\n');
    assert.equal(stringify([]), '[]\n');
    assert.equal(stringify([{ a: { b: 1 } }]), '- a:\n    b: 1\n');
  });

  it('leaves flags without quotes, as people write them', () => {
    for (const text of ['--profiling=false', '-v', '--authorization-mode=Node,RBAC', '--url=http://x:1']) {
      assert.equal(stringify({ args: [text] }), `args:\n- ${text}\n`);
    }
    for (const text of ['-', '--', '---', '---x', '-1', '-.5', '-e5', '- x', '--a: b', '-#', '--x #y']) {
      assert.equal(stringify({ args: [text] }), `args:\n- ${JSON.stringify(text)}\n`);
    }
  });

  it('quotes what some reader takes for something else', () => {
    for (const text of [
      'yes',
      'n',
      'NULL',
      '~',
      '',
      '1',
      '1.5',
      '0777',
      '0o7',
      '1_000',
      '1e3',
      '.5',
      '.inf',
      '2024-01-01',
      '12:30',
      '<<',
      '=',
      '- a',
      'a: b',
      'a #b',
      'a:',
      ' a',
      'a ',
      '...',
      '---',
      '@a',
      '%a',
      '!a',
      '&a',
      '*a',
      '[a',
      '{a',
      '\t',
      '\u0085',
      '\ufeff',
    ])
      assert.match(stringify([text]), /^- "/, text);
    for (const text of [
      'a',
      'nginx:1.25',
      '/bin/sh',
      'a b',
      'kubernetes.io/name',
      'a#b',
      '1.2.3.4/24',
      '100m',
      'v1',
    ])
      assert.equal(stringify([text]), `- ${text}\n`);
  });

  it('refuses what JSON cannot hold', () => {
    assert.throws(() => stringify(Symbol('x') as unknown as Value), TypeError);
  });

  it('is read back as it was, by us, by YAML 1.1 and by YAML 1.2 readers', () => {
    const tricky = fc.constantFrom(
      'yes',
      '0777',
      '1_000',
      '2024-01-01',
      '.5',
      '~',
      '<<',
      '=',
      '1:30',
      '- a',
      '? b',
      '---',
      'a\n',
      '\na',
      'a\n\n',
      ' a\nb',
      'a\n \nb',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      tricky,
      fc.stringMatching(/^[\n a-c:#-]*$/),
      fc.string({ minLength: 1100, maxLength: 1200 }),
    );
    const number = fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .filter((x) => !Object.is(x, -0) && Math.abs(x) < 2 ** 53);
    const { value } = fc.letrec<{ value: Value }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        text,
        fc.oneof(fc.integer(), number, fc.boolean(), fc.constant(null)),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(text, tie('value'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(value, (data) => {
        const wanted = JSON.stringify(data).toWellFormed();
        const text = stringify(JSON.parse(wanted) as Value);
        const [document] = readDocuments(text);
        assert.equal(JSON.stringify(document?.value), wanted, text);
        assert.deepEqual(document?.problems, []);
        if (wanted.includes('"__proto__"')) return;
        assert.equal(JSON.stringify(load(text)), wanted, text);
        assert.equal(JSON.stringify(parse(text)), wanted, text);
        assert.equal(JSON.stringify(parse(text, { version: '1.1' })), wanted, text);
      }),
      { numRuns: 500 },
    );
  });

  it('a text of megabytes is quoted', () => {
    const long = 'y'.repeat(8_000_000);
    assert.equal(stringify({ a: long, b: 'y'.repeat(1000) }), `a: "${long}"\nb: ${'y'.repeat(1000)}\n`);
  });
});
