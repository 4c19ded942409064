import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failures, privilegedPod, problems, project, run, scanJson } from './golden/program.ts';

const pods = `  matchConstraints:
    resourceRules: [{apiGroups: [""], apiVersions: [v1], resources: [pods], operations: [CREATE]}]
`;
const policy = (name: string, spec: string): string => `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: ${name}}
spec:
${spec}---
`;
const binding = (policyName: string, spec = ''): string => `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: ${policyName}-binding}
spec:
  policyName: ${policyName}
${spec}---
`;
const noLatest = policy(
  'no-latest',
  `${pods}  validations:
  - expression: "object.spec.containers.all(c, c.image.contains(':'))"
    messageExpression: "'image ' + object.spec.containers[0].image + ' has no tag'"
`,
);
const deny = '  validationActions: [Deny]\n';
/** Only what the user's own policies say. */
const args = ['pod.yaml', '-c', 'host-port', '--policy', 'policies', '--show', 'all'];

async function judge(t: Parameters<typeof project>[0], policies: string, pod = privilegedPod) {
  const cwd = project(t, { 'policies/p.yaml': policies, 'pod.yaml': pod });
  const { report, code } = await scanJson(args, { cwd });
  const findings = report.findings.filter(({ control }) => control !== 'host-port');
  return {
    code,
    report,
    findings,
    verdicts: findings.map(({ control, verdict }) => `${control} ${verdict}`),
    problems: problems(report),
  };
}

describe('policies of one’s own', () => {
  test('without a binding are judged as bound to everything with Deny, and the report says so', async (t) => {
    const { code, findings, problems } = await judge(t, noLatest);
    assert.equal(code, 1);
    assert.deepEqual(
      findings.map(({ message, path, severity }) => [message, path, severity]),
      [['image nginx has no tag', 'spec.containers[0].image', 'high']],
    );
    assert.deepEqual(problems, [
      'warning policies/p.yaml:3:12 policy "no-latest" has no binding here: it is judged as bound to everything with Deny',
    ]);
  });

  test('with a binding take its actions as severity', async (t) => {
    const severity = async (actions: string): Promise<string> => {
      const bound = binding('no-latest', `  validationActions: [${actions}]\n`);
      const { findings, problems } = await judge(t, noLatest + bound);
      assert.deepEqual(problems, []);
      return findings[0]!.severity;
    };
    assert.equal(await severity('Deny'), 'high');
    assert.equal(await severity('Warn'), 'medium');
    assert.equal(await severity('Audit'), 'low');
  });

  test('a binding of a policy that is not there is told', async (t) => {
    const { problems } = await judge(t, noLatest + binding('no-latest', deny) + binding('other', deny));
    assert.equal(problems.length, 1);
    assert.match(
      problems[0]!,
      /^warning policies\/p.yaml:\d+:3 binding "other-binding" names policy "other", which/,
    );
  });

  test('an expression that does not compile is located in its own file, and the others still judge', async (t) => {
    const broken = policy(
      'broken',
      `${pods}  validations:
  - expression: |
      object.spec.containers.all(c,
        c.image.contians(':'))
  - expression: object.spec
  variables:
  - name: x
    expression: "object.metadata.name +"
`,
    );
    const { code, problems, report, verdicts } = await judge(t, broken + noLatest);
    assert.equal(code, 3);
    const errors = problems.filter((line) => line.startsWith('error'));
    assert.equal(errors.length, 3);
    assert.match(errors[0]!, /^error policies\/p.yaml:10:25 .*undeclared reference to 'contians'/);
    assert.match(errors[1]!, /^error policies\/p.yaml:11:5 .*must evaluate to bool but got dyn/);
    assert.match(errors[2]!, /^error policies\/p.yaml:14:\d+ .*Syntax error/);
    assert.ok(verdicts.includes('no-latest fail') && verdicts.includes('broken error'));
    assert.match(
      report.summary.exitReason,
      /^3 mistakes in the policies, 1 verdict is an error, 1 failure at or/,
    );
  });

  test('matchConditions decide whether a policy speaks', async (t) => {
    const conditioned = (expression: string): string =>
      policy(
        'conditioned',
        `${pods}  matchConditions: [{name: c, expression: "${expression}"}]
  validations: [{expression: "false"}]
`,
      ) + binding('conditioned', deny);
    assert.deepEqual((await judge(t, conditioned("object.metadata.name == 'web'"))).verdicts, [
      'conditioned fail',
    ]);
    assert.deepEqual((await judge(t, conditioned("object.metadata.name != 'web'"))).verdicts, [
      'conditioned not-applicable',
    ]);
    const { code, findings, verdicts } = await judge(t, conditioned("request.userInfo.username == 'x'"));
    assert.deepEqual(verdicts, ['conditioned unknown']);
    assert.match(findings[0]!.reason, /userInfo/);
    assert.equal(code, 0);
  });

  test('a namespaceSelector needs the Namespace in the input; without it the verdict is unknown', async (t) => {
    const selecting = `${policy(
      'selecting',
      `${pods.replace('matchConstraints:\n', 'matchConstraints:\n    namespaceSelector: {matchLabels: {env: prod}}\n')}  validations: [{expression: "false"}]
`,
    )}${binding('selecting', deny)}`;
    const pod = privilegedPod.replace('name: web\nspec', 'name: web\n  namespace: shop\nspec');
    const namespace = (env: string): string =>
      `---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {env: ${env}}}\n`;
    const verdicts = async (text: string): Promise<string[]> =>
      (await judge(t, selecting, text)).findings
        .filter(({ object }) => object.kind === 'Pod')
        .map((f) => f.verdict);
    assert.deepEqual(await verdicts(pod), ['unknown']);
    assert.deepEqual(await verdicts(pod + namespace('prod')), ['fail']);
    assert.deepEqual(await verdicts(pod + namespace('test')), ['not-applicable']);
    const { report } = await judge(t, selecting, pod);
    assert.equal(Object.keys(report.coverage.unknown).length, 1);
    assert.match(Object.keys(report.coverage.unknown)[0]!, /shop/);
  });

  const withParams = `${policy(
    'limited',
    `  paramKind: {apiVersion: v1, kind: ConfigMap}
${pods}  validations:
  - expression: "object.metadata.name in params.data.allowed.split(',')"
    messageExpression: "'only ' + params.data.allowed"
`,
  )}${binding('limited', `${deny}  paramRef: {name: names, namespace: policy, parameterNotFoundAction: Deny}\n`)}`;
  const params = (allowed: string): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: names, namespace: policy}\ndata: {allowed: "${allowed}"}\n---\n`;

  test('take their parameters from beside them or from the input', async (t) => {
    const { findings } = await judge(t, withParams + params('api,db'));
    assert.deepEqual(
      findings.map(({ message }) => message),
      ['only api,db'],
    );
    assert.deepEqual((await judge(t, withParams + params('web'))).verdicts, ['limited pass']);
    const fromInput = await judge(t, withParams, `${params('db')}${privilegedPod}`);
    assert.ok(fromInput.verdicts.includes('limited fail'));
  });

  test('without their parameters are unknown: the cluster may have them', async (t) => {
    const { verdicts } = await judge(t, withParams);
    assert.deepEqual(verdicts, ['limited unknown']);
  });

  test('an error while evaluating follows the failure policy and never passes', async (t) => {
    const failing = (failurePolicy: string): string =>
      policy(
        'failing',
        `  failurePolicy: ${failurePolicy}\n${pods}  validations: [{expression: "object.spec.nope == 1"}]\n`,
      ) + binding('failing', deny);
    for (const failurePolicy of ['Fail', 'Ignore']) {
      const { findings, verdicts } = await judge(t, failing(failurePolicy));
      assert.equal(verdicts.length, 1);
      assert.notEqual(verdicts[0], 'failing pass');
      assert.match(findings[0]!.message + findings[0]!.reason, /no such key: nope/);
    }
  });

  test('one finding for each failing element, every failing validation is told', async (t) => {
    const { findings } = await judge(
      t,
      policy(
        'two',
        `${pods}  validations:
  - {expression: "object.spec.containers.all(c, !has(c.securityContext))", message: first}
  - {expression: "object.metadata.name.startsWith('x')", message: second}
`,
      ) + binding('two', deny),
    );
    assert.deepEqual(
      findings.map(({ message, path }) => [message, path]),
      [
        ['first', 'spec.containers[0].securityContext'],
        ['second', 'metadata.name'],
      ],
    );
  });

  test('can be suppressed by annotation and have their severity changed by nobody else', async (t) => {
    const ignoring = privilegedPod.replace(
      'metadata:\n',
      'metadata:\n  annotations: {ignore.scantling.dev/no-latest: "pinned by the mirror"}\n',
    );
    const { code, problems, report } = await judge(t, noLatest + binding('no-latest', deny), ignoring);
    assert.deepEqual([code, failures(report), problems], [0, [], []]);
  });

  test('about other kinds say nothing of an object that cannot be judged', async (t) => {
    const selecting = noLatest
      .replace('apiGroups: [""]', 'apiGroups: [apps]')
      .replace('resources: [pods]', 'resources: [deployments]')
      .replace('matchConstraints:\n', 'matchConstraints:\n    objectSelector: {matchLabels: {a: b}}\n');
    const empty = 'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {}\n';
    const { verdicts } = await judge(t, selecting + binding('no-latest', deny), empty);
    assert.deepEqual(verdicts, ['no-latest not-applicable']);
  });

  test('a path without any is a mistake in the call', async (t) => {
    const cwd = project(t, { 'pod.yaml': privilegedPod, 'empty/x.yaml': 'a: 1\n' });
    for (const [where, words] of [
      ['empty', 'there is no ValidatingAdmissionPolicy here'],
      ['nope', 'no such file or directory'],
    ] as const) {
      const { code, err, out } = await run(['scan', 'pod.yaml', '--policy', where], { cwd });
      assert.deepEqual([code, out], [2, '']);
      assert.ok(err.startsWith(`error: --policy ${where}: ${words}\n`), err);
    }
  });
});
