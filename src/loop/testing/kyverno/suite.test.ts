import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { configMap, configMapPolicy, type Files, runFiles } from '../run.fixture.ts';

const kyvernoTest = (results: string, more = ''): string => `
apiVersion: cli.kyverno.io/v1alpha1
kind: Test
metadata: {name: t}
policies: [policy.yaml]
resources: [resources.yaml]
${more}
results:
${results}`;
const binding = (spec: string): string => `---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: b}
spec: {policyName: rule, validationActions: [Deny], ${spec}}
`;
const hasKey = configMapPolicy('  - {expression: "\'a\' in object.data", message: needs a}');
const resources = [
  configMap('{a: "1"}', '{name: good, namespace: shop}'),
  configMap('{b: "1"}', '{name: bad, namespace: shop}'),
  configMap('{b: "1"}', '{name: bad, namespace: lab}'),
  '{apiVersion: v1, kind: Secret, metadata: {name: other}}',
].join('\n---\n');
const files = (results: string, more: Files = {}): Files => ({
  'kyverno-test.yaml': kyvernoTest(results),
  'policy.yaml': hasKey,
  'resources.yaml': resources,
  ...more,
});
const one = (resource: string, result: string, more = ''): string =>
  `- {policy: rule, resources: [${resource}], result: ${result}, isValidatingAdmissionPolicy: true${more}}\n`;
const cases = (made: Files): readonly string[] => runFiles(made).cases;

test('pass, fail and skip', () => {
  assert.deepEqual(cases(files(one('good', 'pass'))), ['passed rule / good']);
  assert.deepEqual(cases(files(one('shop/bad', 'fail'))), ['passed rule / shop/bad']);
  assert.deepEqual(cases(files(one('other', 'skip'))), ['passed rule / other']);
  assert.deepEqual(cases(files(one('good', 'fail'))), ['failed rule / good: pass']);
  assert.deepEqual(cases(files(one('good', 'skip'))), ['failed rule / good: pass']);
  assert.deepEqual(cases(files(one('shop/bad', 'pass'))), ['failed rule / shop/bad: fail: "needs a"']);
});

test('what a policy leaves out counts as passed where pass is expected, and never as failed', () => {
  assert.deepEqual(cases(files(one('other', 'pass'))), ['passed rule / other']);
  assert.match(
    cases(files(one('other', 'fail')))[0]!,
    /^failed rule \/ other: skip: no resource rule matches/,
  );
});

test('a name stands for every resource that has it, unless namespace or kind say more', () => {
  assert.equal(cases(files(one('bad', 'fail'))).length, 2);
  assert.equal(cases(files(one('bad', 'fail', ', namespace: lab'))).length, 1);
  assert.equal(cases(files(one('bad', 'fail', ', kind: ConfigMap'))).length, 2);
  assert.deepEqual(cases(files(one('worse', 'fail', ', kind: Pod'))), [
    'error rule / worse: there is no Pod "worse" among the resources',
  ]);
  const specs =
    '- {policy: rule, result: fail, resourceSpecs: [{name: bad, namespace: lab, kind: ConfigMap}]}\n';
  assert.deepEqual(cases(files(specs)), ['passed rule / bad']);
});

test('a kind that is wrong about the resource is a warning, as Kyverno no longer looks at it', () => {
  const { cases: ran, problems } = runFiles(files(one('good', 'pass', ', kind: Pod')));
  assert.deepEqual(ran, ['passed rule / good']);
  assert.match(
    problems[0]!,
    /^warning kyverno-test\.yaml:9:\d+ there is no Pod "good" among the resources, but a ConfigMap of that name$/,
  );
});

test('a kind may be written with its version, and specs with group and version', () => {
  assert.deepEqual(cases(files(one('good', 'pass', ', kind: v1/ConfigMap'))), ['passed rule / good']);
  const spec = (more: string): readonly string[] =>
    cases(files(`- {policy: rule, result: fail, resourceSpecs: [{name: bad, namespace: lab, ${more}}]}\n`));
  assert.deepEqual(spec('version: v1'), ['passed rule / bad']);
  assert.deepEqual(spec('group: apps, version: v1'), [
    'error rule / bad: there is no resource "bad" among the resources',
  ]);
});

describe('a result that names no resources is about all of them', () => {
  test('each is a case, and those that the policy leaves out are skipped', () => {
    assert.deepEqual(cases(files('- {policy: rule, result: fail}\n')), [
      'failed rule / shop/good: pass',
      'passed rule / shop/bad',
      'passed rule / lab/bad',
      'skipped rule / other: left out: no resource rule matches CREATE of v1/secrets',
    ]);
  });

  test('of one kind where it names that', () => {
    assert.deepEqual(cases(files('- {policy: rule, result: skip, kind: Secret}\n')), ['passed rule / other']);
    assert.deepEqual(cases(files('- {policy: rule, result: skip, kind: Pod}\n')), [
      'error rule: there is no Pod among the resources',
    ]);
  });
});

test('the older form with resource and status', () => {
  assert.deepEqual(cases(files('- {policy: rule, resource: good, status: pass}\n')), ['passed rule / good']);
});

test('an old test without apiVersion is known by its name', () => {
  const old = kyvernoTest(one('good', 'pass')).replace(/apiVersion.*\nkind.*\nmetadata.*\n/, 'name: t\n');
  assert.deepEqual(cases(files('', { 'kyverno-test.yaml': old })), ['passed rule / good']);
});

test('a test of the group kyverno.io, whatever its file is called', () => {
  const { 'kyverno-test.yaml': text = '', ...rest } = files(one('good', 'pass'));
  const made = text.replace('cli.kyverno.io/v1alpha1', 'kyverno.io/v1');
  assert.deepEqual(cases({ ...rest, 'kyverno-test.yaml': made }), ['passed rule / good']);
  assert.deepEqual(cases({ ...rest, 'other.yaml': made }), ['passed rule / good']);
});

describe('values', () => {
  const bound = `${hasKey}${binding('matchResources: {namespaceSelector: {matchLabels: {stage: live}}}')}`;
  const values = `apiVersion: cli.kyverno.io/v1alpha1
kind: Values
namespaceSelector: [{name: shop, labels: {stage: live}}]
`;

  test('labels of namespaces; a namespace that is not mentioned has none', () => {
    const made = files('', {
      'policy.yaml': bound,
      'values.yaml': values,
      'kyverno-test.yaml': kyvernoTest(
        one('shop/bad', 'fail') + one('lab/bad', 'skip'),
        'variables: values.yaml',
      ),
    });
    assert.deepEqual(cases(made), ['passed rule / shop/bad', 'passed rule / lab/bad']);
    assert.deepEqual(runFiles(made).problems, []);
  });

  test('written in the test itself', () => {
    const inline = 'values: {namespaceSelector: [{name: shop, labels: {stage: live}}]}';
    const made = files('', {
      'policy.yaml': bound,
      'kyverno-test.yaml': kyvernoTest(one('shop/bad', 'fail'), inline),
    });
    assert.deepEqual(cases(made), ['passed rule / shop/bad']);
  });

  test('whole namespaces; one without a name is none', () => {
    const namespace = (metadata: string): string =>
      `{apiVersion: v1, kind: Namespace, metadata: {${metadata}, labels: {stage: live}}}`;
    const inline = `values: {namespaces: [${namespace('name: shop')}, ${namespace('name: 7')}, {kind: Namespace}]}`;
    const made = files('', {
      'policy.yaml': bound,
      'kyverno-test.yaml': kyvernoTest(one('shop/bad', 'fail') + one('lab/bad', 'skip'), inline),
    });
    assert.deepEqual(cases(made), ['passed rule / shop/bad', 'passed rule / lab/bad']);
  });

  test('the operation, for all or for one resource of a policy', () => {
    const policy = configMapPolicy('  - {expression: "request.operation == \'CREATE\'", message: m}');
    const run = (inline: string): readonly string[] =>
      cases(
        files('', {
          'policy.yaml': policy,
          'kyverno-test.yaml': kyvernoTest(one('good', 'fail'), `values: {${inline}}`),
        }),
      );
    assert.deepEqual(run('globalValues: {request.operation: UPDATE}'), ['passed rule / good']);
    const single = 'policies: [{name: rule, resources: [{name: good, values: {request.operation: DELETE}}]}]';
    assert.deepEqual(run(single), ['passed rule / good']);
    assert.deepEqual(run('globalValues: {request.operation: CREATE}'), ['failed rule / good: pass']);
  });

  test('an object may be sent to a subresource', () => {
    const policy = configMapPolicy(
      '  - {expression: "object.spec.replicas < 5 && request.subResource == \'scale\'", message: m}',
    )
      .replace('apiGroups: [""], apiVersions: [v1]', 'apiGroups: [apps], apiVersions: [v1]')
      .replace('[configmaps]', '[deployments/scale]');
    const scale = (replicas: number): string =>
      `{apiVersion: autoscaling/v1, kind: Scale, metadata: {name: s${replicas}, namespace: shop}, spec: {replicas: ${replicas}}}`;
    const subresources = `values: {subresources: [{subresource: {name: deployments/scale, kind: Scale, group: autoscaling, version: v1},
      parentResource: {name: deployments, kind: Deployment, group: apps, version: v1}}]}`;
    const run = (values: string): readonly string[] =>
      cases(
        files('', {
          'policy.yaml': policy,
          'resources.yaml': `${scale(3)}\n---\n${scale(9)}`,
          'kyverno-test.yaml': kyvernoTest(one('s3', 'pass') + one('s9', 'fail'), values),
        }),
      );
    assert.deepEqual(run(subresources), ['passed rule / s3', 'passed rule / s9']);
    assert.match(run('')[1]!, /^failed rule \/ s9: skip: /);
  });

  test('the operation as a field of the request', () => {
    const policy = configMapPolicy('  - {expression: "request.operation == \'CREATE\'", message: m}');
    const made = files('', {
      'policy.yaml': policy,
      'kyverno-test.yaml': kyvernoTest(
        one('good', 'fail'),
        'values: {globalValues: {request: {operation: UPDATE}}}',
      ),
    });
    assert.deepEqual(cases(made), ['passed rule / good']);
  });

  test('the user in the form of older versions; a file without one is an error', () => {
    const policy = configMapPolicy('  - {expression: "request.userInfo.username == \'jane\'", message: m}');
    const made = (user: string): Files =>
      files('', {
        'policy.yaml': policy,
        'user.yaml': user,
        'kyverno-test.yaml': kyvernoTest(one('good', 'pass'), 'userinfo: user.yaml'),
      });
    assert.deepEqual(cases(made('{username: jane}')), ['passed rule / good']);
    assert.deepEqual(runFiles(made('{kind: UserInfo, clusterRoles: [admin]}')).problems, []);
    const { problems } = runFiles(made('{kind: UserInfo, userinfo: {username: jane}}'));
    assert.match(problems[0]!, /^error kyverno-test\.yaml:7:\d+ user\.yaml has no "userInfo"$/);
  });

  test('the user', () => {
    const policy = configMapPolicy('  - {expression: "request.userInfo.username == \'jane\'", message: m}');
    const user = '{apiVersion: cli.kyverno.io/v1alpha1, kind: UserInfo, userInfo: {username: jane}}';
    const made = files('', {
      'policy.yaml': policy,
      'user.yaml': user,
      'kyverno-test.yaml': kyvernoTest(one('good', 'pass'), 'userinfo: user.yaml'),
    });
    assert.deepEqual(cases(made), ['passed rule / good']);
  });
});

test('parameters come from paramResources', () => {
  const policy =
    configMapPolicy(
      '  - {expression: "params.data.key in object.data", message: m}',
      '  paramKind: {apiVersion: v1, kind: ConfigMap}',
    ) + binding('paramRef: {name: p, namespace: lab, parameterNotFoundAction: Deny}');
  const made = files('', {
    'policy.yaml': policy,
    'params.yaml': configMap('{key: a}', '{name: p, namespace: lab}'),
    'kyverno-test.yaml': kyvernoTest(
      one('good', 'pass') + one('shop/bad', 'fail'),
      'paramResources: [params.yaml]',
    ),
  });
  assert.deepEqual(cases(made), ['passed rule / good', 'passed rule / shop/bad']);
});

test('a policy without a binding takes all paramResources of its kind', () => {
  const policy = configMapPolicy(
    '  - {expression: "params.data.key in object.data", message: m}',
    '  paramKind: {apiVersion: v1, kind: ConfigMap}',
  );
  const made = files('', {
    'policy.yaml': policy,
    'params.yaml': configMap('{key: a}', '{name: p, namespace: lab}'),
    'kyverno-test.yaml': kyvernoTest(
      one('good', 'pass') + one('shop/bad', 'fail'),
      'paramResources: [params.yaml]',
    ),
  });
  assert.deepEqual(cases(made), ['passed rule / good', 'passed rule / shop/bad']);
});

test('clusterResources are there to be looked up: parameters, namespaces, definitions', () => {
  const policy =
    configMapPolicy(
      '  - {expression: "params.data.key in object.data", message: m}',
      '  paramKind: {apiVersion: v1, kind: ConfigMap}',
    ) +
    binding(
      'paramRef: {name: p, namespace: lab, parameterNotFoundAction: Deny}, matchResources: {namespaceSelector: {matchLabels: {stage: live}}}',
    );
  const made = files('', {
    'policy.yaml': policy,
    'cluster.yaml': `{apiVersion: cli.kyverno.io/v1alpha1, kind: ClusterResource, spec: {resources: [
      ${configMap('{key: a}', '{name: p, namespace: lab}')},
      {apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {stage: live}}}]}}`,
    'kyverno-test.yaml': kyvernoTest(
      one('good', 'pass') + one('shop/bad', 'fail') + one('lab/bad', 'skip'),
      'clusterResources: [cluster.yaml]',
    ),
  });
  assert.deepEqual(cases(made), ['passed rule / good', 'passed rule / shop/bad', 'passed rule / lab/bad']);
});

test('clusterResources may be the objects themselves, and files that are not there are told', () => {
  const policy = hasKey + binding('matchResources: {namespaceSelector: {matchLabels: {stage: live}}}');
  const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {stage: live}}\n';
  const results = one('shop/bad', 'fail') + one('lab/bad', 'skip');
  const made = files('', {
    'policy.yaml': policy,
    'namespaces.yaml': namespace,
    'kyverno-test.yaml': kyvernoTest(results, 'clusterResources: [namespaces.yaml]'),
  });
  assert.deepEqual(cases(made), ['passed rule / shop/bad', 'passed rule / lab/bad']);
  const lost = {
    ...made,
    'namespaces.yaml':
      'apiVersion: cli.kyverno.io/v1alpha1\nkind: ClusterResource\nspec: {crds: [gone.yaml]}\n',
  };
  assert.match(runFiles(lost).problems.join('\n'), /^error namespaces\.yaml:3:\d+ .*gone\.yaml/m);
});

test('the first validation that does not pass decides: an error is an error', () => {
  const policy = configMapPolicy(
    '  - {expression: "object.nowhere.at == 1", message: e}\n  - {expression: "false", message: f}',
  );
  assert.deepEqual(cases(files(one('good', 'error'), { 'policy.yaml': policy })), ['passed rule / good']);
  assert.match(
    cases(files(one('good', 'fail'), { 'policy.yaml': policy }))[0]!,
    /^failed rule \/ good: error/,
  );
});

test('a policy that is not scored warns', () => {
  const unscored = hasKey.replace(
    '{name: rule}',
    '{name: rule, annotations: {policies.kyverno.io/scored: "false"}}',
  );
  assert.deepEqual(cases(files(one('shop/bad', 'warn'), { 'policy.yaml': unscored })), [
    'passed rule / shop/bad',
  ]);
});

test('a resource that is not scored warns', () => {
  const annotated = configMap('{}', '{name: lax, annotations: {policies.kyverno.io/scored: "false"}}');
  const made = files(one('lax', 'warn'), { 'resources.yaml': annotated });
  assert.deepEqual(cases(made), ['passed rule / lax']);
});

test('policies and resources may be folders', () => {
  const made: Files = {
    'kyverno-test.yaml': kyvernoTest(one('good', 'pass'))
      .replace('[policy.yaml]', '[policies]')
      .replace('[resources.yaml]', '[resources/]'),
    'policies/a.yaml': hasKey,
    'resources/r.yaml': resources,
    'resources/notes.txt': 'nothing',
  };
  assert.deepEqual(cases(made), ['passed rule / good']);
});

test('folders of policies are read to the ground, and a file that cannot be read is told', () => {
  const made: Files = {
    'kyverno-test.yaml': kyvernoTest(one('good', 'pass')).replace('[policy.yaml]', '[policies]'),
    'policies/a/b/rule.yaml': hasKey,
    'resources.yaml': resources,
  };
  assert.deepEqual(cases(made), ['passed rule / good']);
  const { problems } = runFiles({ ...made, 'policies/broken.yaml': 'a: [' });
  assert.match(problems.join(), /error kyverno-test\.yaml:5:12 policies\/broken\.yaml cannot be read: /);
});

describe('mutating policies', () => {
  const policy = `apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata: {name: rule}
spec:
  reinvocationPolicy: Never
  matchConstraints:
    resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}]
  mutations:
  - patchType: ApplyConfiguration
    applyConfiguration: {expression: "Object{data: {'b': '2'}}"}
`;
  const at = (patched: string, result = 'pass'): Files =>
    files(
      `- {policy: rule, resources: [good], result: ${result}, isMutatingAdmissionPolicy: true, patchedResources: p.yaml}\n`,
      { 'policy.yaml': policy, 'p.yaml': patched },
    );

  test('pass where they make the patched resource', () => {
    const good = configMap('{a: "1", b: "2"}', '{name: good, namespace: shop}');
    assert.deepEqual(cases(at(good)), ['passed rule / good']);
  });

  test('fail where they make another', () => {
    const other = configMap('{a: "1", b: "3"}', '{name: good, namespace: shop}');
    assert.deepEqual(cases(at(other)), [
      'failed rule / good: fail: another object: data.b is "2", expected "3"',
    ]);
    assert.deepEqual(cases(at(other, 'fail')), ['passed rule / good']);
  });

  test('what a mutation leaves as it is counts as passed and as skipped', () => {
    const same = configMap('{a: "1", b: "2"}', '{name: same}');
    const run = (result: string): readonly string[] =>
      cases({
        ...files(`- {policy: rule, resources: [same], result: ${result}, isMutatingAdmissionPolicy: true}\n`),
        'policy.yaml': policy,
        'resources.yaml': same,
      });
    assert.deepEqual(run('pass'), ['passed rule / same']);
    assert.deepEqual(run('skip'), ['passed rule / same']);
    assert.deepEqual(run('fail'), ['failed rule / same: pass']);
  });

  test('a mutation that cannot be evaluated is an error, which a test may call fail', () => {
    const failing = policy.replace("data: {'b': '2'}", "data: {'b': object.nowhere.at}");
    const run = (result: string): readonly string[] =>
      cases(
        files(`- {policy: rule, resources: [good], result: ${result}, isMutatingAdmissionPolicy: true}\n`, {
          'policy.yaml': failing,
        }),
      );
    assert.deepEqual(run('fail'), ['passed rule / good']);
    assert.deepEqual(run('error'), ['passed rule / good']);
    assert.match(run('pass')[0]!, /^failed rule \/ good: error: /);
  });

  test('a file of several patched resources has one for each; where it has none, nothing is compared', () => {
    const patched = [
      configMap('{b: "2"}', '{name: bad, namespace: lab}'),
      configMap('{a: "1", b: "2"}', '{name: good, namespace: shop}'),
    ].join('\n---\n');
    assert.deepEqual(cases(at(patched)), ['passed rule / good']);
    assert.deepEqual(cases(at(patched.replace('name: good', 'name: another'))), [
      'skipped rule / good: the patched resources hold none of this kind and name, so Kyverno compares nothing',
    ]);
  });

  test('the older versions of the API that Kyverno knows', () => {
    const good = configMap('{a: "1", b: "2"}', '{name: good, namespace: shop}');
    for (const version of ['v1alpha1', 'v1beta1']) {
      const made = at(good);
      const older = policy.replace('k8s.io/v1', `k8s.io/${version}`);
      assert.deepEqual(cases({ ...made, 'policy.yaml': older }), ['passed rule / good'], version);
    }
  });

  test('skip what they are not about', () => {
    const made = files('- {policy: rule, resources: [other], result: skip}\n', { 'policy.yaml': policy });
    assert.deepEqual(cases(made), ['passed rule / other']);
  });
});

describe('what cannot be judged is never passed', () => {
  test('policies in kinds of Kyverno', () => {
    const policy =
      '{apiVersion: kyverno.io/v1, kind: ClusterPolicy, metadata: {name: rule}, spec: {rules: []}}';
    assert.deepEqual(cases(files(one('good', 'pass'), { 'policy.yaml': policy })), [
      'unknown rule / good: policy "rule" is a ClusterPolicy of Kyverno; only admission policies of Kubernetes can be judged',
    ]);
  });

  test('of two policies with one name the flag says which is meant', () => {
    const other =
      '{apiVersion: kyverno.io/v1, kind: ClusterPolicy, metadata: {name: rule}, spec: {rules: []}}';
    const both = { 'policy.yaml': `${hasKey}---\n${other}\n` };
    assert.deepEqual(cases(files(one('good', 'pass'), both)), ['passed rule / good']);
    const unflagged = files('- {policy: rule, rule: r, resources: [good], result: pass}\n', both);
    assert.match(
      cases(unflagged)[0]!,
      /^unknown rule \/ r \/ good: policy "rule" is a ClusterPolicy of Kyverno/,
    );
  });

  test('a flag for a policy of Kyverno never judges one of Kubernetes', () => {
    const made = files('- {policy: rule, resources: [good], result: pass, isValidatingPolicy: true}\n');
    assert.deepEqual(cases(made), ['error rule / good: there is no policy "rule" among the policies']);
    const mutating = files(
      '- {policy: rule, resources: [good], result: pass, isMutatingAdmissionPolicy: true}\n',
    );
    assert.deepEqual(cases(mutating), [
      'error rule / good: there is no MutatingAdmissionPolicy "rule" among the policies',
    ]);
  });

  test('exceptions', () => {
    const made = files('', {
      'kyverno-test.yaml': kyvernoTest(one('good', 'pass'), 'exceptions: [exception.yaml]'),
    });
    assert.deepEqual(cases(made), [
      'unknown rule / good: exceptions: PolicyExceptions of Kyverno are not applied',
    ]);
  });

  test('assertion trees', () => {
    const made = files('', {
      'kyverno-test.yaml': `${kyvernoTest(one('good', 'pass'))}checks: [{match: {}, assert: {}}]\n`,
    });
    assert.deepEqual(cases(made), [
      'passed rule / good',
      'unknown checks[0]: assertion trees of Kyverno are not evaluated',
    ]);
  });
});

describe('mistakes are located', () => {
  const wrong = (made: Files): readonly string[] => {
    const ran = runFiles(made);
    assert.ok(ran.cases.every((line) => !line.startsWith('passed')));
    return ran.problems;
  };

  test('a result of a policy that is not there, and one that expects nothing known', () => {
    assert.deepEqual(wrong(files('- {policy: roul, resources: [good], result: pass}\n')), [
      'error kyverno-test.yaml:9:3 there is no policy "roul" among the policies',
    ]);
    assert.match(
      wrong(files(one('good', 'pss')))[0]!,
      /^error kyverno-test\.yaml:9:\d+ unknown result "pss"; did you mean "pass"\?/,
    );
  });

  test('files that are missing or far away', () => {
    const away = kyvernoTest(one('good', 'pass')).replace(
      'policy.yaml',
      'https://example.com/p.yaml, gone.yaml',
    );
    assert.deepEqual(wrong(files('', { 'kyverno-test.yaml': away })).slice(0, 2), [
      'error kyverno-test.yaml:5:12 https://example.com/p.yaml is not fetched: tests run offline',
      'error kyverno-test.yaml:5:40 cannot read gone.yaml: there is no such file',
    ]);
  });

  test('an unknown key of a later version is a warning', () => {
    const { cases: ran, problems } = runFiles(files(one('good', 'pass', ', resluts: 1')));
    assert.deepEqual(ran, ['passed rule / good']);
    assert.match(problems[0]!, /^warning .* unknown key "resluts"; did you mean "result"/);
  });
});
