import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { configMap, type Files, runFiles } from '../run.fixture.ts';

const template = (source: string): string => `
apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: {name: keyneeded}
spec:
  crd: {spec: {names: {kind: KeyNeeded}}}
  targets:
  - target: admission.k8s.gatekeeper.sh
    code:
    - engine: K8sNativeValidation
      source:
${source.replaceAll(/^/gm, '        ')}
    rego: "package keyneeded"
`;
const keys = template(`variables:
- name: keys
  expression: "variables.anyObject.?data.orValue({}).map(k, k)"
validations:
- expression: "variables.params.keys.all(k, k in variables.keys)"
  messageExpression: "'needs ' + variables.params.keys.join(' and ')"
- expression: "!('forbidden' in variables.keys)"
  message: has a forbidden key`);
const constraint = (match = '', parameters = '{keys: [a, b]}'): string => `
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: KeyNeeded
metadata: {name: a-and-b}
spec: {match: {${match}}, parameters: ${parameters}}
`;
const suite = (cases: string, rest = ''): string => `
apiVersion: test.gatekeeper.sh/v1alpha1
kind: Suite
tests:
- name: t
  template: template.yaml
  constraint: constraint.yaml
${rest}  cases:
${cases}`;
const files = (cases: string, more: Files = {}): Files => ({
  'suite.yaml': suite(cases),
  'template.yaml': keys,
  'constraint.yaml': constraint(),
  'good.yaml': configMap('{a: "1", b: "1"}'),
  'bad.yaml': configMap('{forbidden: "1"}'),
  ...more,
});
const one = (assertion: string, object = 'bad.yaml'): string =>
  `  - {name: c, object: ${object}, assertions: [${assertion}]}\n`;

describe('assertions', () => {
  const rows: readonly [assertion: string, outcome: RegExp][] = [
    ['{violations: yes}', /^passed/],
    ['{violations: "yes"}', /^passed/],
    ['{}', /^passed/],
    ['{violations: no}', /^failed t \/ c: 2 violations: "needs a and b", "has a forbidden key"$/],
    ['{violations: "no"}', /^failed/],
    ['{violations: 2}', /^passed/],
    ['{violations: 1}', /^failed/],
    ['{violations: 0}', /^failed/],
    ['{violations: 1, message: needs}', /^passed/],
    ['{message: "^needs [a-z]+ and b$"}', /^passed/],
    ['{message: NEEDS}', /^failed/],
    ['{violations: no, message: elsewhere}', /^passed/],
    ['{violations: 2}, {violations: 1, message: forbidden}', /^passed/],
    ['{violations: 2}, {violations: 2, message: forbidden}', /^failed/],
  ];
  for (const [assertion, outcome] of rows) {
    test(assertion, () => assert.match(runFiles(files(one(assertion))).cases[0]!, outcome));
  }

  test('an object without violations', () => {
    assert.deepEqual(runFiles(files(one('{violations: no}', 'good.yaml'))).cases, ['passed t / c']);
    assert.deepEqual(runFiles(files(one('{violations: yes}', 'good.yaml'))).cases, [
      'failed t / c: no violations',
    ]);
  });

  test('an assertion that means nothing is an error where it stands', () => {
    const wrong = (assertion: string): string[] => {
      const { cases, problems } = runFiles(files(one(assertion)));
      assert.match(cases[0]!, /^error/);
      return problems.map((line) => line.replace(/suite\.yaml:\d+:\d+ /, ''));
    };
    assert.deepEqual(wrong('{violations: -1}'), [
      'error "violations" is yes, no or a number that is not negative',
    ]);
    assert.deepEqual(wrong('{violations: maybe}'), [
      'error "violations" is yes, no or a number that is not negative',
    ]);
    assert.match(wrong('{message: "a("}')[0]!, /^error the message is no regular expression: /);
    assert.deepEqual(wrong(''), ['error the case has no assertions']);
  });
});

describe('the match of a constraint', () => {
  const rows: readonly [match: string, matches: boolean][] = [
    ['', true],
    ['kinds: [{apiGroups: [""], kinds: [ConfigMap]}]', true],
    ['kinds: [{apiGroups: [apps], kinds: [ConfigMap]}]', false],
    ['kinds: [{apiGroups: ["*"], kinds: ["*"]}]', true],
    ['kinds: [{kinds: [Pod]}, {kinds: [ConfigMap]}]', true],
    ['kinds: [{apiGroups: [""]}]', true],
    ['namespaces: [shop]', true],
    ['namespaces: ["sh*"]', true],
    ['namespaces: ["*op"]', true],
    ['namespaces: [bank]', false],
    ['excludedNamespaces: ["s*"]', false],
    ['excludedNamespaces: [bank]', true],
    ['scope: Namespaced', true],
    ['scope: Cluster', false],
    ['name: a', true],
    ['name: "b*"', false],
    ['source: Original', true],
    ['source: All', true],
    ['source: Generated', false],
    ['labelSelector: {matchLabels: {x: z}}', false],
    ['labelSelector: {matchExpressions: [{key: x, operator: DoesNotExist}]}', true],
  ];
  for (const [match, matches] of rows) {
    test(match === '' ? 'none' : match, () => {
      const made = files(one(`{violations: ${matches ? 'yes' : 'no'}}`), {
        'constraint.yaml': constraint(match),
      });
      assert.deepEqual(runFiles(made).cases, ['passed t / c']);
    });
  }

  test('a namespace is in the scope of the cluster, and its own name is its namespace', () => {
    const run = (match: string): readonly string[] =>
      runFiles(
        files(one('{violations: yes}'), {
          'constraint.yaml': constraint(match),
          'bad.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n',
        }),
      ).cases;
    assert.deepEqual(run('scope: Cluster'), ['passed t / c']);
    assert.deepEqual(run('namespaces: [shop]'), ['passed t / c']);
    assert.match(run('scope: Namespaced')[0]!, /match\.scope leaves the object out$/);
    assert.match(run('excludedNamespaces: [shop]')[0]!, /match\.excludedNamespaces leaves the object out$/);
  });

  test('an object without a namespace is in the scope of the cluster', () => {
    const run = (match: string): readonly string[] =>
      runFiles(
        files(one('{violations: yes}'), {
          'constraint.yaml': constraint(match),
          'bad.yaml': configMap('{forbidden: "1"}', '{name: a}'),
        }),
      ).cases;
    assert.deepEqual(run('scope: Cluster'), ['passed t / c']);
    assert.match(run('scope: Namespaced')[0]!, /match\.scope leaves the object out$/);
    assert.deepEqual(run('excludedNamespaces: ["*"]'), ['passed t / c'], 'there is none to exclude');
  });

  test('a case that fails because of it says so', () => {
    const made = files(one('{violations: yes}'), { 'constraint.yaml': constraint('namespaces: [bank]') });
    assert.deepEqual(runFiles(made).cases, [
      "failed t / c: no violations: the constraint's match.namespaces leaves the object out",
    ]);
  });

  test('a name that is yet to be generated matches by its beginning', () => {
    const run = (name: string, violations: string): readonly string[] =>
      runFiles(
        files(one(`{violations: ${violations}}`), {
          'constraint.yaml': constraint(`name: "${name}"`),
          'bad.yaml': configMap('{forbidden: "1"}', '{generateName: web-, namespace: shop}'),
        }),
      ).cases;
    assert.deepEqual(run('web-*', 'yes'), ['passed t / c']);
    assert.deepEqual(run('db-*', 'no'), ['passed t / c']);
  });

  test('whatever its enforcementAction, unless it is scoped and leaves gator out', () => {
    const run = (spec: string): readonly string[] =>
      runFiles(
        files(one('{violations: 2}'), {
          'constraint.yaml': constraint().replace('spec: {', `spec: {${spec}, `),
        }),
      ).cases;
    const scoped = (point: string): string =>
      `enforcementAction: scoped, scopedEnforcementActions: [{action: deny, enforcementPoints: [{name: "${point}"}]}]`;
    for (const spec of [
      'enforcementAction: dryrun',
      'enforcementAction: warn',
      scoped('*'),
      scoped('gator.gatekeeper.sh'),
    ])
      assert.deepEqual(run(spec), ['passed t / c'], spec);
    assert.deepEqual(run(scoped('audit.gatekeeper.sh')), [
      "failed t / c: no violations: the constraint's scopedEnforcementActions leave gator out",
    ]);
  });

  test('labels of a namespace come from the inventory, and are not known without it', () => {
    const selector = 'namespaceSelector: {matchLabels: {stage: live}}';
    const namespace = '{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {stage: live}}}';
    const at = (inventory: string): Files => ({
      ...files(`  - {name: c, object: bad.yaml, ${inventory} assertions: [{violations: 2}]}\n`),
      'constraint.yaml': constraint(selector),
      'namespace.yaml': namespace,
    });
    assert.deepEqual(runFiles(at('inventory: [namespace.yaml],')).cases, ['passed t / c']);
    assert.match(runFiles(at('')).cases[0]!, /^unknown t \/ c: .*labels of namespace "shop"/);
  });
});

describe('parameters', () => {
  const source = template(`validations:
- expression: "variables.params.keys.all(k, k in variables.anyObject.data) && variables.params.deep.level == 3"
  messageExpression: "'level ' + string(variables.params.deep.level)"`).replace(
    'spec: {names: {kind: KeyNeeded}}',
    `spec: {names: {kind: KeyNeeded}, validation: {openAPIV3Schema: {type: object, properties: {
      keys: {type: array, default: [a]}, deep: {type: object, default: {}, properties: {level: {type: integer, default: 3}}}}}}}`,
  );
  const run = (parameters: string, assertion: string): readonly string[] =>
    runFiles(
      files(one(assertion, 'good.yaml'), {
        'template.yaml': source,
        'constraint.yaml': constraint('', parameters),
      }),
    ).cases;

  test('have the defaults of the schema', () => {
    assert.deepEqual(run('{}', '{violations: no}'), ['passed t / c']);
    assert.deepEqual(run('{keys: [c]}', '{message: "level 3"}'), ['passed t / c']);
    assert.deepEqual(run('{deep: {level: 4}}', '{message: "level 4"}'), ['passed t / c']);
  });

  test('that do not fit the schema are an error, or what an invalid test expects', () => {
    const made = (parameters: string, rest = ''): Files => ({
      ...files(''),
      'suite.yaml': suite(one('{violations: no}', 'good.yaml'), rest),
      'template.yaml': source,
      'constraint.yaml': constraint('', parameters),
    });
    const { cases, problems } = runFiles(made('{keys: a}'));
    const reason = 'the constraint does not fit its template: spec.parameters.keys is no array';
    assert.deepEqual(cases, [`error t / c: ${reason}`]);
    assert.match(problems[0]!, /^error suite\.yaml:5:3 /);
    assert.deepEqual(runFiles(made('{keys: a}', '  invalid: true\n')).cases, ['passed t']);
    assert.match(runFiles(made('{keys: [a]}', '  invalid: true\n')).cases[0]!, /^unknown t \/ c: invalid: /);
  });

  test('that are not written at all have none', () => {
    assert.match(run('null', '{violations: no}')[0]!, /^failed t \/ c: 1 violation: .*no such key: keys/);
  });
});

describe('what is reviewed', () => {
  test('the object as it is written, without defaults', () => {
    const source = template(`validations:
- {expression: "!has(variables.anyObject.spec.replicas)", message: defaulted}`);
    const deployment = '{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {}}';
    const made = files(one('{violations: no}'), { 'template.yaml': source, 'bad.yaml': deployment });
    assert.deepEqual(runFiles(made).cases, ['passed t / c']);
  });

  test('an AdmissionReview brings operation, user and old object', () => {
    const source = template(`validations:
- {expression: "object == null && oldObject.metadata.name == variables.anyObject.metadata.name", message: objects}
- {expression: "request.operation == 'DELETE' && request.userInfo.username == 'jane'", message: request}`);
    const review = `{apiVersion: admission.k8s.io/v1, kind: AdmissionReview, request: {operation: DELETE,
      userInfo: {username: jane}, oldObject: ${configMap('{}')}}}`;
    const made = files(one('{violations: no}'), { 'template.yaml': source, 'bad.yaml': review });
    assert.deepEqual(runFiles(made).cases, ['passed t / c']);
  });

  test('a review of a DELETE without the old object is an error, as in gator', () => {
    const review = `{apiVersion: admission.k8s.io/v1, kind: AdmissionReview, request: {operation: DELETE, object: ${configMap('{}')}}}`;
    const { cases } = runFiles(files(one('{violations: no}'), { 'bad.yaml': review }));
    assert.deepEqual(cases, ['error t / c: an AdmissionReview of a DELETE has an oldObject']);
  });

  test('an object without apiVersion and metadata, as in the documentation of gator', () => {
    const source = template(`validations:
- {expression: "request.userInfo.username.startsWith('system:')", message: username}`);
    const review = (user: string): string =>
      `{apiVersion: admission.k8s.io/v1beta1, kind: AdmissionReview, request: {operation: UPDATE, userInfo: {username: "${user}"}, object: {kind: Pod, labels: [{app: bar}]}}}`;
    const run = (user: string, violations: string): readonly string[] =>
      runFiles(
        files(one(`{violations: ${violations}}`), { 'template.yaml': source, 'bad.yaml': review(user) }),
      ).cases;
    assert.deepEqual(run('system:foo', 'no'), ['passed t / c']);
    assert.deepEqual(run('jane', '1'), ['passed t / c']);
  });

  test('a review without objects cannot be reviewed', () => {
    const review = '{apiVersion: admission.k8s.io/v1, kind: AdmissionReview, request: {operation: CREATE}}';
    const { cases, problems } = runFiles(files(one('{}'), { 'bad.yaml': review }));
    assert.deepEqual(cases, ['error t / c: there is neither an object nor an old object']);
    assert.equal(problems.length, 1);
  });

  test('an expression that fails is a violation unless the template says Ignore', () => {
    const source = (policy: string): string =>
      template(`failurePolicy: ${policy}
validations:
- {expression: "variables.anyObject.nowhere.at == 1", message: never}`);
    const run = (policy: string, violations: string): readonly string[] =>
      runFiles(files(one(`{violations: ${violations}}`), { 'template.yaml': source(policy) })).cases;
    assert.deepEqual(run('Fail', '1'), ['passed t / c']);
    assert.deepEqual(run('Ignore', 'no'), ['passed t / c']);
  });

  test('match conditions of a template hold for it', () => {
    const source = template(`matchConditions:
- {name: never, expression: "false"}
validations:
- {expression: "false", message: never}`);
    const made = files(one('{violations: no}'), { 'template.yaml': source });
    assert.deepEqual(runFiles(made).cases, ['passed t / c']);
  });
});

describe('what cannot be judged is never passed', () => {
  const rego = keys.replaceAll(/ {4}code:[^]*?(?= {4}rego)/g, '');

  test('a template in Rego is unknown, whatever its cases expect', () => {
    const { cases, problems } = runFiles(files(one('{violations: no}'), { 'template.yaml': rego }));
    assert.deepEqual(cases, [
      'unknown t / c: the template "keyneeded" is written in Rego; only K8sNativeValidation (CEL) can be judged',
    ]);
    assert.deepEqual(problems, []);
  });

  test('invalid constraints and expansions are unknown', () => {
    const made = (rest: string): Files => ({ ...files(''), 'suite.yaml': suite(one('{}'), rest) });
    assert.match(
      runFiles(made('  invalid: true\n')).cases[0]!,
      /^unknown t \/ c: invalid: nothing was found/,
    );
    assert.match(runFiles(made('  expansion: e.yaml\n')).cases[0]!, /^unknown t \/ c: expansion: /);
  });

  test('skip is skipped', () => {
    const made = { ...files(''), 'suite.yaml': suite(one('{}'), '  skip: true\n') };
    assert.deepEqual(runFiles(made).cases, ['skipped t / c: skip: true']);
  });

  test('a template that an API server would refuse', () => {
    const source = template(`validations:
- {expression: "variables.nowhere == 1", message: m}`);
    const { cases, problems } = runFiles(files(one('{violations: yes}'), { 'template.yaml': source }));
    assert.deepEqual(cases, ['error t / c: the API server refuses the policy "keyneeded"']);
    assert.match(problems[0]!, /^error template\.yaml:13:\d+ .*undefined field 'nowhere'/);
  });
});

describe('mistakes are located, and the other cases still run', () => {
  test('files that are not there', () => {
    const { cases, problems } = runFiles(
      files(`${one('{}', 'nowhere.yaml')}${one('{}').replace('name: c', 'name: d')}`),
    );
    assert.deepEqual(cases, ['error t / c: cannot read nowhere.yaml: there is no such file', 'passed t / d']);
    assert.deepEqual(problems, ['error suite.yaml:9:15 cannot read nowhere.yaml: there is no such file']);
  });

  test('a constraint of another kind', () => {
    const other = constraint().replace('KeyNeeded', 'Other');
    const { cases, problems } = runFiles(files(one('{}'), { 'constraint.yaml': other }));
    assert.deepEqual(cases, ['error t / c: constraint.yaml holds a Other, the template is for KeyNeeded']);
    assert.equal(problems.length, 1);
  });

  test('a template with a variable that Gatekeeper makes itself', () => {
    const source = template(`variables: [{name: params, expression: "1"}]
validations: [{expression: "false"}]`);
    const { cases } = runFiles(files(one('{}'), { 'template.yaml': source }));
    assert.deepEqual(cases, [
      'error t / c: the template "keyneeded" has a variable "params", which Gatekeeper keeps for itself',
    ]);
  });

  test('template and constraint may lie in one file', () => {
    const both = { 'all.yaml': `${keys}---${constraint()}` };
    const { 'suite.yaml': text = '', ...rest } = files(one('{violations: 2}'));
    const made = text.replace('template.yaml', 'all.yaml').replace('constraint.yaml', 'all.yaml');
    assert.deepEqual(runFiles({ ...rest, ...both, 'suite.yaml': made }).cases, ['passed t / c']);
  });

  test('keys that nobody knows are named with what was meant', () => {
    const made = files(one('{violation: yes}'));
    assert.deepEqual(runFiles(made).problems, [
      'warning suite.yaml:9:47 unknown key "violation"; did you mean "violations"?',
    ]);
  });

  test('a file of several objects', () => {
    const two = `${configMap('{}')}\n---\n${configMap('{}', '{name: b}')}\n`;
    const { cases } = runFiles(files(one('{}'), { 'bad.yaml': two }));
    assert.deepEqual(cases, ['error t / c: bad.yaml holds 2 objects: write bad.yaml#NAME (a, b)']);
    const named = files(one('{}', '"bad.yaml#b"'), { 'bad.yaml': two });
    assert.deepEqual(runFiles(named).cases, ['passed t / c']);
  });
});
