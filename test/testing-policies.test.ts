import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { testCommand } from '../src/cli/test.ts';
import type { Json } from '../src/model/object.ts';
import { readDocuments } from '../src/yaml/index.ts';
import { project, run } from './golden/program.ts';

const root = path.resolve(import.meta.dirname, '..');
const page = readFileSync(path.join(root, 'docs/testing-policies.md'), 'utf8');
const schema = JSON.parse(readFileSync(path.join(root, 'schemas/tests.schema.json'), 'utf8')) as object;
const validate = new Ajv2020({ allowUnionTypes: true, strictRequired: false }).compile(schema);
const deployment = readFileSync(path.join(root, 'examples/policy-tests/own/deployment.yaml'), 'utf8');

const parse = (text: string): Json => [...readDocuments(text)][0]!.value as Json;

/** The marked examples of the page: `<!-- policy -->` and the tests that follow it. */
function examples(): { readonly mark: string; readonly yaml: string }[] {
  const found = page.matchAll(/<!-- ([^>]+) -->\n```yaml\n([^]*?)```/g);
  return [...found].map(([, mark, yaml]) => ({ mark: mark!, yaml: yaml! }));
}

describe('docs/testing-policies.md', () => {
  let policy = '';
  for (const [i, { mark, yaml }] of examples().entries()) {
    if (mark.startsWith('file: ')) {
      const file = mark.slice('file: '.length);
      test(`${file} is shown as it is`, () => {
        assert.deepEqual(parse(yaml), parse(readFileSync(path.join(root, file), 'utf8')));
      });
    }
    if (!mark.startsWith('tests')) {
      policy = yaml;
      continue;
    }
    const tested = policy;
    test(`example ${i} passes`, async (context) => {
      const cwd = project(context, {
        'policy.yaml': tested,
        'tests.yaml': yaml,
        'deployment.yaml': deployment,
      });
      const { code, out } = await run(['test', '.'], { cwd });
      assert.equal(code, 0, out);
      assert.ok(validate(parse(yaml)), JSON.stringify(validate.errors));
    });
  }

  test('there are examples, and every flag and every key of the format is told', () => {
    assert.ok(examples().filter(({ mark }) => mark.startsWith('tests')).length >= 3);
    for (const flag of Object.keys(testCommand.flags)) {
      if (['quiet', 'kubernetes-version', 'output'].includes(flag)) continue;
      assert.ok(page.includes(`--${flag}`), flag);
    }
    const { $defs } = schema as { $defs: { case: { properties: object } } };
    for (const key of Object.keys($defs.case.properties)) assert.ok(page.includes(`\`${key}`), key);
  });
});

describe('schemas/tests.schema.json', () => {
  test('takes the tests of the examples', () => {
    const file = path.join(root, 'examples/policy-tests/own/tests.yaml');
    assert.ok(validate(parse(readFileSync(file, 'utf8'))), JSON.stringify(validate.errors));
  });

  const wrong: readonly string[] = [
    '{}',
    '{cases: []}',
    '{cases: [{object: a.yaml}]}',
    '{cases: [{pass: a, fail: b}]}',
    '{cases: [{pas: a}]}',
    '{cases: [{pass: ""}]}',
    '{cases: [{pass: a, message: m}]}',
    '{cases: [{pass: a, changes: {}}]}',
    '{cases: [{pass: a, object: {}, container: {}}]}',
    '{cases: [{pass: a, operation: create}]}',
    '{case: [{pass: a}]}',
    '{cases: [{pass: a}], namespaces: {shop: {stage: 1}}}',
  ];
  for (const text of wrong) {
    test(`refuses ${text}, and so does the program`, async (context) => {
      assert.equal(validate(parse(text)), false);
      const policy = readFileSync(path.join(root, 'examples/policy-tests/own/policy.yaml'), 'utf8');
      const cwd = project(context, { 'tests.yaml': text, 'policy.yaml': policy });
      assert.equal((await run(['test', '.'], { cwd })).code, 3);
    });
  }
});

test('every example passes', async () => {
  const { code, out } = await run(['test', 'examples/policy-tests'], { cwd: root });
  assert.equal(code, 0, out);
  const folders = readdirSync(path.join(root, 'examples/policy-tests'));
  for (const folder of folders) assert.ok(out.includes(`policy-tests/${folder}/`), folder);
});

describe('exit codes', () => {
  const policy = readFileSync(path.join(root, 'examples/policy-tests/own/policy.yaml'), 'utf8');
  const exit = async (
    context: Parameters<typeof project>[0],
    tests: string,
    flags: readonly string[] = [],
  ): Promise<number> => {
    const bare = deployment.replace('{team: shop}', '{}');
    const files = { 'policy.yaml': policy, 'd.yaml': deployment, 'bare.yaml': bare };
    const cwd = project(context, { 'tests.yaml': tests, ...files });
    return (await run(['test', '.', ...flags], { cwd })).code;
  };
  const user = 'userInfo: {username: jane}';

  test('1 for a case that is not as expected', async (context) => {
    assert.equal(await exit(context, `cases: [{fail: f, object: d.yaml, ${user}}]\n`), 1);
  });

  test('1 for a coverage below the threshold', async (context) => {
    const tests = `cases: [{pass: p, object: d.yaml, ${user}}]\n`;
    assert.equal(await exit(context, tests, ['--coverage-threshold', '90']), 1);
    assert.equal(await exit(context, tests, ['--coverage-threshold', '10']), 0);
    const { err } = await run(['test', '.', '--coverage-threshold', '100'], {
      cwd: project(context, { 'tests.yaml': tests, 'policy.yaml': policy, 'd.yaml': deployment }),
    });
    const [, reached] = /^the coverage of ([\d.]+) % is below the threshold of 100 %$/m.exec(err)!;
    assert.equal(await exit(context, tests, ['--coverage-threshold', reached!]), 0, 'as high as asked for');
  });

  test('3 for what is unknown, also beside a failure', async (context) => {
    assert.equal(await exit(context, 'cases: [{fail: f, object: bare.yaml}]\n'), 3);
    const both = `cases: [{fail: b, object: bare.yaml}, {fail: f, object: d.yaml, ${user}}]\n`;
    assert.equal(await exit(context, both), 3);
  });
});

test('outputs go to files, several at once', async (context) => {
  const cwd = project(context);
  const flags = ['-o', 'text', '-o', `junit=${cwd}/t.xml`, '-o', `json=${cwd}/t.json`];
  const { code, out } = await run(['test', 'examples/policy-tests', ...flags], { cwd: root });
  assert.equal(code, 0);
  assert.match(out, /all as expected/);
  assert.match(readFileSync(path.join(cwd, 't.xml'), 'utf8'), /^<\?xml/);
  const json = JSON.parse(readFileSync(path.join(cwd, 't.json'), 'utf8')) as { summary: { passed: number } };
  assert.equal(json.summary.passed, 13);
});
