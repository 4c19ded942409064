import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { failures, privilegedPod, problems, project, run, scanJson } from './golden/program.ts';

const only = ['-c', 'privileged-container'];
const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n';

/** Nine levels of nine aliases each: 387 million strings when copied. */
const bomb = `${head}a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
  .split('')
  .map((name, i) => {
    const before = String.fromCharCode('a'.charCodeAt(0) + i);
    return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(',')}]\n`;
  })
  .join('')}`;

function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => (state = (state * 48271) % 2147483647) & 0xff);
}

describe('what cannot be read is a located problem, and the others are judged', () => {
  const broken: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
    ['a tab as indentation', 'apiVersion: v1\nkind: Pod\nmetadata:\n\tname: x\n', /:4:1 tab/],
    [
      'bad UTF-8',
      Buffer.from('apiVersion: v1\nkind: Pod\nmetadata: {name: "\xff\xfe"}\n', 'latin1'),
      /:3:19 invalid UTF-8 byte/,
    ],
    ['an unterminated text', 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: "abc\n', /double quoted scalar/],
    ['an unterminated list', 'apiVersion: v1\nkind: Pod\nmetadata: [a, b\n', /:\d+:\d+ /],
    ['an alias bomb', bomb, /alias/],
    ['an alias of nothing', `${head}data: *nope\n`, /:4:\d+ .*nope/],
    ['an anchor in itself', `${head}data: &a {x: *a}\n`, /:4:\d+ /],
    [
      'deep nesting in YAML',
      `${head}data: ${'{a: '.repeat(600)}1${'}'.repeat(600)}\n`,
      /:4:\d+ nesting is deeper than 500 levels/,
    ],
    [
      'deep nesting by indentation',
      `${head}data:\n${Array.from({ length: 700 }, (_, i) => `${' '.repeat(i + 1)}a:\n`).join('')}`,
      /nesting is deeper than 500 levels/,
    ],
    ['deep nesting in lists', `${head}data: ${'['.repeat(100_000)}\n`, /nesting is deeper than 500 levels/],
    [
      'deep nesting in JSON',
      `{"apiVersion":"v1","kind":"ConfigMap","data":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`,
      /nesting is deeper/,
    ],
    [
      'a binary tail',
      Buffer.concat([Buffer.from('apiVersion: v1\nkind: Pod\n'), noise(2000)]),
      /invalid UTF-8 byte/,
    ],
    ['a directive of YAML 1.2', `%YAML 1.2\n---\n${head}`, /:1:\d+ /],
    ['an unknown tag', `${head}data: !!js/function "x"\n`, /:4:\d+ /],
    ['NUL', `${head}data: {a: "\u0000"}\n`, /:4:\d+ /],
  ];
  for (const [what, text, words] of broken) {
    test(what, async (t) => {
      const cwd = project(t, { 'bad.yaml': text, 'good.yaml': privilegedPod });
      const { code, report } = await scanJson(only, { cwd });
      assert.equal(failures(report).length, 1);
      assert.equal(code, 3);
      const errors = problems(report).filter((line) => line.startsWith('error '));
      assert.equal(errors.length, 1, errors.join('\n'));
      assert.match(errors[0]!, /^error bad.yaml:\d+:\d+ /);
      assert.match(errors[0]!, words);
    });
  }

  test('the other documents of the same file', async (t) => {
    const cwd = project(t, {
      'a.yaml': `${privilegedPod}---\napiVersion: v1\nkind: [\n---\n${privilegedPod.replace('name: web\nspec', 'name: two\nspec')}`,
    });
    const { code, report } = await scanJson(only, { cwd });
    assert.equal(code, 3);
    assert.deepEqual(
      failures(report).map((line) => line.split(' ')[1]),
      ['web', 'two'],
    );
  });

  test('the depth can be raised', async (t) => {
    const text = `${head}data: ${'{a: '.repeat(600)}1${'}'.repeat(600)}\n`;
    const cwd = project(t, { 'a.yaml': text });
    const raised = await scanJson([...only, '--max-depth', '2000'], { cwd });
    assert.ok(
      !problems(raised.report).join().includes('nesting'),
      problems(raised.report).join().slice(0, 300),
    );
    const lowered = await scanJson([...only, '--max-depth', '3', 'a.yaml'], { cwd });
    assert.match(problems(lowered.report)[0]!, /deeper than 3 levels/);
  });

  test(
    'a file that may not be read',
    { skip: process.getuid?.() === 0 && 'root reads everything' },
    async (t) => {
      const cwd = project(t, { 'a.yaml': privilegedPod, 'b.yaml': privilegedPod });
      chmodSync(path.join(cwd, 'a.yaml'), 0);
      const { code, report } = await scanJson(only, { cwd });
      assert.equal(code, 3);
      assert.deepEqual(problems(report), ['error a.yaml cannot be read: permission denied']);
    },
  );
});

describe('what is odd but harmless', () => {
  const quiet: readonly (readonly [string, string | Uint8Array])[] = [
    ['nothing', ''],
    ['only comments', '# a\n# b\n'],
    ['only separators', '---\n---\n...\n'],
    ['only a byte order mark', '\ufeff'],
    ['noise', noise(20_000)],
    ['a scalar', 'apiVersion\n'],
    ['a list', '- apiVersion: v1\n'],
    ['kind of another type', 'apiVersion: v1\nkind: 3\n'],
    ['a List of nothing', 'apiVersion: v1\nkind: List\nitems:\n'],
  ];
  for (const [what, text] of quiet) {
    test(what, async (t) => {
      const cwd = project(t, { 'odd.yaml': text, 'good.yaml': privilegedPod });
      const { code, report } = await scanJson(only, { cwd });
      assert.equal(failures(report).length, 1);
      assert.deepEqual([code, problems(report)], [1, []]);
    });
  }

  test('a List of nonsense is an error an item', async (t) => {
    const odd = 'apiVersion: v1\nkind: List\nitems: [1, null, [], {}, "a"]\n';
    const cwd = project(t, { 'odd.yaml': odd, 'good.yaml': privilegedPod });
    const { code, report } = await scanJson(only, { cwd });
    assert.equal(failures(report).length, 1);
    assert.equal(code, 3);
    assert.deepEqual(
      problems(report).map((line) => line.split(' ')[1]),
      ['odd.yaml:3:9', 'odd.yaml:3:12', 'odd.yaml:3:18', 'odd.yaml:3:22', 'odd.yaml:3:26'],
    );
  });

  test('a line of 3 MB', async (t) => {
    const long = `${privilegedPod.replace('name: web\n', 'name: web\n  annotations: {a: "LONG"}\n')}`.replace(
      'LONG',
      'x'.repeat(3_000_000),
    );
    const cwd = project(t, { 'a.yaml': long });
    const { code, out } = await run(['scan', ...only], { cwd });
    assert.equal(code, 1);
    assert.ok(out.length < 10_000, 'and the output stays small');
  });

  test('the failing span on a line of 1 MB is cut around it', async (t) => {
    const text = `{apiVersion: v1, kind: Pod, metadata: {name: web, annotations: {a: ${'x'.repeat(1_000_000)}}}, spec: {containers: [{name: a, image: b, securityContext: {privileged: true}}]}}`;
    const { out } = await run(['scan', ...only], { cwd: project(t, { 'a.yaml': text }) });
    assert.match(out, /^ {3}1 \| ….*privileged: true/m);
    assert.ok(
      out.split('\n').every((line) => line.length < 400),
      out.slice(0, 600),
    );
  });
});

describe('names that mean something to JavaScript or to terminals', () => {
  test('__proto__ and constructor are fields like others', async (t) => {
    const cwd = project(t, {
      'a.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: web
  labels: {__proto__: a, constructor: b, hasOwnProperty: c, toString: d}
  annotations: {ignore.scantling.dev/constructor: why, ignore.scantling.dev/__proto__: why}
__proto__: {kind: x}
constructor: 1
spec:
  __proto__: {hostPID: true}
  containers:
  - name: web
    image: nginx
    __proto__: {securityContext: {privileged: true}}
  - name: constructor
    image: nginx
    securityContext: {privileged: true, __proto__: 1}
`,
    });
    const { report } = await scanJson(['-c', 'privileged-container,host-namespaces'], { cwd });
    assert.deepEqual(failures(report), [
      'privileged-container web spec.containers[1].securityContext.privileged 17:23',
    ]);
    const words = problems(report).join('\n');
    assert.ok(words.includes('knows no field "__proto__"') && words.includes('knows no field "constructor"'));
    assert.ok(
      words.includes('there is no control "constructor"') &&
        words.includes('there is no control "__proto__"'),
    );
    assert.equal(report.summary.exitCode, 1);
  });

  test('kinds and versions named so', async (t) => {
    const cwd = project(t, {
      'a.yaml': ['__proto__', 'constructor', 'toString']
        .map((name) => `apiVersion: ${name}\nkind: ${name}\nmetadata: {name: ${name}}\nspec: {}\n`)
        .join('---\n'),
    });
    const { code, report } = await scanJson([], { cwd });
    assert.deepEqual([code, report.coverage.objects], [0, 3]);
  });

  test('annotations of a wrong type suppress nothing and do not crash', async (t) => {
    for (const annotations of [
      '[1]',
      'x',
      '{ignore.scantling.dev/privileged-container: 5}',
      '{ignore.scantling.dev/privileged-container: {a: b}}',
    ]) {
      const text = privilegedPod.replace(
        '  name: web\nspec',
        `  name: web\n  annotations: ${annotations}\nspec`,
      );
      const { code, report } = await scanJson(only, { cwd: project(t, { 'a.yaml': text }) });
      assert.equal(code, 3, annotations);
      assert.match(
        problems(report)[0]!,
        /^error a.yaml:5:\d+ Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal/,
      );
    }
  });

  test('metadata of a wrong type', async (t) => {
    for (const metadata of [
      'x',
      '[1]',
      '3',
      '{name: 3}',
      '{name: web, ownerReferences: {a: b}}',
      '{name: web, labels: {a: 1}}',
    ]) {
      const text = `apiVersion: v1\nkind: Pod\nmetadata: ${metadata}\nspec: {containers: [{name: a, image: b}]}\n`;
      const { code } = await scanJson([], { cwd: project(t, { 'a.yaml': text }) });
      assert.equal(code, 3, metadata);
    }
  });

  test('escape sequences and direction marks never reach the terminal', async (t) => {
    const cwd = project(t, {
      'a\u001b[31m.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: "a\\e[31mred\\u202E"
  namespace: "n\\e]0;title\\a"
  annotations: {"ignore.scantling.dev/\\e[2J": "x"}
  "\\e[1mfield": 1
spec:
  containers:
  - {name: "c\\e[2J", image: "i\\x9b1m", securityContext: {privileged: true}}
`,
      'b.yaml': 'apiVersion: v1\nkind: "\\e[1m\n',
    });
    for (const args of [[], ['--all'], ['-q'], ['--show', 'all']]) {
      const { out, err } = await run(['scan', ...only, ...args], { cwd });
      assert.ok(out.includes('Pod n·]0;title·/a·[31mred·') || args.includes('-q'), out);
      // eslint-disable-next-line no-control-regex
      assert.ok(
        !/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/.test(out + err),
        JSON.stringify(out + err),
      );
    }
    for (const format of ['json', 'yaml', 'sarif', 'junit', 'github']) {
      const { out } = await run(['scan', ...only, '-o', format], { cwd });
      // eslint-disable-next-line no-control-regex
      assert.ok(!/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/.test(out), format);
    }
  });

  test('a message cannot make up workflow commands', async (t) => {
    const text = privilegedPod.replace('- name: web', '- name: "x\\n::error::boo"');
    const { out } = await run(['scan', ...only, '-o', 'github'], { cwd: project(t, { 'a.yaml': text }) });
    assert.equal(out.match(/^::/gm)!.length, 1);
  });
});

describe('sizes', () => {
  test('thousands of failing containers in bounded time', async (t) => {
    const containers = Array.from(
      { length: 5000 },
      (_, i) => `  - {name: c${i}, image: "nginx:${i}", securityContext: {privileged: ${i % 2 === 0}}}\n`,
    ).join('');
    const cwd = project(t, {
      'a.yaml': `apiVersion: v1\nkind: Pod\nmetadata: {name: many}\nspec:\n  containers:\n${containers}`,
    });
    const before = process.cpuUsage();
    const { report } = await scanJson(only, { cwd });
    assert.equal(failures(report).length, 2500);
    assert.equal(
      failures(report)[1],
      'privileged-container many spec.containers[2].securityContext.privileged 8:52',
    );
    assert.equal(new Set(report.findings.map(({ fingerprint }) => fingerprint)).size, 2500);
    const { out } = await run(['scan', ...only], { cwd });
    assert.match(out, /and 2499 more in the same object:/);
    assert.ok(process.cpuUsage(before).user < 20e6);
  });

  test('hundreds of documents and a configuration with hundreds of sections', async (t) => {
    const cwd = project(t, {
      '.scantling.yaml': `paths:\n${Array.from({ length: 300 }, (_, i) => `- {match: "x${i}/**", failOn: low}\n`).join('')}`,
      'a.yaml': Array.from({ length: 500 }, (_, i) =>
        privilegedPod.replace('  name: web\nspec', `  name: p${i}\nspec`),
      ).join('---\n'),
    });
    const { report } = await scanJson(only, { cwd });
    assert.equal(failures(report).length, 500);
  });
});
