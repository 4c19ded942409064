import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Files, project, run } from './golden/program.ts';

const policy = (
  name: string,
  mutations: string,
  spec = '',
): string => `apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata: {name: ${name}}
spec:
  reinvocationPolicy: Never
  matchConstraints:
    resourceRules:
    - {apiGroups: ["*"], apiVersions: ["*"], operations: [CREATE], resources: ["*"]}
${spec}  mutations:
${mutations}---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicyBinding
metadata: {name: ${name}}
spec: {policyName: ${name}}
`;
const apply = (expression: string): string =>
  `  - patchType: ApplyConfiguration\n    applyConfiguration: {expression: '${expression}'}\n`;
const patch = (expression: string): string =>
  `  - patchType: JSONPatch\n    jsonPatch: {expression: '${expression}'}\n`;
const label = (key: string, value = '"y"'): string =>
  apply(`Object{metadata: Object.metadata{labels: {"${key}": ${value}}}}`);

const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: a, image: b}]}\n';

async function mutate(context: Parameters<typeof project>[0], files: Files, call: string, stdin = '') {
  const cwd = project(context, files);
  return run(['mutate', ...call.split(' ')], { cwd, stdin });
}

test('policies beside the manifests are used, and not mutated themselves', async (context) => {
  const files = { 'all.yaml': `${policy('p', label('a'))}---\n${pod}` };
  const { code, out, err } = await mutate(context, files, '-f all.yaml -o json -q');
  assert.deepEqual([code, err], [0, '']);
  assert.deepEqual(JSON.parse(out).metadata.labels, { a: 'y' });
});

test('manifests from standard input, items of a List one by one', async (context) => {
  const item = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [item('a'), item('b')] });
  const { code, out } = await mutate(
    context,
    { 'p.yaml': policy('p', label('l')) },
    '-f - --policy p.yaml -o json',
    list,
  );
  assert.equal(code, 0);
  const { items } = JSON.parse(out) as { items: { metadata: { name: string; labels: object } }[] };
  assert.deepEqual(
    items.map(({ metadata }) => [metadata.name, metadata.labels]),
    [
      ['a', { l: 'y' }],
      ['b', { l: 'y' }],
    ],
  );
});

test('YAML comes out as a stream that can be read again', async (context) => {
  const files = {
    'p.yaml': policy('p', label('a', '"on"')),
    'x.yaml': `${pod}---\n${pod.replace('web', 'two')}`,
  };
  const { out } = await mutate(context, files, '-f x.yaml --policy p.yaml -q');
  assert.equal(out.split('---\n').length, 2);
  assert.match(out, /^ {4}a: "on"$/m);
});

test('a refusal exits with 1 and shows the other objects', async (context) => {
  const failing = policy(
    'p',
    label('n', 'string(object.spec.nope)'),
    '  matchConditions: [{name: m, expression: "object.metadata.name == \'web\'"}]\n',
  );
  const files = { 'p.yaml': failing, 'x.yaml': `${pod}---\n${pod.replace('web', 'two')}` };
  const { code, out, err } = await mutate(context, files, '-f x.yaml --policy p.yaml');
  assert.equal(code, 1);
  assert.match(
    err,
    /^denied {2}x\.yaml:1:1 {2}Pod web: policy 'p' with binding 'p' denied request: .* no such key: nope$/m,
  );
  assert.doesNotMatch(out, /name: web/);
  assert.match(out, /name: two/);
});

test('what is not known exits with 3', async (context) => {
  const files = { 'p.yaml': policy('p', label('u', 'request.userInfo.username')), 'x.yaml': pod };
  const { code, out, err } = await mutate(context, files, '-f x.yaml --policy p.yaml');
  assert.deepEqual([code, out], [3, '']);
  assert.match(err, /^unknown {2}x\.yaml:1:1 {2}Pod web: policy 'p': depends on who makes the request/m);
});

test('a panic of the server is told', async (context) => {
  const value = '[Object.spec.tolerations{operator: "Exists"}]';
  const files = {
    'p.yaml': policy('p', patch(`[JSONPatch{op: "add", path: "/spec/tolerations", value: ${value}}]`)),
    'x.yaml': pod,
  };
  const { code, err } = await mutate(context, files, '-f x.yaml --policy p.yaml');
  assert.equal(code, 3);
  assert.match(
    err,
    /^error {2}x\.yaml:1:1 {2}Pod web: an API server would not answer: .* makes the API server panic/m,
  );
});

test('a result that depends on the order of policies is told', async (context) => {
  const both = (one: string, two: string) => policy('one', one) + '---\n' + policy('two', two);
  const warned = async (text: string) => {
    const { err } = await mutate(context, { 'p.yaml': text, 'x.yaml': pod }, '-f x.yaml --policy p.yaml');
    return /warning .* depends on the order of the policies/.test(err);
  };
  assert.ok(await warned(both(label('a', '"1"'), label('a', '"2"'))));
  assert.ok(!(await warned(both(label('a'), label('b')))));
});

test('the namespace of those that name none', async (context) => {
  const files = { 'p.yaml': policy('p', label('ns', 'object.metadata.namespace')), 'x.yaml': pod };
  const { out } = await mutate(context, files, '-f x.yaml --policy p.yaml -o json -n shop -q');
  const { metadata } = JSON.parse(out) as { metadata: { namespace: string; labels: object } };
  assert.deepEqual([metadata.namespace, metadata.labels], ['shop', { ns: 'shop' }]);
});

test('cluster-scoped objects get no namespace', async (context) => {
  const role = 'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r}\n';
  const { out } = await mutate(
    context,
    { 'p.yaml': policy('p', label('a')), 'x.yaml': role },
    '-f x.yaml --policy p.yaml -o json -q',
  );
  assert.deepEqual(JSON.parse(out).metadata, { name: 'r', labels: { a: 'y' } });
});

test('integers beyond 2^53 come out as they are', async (context) => {
  const custom =
    'apiVersion: e.com/v1\nkind: Thing\nmetadata: {name: t}\nspec: {big: 9007199254740993, s: "\ue000i5"}\n';
  const add = patch('[JSONPatch{op: "add", path: "/spec/a", value: 1}]');
  const { out } = await mutate(
    context,
    { 'p.yaml': policy('p', add), 'x.yaml': custom },
    '-f x.yaml --policy p.yaml -o json -q',
  );
  assert.match(out, /"big": 9007199254740993,/);
  assert.equal(JSON.parse(out).spec.s, '\ue000i5');
});

test('what the server could not decode is a located problem', async (context) => {
  const wrong = pod.replace('{containers', '{hostNetwork: "yes", containers');
  const { code, err } = await mutate(
    context,
    { 'p.yaml': policy('p', label('a')), 'x.yaml': wrong },
    '-f x.yaml --policy p.yaml',
  );
  assert.equal(code, 3);
  assert.match(
    err,
    /^error {2}x\.yaml:4:\d+ {2}Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal string/m,
  );
});

test('unknown fields and versions that are gone are warnings', async (context) => {
  const old = 'apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: b}\nspec: {nope: 1}\n';
  const { code, err } = await mutate(
    context,
    { 'p.yaml': policy('p', label('a')), 'x.yaml': old },
    '-f x.yaml --policy p.yaml',
  );
  assert.equal(code, 0);
  assert.match(err, /warning {2}x\.yaml:4:8 {2}the API server knows no field "spec\.nope" and drops it/);
  assert.match(err, /warning {2}x\.yaml:1:1 {2}this version is not served; it is taken as policy\/v1/);
});

test('names cannot steer the terminal', async (context) => {
  const hostile = pod.replace('name: web', 'name: "a\\u001b[2Jb"');
  const { out, err } = await mutate(
    context,
    { 'p.yaml': policy('p', label('a')), 'x.yaml': hostile },
    '-f x.yaml --policy p.yaml --diff',
  );
  assert.ok(!`${out}${err}`.includes('\u001b'));
});

test('a policy twice, and a binding without its policy', async (context) => {
  const stray =
    'apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingAdmissionPolicyBinding\nmetadata: {name: s}\nspec: {policyName: none}\n';
  const one = policy('p', label('a'));
  const twice = await mutate(
    context,
    { 'p.yaml': `${one}---\n${one}`, 'x.yaml': pod },
    '-f x.yaml --policy p.yaml',
  );
  assert.equal(twice.code, 3);
  assert.match(twice.err, /there is a MutatingAdmissionPolicy "p" already: a cluster keeps one/);
  const dangling = await mutate(
    context,
    { 'p.yaml': `${one}---\n${stray}`, 'x.yaml': pod },
    '-f x.yaml --policy p.yaml',
  );
  assert.equal(dangling.code, 0);
  assert.match(dangling.err, /warning .* binding "s" names policy "none", which is not among the policies/);
});

test('a folder of manifests that holds the policies, which are named too', async (context) => {
  const files = { 'policies/p.yaml': policy('p', label('a')), 'web.yaml': `${pod}on: yes\n` };
  const { code, out, err } = await mutate(context, files, '-f . --policy policies -o json -q');
  assert.equal(code, 0, err);
  assert.deepEqual(JSON.parse(out).metadata.labels, { a: 'y' });
});

test('a call without policies is a mistake in the call', async (context) => {
  const of = async (call: string) => {
    const { code, out, err } = await mutate(context, { 'web.yaml': pod }, call);
    return [code, out, err.split('\n')[0]];
  };
  assert.deepEqual(await of('-f web.yaml'), [
    2,
    '',
    'error: there is no MutatingAdmissionPolicy in the input; name some with --policy',
  ]);
  assert.deepEqual(await of('-f web.yaml --policy web.yaml'), [
    2,
    '',
    'error: --policy web.yaml: there is no MutatingAdmissionPolicy here',
  ]);
  assert.deepEqual(await of('-f web.yaml --policy nope'), [
    2,
    '',
    'error: --policy nope: no such file or directory',
  ]);
});
