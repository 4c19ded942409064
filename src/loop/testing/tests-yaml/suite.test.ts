import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { configMap, configMapPolicy, type Files, runFiles } from '../run.fixture.ts';

const needsA = configMapPolicy('  - {expression: "\'a\' in object.data", message: needs a}');
const good = configMap('{a: "1"}');
const bad = configMap('{b: "1"}');
const files = (cases: string, more: Files = {}): Files => ({
  'tests.yaml': `cases:\n${cases}`,
  'policy.yaml': needsA,
  'good.yaml': good,
  ...more,
});
const ran = (cases: string, more: Files = {}): readonly string[] => runFiles(files(cases, more)).cases;

describe('what a case expects', () => {
  test('a verdict', () => {
    assert.deepEqual(ran(`- {pass: p, object: good.yaml}\n- {fail: f, object: ${bad}}\n`), [
      'passed p',
      'passed f',
    ]);
    assert.deepEqual(ran(`- {fail: f, object: good.yaml}\n- {pass: p, object: ${bad}}\n`), [
      'failed f: pass',
      'failed p: fail "needs a"',
    ]);
    const secret = '{apiVersion: v1, kind: Secret, metadata: {name: s}}';
    assert.deepEqual(ran(`- {not-applicable: other, object: ${secret}}\n`), ['passed other']);
    assert.match(
      ran(`- {pass: other, object: ${secret}}\n`)[0]!,
      /^failed other: not-applicable: no resource rule/,
    );
  });

  test('an error of the policy', () => {
    const more = { 'policy.yaml': configMapPolicy('  - {expression: "object.nowhere.at == 1"}') };
    assert.deepEqual(ran(`- {error: e, object: ${good}}\n`, more), ['passed e']);
    assert.match(ran(`- {fail: e, object: ${good}}\n`, more)[0]!, /^failed e: error: .*no such key: nowhere/);
  });

  test('messages and paths', () => {
    const rule = configMapPolicy(`  - {expression: "object.data.all(k, k != 'x')", message: no x}
  - {expression: "object.data.all(k, object.data[k] != '')", message: no empty value}`);
    const object = configMap('{x: "1", v: "", z: "1"}');
    const one = (more: string): string =>
      ran(`- {fail: f, object: ${object}, ${more}}\n`, { 'policy.yaml': rule })[0]!;
    assert.equal(one('message: no x'), 'passed f');
    assert.equal(one('message: [no empty value, no x]'), 'passed f');
    assert.equal(one('message: no v'), 'failed f: the message "no x", "no empty value"');
    assert.equal(one('path: [data.x, data.v]'), 'passed f');
    assert.equal(one('path: data.x'), 'failed f: failing at data.x, data.v, expected at data.x');
  });

  test('warnings, audit annotations and whether the request is allowed', () => {
    const rule = `${configMapPolicy(
      '  - {expression: "false", message: never}',
      '  auditAnnotations: [{key: name, valueExpression: "string(object.metadata.name)"}]',
    )}---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: b}
spec: {policyName: rule, validationActions: [Warn]}
`;
    const one = (more: string): string =>
      ran(`- {fail: f, object: ${good}, ${more}}\n`, { 'policy.yaml': rule })[0]!;
    const warning = `Validation failed for ValidatingAdmissionPolicy 'rule' with binding 'b': never`;
    assert.equal(one(`warnings: ["${warning}"], allowed: true`), 'passed f');
    assert.equal(one('warnings: []'), `failed f: the warnings ${JSON.stringify(warning)}`);
    assert.equal(one('allowed: false'), 'failed f: allowed');
    assert.equal(one('auditAnnotations: {rule/name: a}'), 'passed f');
    assert.equal(one('auditAnnotations: {rule/name: b}'), 'failed f: audit annotation rule/name: "a"');
  });
});

describe('the request', () => {
  const tells = (expression: string): Files => ({
    'policy.yaml': configMapPolicy(`  - {expression: "${expression}", message: refused}`),
  });
  const passes = (request: string, expression: string): void =>
    assert.deepEqual(ran(`- {pass: p, ${request}}\n`, tells(expression)), ['passed p']);

  test('CREATE of an object, in namespace default', () => {
    const object = configMap('{}', '{name: a}');
    passes(
      `object: ${object}`,
      "request.operation == 'CREATE' && oldObject == null && request.namespace == 'default'",
    );
    passes(`object: ${object}, namespace: shop`, "object.metadata.namespace == 'shop'");
  });

  test('UPDATE with an old object, DELETE with an old one alone', () => {
    passes(`object: ${good}, oldObject: ${bad}`, "request.operation == 'UPDATE' && 'b' in oldObject.data");
    passes(
      `oldObject: good.yaml`,
      "request.operation == 'DELETE' && object == null && 'a' in oldObject.data",
    );
  });

  test('subresources', () => {
    const policy = needsA
      .replace('[configmaps]', '[pods/exec]')
      .replace("'a' in object.data", "object.command == ['sh']");
    const options = '{apiVersion: v1, kind: PodExecOptions, command: [sh]}';
    const one = `- {pass: p, operation: CONNECT, resource: v1/pods/exec, name: web, object: ${options}}\n`;
    assert.deepEqual(ran(one, { 'policy.yaml': policy }), ['passed p']);
  });

  test('user, dry run, options, namespace', () => {
    passes(`object: ${good}, userInfo: {username: jane, groups: [dev]}`, "'dev' in request.userInfo.groups");
    passes(`object: ${good}, dryRun: true`, 'request.dryRun');
    const options = '{apiVersion: meta.k8s.io/v1, kind: CreateOptions, fieldManager: me}';
    passes(`object: ${good}, options: ${options}`, "request.options.fieldManager == 'me'");
    const namespace = '{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {stage: live}}}';
    passes(
      `object: ${good}, namespaceObject: ${namespace}`,
      "namespaceObject.metadata.labels.stage == 'live'",
    );
  });

  test('labels of namespaces for all cases', () => {
    const tests = `namespaces: {shop: {stage: live}}\ncases:\n- {pass: p, object: good.yaml}\n`;
    const more = { ...tells("namespaceObject.metadata.labels.stage == 'live'"), 'tests.yaml': tests };
    assert.deepEqual(ran('', more), ['passed p']);
  });

  test('what is not said is not known, and a case that depends on it does not pass', () => {
    assert.match(
      ran(`- {pass: p, object: good.yaml}\n`, tells("request.userInfo.username == 'jane'"))[0]!,
      /^unknown p: unknown: .*request\.userInfo/,
    );
    assert.deepEqual(
      ran(`- {unknown: p, object: good.yaml}\n`, tells("request.userInfo.username == 'jane'")),
      ['passed p'],
    );
  });

  test('objects are seen with the defaults of an API server', () => {
    const policy = needsA
      .replace('[configmaps]', '[pods]')
      .replace("'a' in object.data", "object.spec.dnsPolicy == 'ClusterFirst'");
    const pod = '{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: a, image: b}]}}';
    assert.deepEqual(ran(`- {pass: p, object: ${pod}}\n`, { 'policy.yaml': policy }), ['passed p']);
  });
});

describe('parameters', () => {
  const policy = configMapPolicy(
    '  - {expression: "params.data.key in object.data", message: m}',
    '  paramKind: {apiVersion: v1, kind: ConfigMap}',
  );
  const key = (name: string): string => configMap(`{key: ${name}}`, '{name: p}');

  test('of a case, in place or by file; all of them count', () => {
    const more = { 'policy.yaml': policy, 'b.yaml': key('b') };
    assert.deepEqual(ran(`- {pass: p, object: good.yaml, params: ${key('a')}}\n`, more), ['passed p']);
    assert.deepEqual(ran('- {fail: p, object: good.yaml, params: b.yaml}\n', more), ['passed p']);
    assert.deepEqual(ran(`- {fail: p, object: good.yaml, params: [${key('a')}, b.yaml]}\n`, more), [
      'passed p',
    ]);
  });

  test('of all cases, beside the policy', () => {
    const more = { 'policy.yaml': `${policy}---\n${key('a')}\n` };
    assert.deepEqual(ran('- {pass: p, object: good.yaml}\n', more), ['passed p']);
  });

  test('by a binding of its own', () => {
    const binding = `---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: b}
spec: {policyName: rule, validationActions: [Deny], paramRef: {name: q, namespace: lab, parameterNotFoundAction: Deny}}
`;
    const more = {
      'policy.yaml': policy + binding,
      'params.yaml': configMap('{key: a}', '{name: q, namespace: lab}'),
    };
    assert.deepEqual(ran('- {pass: p, object: good.yaml, params: params.yaml}\n', more), ['passed p']);
    assert.match(
      ran('- {pass: p, object: good.yaml}\n', more)[0]!,
      /failed to configure binding: no params found/,
    );
  });
});

describe('mutations', () => {
  const policy = `apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata: {name: add}
spec:
  reinvocationPolicy: Never
  matchConstraints:
    resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}]
  mutations:
  - patchType: JSONPatch
    jsonPatch: {expression: "has(object.data) && 'c' in object.data ? [] : [JSONPatch{op: 'add', path: '/data/c', value: '3'}]"}
`;
  const one = (more: string): string =>
    ran(`- {mutate: m, object: good.yaml, ${more}}\n`, { 'policy.yaml': policy })[0]!;

  test('an object, changes or a patch', () => {
    assert.equal(one(`expected: ${configMap('{a: "1", c: "3"}')}`), 'passed m');
    assert.equal(one('changes: {data.c: "3"}'), 'passed m');
    assert.equal(one('patch: [{op: add, path: /data/c, value: "3"}]'), 'passed m');
    assert.equal(one(`expected: ${good}`), 'failed m: another object: data.c is "3", expected nothing');
    assert.equal(one('changes: {data.d: "3"}'), 'failed m: changed: data.c added: "3"');
    assert.equal(one('changes: {}'), 'failed m: changed: data.c added: "3"');
    assert.match(one('patch: []'), /^failed m: the patch \[\{"op":"add"/);
  });

  test('nothing to change', () => {
    const object = configMap('{c: "9"}');
    const more = { 'policy.yaml': policy };
    assert.deepEqual(ran(`- {unchanged: u, object: ${object}}\n`, more), ['passed u']);
    assert.deepEqual(ran(`- {mutate: u, object: ${object}}\n`, more), ['failed u: nothing is changed']);
    assert.deepEqual(ran('- {unchanged: u, object: good.yaml}\n', more), [
      'failed u: changed: data.c added: "3"',
    ]);
  });

  test('validating policies see the mutated object', () => {
    const validates = needsA.replace("'a' in object.data", "'c' in object.data");
    const more = { 'policy.yaml': `${policy}---\n${validates}` };
    assert.deepEqual(ran(`- {pass: p, object: ${bad}}\n`, more), ['passed p']);
    assert.deepEqual(ran(`- {fail: p, object: ${bad}, policy: rule}\n`, more), ['passed p']);
  });

  test('a mutation that fails refuses the request', () => {
    const more = { 'policy.yaml': policy };
    const empty = '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}';
    assert.match(
      ran(`- {mutate: m, object: ${empty}}\n`, more)[0]!,
      /^failed m: fail "policy 'add' denied request: /,
    );
    assert.deepEqual(ran(`- {fail: f, object: ${empty}, allowed: false}\n`, more), ['passed f']);
  });
});

describe('cases that stand for several objects', () => {
  const policy = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: rule}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
  validations: [{expression: "object.spec.containers.all(c, c.?tty.orValue(false) == false)", message: m}]
`;
  const tests = (list: string): string => `- fail: a terminal
  container: {tty: true}
  kinds: Pod
  lists: [${list}]
  path: container.tty
`;

  test('a container in the lists of pods', () => {
    assert.deepEqual(ran(tests('containers'), { 'policy.yaml': policy }), ['passed a terminal']);
    const { suites } = runFiles(files(tests('containers, initContainers'), { 'policy.yaml': policy }));
    const [one] = suites[0]!.cases;
    assert.equal(one!.what, 'Pod, initContainers');
    assert.equal(one!.status, 'failed');
    assert.equal(suites[0]!.verdicts, 2);
  });
});

describe('which policies', () => {
  const other = needsA
    .replace('name: rule', 'name: other')
    .replace("'a' in", "'b' in")
    .replace('needs a', 'needs b');

  test('all beside the tests, or those that a case names', () => {
    const more = { 'other.yaml': other };
    assert.deepEqual(ran('- {fail: f, object: good.yaml, message: needs b}\n', more), ['passed f']);
    assert.deepEqual(ran('- {pass: p, object: good.yaml, policy: rule}\n', more), ['passed p']);
  });

  test('those in the files that the tests name', () => {
    const tests = 'policies: [sub/other.yaml]\ncases: [{fail: f, object: good.yaml}]\n';
    assert.deepEqual(ran('', { 'sub/other.yaml': other, 'tests.yaml': tests }), ['passed f']);
  });

  test('a policy that an API server would refuse is an error, and says where it is wrong', () => {
    const { cases, problems } = runFiles(
      files('- {pass: p, object: good.yaml}\n', {
        'policy.yaml': needsA.replace('object.data"', 'object.data &&"'),
      }),
    );
    assert.deepEqual(cases, ['error p: the API server refuses the policy "rule"']);
    assert.match(problems[0]!, /^error policy\.yaml:8:\d+ spec\.validations\[0\]\.expression: /);
  });
});

describe('mistakes are located, and the other cases still run', () => {
  const wrong = (cases: string, more: Files = {}): string => {
    const result = runFiles(files(`${cases}- {pass: last, object: good.yaml}\n`, more));
    assert.equal(result.cases.at(-1), 'passed last');
    return result.problems.join('\n');
  };

  const rows: readonly [cases: string, problem: RegExp][] = [
    ['- {pas: p, object: good.yaml}\n', /tests\.yaml:2:4 unknown key "pas"; did you mean "pass"\?/],
    ['- {object: good.yaml}\n', /tests\.yaml:2:\d+ a case begins with one of pass, fail/],
    ['- {pass: p, fail: f, object: good.yaml}\n', /a case begins with one of/],
    ['- {pass: p, object: gone.yaml}\n', /tests\.yaml:2:13 cannot read gone\.yaml: there is no such file/],
    ['- {pass: p}\n', /^$/],
    ['- {pass: p, operation: UPDATE, object: good.yaml}\n', /UPDATE needs object and oldObject/],
    [
      '- {pass: p, operation: CRAETE, object: good.yaml}\n',
      /unknown operation "CRAETE"; did you mean "CREATE"\?/,
    ],
    ['- {pass: p, object: good.yaml, path: a}\n', /only a failing case has a path/],
    ['- {pass: p, object: good.yaml, changes: {}}\n', /only a case of "mutate" has changes/],
    ['- {pass: p, object: good.yaml, policy: ruel}\n', /there is no policy "ruel" here \(rule\)/],
    ['- {pass: p, object: [1]}\n', /"object" is an object or the file of one/],
    ['- {pass: p, object: {kind: ConfigMap}}\n', /the object has no apiVersion/],
    ['- {pass: p, object: {apiVersion: v1, kind: ConfigMap, dta: {}}}\n', /the object has no field dta/],
    [
      '- {pass: p, object: {apiVersion: v1, kind: ConfigMap, data: [1]}}\n',
      /the API server cannot read the object/,
    ],
    ['- {pass: p, object: good.yaml, kubernetes: "1.x"}\n', /no range of versions/],
    ['- {pass: last, object: good.yaml}\n', /tests\.yaml:3:\d+ case 1 has the same name/],
    ['- {fail: f, container: {}, kinds: Pood}\n', /unknown word "Pood"; did you mean "Pod"\?/],
    ['- {fail: f, container: {}, kinds: Job, lists: ephemeralContainers}\n', /no object can hold/],
    ['- 7\n', /an item of "cases" is a mapping/],
  ];
  for (const [cases, problem] of rows) {
    test(cases.trim(), () => assert.match(wrong(cases), problem));
  }

  test('a file that is no YAML', () => {
    const { suites, problems } = runFiles({ 'tests.yaml': 'cases: [\n', 'policy.yaml': needsA });
    assert.equal(suites.length, 1);
    assert.match(problems[0]!, /^error tests\.yaml:\d+:\d+ /);
  });

  test('tests without cases, and without policies', () => {
    assert.deepEqual(runFiles({ 'tests.yaml': 'a: 1\n' }).problems, [
      'error tests.yaml:1:1 a tests.yaml holds `cases:`, a list',
    ]);
    assert.match(
      runFiles({ 'tests.yaml': 'cases: []\n', 'p.yaml': needsA }).problems[0]!,
      /there are no cases/,
    );
    assert.match(
      runFiles({ 'tests.yaml': 'cases: [{pass: p}]\n' }).problems[0]!,
      /there is no admission policy beside the tests/,
    );
  });
});

test('what is only for other versions is skipped, and so is what its author skips', () => {
  assert.deepEqual(ran('- {pass: p, object: good.yaml, kubernetes: ">=1.37"}\n'), [
    'skipped p: only for Kubernetes >=1.37',
  ]);
  assert.deepEqual(ran('- {pass: p, object: good.yaml, skip: not yet}\n'), ['skipped p: not yet']);
});
