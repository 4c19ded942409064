import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PolicyCoverage } from '../../../model/policy-test.ts';
import { configMap, configMapPolicy, type Files, inFolder } from '../run.fixture.ts';
import { PolicyTester } from '../policy-tester.ts';

/** The coverage of the policies after all tests, with the text that each gap points at. */
function coverage(files: Files): {
  readonly all: readonly PolicyCoverage[];
  readonly gaps: readonly string[];
} {
  return inFolder(files, (cwd) => {
    const tester = new PolicyTester({ cwd, version: 36, coverage: true });
    for (const suite of tester.find(['.']).suites) tester.run(suite);
    const all = tester.coverage()!;
    const gaps = all.flatMap((one) =>
      one.gaps.map(({ where, missing, location }) => {
        const line = files[location!.file]!.split('\n')[location!.line - 1]!;
        const end = location!.endLine === location!.line ? location!.endColumn - 1 : undefined;
        return `${where} ${line.slice(location!.column - 1, end)}: ${missing}`;
      }),
    );
    return { all, gaps };
  });
}

function run(validations: string, objects: readonly string[], more = ''): ReturnType<typeof coverage> {
  const cases = objects.map((object, i) => `- {pass: c${i}, object: ${object}}`).join('\n');
  return coverage({ 'policy.yaml': configMapPolicy(validations, more), 'tests.yaml': `cases:\n${cases}\n` });
}

const [a, b, ab] = [configMap('{a: "1"}'), configMap('{b: "1"}'), configMap('{a: "1", b: "1"}')];

test('a validation is to be true and false', () => {
  const rule = `  - {expression: "'a' in object.data"}`;
  assert.deepEqual(run(rule, [a]).gaps, [`validations[0] 'a' in object.data: never false`]);
  assert.deepEqual(run(rule, [b]).gaps, [`validations[0] 'a' in object.data: never true`]);
  const both = run(rule, [a, b]);
  assert.deepEqual(both.gaps, []);
  assert.deepEqual(
    both.all.map(({ policy, file, reached, all }) => [policy, file, reached, all]),
    [['rule', 'policy.yaml', 2, 2]],
  );
});

test('each operand of && and || is to be true and false, unless nothing evaluates it', () => {
  const rule = `  - {expression: "'a' in object.data || 'b' in object.data"}`;
  assert.deepEqual(run(rule, [a]).gaps, [
    `validations[0] 'a' in object.data: never false`,
    `validations[0] 'b' in object.data: never evaluated`,
  ]);
  assert.deepEqual(run(rule, [a, b]).gaps, [`validations[0] 'b' in object.data: never false`]);
  assert.deepEqual(run(rule, [a, b, configMap('{x: "1"}')]).gaps, []);
});

test('each side of a condition is to be taken', () => {
  const rule = `  - {expression: "'a' in object.data ? object.data.a == '1' : 'b' in object.data"}`;
  assert.ok(run(rule, [a]).gaps.includes(`validations[0] 'b' in object.data: this branch was never taken`));
  assert.ok(run(rule, [b]).gaps.includes(`validations[0] object.data.a == '1': this branch was never taken`));
});

test('the test of a macro is to be true and false, the body of map to be evaluated', () => {
  const rule = `  - {expression: "object.data.filter(k, k == 'a').map(k, k + '!').size() < 9"}`;
  assert.deepEqual(run(rule, [b]).gaps, [
    `validations[0] object.data.filter(k, k == 'a').map(k, k + '!').size() < 9: never false`,
    `validations[0] k + '!': never evaluated`,
    `validations[0] k == 'a': never true`,
  ]);
  const narrow = `  - {expression: "object.data.all(k, k == 'a') || true"}`;
  assert.deepEqual(run(narrow, [a]).gaps.includes(`validations[0] k == 'a': never false`), true);
  assert.equal(
    run(narrow, [ab]).gaps.some((gap) => gap.startsWith(`validations[0] k == 'a'`)),
    false,
  );
});

test('variables are to be read: one that is behind an operand nobody evaluates was not', () => {
  const more = `  variables:
  - {name: used, expression: "object.data"}
  - {name: unused, expression: "object.metadata.name"}`;
  const rule = `  - {expression: "'a' in variables.used || variables.unused == 'b'"}`;
  assert.ok(run(rule, [a], more).gaps.includes('variables "unused" object.metadata.name: never evaluated'));
  assert.equal(
    run(rule, [b], more).gaps.some((gap) => gap.includes('object.metadata.name')),
    false,
  );
  assert.equal(
    run(rule, [a], more).gaps.some((gap) => gap.startsWith('variables "used"')),
    false,
  );
});

test('match conditions are to be true and false', () => {
  const more = `  matchConditions: [{name: some, expression: "'a' in object.data"}]`;
  assert.deepEqual(run('  - {expression: "object.data.size() > 0"}', [a], more).gaps, [
    `matchConditions[0] "some" 'a' in object.data: never false`,
    'validations[0] object.data.size() > 0: never false',
  ]);
});

test('message expressions are to be needed', () => {
  const rule = `  - {expression: "'a' in object.data", messageExpression: "'not ' + string(object.data.size())"}`;
  assert.ok(
    run(rule, [a]).gaps.some(
      (gap) => gap.startsWith('validations[0].messageExpression') && gap.endsWith('never evaluated'),
    ),
  );
  assert.deepEqual(run(rule, [a, b]).gaps, []);
});

test('a policy that no test asks stands there with nothing reached', () => {
  const secret = '{apiVersion: v1, kind: Secret, metadata: {name: s}}';
  const { all } = run(`  - {expression: "'a' in object.data"}`, [secret]);
  assert.deepEqual(
    all.map(({ reached }) => reached),
    [0],
  );
});

test('several files of tests for one policy count together', () => {
  const files = {
    'policy.yaml': configMapPolicy(`  - {expression: "'a' in object.data"}`),
    'tests.yaml': `cases: [{pass: p, object: ${a}}]\n`,
    'more.tests.yaml': `cases: [{fail: f, object: ${b}}]\n`,
  };
  const { all } = coverage(files);
  assert.equal(all.length, 1);
  assert.deepEqual(all[0]!.gaps, []);
});

test('what a template of Gatekeeper adds by itself does not count, and gaps stand in the template', () => {
  const { all, gaps } = coverage({
    'suite.yaml': `apiVersion: test.gatekeeper.sh/v1alpha1
kind: Suite
tests:
- {name: t, template: template.yaml, constraint: constraint.yaml, cases: [{name: c, object: a.yaml, assertions: [{violations: no}]}]}
`,
    'a.yaml': a,
    'template.yaml': `apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: {name: needed}
spec:
  crd: {spec: {names: {kind: Needed}}}
  targets:
  - target: admission.k8s.gatekeeper.sh
    code:
    - engine: K8sNativeValidation
      source:
        variables:
        - {name: keys, expression: "variables.anyObject.data.map(k, k)"}
        validations:
        - {expression: "'a' in variables.keys"}
`,
    'constraint.yaml':
      '{apiVersion: constraints.gatekeeper.sh/v1beta1, kind: Needed, metadata: {name: n}, spec: {}}',
  });
  assert.deepEqual(gaps, [`validations[0] 'a' in variables.keys: never false`]);
  assert.deepEqual(
    all.map(({ reached, all: count }) => [reached, count]),
    [[3, 4]],
  );
});
