import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { PolicyTester } from './policy-tester.ts';
import { configMap, configMapPolicy, type Files, inFolder, runFiles } from './run.fixture.ts';

const policy = configMapPolicy('  - {expression: "true"}');
const object = configMap('{a: "1"}');
const own = `cases: [{pass: p, object: ${object}}]\n`;
const formats = (files: Files): readonly string[] =>
  runFiles(files).suites.map(({ file, format, cases }) => `${file} ${format} ${cases.length}`);

describe('a test file is recognised', () => {
  const gator = 'apiVersion: test.gatekeeper.sh/v1alpha1\nkind: Suite\ntests: []\n';
  const kyverno = 'apiVersion: cli.kyverno.io/v1alpha1\nkind: Test\nresults: []\n';
  const list = '[{"name": "a", "template": "t.yaml", "expected": "pass"}]';

  test('by its name or its content, wherever it lies', () => {
    const files = {
      'a/tests.yaml': own,
      'a/more.tests.yml': own,
      'a/policy.yaml': policy,
      'b/anything.yaml': gator,
      '.kyverno-test/chosen.yaml': kyverno,
      'c/cases.json': list,
    };
    assert.deepEqual(formats(files), [
      '.kyverno-test/chosen.yaml kyverno-test.yaml 0',
      'a/more.tests.yml tests.yaml 1',
      'a/tests.yaml tests.yaml 1',
      'b/anything.yaml gator Suite 0',
      'c/cases.json tests.json 1',
    ]);
  });

  test('and what only looks like one is not', () => {
    const files = {
      'values.yaml': 'apiVersion: cli.kyverno.io/v1alpha1\nkind: Values\n',
      'mention.yaml': '# see test.gatekeeper.sh/v1alpha1\na: 1\n',
      'schema.json': '{"template": {"expected": 1}}',
      'package.json': '{"name": "x"}',
      'node_modules/x/tests.yaml': own,
    };
    assert.deepEqual(formats(files), []);
  });

  test('several suites in one file', () => {
    assert.deepEqual(formats({ 'all.yaml': `${gator}---\n${gator}` }), ['all.yaml gator Suite 0']);
  });
});

test('a file that is named and holds no tests is told', () => {
  inFolder({ 'a.yaml': 'a: 1\n' }, (cwd) => {
    const { missing } = new PolicyTester({ cwd, version: 36 }).find(['a.yaml', 'gone']);
    assert.deepEqual(
      missing.map(({ input, reason }) => `${input}: ${reason}`),
      ['gone: no such file or directory', 'a.yaml: it holds no tests in any known format'],
    );
  });
});

describe('hostile files cost only themselves', () => {
  const survives = (files: Files): void => {
    const { suites } = runFiles({ ...files, 'z/tests.yaml': own, 'z/policy.yaml': policy });
    assert.deepEqual(
      suites.at(-1)!.cases.map(({ status }) => status),
      ['passed'],
    );
    for (const { cases, problems } of suites.slice(0, -1)) {
      assert.ok(cases.every(({ status }) => status !== 'passed'));
      assert.ok(problems.length + cases.length > 0);
    }
  };

  const rows: Readonly<Record<string, string>> = {
    'deep.tests.yaml': `cases: ${'['.repeat(5000)}`,
    'tests.yaml': `cases:\n- {pass: a, object: ${'['.repeat(400)}${']'.repeat(400)}}\n- null\n- {pass: 1}\n`,
    'kyverno-test.yaml':
      'apiVersion: cli.kyverno.io/v1alpha1\nkind: Test\npolicies: 7\nresources: [[1]]\nresults: {}\n',
    'suite.yaml':
      'apiVersion: test.gatekeeper.sh/v1alpha1\nkind: Suite\ntests: [1, {template: 7}, {template: suite.yaml, constraint: suite.yaml, cases: [3, {object: suite.yaml}]}]\n',
    'a.json': '[{"template": null, "expected": 7, "field_change_list": {"a": 1}}]',
    'binary.tests.yaml': '\u0000\u0001\u0002',
  };
  for (const [name, text] of Object.entries(rows)) test(name, () => survives({ [name]: text }));

  test('names of JavaScript', () => {
    const cases =
      'cases:\n- {not-applicable: __proto__, object: {apiVersion: v1, kind: constructor, metadata: {name: toString}}}\n';
    assert.deepEqual(runFiles({ 'tests.yaml': cases, 'policy.yaml': policy }).cases, ['passed __proto__']);
  });

  test('a folder that holds itself', () => {
    inFolder({ 'tests.yaml': own, 'policy.yaml': policy }, (cwd) => {
      symlinkSync(cwd, path.join(cwd, 'again'));
      assert.equal(new PolicyTester({ cwd, version: 36 }).find(['.']).suites.length, 1);
    });
  });

  test('any values where the formats have others', () => {
    const text = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value));
    const keys = [
      'pass',
      'fail',
      'object',
      'oldObject',
      'userInfo',
      'params',
      'message',
      'path',
      'operation',
      'kinds',
    ];
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), text, { maxKeys: 5 }), (fields) => {
        const item = Object.entries(fields).map(([key, value]) => `${key}: ${value}`);
        runFiles({ 'tests.yaml': `cases: [{${item.join(', ')}}]\n`, 'policy.yaml': policy });
      }),
      { numRuns: 60 },
    );
  });
});
