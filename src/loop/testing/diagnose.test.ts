import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CaseResult } from '../../model/policy-test.ts';
import { configMap, configMapPolicy, inFolder } from './run.fixture.ts';
import { PolicyTester } from './policy-tester.ts';

/** What a failing case shows: its elements and expressions with their places, while the files are there. */
function shown(rule: string, object: string, expect = 'pass'): { elements: string[]; expressions: string[] } {
  const files = {
    'policy.yaml': configMapPolicy(rule),
    'object.yaml': object,
    'tests.yaml': `cases: [{${expect}: c, object: object.yaml}]\n`,
  };
  return inFolder(files, (cwd) => {
    const tester = new PolicyTester({ cwd, version: 36 });
    const [one] = tester.run(tester.find(['.']).suites[0]!)!.result.cases;
    return { elements: one!.elements.map(element), expressions: one!.expressions.flatMap(expression) };
  });
}

function element({ path, message, location }: CaseResult['elements'][number]): string {
  return `${location!.file}:${location!.line}:${location!.column} ${path} ${message}`;
}

function expression({ title, result, location, values }: CaseResult['expressions'][number]): string[] {
  const head = `${location!.file}:${location!.line}:${location!.column} ${title} ${result}`;
  return [head, ...values.map((one) => `${one.expression} = ${one.value}`)];
}

describe('a failing case shows what decided', () => {
  test('each place in the object, and the expression with the values of its parts', () => {
    const rule = `  - {expression: "object.data.all(k, object.data[k] != '')", message: empty}`;
    const object = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: ""\n  b: x\n  c: ""\n';
    assert.deepEqual(shown(rule, object), {
      elements: ['object.yaml:5:3 data.a empty', 'object.yaml:7:3 data.c empty'],
      expressions: [
        'policy.yaml:8:19 validations[0] false',
        'object.data = {a: "", b: "x", c: ""}',
        `object.data[k] = ""`,
        `object.data[k] != '' = false`,
        `k = "a"`,
      ],
    });
  });

  test('where a macro decides in a later round, that round', () => {
    const rule = `  - {expression: "object.data.all(k, k != 'b')", message: m}`;
    const { expressions } = shown(rule, configMap('{a: "1", b: "2", c: "3"}'));
    assert.ok(expressions.includes('k = "b"'));
    assert.ok(!expressions.includes('k = "a"'));
  });

  test('an error says which expression it came from', () => {
    const rule = '  - {expression: "object.data.nowhere == \'1\'"}';
    const { elements, expressions } = shown(rule, configMap('{a: "1"}'));
    assert.deepEqual(elements, []);
    assert.match(expressions[0]!, /^policy\.yaml:8:19 validations\[0\] error: no such key: nowhere$/);
  });

  test('a case that passes where it should fail shows every validation', () => {
    const rule = `  - {expression: "'a' in object.data"}\n  - {expression: "object.data.size() == 1"}`;
    const { expressions } = shown(rule, configMap('{a: "1"}'), 'fail');
    assert.deepEqual(
      expressions.filter((line) => line.includes('validations')),
      ['policy.yaml:8:19 validations[0] true', 'policy.yaml:9:19 validations[1] true'],
    );
  });

  test('long values are cut, and there are not too many of them', () => {
    const rule = `  - {expression: "${Array.from({ length: 30 }, (_, i) => `object.data.a != '${i}x'`).join(' && ')} && object.data.a == ''"}`;
    const { expressions } = shown(rule, configMap(`{a: "${'z'.repeat(1000)}"}`));
    assert.ok(expressions.length <= 9);
    assert.ok(expressions.every((line) => line.length < 400));
  });
});
