import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { type Files, project, scanJson } from './golden/program.ts';

const scan = (t: TestContext, files: Files, ...args: string[]): ReturnType<typeof scanJson> =>
  scanJson(args, { cwd: project(t, files) });

const head = (name: string): string =>
  `apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata: {name: ${name}}\nspec:\n`;
const anything =
  '  matchConstraints: {resourceRules: [{apiGroups: ["*"], apiVersions: ["*"], operations: [CREATE], resources: ["*"]}]}\n';
const rollout = `apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: ro, namespace: a, labels: {team: x}}
spec:
  template:
    spec:
      containers: [{name: c, image: nginx, securityContext: {privileged: true}}]
`;

describe('policies beside the catalogue', () => {
  test('a policy named as a control is another rule, and both are reported', async (t) => {
    const files = {
      'p/p.yaml': `${head('privileged-container')}${anything}  validations: [{expression: "object.metadata.name != 'ro'"}]\n`,
      'm.yaml': rollout,
    };
    const { report } = await scan(t, files, 'm.yaml', '--policy', 'p', '-c', 'privileged-container');
    const failing = report.findings.filter(({ verdict }) => verdict === 'fail');
    assert.deepEqual(failing.map(({ control }) => control).sort(), [
      'policy/privileged-container',
      'privileged-container',
    ]);
  });

  test('two policies of one name are a mistake', async (t) => {
    const one = `${head('same')}${anything}  validations: [{expression: "true"}]\n`;
    const { code, report } = await scan(
      t,
      { 'p/p.yaml': `${one}---\n${one}`, 'm.yaml': rollout },
      'm.yaml',
      '--policy',
      'p',
    );
    assert.equal(code, 3);
    assert.ok(report.problems.some(({ reason }) => reason.startsWith('there is a policy "same"')));
  });

  test('every failing validation is told, also of the same object', async (t) => {
    const two = `${head('two')}${anything}  validations:\n  - {expression: "object.metadata.name == 'x'", message: baa}\n  - {expression: "object.metadata.name == 'y'", message: moo}\n`;
    const { report } = await scan(
      t,
      { 'p/p.yaml': two, 'm.yaml': rollout },
      'm.yaml',
      '--policy',
      'p',
      '-c',
      'host-port',
    );
    const messages = report.findings.filter(({ control }) => control === 'two').map(({ message }) => message);
    assert.deepEqual(messages, ['baa; moo']);
  });

  test('a template inside of a custom resource is not what a policy in a cluster would see', async (t) => {
    const labelled = `${head('team')}${anything}  validations: [{expression: "has(object.metadata.labels) && 'team' in object.metadata.labels", message: needs a team}]\n`;
    const { report } = await scan(t, { 'p/p.yaml': labelled, 'm.yaml': rollout }, 'm.yaml', '--policy', 'p');
    assert.deepEqual(
      report.findings.filter(({ control }) => control === 'team'),
      [],
    );
    assert.ok(report.findings.some(({ control }) => control === 'privileged-container'));
  });

  test('failurePolicy Ignore lets pass what cannot be judged, Fail makes it an error with the server’s words', async (t) => {
    const erring = (name: string, failure: string): string =>
      `${head(name)}  failurePolicy: ${failure}\n${anything}  validations: [{expression: "object.spec.nothing == 1"}]\n`;
    const files = {
      'p/p.yaml': `${erring('ignores', 'Ignore')}---\n${erring('fails', 'Fail')}`,
      'm.yaml': rollout,
    };
    const { report } = await scan(t, files, 'm.yaml', '--policy', 'p', '--show', 'all');
    const of = (id: string) => report.findings.find(({ control }) => control === id)!;
    assert.equal(of('ignores').verdict, 'not-applicable');
    assert.equal(of('fails').verdict, 'error');
    assert.match(of('fails').message, /resulted in error: no such key: nothing/);
  });

  test('a policy that the server refuses passes nothing', async (t) => {
    const files = { 'p/p.yaml': `${head('bad')}${anything}  validations: []\n`, 'm.yaml': rollout };
    const { code, report } = await scan(t, files, 'm.yaml', '--policy', 'p', '--show', 'all');
    assert.equal(code, 3);
    assert.ok(
      report.findings.filter(({ control }) => control === 'bad').every(({ verdict }) => verdict === 'error'),
    );
  });
});

test('a pod template that cannot be read is unknown, not passed over', async (t) => {
  const bad = rollout.replace('spec:\n      containers', 'spec:\n      hostPID: "true"\n      containers');
  const { report } = await scan(t, { 'm.yaml': bad }, 'm.yaml');
  const found = report.findings.find(({ control }) => control === 'privileged-container');
  assert.equal(found?.verdict, 'unknown');
  assert.match(
    found!.reason,
    /cannot be read as one: .*cannot unmarshal string into Go struct field .*hostPID of type bool/,
  );
  assert.ok(report.problems.some(({ line }) => line === 7));
});
