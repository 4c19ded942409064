import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Lint, lint, type LintOptions } from './lint.ts';

function lintText(text: string, change: Partial<LintOptions> = {}): Lint {
  return lint({
    inputs: ['-'],
    cwd: '/',
    exclude: [],
    version: '1.36',
    failOn: [],
    staticManifests: false,
    today: '2026-06-01',
    stdin: () => Buffer.from(text),
    ...change,
  });
}

const policy = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata:
  name: p
spec:
  matchConstraints:
    resourceRules:
    - {apiGroups: [""], apiVersions: [v1], operations: [CREATE, DELETE], resources: [pods]}
  validations:
  - message: keep
    expression: >-
      true &&
      object.metadata.name != 'keep'
`;

describe('lint', () => {
  test('a finding stands at its characters, over the lines of a folded text as well', () => {
    const { report } = lintText(policy);
    const [finding] = report.findings;
    assert.equal(finding!.control, 'object-on-delete');
    assert.equal(finding!.path, 'spec.validations[0].expression');
    assert.deepEqual(finding!.location, { file: '-', line: 13, column: 7, endLine: 13, endColumn: 22 });
    assert.match(finding!.fingerprint, /^[0-9a-f]{16}$/);
    assert.equal(report.summary.exitCode, 1);
    assert.equal(report.summary.exitReason, '1 failure at or above high');
  });

  test('--fail-on decides', () => {
    const missing = policy.replace('CREATE, DELETE', 'CREATE').replace('  - message: keep\n    ', '  - ');
    assert.equal(lintText(missing).report.summary.exitCode, 0);
    assert.equal(lintText(missing).report.summary.exitReason, 'no failure at or above high');
    assert.equal(lintText(missing, { failOn: ['info'] }).report.summary.exitCode, 1);
    assert.equal(
      lintText(policy.replace('CREATE, DELETE', 'CREATE')).report.summary.exitReason,
      'nothing that fails',
    );
  });

  test('refusals come with their place, and the exit code', () => {
    const { report } = lintText(policy.replace("'keep'", 'nobody').replace('DELETE', 'READ'));
    const refused = report.findings.filter(({ control }) => control === 'refused');
    assert.deepEqual(
      refused.map(({ location }) => [location!.line, location!.column]),
      [
        [8, 65],
        [13, 31],
      ],
    );
    assert.equal(report.summary.failures.critical, 1);
  });

  test('items of a List are policies as well', () => {
    const item = policy
      .split('\n')
      .map((line) => `  ${line}`)
      .join('\n')
      .replace('  apiVersion', '- apiVersion');
    const { report } = lintText(`apiVersion: v1\nkind: List\nitems:\n${item}`);
    assert.equal(report.findings[0]!.location!.line, 16);
  });

  test('a suppression counts with its reason, and only until its day', () => {
    const ignored = (text: string): Lint =>
      lintText(
        policy.replace(
          '  name: p',
          `  name: p\n  annotations: {ignore.scantling.dev/object-on-delete: "${text}"}`,
        ),
      );
    const { report } = ignored('we never delete; until=2026-06-01');
    assert.equal(report.findings[0]!.suppression!.reason, 'we never delete');
    assert.equal(report.summary.exitCode, 0);
    assert.equal(report.summary.suppressed, 1);
    const late = ignored('we never delete; until=2026-05-31').report;
    assert.equal(late.summary.exitCode, 1);
    assert.match(late.problems[0]!.reason, /does not count/);
  });

  test('what cannot be read is a problem, and everything else is still looked at', () => {
    const { report } = lintText(`${policy}---\napiVersion: v1\nkind: [\n`);
    assert.equal(report.findings.length, 1);
    assert.equal(report.problems.length, 1);
    assert.equal(report.problems[0]!.severity, 'error');
    assert.equal(report.summary.exitCode, 3);
    assert.match(report.summary.exitReason, /^1 input could not be read, 1 failure/);
  });

  test('an old version of the API is a warning', () => {
    const { report } = lintText(policy.replace('k8s.io/v1', 'k8s.io/v1beta1'));
    assert.deepEqual(
      report.problems.map(({ severity, line }) => [severity, line]),
      [['warning', 1]],
    );
  });

  test('other objects are surroundings', () => {
    const { policies, report } = lintText('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n');
    assert.equal(policies, 0);
    assert.equal(report.coverage.objects, 0);
  });

  test('wrong shapes are findings, whatever they are', () => {
    for (const spec of [
      '7',
      '[]',
      'null',
      '"x"',
      '{matchConstraints: 7}',
      '{validations: {a: b}}',
      '{variables: [null, 7]}',
      '{paramKind: [], matchConditions: [[]]}',
    ]) {
      const { report } = lintText(
        `apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata: {name: p}\nspec: ${spec}\n`,
      );
      assert.ok(
        report.findings.some(({ control }) => control === 'refused'),
        spec,
      );
      const bound = lintText(
        `apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingAdmissionPolicyBinding\nmetadata: {name: p}\nspec: ${spec}\n`,
      );
      assert.ok(
        bound.report.findings.some(({ control }) => control === 'refused'),
        spec,
      );
    }
  });

  test('expressions that are bombs take bounded time', () => {
    const bombs = [
      `${'('.repeat(5000)}true${')'.repeat(5000)}`,
      '[1,2,3,4,5,6,7,8,9].all(a, [1,2,3,4,5,6,7,8,9].all(b, [1,2,3,4,5,6,7,8,9].all(c, [1,2,3,4,5,6,7,8,9].all(d, [1,2,3,4,5,6,7,8,9].all(e, [1,2,3,4,5,6,7,8,9].all(f, a + b + c + d + e + f > 0))))))',
      Array.from({ length: 400 }, (_, i) => `has(object.metadata.labels.l${i})`).join(' || '),
      `object.spec.__proto__ == null && object.constructor == 'x' && has(object.spec.toString)`,
    ];
    for (const bomb of bombs) {
      const { report } = lintText(policy.replace("true &&\n      object.metadata.name != 'keep'", bomb));
      assert.equal(report.problems.length, 0);
    }
  });
});
